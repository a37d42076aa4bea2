"""A refund undoes a sale: every fen goes back to where it came from, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.alliance import distribution
from app.alliance.models import Refund
from app.alliance.refunds import refunding as refunds
from app.alliance.settlement import runs as settlements
from app.core.db import db
from app.core.world import PLATFORM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world

OUTSIDE = (Account.CONCESSION_CLEARING,)


def refund(client, payment_id, who, **body):
    return client.post(f"/api/v1/payments/{payment_id}/refunds", json=body, headers=who)


@pytest.fixture
def payer(context):
    """A member of every purse, brought by a friend."""
    member_id = world.member(world.brought_by_member(world.member()))
    world.give(member_id, Account.PREPAID_PRINCIPAL, 3_000)
    world.give(member_id, Account.PREPAID_PRINCIPAL, 3_000)
    world.give(member_id, Account.PREPAID_BONUS, 1_000)
    world.give(member_id, Account.REBATE, 5_000)
    world.give_experience(member_id, 2_000)
    return member_id


def quiet():
    while distribution.distribute():
        pass
    distribution.fold()


@pytest.mark.parametrize("is_distributed", [True, False])
def test_sale_and_refund_leave_every_account_where_it_was(payer, client, is_distributed):
    quiet()
    shop = world.shop()
    before = world.books()
    body = world.paid(client, payer, shop, 10_000)
    assert world.books() != before
    if is_distributed:
        quiet()
    answer = refund(client, body["id"], world.owner_headers(shop))
    assert (answer.status_code, answer.json["status"]) == (201, "done")
    assert answer.json["journal_id"]
    assert answer.json["request_id"]
    assert world.books().without() == before.without()
    shown = client.get(f"/api/v1/payments/{body['id']}", headers=world.headers(payer)).json
    assert shown["status"] == "refunded"


def test_only_the_stores_own_staff_and_the_operator_refund(payer, client):
    shop, other = world.shop(), world.shop()
    body = world.paid(client, payer, shop, 1_000)
    before = world.books()
    elsewhere = {"merchant_id": shop.merchant_id, "store_ids": frozenset({other.store_id})}
    for who in (world.owner_headers(other), world.staff_headers("cashier", **elsewhere)):
        assert refund(client, body["id"], who).json["code"] == "payment_unknown"
    assert refund(client, body["id"], world.headers(payer)).status_code == 403
    assert refund(client, body["id"], world.staff_headers("finance")).status_code == 403
    assert world.books() == before
    here = {"merchant_id": shop.merchant_id, "store_ids": frozenset({shop.store_id})}
    assert refund(client, body["id"], world.staff_headers("cashier", **here)).status_code == 201


def test_a_sale_is_refunded_at_most_once(payer, client):
    shop = world.shop()
    body = world.paid(client, payer, shop, 1_000)
    who = world.owner_headers(shop)
    first, again = refund(client, body["id"], who), refund(client, body["id"], who)
    assert first.json == again.json
    after = world.books()
    other = refund(client, body["id"], world.owner_headers(shop))
    assert (other.status_code, other.json["code"]) == (409, "already_refunded")
    assert world.books() == after


def test_refunds_at_once_return_the_money_once(app, payer, client):
    shop = world.shop()
    body = world.paid(client, payer, shop, 1_000)
    quiet()
    operator = world.staff_headers("operator")

    def attempt(number):
        with app.app_context():
            who = operator | {"Idempotency-Key": f"k{number}"}
            return refund(app.test_client(), body["id"], who).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(attempt, range(16)))
    assert sorted(set(codes)) == [201, 409]
    assert codes.count(201) == 1
    assert world.count("ledger_journal", f"kind = 'refund' AND bucket = {body_bucket(body)}") >= 1
    assert world.balance(shop.merchant_id, Account.PENDING) == 0


def body_bucket(body):
    from uuid import UUID

    from app.core.world import bucket_of

    return bucket_of(UUID(body["id"]))


def test_a_refund_against_a_running_distribution_ends_exact(app, payer, client):
    quiet()
    shop = world.shop()
    before = world.books()
    bodies = [world.paid(client, payer, shop, 500) for _ in range(8)]
    operator = world.staff_headers("operator")

    def back(number):
        with app.app_context():
            who = operator | {"Idempotency-Key": f"k{number}"}
            return refund(app.test_client(), bodies[number]["id"], who).status_code

    def share(_):
        with app.app_context():
            return distribution.distribute(limit=2)

    with ThreadPoolExecutor(8) as pool:
        shared = pool.map(share, range(12))
        codes = list(pool.map(back, range(8)))
        list(shared)
    assert codes == [201] * 8
    refunds.retry_waiting()
    assert world.books().without() == before.without()


def test_after_settlement_the_merchants_part_comes_from_available(payer, client):
    quiet()
    shop = world.shop()
    before = world.books()
    body = world.paid(client, payer, shop, 10_000)
    quiet()
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        settlements.run()
        assert world.balance(shop.merchant_id, Account.AVAILABLE) == 9_200
        assert refund(client, body["id"], world.owner_headers(shop)).json["status"] == "done"
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 0
    concerned = (payer, shop.merchant_id)
    assert _of(world.books(), concerned) == _of(before, concerned)


def _of(found, owners):
    return {key: fen for key, fen in found.without().items() if key[0] in owners}


def _drain(merchant_id, account, amount_fen):
    world.give(merchant_id, Account.DEPOSIT, 1)
    legs = (
        world.Leg(merchant_id, account, -amount_fen),
        world.Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen),
    )
    identity = world.new_id()
    drained = world.Journal(identity, "drained", identity, world.SYSTEM_ID, str(identity), legs)
    world.in_transaction(lambda: world.ledger.post([drained]))


def test_a_refund_without_merchant_funds_waits_visibly_and_goes_on_later(payer, client):
    shop = world.shop()
    body = world.paid(client, payer, shop, 1_000, purses=["prepaid"])
    quiet()
    _drain(shop.merchant_id, Account.PENDING, 500)
    before = world.books()
    answer = refund(client, body["id"], world.owner_headers(shop))
    assert (answer.status_code, answer.json["status"]) == (201, "waiting_funds")
    assert answer.json["journal_id"] is None
    assert world.books() == before
    assert client.get("/healthz/ready").json["refunds_waiting"] >= 1
    assert refunds.retry_waiting() == 0
    world.give(shop.merchant_id, Account.DEPOSIT, 499)
    assert refunds.retry_waiting() == 1
    assert refunds.retry_waiting() == 0
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 6_000
    assert world.balance(shop.merchant_id, Account.DEPOSIT) == 0


def waiting_of(shop):
    """How many refunds wait for this shop's money."""
    wanted = f"merchant_id = '{shop.merchant_id}' AND status = 'waiting_funds'"
    return world.count("alliance_refund", wanted)


