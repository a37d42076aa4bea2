"""Top-ups against a pretend WeChat in its own process: credited once, whatever happens."""

import threading
from uuid import UUID

import pytest
import requests
from flask import Flask

from app.core.db import db, in_transaction
from app.core.idempotency import IdempotencyKeyReused
from app.core.world import new_id, number_of
from app.ledger.service import Account
from app.wallet import orders
from app.wallet import service as wallet
from app.wallet.errors import AmountOutOfRange
from app.wallet.models import Lot, SuspenseItem, TopUp
from app.wechat import client as wechat
from tests.wallet.people import books, headers, member, moved, platform, purse, staff_headers
from tests.wallet.racing import at_once

STORE = new_id()


def start(phone, amount_fen=10_000, key=None, trade_type="jsapi"):
    return wallet.start_top_up(
        phone.member_id, STORE, amount_fen, trade_type, key=key or new_id().hex
    )


def state(top_up_id: UUID) -> str:
    return in_transaction(lambda: wallet.top_up(top_up_id)).status


def credited(phone) -> int:
    return purse(phone.member_id, Account.PREPAID_PRINCIPAL)


def test_a_paid_top_up_is_credited_in_a_lot_of_its_store(sandbox, client):
    phone = sandbox.phone()
    started = start(phone)
    assert started.status == "waiting"
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    shown = client.get(f"/api/v1/top-ups/{started.id}", headers=headers(phone.member_id)).json
    assert shown["status"] == "credited"
    assert shown["journal_id"]
    mine = client.get("/api/v1/me/wallet", headers=headers(phone.member_id)).json
    assert mine["purses"]["prepaid_principal"]["balance_fen"] == 10_000
    assert mine["purses"]["prepaid_principal"]["ledger_version"] == 1
    assert [(lot["balance_fen"], lot["store_id"]) for lot in mine["lots"]] == [(10_000, str(STORE))]
    # WeChat keeps 0.6 %, so that what the books say it holds is what it holds.
    assert moved(Account.WECHAT_TAKINGS, started.id, started.order_id) == -9_940
    assert moved(Account.CHANNEL_FEE, started.id, started.order_id) == -60


def test_a_native_top_up_is_paid_by_scanning(sandbox):
    phone = sandbox.phone()
    started = start(phone, trade_type="native")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert state(started.id) == "credited"
    assert credited(phone) == 10_000


def test_nobody_else_sees_a_top_up(sandbox, client):
    started = start(sandbox.phone())
    answer = client.get(f"/api/v1/top-ups/{started.id}", headers=headers(member()))
    assert answer.status_code == 404


@pytest.mark.parametrize("amount_fen", [0, 99, 500_001])
def test_amounts_outside_the_range_leave_no_trace(sandbox, amount_fen):
    phone = sandbox.phone()
    with pytest.raises(AmountOutOfRange):
        start(phone, amount_fen)
    assert db.session.query(TopUp).filter_by(member_id=phone.member_id).count() == 0


def test_who_never_opened_the_mini_program_leaves_no_trace(sandbox):
    from tests.members.people import member as follower

    member_id = follower()
    with pytest.raises(wallet.NoWeChatAccount):
        wallet.start_top_up(member_id, STORE, 10_000, key=new_id().hex)
    assert db.session.query(TopUp).filter_by(member_id=member_id).count() == 0


def test_the_same_key_goes_on_with_the_same_number(sandbox):
    phone = sandbox.phone()
    first, second = start(phone, key="again"), start(phone, key="again")
    assert (first.id, first.order_id) == (second.id, second.order_id)
    sandbox.pay(phone, second.wechat_pay_parameters)
    sandbox.drain()
    third = start(phone, key="again")
    assert (third.status, third.wechat_pay_parameters) == ("credited", None)
    assert credited(phone) == 10_000
    with pytest.raises(IdempotencyKeyReused):
        start(phone, 10_001, key="again")


