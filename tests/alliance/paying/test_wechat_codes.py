"""WeChat's own payment code at the till: paid at once, waited for, taken back, never twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app.core import outbox, timetable
from app.core.config import settings
from app.core.world import PLATFORM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.paying.test_by_code import cashier, take
from tests.wechat.pretend import eventually

PAYMENTS = "/api/v1/payments"


@pytest.fixture
def awaiting(guest, client):
    """1,000 fen to pay, of which a purse holds 400 and WeChat is to pay 600 by its code."""
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, 400)
    return opened(client, guest)


def opened(client, guest, **more):
    choice = {"purses": ["prepaid", "wechat"]}
    client.put("/api/v1/me/payment-settings", json=choice, headers=guest.who())
    code = client.get("/api/v1/me/payment-code", headers=guest.who()).json["code"]
    answer = take(client, guest.shop, code, trade_type="CODE", **more)
    assert (answer.status_code, answer.json["status"]) == (201, "awaiting"), answer.json
    assert answer.json["wechat_pay_parameters"] is None
    return answer.json


def wechat_code(sandbox, guest):
    return sandbox.act(guest.phone, "payment-code")["auth_code"]


def charge(client, guest, payment, auth_code, who=None):
    address = f"{PAYMENTS}/{payment['id']}/wechat-code"
    wish = {"auth_code": auth_code}
    return client.post(address, json=wish, headers=who or cashier(guest.shop))


def password_above(sandbox, fen):
    sandbox.control("/pay/terms", {"codepay_free_fen": fen}, "PUT")


def at_wechat(sandbox, payment):
    number = payment["order_id"].replace("-", "")
    orders = requests.get(f"{sandbox.url}/__ctl/books", timeout=9).json()["orders"]
    return next((order for order in orders if order["out_trade_no"] == number), None)


def held(sandbox):
    return requests.get(f"{sandbox.url}/__ctl/books", timeout=9).json()["basic_fen"]


def pass_seconds(sandbox, seconds):
    sandbox.control("/clock/advance", {"seconds": seconds})
    now(is_exact=True)


def work():
    timetable.run_all()
    while outbox.work_off():
        pass


def status(client, guest, payment):
    address = f"{PAYMENTS}/{payment['id']}"
    return client.get(address, headers=cashier(guest.shop)).json["status"]


def becomes(client, guest, payment, wanted):
    def is_there():
        work()
        return status(client, guest, payment) == wanted

    eventually(is_there, 30)


def nothing_is_left(guest):
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 0
    assert world.balance(guest.member_id, Account.PREPAID_PRINCIPAL) == 400
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 0


def test_a_code_pays_wechats_part_at_once(guest, awaiting, client, sandbox):
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 400
    takings = world.balance(PLATFORM_ID, Account.WECHAT_TAKINGS)
    who, code = cashier(guest.shop), wechat_code(sandbox, guest)
    answer = charge(client, guest, awaiting, code, who)
    assert (answer.status_code, answer.json["status"]) == (200, "paid"), answer.json
    again = charge(client, guest, awaiting, code, who)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (answer.json, "true")
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 0
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900
    assert world.balance(PLATFORM_ID, Account.WECHAT_TAKINGS) == takings - 600 + 4
    assert at_wechat(sandbox, awaiting)["trade_type"] == "MICROPAY"


def test_the_password_is_waited_for(guest, awaiting, client, sandbox):
    password_above(sandbox, 100)
    answer = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert (answer.status_code, answer.json["status"]) == (200, "awaiting")
    (asked,) = sandbox.control(f"/phones/{guest.phone['id']}", method="GET")["payments_to_confirm"]
    sandbox.act(guest.phone, "confirm-payment", out_trade_no=asked["out_trade_no"])
    pass_seconds(sandbox, 6)  # nothing is notified: we ask
    becomes(client, guest, awaiting, "paid")
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900


def test_who_does_not_enter_it_in_time_has_not_paid_and_cannot_any_more(
    guest, awaiting, client, sandbox
):
    password_above(sandbox, 100)
    charge(client, guest, awaiting, wechat_code(sandbox, guest))
    pass_seconds(sandbox, settings().wechat_code_wait_seconds + 1)
    becomes(client, guest, awaiting, "cancelled")
    assert at_wechat(sandbox, awaiting)["state"] == "REVOKED"
    nothing_is_left(guest)


def test_who_declines_has_not_paid(guest, awaiting, client, sandbox):
    sandbox.fault("payer_declined")
    answer = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled"), answer.json
    nothing_is_left(guest)


def test_an_old_code_leaves_the_payment_waiting_for_a_fresh_one(guest, awaiting, client, sandbox):
    for wrong in ("130000000000000000", "991234567890123456"):
        refused = charge(client, guest, awaiting, wrong)
        assert (refused.status_code, refused.json["code"]) == (409, "wechat_code_refused")
    assert status(client, guest, awaiting) == "awaiting"
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 400
    paid = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert paid.json["status"] == "paid"


def test_a_second_code_is_not_charged_while_the_first_is_waited_for(
    guest, awaiting, client, sandbox
):
    password_above(sandbox, 100)
    charge(client, guest, awaiting, wechat_code(sandbox, guest))
    second = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert (second.status_code, second.json["code"]) == (409, "wechat_code_pending")


@pytest.mark.parametrize("who", ["member", "till"])
def test_calling_off_reverses_what_is_waited_for(guest, awaiting, client, sandbox, who):
    password_above(sandbox, 100)
    charge(client, guest, awaiting, wechat_code(sandbox, guest))
    caller = guest.who() if who == "member" else cashier(guest.shop)
    ended = client.post(f"{PAYMENTS}/{awaiting['id']}/cancel", headers=caller)
    assert (ended.status_code, ended.json["status"]) == (200, "cancelled"), ended.json
    assert at_wechat(sandbox, awaiting)["state"] == "REVOKED"
    nothing_is_left(guest)


def test_what_was_never_charged_is_called_off_without_asking_wechat(guest, awaiting, client):
    ended = client.post(f"{PAYMENTS}/{awaiting['id']}/cancel", headers=guest.who())
    assert ended.json["status"] == "cancelled"
    nothing_is_left(guest)


def test_money_that_a_reversal_returns_is_never_booked(guest, awaiting, client, sandbox):
    """The payer confirms and the till calls off: WeChat has the money, then gives it back."""
    before = held(sandbox)
    password_above(sandbox, 100)
    charge(client, guest, awaiting, wechat_code(sandbox, guest))
    (asked,) = sandbox.control(f"/phones/{guest.phone['id']}", method="GET")["payments_to_confirm"]
    sandbox.act(guest.phone, "confirm-payment", out_trade_no=asked["out_trade_no"])
    assert held(sandbox) > before
    ended = client.post(f"{PAYMENTS}/{awaiting['id']}/cancel", headers=cashier(guest.shop))
    assert ended.json["status"] == "cancelled", ended.json
    assert held(sandbox) == before
    pass_seconds(sandbox, 10)
    work()
    assert status(client, guest, awaiting) == "cancelled"
    nothing_is_left(guest)


@pytest.mark.parametrize("side", ["reset_before", "reset_after"])
def test_an_unclear_answer_is_asked_about_and_never_charged_anew(
    guest, awaiting, client, sandbox, side
):
    sandbox.fault(side, match="POST /v3/pay/transactions/codepay")
    unclear = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert (unclear.status_code, unclear.json["code"]) == (503, "wechat_outcome_unknown")
    assert status(client, guest, awaiting) == "awaiting"
    if side == "reset_after":
        pass_seconds(sandbox, 6)
        becomes(client, guest, awaiting, "paid")
        assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900
    else:
        pass_seconds(sandbox, 91)  # until then the charge might still arrive
        becomes(client, guest, awaiting, "cancelled")
        nothing_is_left(guest)


@pytest.mark.parametrize("side", ["reset_before", "reset_after"])
def test_the_same_request_goes_on_after_an_unclear_answer(guest, awaiting, client, sandbox, side):
    who, code = cashier(guest.shop), wechat_code(sandbox, guest)
    sandbox.fault(side, match="POST /v3/pay/transactions/codepay")
    assert charge(client, guest, awaiting, code, who).status_code == 503
    paid = charge(client, guest, awaiting, code, who)
    assert (paid.status_code, paid.json["status"]) == (200, "paid")
    assert at_wechat(sandbox, awaiting)["state"] == "SUCCESS"
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900


def test_confirming_against_calling_off_ends_in_exactly_one_of_both(app, guest, client, sandbox):
    password_above(sandbox, 100)
    for _ in range(3):
        before, pending = held(sandbox), world.balance(guest.shop.merchant_id, Account.PENDING)
        payment = opened(client, guest)
        charge(client, guest, payment, wechat_code(sandbox, guest))
        number, who = payment["order_id"].replace("-", ""), cashier(guest.shop)

        def call_off(payment=payment, who=who):
            with app.app_context():
                path = f"{PAYMENTS}/{payment['id']}/cancel"
                return app.test_client().post(path, headers=who).status_code

        def enter_password(number=number):
            url = f"{sandbox.url}/__ctl/phones/{guest.phone['id']}/confirm-payment"
            requests.post(url, json={"out_trade_no": number}, timeout=9)

        with ThreadPoolExecutor(2) as pool:
            pool.submit(enter_password)
            pool.submit(call_off)
        pass_seconds(sandbox, 40)
        eventually(lambda p=payment: work() or status(client, guest, p) != "awaiting", 30)
        is_paid = status(client, guest, payment) == "paid"
        assert is_paid == (held(sandbox) > before)
        gained = world.balance(guest.shop.merchant_id, Account.PENDING) - pending
        assert gained == (900 if is_paid else 0)
        pass_seconds(sandbox, 60)


def test_only_the_till_of_the_store_charges_and_only_such_a_payment(
    guest, awaiting, client, sandbox
):
    code = wechat_code(sandbox, guest)
    other = charge(client, guest, awaiting, code, world.owner_headers(world.shop()))
    assert (other.status_code, other.json["code"]) == (404, "payment_unknown")
    assert charge(client, guest, awaiting, code, guest.who()).status_code == 403
    bad = charge(client, guest, awaiting, "12345")
    assert (bad.status_code, bad.json["code"]) == (422, "invalid_request")
    wish = {"store_id": str(guest.shop.store_id), "amount_fen": 500, "purses": ["wechat"]}
    online = client.post(PAYMENTS, json=wish, headers=guest.who()).json
    refused = charge(client, guest, online, code)
    assert (refused.status_code, refused.json["code"]) == (409, "not_payable_by_wechat_code")
    assert charge(client, guest, awaiting, code).json["status"] == "paid"
    closed = charge(client, guest, awaiting, wechat_code(sandbox, guest))
    assert (closed.status_code, closed.json["code"]) == (409, "payment_not_open")


def test_where_no_codes_are_taken_nothing_is_opened(guest, client, monkeypatch):
    monkeypatch.setattr(settings(), "wechat_payment_code", "off")
    wish = {
        "store_id": str(guest.shop.store_id),
        "amount_fen": 500,
        "purses": ["wechat"],
        "trade_type": "CODE",
    }
    refused = client.post(PAYMENTS, json=wish, headers=guest.who())
    assert (refused.status_code, refused.json["code"]) == (409, "wechat_codes_off")
    assert world.count("alliance_sale", f"payer_id = '{guest.member_id}'") == 0