def test_refunds_that_cannot_go_on_keep_no_other_waiting(payer, client):
    poor, later = world.shop(), world.shop()
    quiet()
    for shop, many in ((poor, refunds.RETRY_BATCH), (later, 1)):
        bodies = [world.paid(client, payer, shop, 10, purses=["prepaid"]) for _ in range(many)]
        quiet()
        _drain(shop.merchant_id, Account.PENDING, 9 * many)
        for body in bodies:
            refund(client, body["id"], world.owner_headers(shop))
    world.give(later.merchant_id, Account.DEPOSIT, 9)
    assert any(refunds.retry_waiting() and not waiting_of(later) for _ in range(20))
    assert waiting_of(poor) == refunds.RETRY_BATCH
    world.give(poor.merchant_id, Account.DEPOSIT, 9 * refunds.RETRY_BATCH)
    assert any(refunds.retry_waiting() and not waiting_of(poor) for _ in range(20))
    world.burn_letters()


def test_of_refunds_that_wait_the_oldest_comes_first(payer, client):
    shop = world.shop()
    quiet()
    bodies = [world.paid(client, payer, shop, 10, purses=["prepaid"]) for _ in range(6)]
    quiet()
    _drain(shop.merchant_id, Account.PENDING, 9 * len(bodies))
    answers = [refund(client, body["id"], world.owner_headers(shop)) for body in bodies]
    wished = [answer.json["id"] for answer in answers]
    done = []
    for _ in bodies:
        world.give(shop.merchant_id, Account.DEPOSIT, 9)
        assert refunds.retry_waiting() >= 1
        waiting = world.in_transaction(_waiting)
        done += [each for each in wished if each not in done and each not in waiting]
    assert done == wished


def _waiting():
    waits = select(Refund.id).where(Refund.status == "waiting_funds")
    return {str(each) for each in db.session.scalars(waits)}


def test_a_share_already_spent_is_owed_and_collected_later(context, client):
    quiet()
    friend = world.member()
    payer = world.rich(introduction=world.brought_by_member(friend))
    shop = world.shop()
    body = world.paid(client, payer, shop, 10_000)
    quiet()
    with time_machine.travel(now() + timedelta(days=8), tick=True):
        distribution.release()
        _drain(friend, Account.REBATE, 200)
        assert refund(client, body["id"], world.owner_headers(shop)).json["status"] == "done"
        assert world.balance(friend, Account.REBATE) == 0
        assert world.balance(friend, Account.CLAWBACK_DUE) == -200
        assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000
        world.paid(client, payer, shop, 10_000)
        quiet()
    assert world.balance(friend, Account.CLAWBACK_DUE) == 0
    assert world.balance(friend, Account.REBATE_PENDING) == 50


def test_what_a_fund_has_spent_is_the_loss_of_operations(payer, client):
    quiet()
    shop = world.shop({"charity": 10_000})
    body = world.paid(client, payer, shop, 5_000, purses=["prepaid"])
    quiet()
    charity = world.balance(PLATFORM_ID, Account.CHARITY)
    world.give(PLATFORM_ID, Account.OPERATIONS, 5_000)
    distribution.fold()
    _drain_fund(charity - 100)
    operations = world.balance(PLATFORM_ID, Account.OPERATIONS)
    assert refund(client, body["id"], world.owner_headers(shop)).json["status"] == "done"
    assert world.balance(PLATFORM_ID, Account.CHARITY) == 0
    concession = 5_000 - body["merchant_share_fen"]
    assert world.balance(PLATFORM_ID, Account.OPERATIONS) == operations - (concession - 100)


def _drain_fund(amount_fen):
    legs = (
        world.Leg(PLATFORM_ID, Account.CHARITY, -amount_fen),
        world.Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen),
    )
    identity = world.new_id()
    donated = world.Journal(identity, "donated", identity, world.SYSTEM_ID, str(identity), legs)
    world.in_transaction(lambda: world.ledger.post([donated]))