def test_the_same_key_many_times_at_once_is_one_order(app, sandbox):
    phone = sandbox.phone()

    def begin(_):
        with app.app_context():
            return start(phone, key="burst").order_id

    assert len(set(at_once(begin, 16))) == 1
    assert db.session.query(TopUp).filter_by(member_id=phone.member_id).count() == 1


@pytest.mark.parametrize(
    "kind", ["system_error", "system_error_after", "reset_before", "reset_after"]
)
def test_when_wechat_is_away_the_same_key_continues(sandbox, kind):
    phone = sandbox.phone()
    sandbox.fault(kind, "POST /v3/pay/transactions/jsapi")
    with pytest.raises(wechat.WeChatUnavailable) as refusal:
        start(phone, key="patience")
    assert refusal.value.headers["Retry-After"]
    started = start(phone, key="patience")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert credited(phone) == 10_000


def test_a_lost_notification_is_made_up_by_asking(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert credited(phone) == 0
    sandbox.pass_time(61)
    work()
    assert state(started.id) == "credited"
    assert credited(phone) == 10_000


def test_an_unpaid_top_up_is_closed_at_wechat_first(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.pass_time(30 * 60 + 1)
    work()
    assert state(started.id) == "closed"
    assert sandbox.order(number_of(started.order_id))["state"] == "CLOSED"
    assert credited(phone) == 0


def test_who_pays_in_the_last_moment_has_paid(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    assert wallet.close_order(started.order_id) == "paid"
    assert credited(phone) == 10_000
    assert wallet.close_order(started.order_id) == "paid"


def test_a_closed_order_can_no_longer_be_paid(sandbox):
    phone = sandbox.phone()
    started = start(phone)
    assert wallet.close_order(started.order_id) == "closed"
    with pytest.raises(AssertionError):
        sandbox.pay(phone, started.wechat_pay_parameters)
    assert state(started.id) == "closed"
    assert credited(phone) == 0


def test_who_is_closed_while_wechat_is_asked_is_handed_nothing(
    app, sandbox, work, gate, monkeypatch
):
    from config.settings import settings

    phone = sandbox.phone()
    monkeypatch.setenv("WECHAT_PAY_BASE", gate.url)
    settings.cache_clear()
    gate.number, gate.side = "out_trade_no", "after"
    outcome = []

    def begin():
        with app.app_context():
            try:
                outcome.append(start(phone))
            except wallet.OrderNotOpen as refusal:
                outcome.append(refusal.code)

    thread = threading.Thread(target=begin)
    thread.start()
    assert gate.stopped.wait(30)
    row = db.session.query(TopUp).filter_by(member_id=phone.member_id).one()
    order_id = row.order_id
    db.session.rollback()
    assert orders.note_closed(order_id) == "closed"
    gate.open.set()
    thread.join(30)
    assert outcome == ["order_not_open"]
    gate.side = ""
    work()
    assert sandbox.order(number_of(order_id))["state"] == "CLOSED"


def test_closing_what_wechat_does_not_answer_for_leaves_it_open(sandbox):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("system_error", "/close")
    sandbox.fault("system_error", "GET /v3/pay/transactions")
    with pytest.raises(wechat.WeChatUnavailable):
        wallet.close_order(started.order_id)
    assert state(started.id) == "waiting"
    assert wallet.close_order(started.order_id) == "closed"


def test_a_notification_with_another_amount_credits_nothing_by_itself(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("amount_mismatch", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    work()
    # The false one made us ask; the true one was credited; nothing is left over.
    assert credited(phone) == 10_000
    number = number_of(started.order_id)
    assert db.session.query(SuspenseItem).filter_by(number=number).count() == 0


def test_a_notification_for_an_unknown_order_changes_nothing(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    before = platform(Account.SUSPENSE)
    sandbox.fault("unknown_order", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    work()
    assert credited(phone) == 10_000
    assert platform(Account.SUSPENSE) == before


def test_money_wechat_confirms_for_a_closed_order_is_set_aside_once(sandbox, work):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    before = platform(Account.SUSPENSE), platform(Account.WECHAT_TAKINGS)
    assert orders.note_closed(started.order_id) == "closed"  # as if it had been closed before
    status = wechat.query_order(number_of(started.order_id))
    for is_confirmed in (False, True, True, False):
        in_transaction(lambda sure=is_confirmed: orders.note_payment(status, is_confirmed=sure))
    work()
    assert platform(Account.SUSPENSE) - before[0] == 10_000
    assert platform(Account.WECHAT_TAKINGS) - before[1] == -10_000
    assert credited(phone) == 0
    assert state(started.id) == "closed"


def test_an_amount_wechat_confirms_to_differ_is_set_aside(sandbox, work, client):
    phone = sandbox.phone()
    started = start(phone)
    db.session.execute(
        db.text("UPDATE wallet_order SET amount_fen = 9000 WHERE id = :id"),
        {"id": started.order_id},
    )
    db.session.commit()
    before = platform(Account.SUSPENSE)
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    work()
    assert state(started.id) == "suspense"
    assert platform(Account.SUSPENSE) - before == 10_000
    shown = client.get("/api/v1/suspense", headers=staff_headers("finance")).json["items"]
    mine = [row for row in shown if row["number"] == number_of(started.order_id)]
    assert [(row["amount_fen"], row["reason"]) for row in mine] == [(10_000, "amount_differs")]
    assert client.get("/api/v1/suspense", headers=staff_headers("support")).status_code == 403
    assert credited(phone) == 0


def test_another_payer_is_not_credited_but_set_aside(sandbox, work):
    phone, other = sandbox.phone(), sandbox.phone()
    started = start(phone)
    status = wechat.order_status(
        {
            "out_trade_no": number_of(started.order_id),
            "trade_state": "SUCCESS",
            "transaction_id": new_id().hex,
            "appid": "wxdevmini000000001",
            "amount": {"total": 10_000, "currency": "CNY"},
            "payer": {"openid": other.openid},
        }
    )
    in_transaction(lambda: orders.note_payment(status, is_confirmed=False))
    assert state(started.id) == "waiting"
    in_transaction(lambda: orders.note_payment(status, is_confirmed=True))
    assert state(started.id) == "suspense"
    assert credited(phone) == credited(other) == 0


def test_many_notifications_and_queries_at_once_credit_once(app: Flask, sandbox):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert credited(phone) == 0
    notices = requests.get(f"{sandbox.url}/__ctl/pushes", timeout=9).json()["notices"]
    number = number_of(started.order_id)
    mine = next(row for row in notices if row["resource"].get("out_trade_no") == number)

    def tell(turn):
        if turn % 4:
            return sandbox.control("/push/replay", {"id": mine["id"]})["status"]
        with app.app_context():
            from app.wallet.order_calls import ask

            return ask(number)

    answers = at_once(tell, 32)
    assert set(answers) <= {200, "SUCCESS"}
    assert credited(phone) == 10_000
    assert db.session.query(Lot).filter_by(owner_id=phone.member_id).count() == 1
    before = books(phone.member_id)
    sandbox.pass_time(3 * 3600)
    assert sandbox.control("/push/replay", {"id": mine["id"]})["status"] == 200
    assert books(phone.member_id) == before


@pytest.mark.parametrize("twist", ["forge", "signtest", "stale_timestamp"])
def test_a_forged_notification_before_the_true_one_does_no_harm(sandbox, twist):
    phone = sandbox.phone()
    started = start(phone)
    sandbox.fault(twist, "notify:TRANSACTION.SUCCESS")
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert credited(phone) == 10_000


def test_a_forged_notification_credits_nothing(sandbox):
    phone = sandbox.phone()
    started = start(phone)
    number = number_of(started.order_id)
    forged = sandbox.control("/push/forge", {"target": "notify", "out_trade_no": number})
    assert [attempt["status"] for attempt in forged["attempts"]] == [403]
    assert state(started.id) == "waiting"
    assert books(phone.member_id) == {}
