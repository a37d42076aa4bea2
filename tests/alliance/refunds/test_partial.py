"""Partial refunds: any sequence of them ends exact, each fen goes back where it came from."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance import distribution
from app.alliance.settlement import runs as settlements
from app.core.world import PLATFORM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.refunds.test_refunding import payer, quiet, refund  # noqa: F401  # a fixture

pytestmark = pytest.mark.usefixtures("context")


def rich_payer(friend):
    member_id = world.member(world.brought_by_member(friend))
    world.give(member_id, Account.PREPAID_PRINCIPAL, 3_000)
    world.give(member_id, Account.PREPAID_PRINCIPAL, 3_000)
    world.give(member_id, Account.PREPAID_BONUS, 1_000)
    world.give(member_id, Account.REBATE, 5_000)
    world.give_experience(member_id, 2_000)
    return member_id


def shown(client, payment_id, who):
    return client.get(f"/api/v1/payments/{payment_id}", headers=world.headers(who)).json


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 4_000), max_size=6), releases_after=st.integers(0, 6))
def test_any_sequence_of_refunds_leaves_every_account_where_it_was(client, cuts, releases_after):
    friend = world.member()
    member_id, shop = rich_payer(friend), world.shop()
    quiet()

    def books():
        concerned = {member_id, friend, shop.merchant_id, PLATFORM_ID}
        found = world.books().without().items()
        return {key: fen for key, fen in found if key[0] in concerned}

    before = books()
    payment_id = world.paid(client, member_id, shop, 10_000)["id"]
    quiet()
    left = 10_000
    moment = now()
    for turn, cut in enumerate([*cuts, left]):
        if turn == releases_after:
            moment += timedelta(days=8)
        with time_machine.travel(moment, tick=True):
            if turn == releases_after:
                while distribution.release():
                    pass
            part = min(cut, left) if turn < len(cuts) else left
            if not part:
                continue
            answer = refund(client, payment_id, world.owner_headers(shop), amount_fen=part)
            assert (answer.status_code, answer.json["status"]) == (201, "done"), answer.json
            left -= part
            found = shown(client, payment_id, member_id)
            assert found["refunded_fen"] == 10_000 - left
            assert found["status"] == ("paid" if left else "refunded")
    assert books() == before


def test_a_part_goes_back_in_the_sales_own_proportions(payer, client):  # noqa: F811
    shop = world.shop()
    payment_id = world.paid(client, payer, shop, 10_000)["id"]
    quiet()
    names = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.REBATE, Account.EXPERIENCE)
    held = {name: world.balance(payer, name) for name in names}
    pending = world.balance(shop.merchant_id, Account.PENDING)
    assert refund(client, payment_id, world.owner_headers(shop), amount_fen=1_000).json[
        "journal_id"
    ]
    back = {name: world.balance(payer, name) - held[name] for name in names}
    parts = shown(client, payment_id, payer)["parts"]
    assert sum(back.values()) == 1_000
    assert back[Account.EXPERIENCE] * 10 == parts["experience_fen"]
    assert back[Account.REBATE] * 10 == parts["rebate_fen"]
    assert pending - world.balance(shop.merchant_id, Account.PENDING) < 1_000


def test_more_than_is_left_is_refused_and_changes_nothing(payer, client):  # noqa: F811
    shop = world.shop()
    payment_id = world.paid(client, payer, shop, 1_000)["id"]
    assert refund(client, payment_id, world.owner_headers(shop), amount_fen=400).status_code == 201
    before = world.books()
    answer = refund(client, payment_id, world.owner_headers(shop), amount_fen=601)
    assert (answer.status_code, answer.json["code"]) == (409, "refund_too_large")
    assert answer.json["left_fen"] == 600
    for wrong in (0, -1, 1.5, "400", True, 10**30):
        assert (
            refund(client, payment_id, world.owner_headers(shop), amount_fen=wrong).status_code
            == 422
        )
    assert world.books() == before
    assert refund(client, payment_id, world.owner_headers(shop), amount_fen=600).status_code == 201
    gone = refund(client, payment_id, world.owner_headers(shop), amount_fen=1)
    assert (gone.status_code, gone.json["code"]) == (409, "already_refunded")


def test_the_fiftieth_refund_takes_all_that_is_left(payer, client):  # noqa: F811
    shop = world.shop()
    payment_id = world.paid(client, payer, shop, 1_000)["id"]
    for _ in range(49):
        assert (
            refund(client, payment_id, world.owner_headers(shop), amount_fen=1).status_code == 201
        )
    answer = refund(client, payment_id, world.owner_headers(shop), amount_fen=1)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_refunds")
    last = refund(client, payment_id, world.owner_headers(shop))
    assert (last.status_code, last.json["amount_fen"]) == (201, 951)
    assert shown(client, payment_id, payer)["status"] == "refunded"


def test_racing_refunds_never_give_back_more_than_was_paid(app, payer, client):  # noqa: F811
    shop = world.shop()
    quiet()
    before = world.books()
    payment_id = world.paid(client, payer, shop, 1_000)["id"]
    quiet()
    operator = world.staff_headers("operator")

    def attempt(number):
        with app.app_context():
            who = operator | {"Idempotency-Key": f"k{payment_id}{number}"}
            return refund(app.test_client(), payment_id, who, amount_fen=300).status_code

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(attempt, range(64)))
    assert codes.count(201) == 3
    assert set(codes) == {201, 409}
    assert shown(client, payment_id, payer)["refunded_fen"] == 900
    assert refund(client, payment_id, world.owner_headers(shop)).json["amount_fen"] == 100
    assert world.books().without() == before.without()


def test_a_frozen_share_is_released_without_what_went_back(payer, client):  # noqa: F811
    shop = world.shop()
    payment_id = world.paid(client, payer, shop, 10_000)["id"]
    quiet()
    frozen = world.balance(payer, Account.REBATE_PENDING)
    assert frozen > 1
    refund(client, payment_id, world.owner_headers(shop), amount_fen=5_000)
    left = world.balance(payer, Account.REBATE_PENDING)
    assert 0 < left < frozen
    rebate = world.balance(payer, Account.REBATE)
    with time_machine.travel(now() + timedelta(days=8)):
        while distribution.release():
            pass
    assert world.balance(payer, Account.REBATE_PENDING) == 0
    assert world.balance(payer, Account.REBATE) == rebate + left


def test_a_settlement_counts_each_part_once(payer, client):  # noqa: F811
    shop = world.shop()
    payment_id = world.paid(client, payer, shop, 10_000)["id"]
    quiet()
    refund(client, payment_id, world.owner_headers(shop), amount_fen=2_500)
    quiet()
    expected = world.balance(shop.merchant_id, Account.PENDING) + world.balance(
        shop.merchant_id, Account.EXPERIENCE_PENDING
    )
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        settlements.run()
        assert world.balance(shop.merchant_id, Account.AVAILABLE) == expected
        refund(client, payment_id, world.owner_headers(shop), amount_fen=2_500)
        assert world.balance(shop.merchant_id, Account.AVAILABLE) < expected
