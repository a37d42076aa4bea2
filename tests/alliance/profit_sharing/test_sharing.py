"""From a payment to the merchant's own account at WeChat: settled, split, freed, taken back."""

import time

import pytest

from app.alliance import distribution
from app.alliance.profit_sharing import receivers, sharing
from app.alliance.refunds import refunding
from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet import service as wallet
from app.wallet.profit_sharing import calls, returning
from app.wallet.refunds import look_at_refund
from app.wechat import client as wechat
from tests.alliance import shop as world
from tests.wechat.pretend import eventually

PAYMENTS = "/api/v1/payments"
PARTNER = "1900000200"


@pytest.fixture
def shop(context, client, sandbox):
    """A shop whose part of payments is split; its receiver is registered at WeChat."""
    sandbox.control("/console", {"trade_managed": False}, "PUT")
    found = world.shop()
    who = world.staff_headers("finance")
    wish = {"account": PARTNER, "name": "联惠面馆有限公司"}
    base = f"/api/v1/merchants/{found.merchant_id}"
    named = client.put(f"{base}/sharing-receiver", json=wish, headers=who).json
    path = f"/api/v1/sharing-receiver-proposals/{named['id']}/decision"
    other = world.staff_headers("finance")
    assert client.post(path, json={"is_confirmed": True}, headers=other).status_code == 200
    receivers.tell_wechat({"receiver_id": named["id"]})
    assert client.get(f"{base}/sharing-receiver", headers=who).json["state"] == "registered"
    chosen = client.put(f"{base}/payout-channel", json={"channel": "profit_sharing"}, headers=who)
    assert chosen.status_code == 200, chosen.json
    yield found
    sandbox.control("/console", {"trade_managed": True}, "PUT")


@pytest.fixture
def sale(shop, client, sandbox):
    """100 yuan: 60 from prepaid money, 40 by WeChat; settled. The sale's id and its order's."""
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    payer = world.UUID(client.post("/api/v1/sessions", json={"code": code}).json["member_id"])
    world.give(payer, Account.PREPAID_PRINCIPAL, 6_000)
    wish = {"store_id": str(shop.store_id), "amount_fen": 10_000, "purses": ["prepaid", "wechat"]}
    body = client.post(PAYMENTS, json=wish, headers=world.headers(payer)).json
    sandbox.act(phone, "pay", **body["wechat_pay_parameters"])
    who = world.headers(payer)
    eventually(lambda: client.get(f"{PAYMENTS}/{body['id']}", headers=who).json["journal_id"])
    distribution.distribute()
    sandbox.control("/clock/advance", {"seconds": 70})
    distribution.fold()
    world.give(shop.merchant_id, Account.AVAILABLE, 9_000)  # as if settled: tested elsewhere
    return world.UUID(body["id"]), world.UUID(body["order_id"])


def share(sale_id, settlement_id=None):
    return in_transaction(lambda: _id(sharing.share_sale(sale_id, settlement_id or new_id())))


def _id(row):
    return row.id if row is not None else None


def splits(order_id):
    return in_transaction(
        lambda: [
            (row.kind, row.state, row.amount_fen, row.attempt) for row in wallet.splits_of(order_id)
        ]
    )


def look_all(sandbox, order_id):
    """Does what is due of an order's splits until nothing is under way."""
    for _ in range(12):
        rows = in_transaction(lambda: [(one.id, one.state) for one in wallet.splits_of(order_id)])
        under_way = [each for each, state in rows if state in ("waiting", "sending")]
        if not under_way:
            return
        for split_id in under_way:
            calls.look_at_split({"split_id": str(split_id)})
        sandbox.control("/clock/advance", {"seconds": 5})
        time.sleep(0.26)  # the product asks for the clock four times a second at most


def held(shop, account):
    return world.balance(shop.merchant_id, account)


def test_the_merchants_part_is_split_within_the_ratio_and_the_rest_freed(sale, shop, sandbox):
    sale_id, order_id = sale
    settlement = new_id()
    assert share(sale_id, settlement)
    assert share(sale_id, settlement) is None
    assert held(shop, Account.WITHDRAWING) == 1_200  # 30 % of 40 yuan; its part would be 36
    look_all(sandbox, order_id)
    assert splits(order_id) == [("split", "done", 1_200, 1), ("release", "done", 2_776, 1)]
    assert (held(shop, Account.WITHDRAWING), held(shop, Account.AVAILABLE)) == (0, 7_800)


