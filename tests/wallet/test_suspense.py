"""Money in suspense ends once: back at its payer, in its order, or with operations."""

from dataclasses import replace

import pytest

from app.core.db import in_transaction
from app.core.world import new_id, number_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import order_calls, orders
from app.wallet import service as wallet
from app.wechat import client as wechat
from tests.wallet.people import headers, member, platform, purse, staff_headers

WATCHED = (Account.SUSPENSE, Account.WECHAT_TAKINGS, Account.OPERATIONS)


@pytest.fixture
def aside(sandbox, work):
    """A top-up that had ended here when WeChat said it was paid."""

    def pay(amount_fen=10_000):
        work()
        phone = sandbox.phone()
        started = wallet.start_top_up(phone.member_id, new_id(), amount_fen, key=new_id().hex)
        sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
        sandbox.pay(phone, started.wechat_pay_parameters)
        assert orders.note_closed(started.order_id) == "closed"
        order_calls.ask(number_of(started.order_id))
        return phone, started

    return pay


def item_of(client, started):
    shown = client.get("/api/v1/suspense", headers=staff_headers("finance")).json["items"]
    (found,) = [row for row in shown if row["number"] == number_of(started.order_id)]
    return found


def resolve(client, item, way, mine=None):
    return client.post(
        f"/api/v1/suspense/{item['id']}/resolve",
        json={"way": way, "reason": "the member has called"},
        headers=mine or staff_headers("finance"),
    )


def watched():
    return tuple(platform(account) for account in WATCHED)


def moved(before):
    return tuple(now - then for now, then in zip(watched(), before, strict=True))


def is_open(client, item):
    shown = client.get("/api/v1/suspense", headers=staff_headers("finance")).json["items"]
    return item["id"] in {row["id"] for row in shown}


def test_the_order_it_was_paid_for_takes_it(aside, client):
    phone, started = aside()
    item, before, mine = item_of(client, started), watched(), staff_headers("finance")
    answers = [resolve(client, item, "order", mine) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["resolved_at"]
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 10_000
    assert moved(before) == (-10_000, 0, 0)
    assert in_transaction(lambda: wallet.top_up(started.id)).status == "credited"
    assert not is_open(client, item)
    again = resolve(client, item, "operations")
    assert (again.status_code, again.json["code"]) == (409, "suspense_resolved")
    assert moved(before) == (-10_000, 0, 0)
    assert ledger.verify().findings == []


def test_its_payer_gets_it_back_through_wechat_once(aside, client, sandbox, work):
    phone, started = aside()
    item, before = item_of(client, started), watched()
    sandbox.fault("reset_after", "POST /v3/refund/domestic/refunds")
    assert resolve(client, item, "refund").status_code == 200
    work()
    assert is_open(client, item)
    assert resolve(client, item, "refund").json["code"] == "suspense_resolved"
    assert resolve(client, item, "operations").json["code"] == "suspense_resolved"
    for _ in range(3):
        sandbox.pass_time(61)
        work()
    assert not is_open(client, item)
    assert (moved(before)[0], purse(phone.member_id, Account.PREPAID_PRINCIPAL)) == (-10_000, 0)
    returned = [
        row["refund_fen"]
        for row in sandbox.books()["refunds"]
        if row["out_trade_no"] == number_of(started.order_id)
    ]
    assert returned == [10_000]


def test_operations_keeps_it_with_a_reason(aside, client):
    _, started = aside()
    item, before = item_of(client, started), watched()
    answer = resolve(client, item, "operations")
    assert [step["reason"] for step in answer.json["steps"]] == ["the member has called"]
    assert moved(before) == (-10_000, 0, 10_000)


def test_a_large_amount_takes_two_people(aside, client):
    _, started = aside(100_000)
    item, before, first = item_of(client, started), watched(), staff_headers("finance")
    assert resolve(client, item, "operations", first).json["resolved_at"] is None
    first["Idempotency-Key"] = new_id().hex
    assert resolve(client, item, "operations", first).json["code"] == "second_person_needed"
    assert moved(before) == (0, 0, 0)
    assert resolve(client, item, "operations").json["resolved_at"]
    assert moved(before) == (-100_000, 0, 100_000)


def test_what_may_not_be_done_changes_nothing(aside, client):
    phone, started = aside()
    item, before = item_of(client, started), watched()
    for mine in (staff_headers("operator", "reviewer"), headers(member())):
        assert resolve(client, item, "operations", mine).status_code == 403
    assert resolve(client, item, "elsewhere").status_code == 422
    assert resolve(client, {"id": new_id()}, "refund").status_code == 404
    assert moved(before) == (0, 0, 0)
    assert is_open(client, item)
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 0


def paid_twice(sandbox, amount_fen):
    """A credited top-up, and a second payment that WeChat says is for the same order.

    The second one is real at WeChat, under `own`: so its refund there can be told from the first's.
    """
    phone, found = sandbox.phone(), []
    for _ in range(2):
        started = wallet.start_top_up(phone.member_id, new_id(), amount_fen, key=new_id().hex)
        sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
        sandbox.pay(phone, started.wechat_pay_parameters)
        found.append(started)
    first, other = found
    orders.note_closed(other.order_id)
    order_calls.ask(number_of(first.order_id))
    own = number_of(other.order_id)
    told = replace(wechat.query_order(own), out_trade_no=number_of(first.order_id))
    return phone, first, own, told


def refunds_of(sandbox, number):
    found = sandbox.books()["refunds"]
    return [row["refund_fen"] for row in found if row["out_trade_no"] == number]


def test_a_second_payment_for_one_order_goes_back_once(client, sandbox, work):
    phone, first, own, told = paid_twice(sandbox, 10_000)
    before = watched()
    for _ in range(3):
        in_transaction(lambda: orders.note_payment(told, is_confirmed=True))
    item = item_of(client, first)
    assert (item["reason"], moved(before)) == ("order_paid", (10_000, -10_000, 0))
    for _ in range(2):
        work()
        sandbox.pass_time(61)
        in_transaction(lambda: orders.note_payment(told, is_confirmed=True))
    work()
    assert refunds_of(sandbox, own) == [10_000]
    assert refunds_of(sandbox, number_of(first.order_id)) == []
    assert not is_open(client, item)
    assert moved(before)[0] == 0
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 10_000


def test_a_large_second_payment_waits_for_two_people(client, sandbox, work):
    _, first, own, told = paid_twice(sandbox, 100_000)
    in_transaction(lambda: orders.note_payment(told, is_confirmed=True))
    item = item_of(client, first)
    work()
    assert is_open(client, item)
    assert refunds_of(sandbox, own) == []
    for _ in range(2):
        assert resolve(client, item, "refund").status_code == 200
    work()
    assert refunds_of(sandbox, own) == [100_000]
