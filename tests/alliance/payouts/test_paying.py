"""Settled money that leaves by itself: once for each settlement, on working days, if enough."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import service as alliance
from app.alliance.bank_accounts import service as bank_accounts
from app.alliance.closure import service as closure
from app.alliance.payouts import paying
from app.alliance.refunds import refunding
from app.core.db import in_transaction, read
from app.core.outbox import TryLater
from app.core.world import SYSTEM_ID, bucket_of, new_id
from app.ledger.service import Account
from app.wallet import service as wallet
from tests.alliance import shop as world
from tests.alliance.settlement.books import settled
from tests.alliance.test_races import at_once, quiet

pytestmark = pytest.mark.usefixtures("context")
TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)  # ten o'clock in Beijing
SATURDAY = datetime(2026, 11, 28, 2, tzinfo=UTC)
ON = {"is_on": True, "minimum_fen": 10_000}


@pytest.fixture
def shop(client):
    """A merchant whom the bank pays, with 50,000 fen settled, who wants them by itself."""
    made = world.shop()
    account = ("联惠面馆有限公司", "110060635018010012345", "交通银行")
    in_transaction(lambda: bank_accounts.name_account(made.merchant_id, *account, SYSTEM_ID))
    assert put(client, made, "payout-channel", {"channel": "bank_file"}).status_code == 200
    assert put(client, made, "automatic-payout", ON).status_code == 200
    world.give(made.merchant_id, Account.AVAILABLE, 50_000)
    return made


def put(client, of, what, wish, role="finance"):
    path = f"/api/v1/merchants/{of.merchant_id}/{what}"
    return client.put(path, json=wish, headers=world.staff_headers(role))


def issued(of):
    """As the outbox tells of a settlement."""
    identity = new_id(bucket_of(of.merchant_id))
    return {"settlement_id": str(identity), "merchant_id": str(of.merchant_id)}


def pay_out(of, payload=None, at=TUESDAY):
    with time_machine.travel(at, tick=True):
        paying.pay_out(payload or issued(of))


def outcomes(client, of):
    path = f"/api/v1/merchants/{of.merchant_id}/automatic-payouts"
    return client.get(path, headers=world.staff_headers("finance")).json["payouts"]


def held(of):
    accounts = (Account.AVAILABLE, Account.WITHDRAWING)
    return [world.balance(of.merchant_id, account) for account in accounts]


def test_a_settlement_is_followed_by_a_withdrawal_of_all_that_is_settled(client, shop):
    world.paid(client, world.rich(), shop, 10_000)
    quiet()
    (statement,) = settled(shop)
    letters = text("SELECT payload FROM core_outbox WHERE reader = 'alliance.pay_out'")
    ours = [
        row.payload for row in read(letters) if row.payload["settlement_id"] == str(statement.id)
    ]
    for payload in ours * 2:
        pay_out(shop, payload)
    assert held(shop) == [0, 59_000]
    (outcome,) = outcomes(client, shop)
    assert (outcome["amount_fen"], outcome["reason"]) == (59_000, None)
    row = in_transaction(lambda: wallet.withdrawal(world.UUID(outcome["withdrawal_id"])))
    assert (row.channel, row.source, row.owner_id) == (
        "bank_file",
        Account.AVAILABLE,
        shop.merchant_id,
    )


def test_it_waits_for_the_morning_of_the_next_working_day(shop):
    with time_machine.travel(SATURDAY, tick=False), pytest.raises(TryLater) as later:
        paying.pay_out(issued(shop))
    assert later.value.seconds == 47 * 3600  # Monday, nine o'clock
    assert held(shop) == [50_000, 0]


def test_too_little_stays_for_the_next_settlement(client, shop):
    put(client, shop, "automatic-payout", ON | {"minimum_fen": 50_001})
    pay_out(shop)
    assert held(shop) == [50_000, 0]
    world.give(shop.merchant_id, Account.AVAILABLE, 1)
    pay_out(shop)
    assert held(shop) == [0, 50_001]
    assert [each["reason"] for each in outcomes(client, shop)] == [None, "below_minimum"]


def test_who_does_not_want_it_or_no_longer_keeps_the_money(client, shop):
    put(client, shop, "automatic-payout", {"is_on": False})
    pay_out(shop)
    other = world.shop()
    world.give(other.merchant_id, Account.AVAILABLE, 50_000)
    pay_out(other)
    assert [held(shop), held(other)] == [[50_000, 0], [50_000, 0]]
    assert outcomes(client, shop) == outcomes(client, other) == []


def test_customers_who_wait_for_a_refund_come_first(client, shop):
    sale = world.paid(client, world.rich(), shop, 90_000)
    quiet()
    settled(shop)
    world.take(shop.merchant_id, Account.AVAILABLE, 111_000)
    path = f"/api/v1/payments/{sale['id']}/refunds"
    client.post(path, json={"reason": "taken back"}, headers=world.owner_headers(shop))
    pay_out(shop)
    assert held(shop) == [20_000, 0]
    assert outcomes(client, shop)[0]["reason"] == "refunds_wait"
    world.give(shop.merchant_id, Account.AVAILABLE, 70_000)
    assert refunding.retry_waiting() == 1


def test_of_a_paused_merchant_people_decide(client, shop):
    in_transaction(lambda: closure.pause(shop.merchant_id, None, "odd sales", SYSTEM_ID))
    pay_out(shop)
    assert held(shop) == [50_000, 0]
    assert outcomes(client, shop)[0]["reason"] == "paused_or_closed"


def test_a_refusal_is_written_down_and_moves_nothing(client, shop):
    """By WeChat somebody has to receive it: a contact whom the operator lets withdraw."""
    put(client, shop, "payout-channel", {"channel": "wechat_transfer"})
    pay_out(shop)
    assert held(shop) == [50_000, 0]
    assert outcomes(client, shop)[0]["reason"] == "no_wechat_account"
    contact, stranger = world.member(), world.member()
    in_transaction(lambda: alliance.add_contact(shop.merchant_id, contact, may_withdraw=True))
    refused = put(client, shop, "automatic-payout", ON | {"receiver_id": str(stranger)})
    assert (refused.status_code, refused.json["code"]) == (409, "receiver_unknown")
    assert (
        put(client, shop, "automatic-payout", ON | {"receiver_id": str(contact)}).status_code == 200
    )
    pay_out(shop)
    outcome = outcomes(client, shop)[0]
    row = in_transaction(lambda: wallet.withdrawal(world.UUID(outcome["withdrawal_id"])))
    assert (row.channel, row.member_id) == ("wechat_transfer", contact)


def test_many_readers_of_one_settlement_ask_once(app, shop):
    payload = issued(shop)

    with time_machine.travel(TUESDAY, tick=True):
        at_once(app, lambda number, client: paying.pay_out(payload))
    assert held(shop) == [0, 50_000]


def test_finance_says_it_and_others_see_only_their_own(client, shop):
    for role in ("operator", "merchant_owner", "cashier"):
        assert put(client, shop, "automatic-payout", ON, role).status_code == 403
    path = f"/api/v1/merchants/{shop.merchant_id}/automatic-payout"
    mine = client.get(path, headers=world.owner_headers(shop))
    assert (mine.status_code, mine.json["minimum_fen"]) == (200, 10_000)
    for address in (path, f"{path}s"):
        foreign = client.get(address, headers=world.owner_headers(world.shop()))
        assert (foreign.status_code, foreign.json["code"]) == (404, "merchant_unknown")
    assert put(client, shop, "automatic-payout", ON | {"minimum_fen": 1}).status_code == 422
