"""Orders of which WeChat pays a part, against the sandbox over real HTTP."""

import pytest

from app.alliance.orders import placing, receipts
from app.core.world import PLATFORM_ID, number_of
from app.ledger.service import Account
from app.wallet import shipping
from app.wallet.refunds import look_at_refund
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.wallet.people import moved
from tests.wechat.pretend import eventually

MEANS = {"purses": ["prepaid", "wechat"]}


@pytest.fixture
def waiting(context, client, sandbox):
    """An order of 5,000 fen of which WeChat is to pay 2,000: (phone, buyer, shop, order, body)."""
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    session = client.post("/api/v1/sessions", json={"code": code}).json
    buyer, shop = world.UUID(session["member_id"]), world.shop()
    world.give(buyer, Account.PREPAID_PRINCIPAL, 3_000)
    order = market.placed(client, buyer, (stall.displayed(client, shop, stock=3), 1))
    answer = market.pay(client, buyer, order, **MEANS)
    assert (answer.status_code, answer.json["status"]) == (201, "paying"), answer.json
    return phone, buyer, shop, order, answer.json


def paid(client, sandbox, waiting):
    phone, buyer, _, order, body = waiting
    sandbox.act(phone, "pay", **body["wechat_pay_parameters"])
    eventually(lambda: market.look(client, buyer, order)["status"] == "paid")


def test_purses_are_held_until_wechat_has_paid_then_all_is_in_escrow(waiting, client, sandbox):
    _, buyer, shop, order, body = waiting
    assert body["wechat_fen"] == 2_000
    assert (world.balance(buyer, Account.PAYMENT_HOLD), market.escrow(buyer)) == (3_000, 0)
    paid(client, sandbox, waiting)
    assert (world.balance(buyer, Account.PAYMENT_HOLD), market.escrow(buyer)) == (0, 5_000)
    where = f"order_id = '{body['order_id']}'"
    assert world.count("wallet_order_shipping", where) == 0  # nothing is shipped by being paid
    code = market.look(client, buyer, order)["pickup_code"]
    assert market.hand_over(client, world.owner_headers(shop), code).status_code == 200
    assert market.escrow(buyer) == 0
    assert world.balance(shop.merchant_id, Account.PENDING) == 4_500
    assert world.count("wallet_order_shipping", f"{where} AND way = 'pickup'") == 1
    refund = client.post(
        f"/api/v1/payments/{order['id']}/refunds", json={}, headers=world.owner_headers(shop)
    )
    assert refund.json["status"] == "done", refund.json
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 3_000
    assert world.count("wallet_refund", f"{where} AND amount_fen = 2000") == 1


def test_an_order_paid_in_part_by_wechat_goes_back_both_ways(waiting, client, sandbox):
    _, buyer, _, order, body = waiting
    paid(client, sandbox, waiting)
    done = market.act(client, order, "cancel", world.headers(buyer)).json
    assert (done["status"], done["returned_fen"]) == ("returned", 5_000)
    assert market.escrow(buyer) == 0
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 3_000
    refunds = world.read(
        world.text("SELECT id FROM wallet_refund WHERE order_id = :id"), {"id": body["order_id"]}
    )
    subjects = (world.UUID(order["id"]), refunds[0][0])
    assert moved(Account.REFUND_CLEARING, *subjects) == 2_000
    look_at_refund({"refund_id": str(refunds[0][0])})  # the worker's job
    eventually(lambda: moved(Account.REFUND_CLEARING, *subjects) == 0)


def test_who_cancels_while_wechat_waits_has_the_purses_free_again(waiting, client, sandbox):
    phone, buyer, _, order, body = waiting
    done = market.act(client, order, "cancel", world.headers(buyer)).json
    assert done["status"] == "cancelled"
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 3_000
    with pytest.raises(AssertionError):
        sandbox.act(phone, "pay", **body["wechat_pay_parameters"])
    assert market.escrow(buyer) == 0


def test_who_leaves_wechat_pays_from_the_purses_instead(waiting, client, sandbox):
    phone, buyer, _, order, body = waiting
    world.give(buyer, Account.PREPAID_PRINCIPAL, 2_000)
    done = market.pay(client, buyer, order, purses=["prepaid"])
    assert (done.status_code, done.json["status"]) == (201, "paid"), done.json
    assert (world.balance(buyer, Account.PAYMENT_HOLD), market.escrow(buyer)) == (0, 5_000)
    with pytest.raises(AssertionError):
        sandbox.act(phone, "pay", **body["wechat_pay_parameters"])
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 0


def test_an_order_begun_with_wechat_counts_as_unpaid(waiting, client, monkeypatch):
    _, buyer, shop, _, _ = waiting
    monkeypatch.setattr(placing, "MOST_UNPAID", 1)
    answer = market.place(client, buyer, (stall.displayed(client, shop), 1))
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_unpaid_orders")


def test_wechat_is_told_of_a_parcel_and_of_one_correction_and_its_receipt_completes_the_order(
    context, client, sandbox
):
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    session = client.post("/api/v1/sessions", json={"code": code}).json
    buyer, shop = world.UUID(session["member_id"]), world.shop()
    how = {"delivery": "shipment", "receiver": market.RECEIVER}
    order = market.placed(client, buyer, (stall.displayed(client, shop), 1), **how)
    body = market.pay(client, buyer, order, purses=["wechat"]).json
    paid(client, sandbox, (phone, buyer, shop, order, body))
    wechat_order = {"order_id": body["order_id"]}
    where = f"order_id = '{body['order_id']}'"
    assert world.count("wallet_order_shipping", where) == 0
    who, at = world.owner_headers(shop), f"{market.ORDERS}/{order['id']}/parcel"
    client.post(at, json={"carrier": "SF", "tracking_no": "SF111111"}, headers=who)
    sandbox.control("/clock/advance", {"seconds": 30})  # what was just paid does not show yet
    sandbox.drain()
    reported(wechat_order, "SF111111")
    client.put(at, json={"carrier": "SF", "tracking_no": "SF222222"}, headers=who)
    reported(wechat_order, "SF222222")
    stranger = {"order_id": str(PLATFORM_ID), "subject_id": order["id"]}
    receipts.on_received(stranger)
    assert market.look(client, buyer, order)["status"] == "shipped"
    number = number_of(world.UUID(body["order_id"]))
    sandbox.act(phone, "confirm-receipt", out_trade_no=number)
    sandbox.control("/clock/advance", {"seconds": 120})
    sandbox.drain()
    for letter in 2 * eventually(lambda: letters(body["order_id"])):
        receipts.on_received(letter)
    done = market.look(client, buyer, order)
    assert (done["status"], market.escrow(buyer)) == ("completed", 0)
    assert [each["step"] for each in done["steps"]].count("received_in_wechat") == 1


def letters(wechat_order_id):
    """What the alliance is told of receipts of a WeChat order."""
    found = world.read(
        world.text("SELECT payload FROM core_outbox WHERE reader = 'alliance.order_received'"
                   " AND payload->>'order_id' = :order_id"), {"order_id": wechat_order_id}
    )  # fmt: skip
    return [row.payload for row in found]


def reported(wechat_order, tracking_no):
    """The worker's job; WeChat has the parcel with this number."""
    shipping.report(wechat_order)
    found = world.read(
        world.text("SELECT state, tracking_no, receiver_contact FROM wallet_order_shipping"
                   " WHERE order_id = :order_id"), wechat_order
    )  # fmt: skip
    assert tuple(found[0]) == ("reported", tracking_no, "138****1111")