def test_where_wechat_knows_no_relation_the_receiver_is_named_again(sale, shop, sandbox):
    sale_id, order_id = sale
    wechat.delete_receiver(app_id=world.MINI_PROGRAM, kind="MERCHANT_ID", account=PARTNER)
    share(sale_id)
    first = in_transaction(lambda: wallet.splits_of(order_id)[0].id)
    while in_transaction(lambda: wallet.splits_of(order_id)[0].state) != "failed":
        calls.look_at_split({"split_id": str(first)})
        sandbox.control("/clock/advance", {"seconds": 5})
    row = in_transaction(lambda: _id(receivers.current(shop.merchant_id)))
    receivers.tell_wechat({"receiver_id": str(row)})
    look_all(sandbox, order_id)
    assert splits(order_id) == [
        ("split", "failed", 1_200, 1),
        ("split", "done", 1_200, 2),
        ("release", "done", 2_776, 1),
    ]
    assert held(shop, Account.AVAILABLE) == 7_800


def test_what_cannot_be_split_for_good_stays_available_for_another_channel(sale, shop, sandbox):
    sale_id, order_id = sale
    sandbox.control("/faults", {"kind": "sharing_fail", "reason": "ACCOUNT_ABNORMAL"})
    share(sale_id)
    look_all(sandbox, order_id)
    assert splits(order_id) == [("split", "failed", 1_200, 1), ("release", "done", 3_976, 1)]
    assert (held(shop, Account.WITHDRAWING), held(shop, Account.AVAILABLE)) == (0, 9_000)


def test_finance_sees_a_split_in_trouble_and_has_it_tried_again(sale, shop, sandbox, client):
    sale_id, order_id = sale
    sandbox.control("/faults", {"kind": "sharing_fail", "reason": "RECEIVER_HIGH_RISK"})
    split_id = share(sale_id)
    look_all(sandbox, order_id)
    who = world.staff_headers("finance")
    listed = client.get("/api/v1/splits?state=troubled&limit=200", headers=who).json["splits"]
    assert str(split_id) in [row["id"] for row in listed]
    address = f"/api/v1/splits/{split_id}/decide"
    wish = {"decision": "retry", "reason": "已核实"}
    cashier = world.staff_headers("cashier", merchant_id=shop.merchant_id)
    assert client.post(address, json=wish, headers=cashier).status_code == 403
    proposed = client.post(address, json=wish, headers=world.staff_headers("finance"))
    assert (proposed.status_code, proposed.json["state"]) == (200, "troubled")
    answer = client.post(address, json=wish, headers=who)
    assert (answer.status_code, answer.json["state"]) == (200, "failed")
    again = client.post(address, json=wish, headers=who)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (answer.json, "true")
    look_all(sandbox, order_id)
    assert splits(order_id)[1:] == [("split", "done", 1_200, 2), ("release", "done", 2_776, 1)]


def test_a_refund_the_merchant_cannot_pay_takes_its_split_back(sale, shop, sandbox, client):
    sale_id, order_id = sale
    split_id = share(sale_id)
    look_all(sandbox, order_id)
    world.give(shop.merchant_id, Account.AVAILABLE, -held(shop, Account.AVAILABLE))
    world.give(shop.merchant_id, Account.PENDING, 8_500 - held(shop, Account.PENDING))
    answer = client.post(
        f"{PAYMENTS}/{sale_id}/refunds", json={}, headers=world.owner_headers(shop)
    )
    assert answer.json["status"] == "waiting_funds", answer.json
    rows = world.read(
        world.text("SELECT id, amount_fen FROM wallet_split_return WHERE split_id = :one"),
        {"one": split_id},
    )
    assert [row.amount_fen for row in rows] == [500]
    returning.look_at_return({"return_id": str(rows[0].id)})
    refunding.retry_waiting()
    who = world.owner_headers(shop)
    shown = client.get(f"{PAYMENTS}/{sale_id}", headers=who).json
    assert shown["refunded_fen"] == 10_000
    look_at_refund({"refund_id": answer.json["id"]})


def test_a_receiver_leaves_with_its_merchants_last_contract(shop, client):
    assert in_transaction(receivers._keep) >= 0
    ended = client.post(
        f"/api/v1/contracts/{shop.contract_id}/end", headers=world.staff_headers("operator")
    )
    assert ended.status_code == 200
    row = in_transaction(lambda: _id(receivers.current(shop.merchant_id)))
    assert receivers.keep_in_step() == 1
    assert in_transaction(lambda: receivers.current(shop.merchant_id)) is None
    receivers.tell_wechat({"receiver_id": str(row)})
    states = world.read(
        world.text("SELECT state FROM alliance_sharing_receiver WHERE id = :one"), {"one": row}
    )
    assert states[0].state == "gone"
