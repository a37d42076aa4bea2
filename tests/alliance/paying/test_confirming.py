"""Above the free limits the member decides, with the PIN or a fresh login."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.alliance.paying import devices, pins
from app.core import auth
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.paying.test_by_code import cashier, take
from tests.wechat.pretend import eventually

PIN = "730518"


def login_code(sandbox, guest):
    return sandbox.act(guest.phone, "login")["code"]


def set_pin(client, guest, **wish):
    return client.put("/api/v1/me/payment-pin", json=wish, headers=guest.who())


def shown(client, guest):
    return client.get("/api/v1/me/payment-code", headers=guest.who()).json["code"]


def waiting(client, guest, amount_fen=60_000):
    answer = take(client, guest.shop, shown(client, guest), amount_fen)
    assert (answer.status_code, answer.json["status"]) == (201, "confirming"), answer.json
    return answer.json


def a_minute_passes(sandbox):
    sandbox.control("/clock/advance", {"seconds": 60})
    now(is_exact=True)


def confirm(client, guest, payment, **wish):
    address = f"/api/v1/payments/{payment['id']}/confirm"
    return client.post(address, json=wish, headers=guest.who())


@pytest.fixture
def rich(guest, client):
    """A guest with 3,000 yuan of prepaid money, from which alone they pay."""
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, 300_000)
    choice = {"purses": ["prepaid"]}
    client.put("/api/v1/me/payment-settings", json=choice, headers=guest.who())
    return guest


@pytest.fixture
def owner(rich, client, sandbox):
    """The same with a PIN."""
    answer = set_pin(client, rich, pin=PIN, login_code=login_code(sandbox, rich))
    assert (answer.status_code, answer.json["has_pin"]) == (200, True), answer.json
    return rich


def test_the_pin_lets_a_large_payment_be_taken(owner, client):
    payment = waiting(client, owner)
    assert world.balance(owner.member_id, Account.PREPAID_PRINCIPAL) == 300_000
    mine = client.get("/api/v1/me/open-payments", headers=owner.who()).json["payments"]
    assert [each["id"] for each in mine] == [payment["id"]]
    paid = confirm(client, owner, payment, pin=PIN)
    assert (paid.status_code, paid.json["status"]) == (201, "paid"), paid.json
    assert paid.json["id"] == payment["id"]
    assert world.balance(owner.member_id, Account.PREPAID_PRINCIPAL) == 240_000
    seen = client.get(f"/api/v1/payments/{payment['id']}", headers=cashier(owner.shop)).json
    assert (seen["status"], seen["merchant_share_fen"]) == ("paid", 54_000)
    again = confirm(client, owner, payment, pin=PIN)
    assert (again.status_code, again.json["payment_status"]) == (409, "taken")
    assert client.get("/api/v1/me/open-payments", headers=owner.who()).json["payments"] == []


def test_small_payments_add_up_over_the_day(owner, client, sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "payment_free_daily_fen", 100_000)
    for amount_fen in (50_000, 30_000):
        answer = take(client, owner.shop, shown(client, owner), amount_fen)
        assert answer.json["status"] == "paid"
        a_minute_passes(sandbox)
    waiting(client, owner, 20_001)


def test_wrong_pins_lock_it_for_a_growing_time(owner, client, monkeypatch):
    payment = waiting(client, owner)
    wrong = [confirm(client, owner, payment, pin="000000") for _ in range(5)]
    assert [each.json["code"] for each in wrong] == ["pin_wrong"] * 5
    assert [each.json["attempts_left"] for each in wrong] == [4, 3, 2, 1, 0]
    locked = confirm(client, owner, payment, pin=PIN)
    assert (locked.status_code, locked.json["code"]) == (403, "pin_locked")
    assert world.balance(owner.member_id, Account.PREPAID_PRINCIPAL) == 300_000
    later = now() + timedelta(minutes=settings().payment_pin_lock_minutes, seconds=1)
    monkeypatch.setattr(pins, "now", lambda: later)
    assert confirm(client, owner, payment, pin=PIN).json["status"] == "paid"


def test_guesses_at_the_same_moment_are_all_counted(app, owner, client):
    payment = waiting(client, owner)
    heads = [owner.who() for _ in range(16)]

    def guess(number):
        with app.app_context():
            address = f"/api/v1/payments/{payment['id']}/confirm"
            wish = {"pin": f"5812{number:02}"}
            return app.test_client().post(address, json=wish, headers=heads[number]).json["code"]

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(guess, range(16)))
    assert found == ["pin_locked"] * 11 + ["pin_wrong"] * 5


def test_confirming_many_times_at_once_pays_once(app, owner, client):
    payment = waiting(client, owner)
    heads = [owner.who() for _ in range(6)]

    def say_yes(who):
        with app.app_context():
            address = f"/api/v1/payments/{payment['id']}/confirm"
            return app.test_client().post(address, json={"pin": PIN}, headers=who).status_code

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(say_yes, heads))
    assert found.count(201) == 1
    assert world.balance(owner.member_id, Account.PREPAID_PRINCIPAL) == 240_000


def test_without_a_pin_a_fresh_login_confirms_and_with_one_it_does_not(rich, client, sandbox):
    guest = rich
    payment = waiting(client, guest)
    assert confirm(client, guest, payment, pin=PIN).json["code"] == "pin_not_set"
    stranger = sandbox.act(sandbox.phone(), "login")["code"]
    refused = confirm(client, guest, payment, login_code=stranger)
    assert (refused.status_code, refused.json["code"]) == (403, "step_up_failed")
    assert confirm(client, guest, payment, login_code="over").json["code"] == "login_code_invalid"
    paid = confirm(client, guest, payment, login_code=login_code(sandbox, guest))
    assert paid.json["status"] == "paid"
    set_pin(client, guest, pin=PIN, login_code=login_code(sandbox, guest))
    second = waiting(client, guest)
    needed = confirm(client, guest, second, login_code=login_code(sandbox, guest))
    assert (needed.status_code, needed.json["code"]) == (403, "pin_needed")


def test_a_pin_is_changed_with_the_old_one_and_replaced_after_a_wait(owner, client, sandbox):
    payment = waiting(client, owner)
    assert set_pin(client, owner, pin="111111", old_pin=PIN).json["code"] == "pin_too_simple"
    assert set_pin(client, owner, pin="345678", old_pin=PIN).json["code"] == "pin_too_simple"
    assert set_pin(client, owner, pin="280416", old_pin="999999").json["code"] == "pin_wrong"
    assert set_pin(client, owner, pin="280416", old_pin=PIN).status_code == 200
    renewed = set_pin(client, owner, pin="905172", login_code=login_code(sandbox, owner))
    assert renewed.status_code == 200
    locked = confirm(client, owner, payment, pin="905172")
    assert (locked.status_code, locked.json["code"]) == (403, "pin_locked")
    assert locked.json["usable_at"] == renewed.json["pin_usable_at"]


def test_where_there_is_no_login_code_a_session_just_opened_sets_a_pin(owner, client):
    """A page inside WeChat has no code of wx.login."""
    renewed = set_pin(client, owner, pin="905172")
    assert (renewed.status_code, renewed.json["has_pin"]) == (200, True)
    assert renewed.json["pin_usable_at"] > str(now())
    grown_old(owner.member_id)
    refused = set_pin(client, owner, pin="280416")
    assert (refused.status_code, refused.json["code"]) == (403, "sign_in_again")
    both = set_pin(client, owner, pin="280416", old_pin="905172", login_code="x")
    assert both.status_code == 422
    kept = client.get("/api/v1/me/payment-settings", headers=owner.who()).json
    assert kept["pin_usable_at"] == renewed.json["pin_usable_at"]


def grown_old(member_id):
    """The member's sessions are of eleven minutes ago."""
    older = "UPDATE core_session SET created_at = created_at - interval '11 minutes'"
    where = text(f"{older} WHERE subject_id = :member_id")
    in_transaction(lambda: db.session.execute(where, {"member_id": member_id}))


def test_who_signs_out_everywhere_has_no_open_session_and_no_payment_code(
    guest, client, monkeypatch
):
    monkeypatch.setattr(auth, "MEMBER_CACHE_SECONDS", 0.0)
    elsewhere, other = world.headers(guest.member_id), world.headers(world.member())
    shown = client.get("/api/v1/me/payment-code", headers=guest.who()).json["code"]
    assert client.delete("/api/v1/sessions", headers=elsewhere).status_code == 204
    for who in (guest.who(), elsewhere):
        gone = client.get("/api/v1/me", headers=who)
        assert (gone.status_code, gone.json["code"]) == (401, "not_signed_in")
    assert in_transaction(lambda: devices.proven_code(shown)) is None
    assert client.get("/api/v1/me", headers=other).status_code == 200


def test_who_signs_out_ends_the_session_of_this_phone_alone(guest, client, monkeypatch):
    monkeypatch.setattr(auth, "MEMBER_CACHE_SECONDS", 0.0)
    elsewhere = world.headers(guest.member_id)
    assert client.delete("/api/v1/sessions/current", headers=guest.who()).status_code == 204
    gone = client.get("/api/v1/me", headers=guest.who())
    assert (gone.status_code, gone.json["code"]) == (401, "not_signed_in")
    assert client.get("/api/v1/me", headers=elsewhere).status_code == 200


def test_member_or_till_calls_a_waiting_payment_off(owner, client):
    for who in (owner.who(), cashier(owner.shop)):
        payment = waiting(client, owner)
        address = f"/api/v1/payments/{payment['id']}/cancel"
        assert client.post(address, headers=world.owner_headers(world.shop())).status_code == 404
        ended = client.post(address, headers=who)
        assert (ended.status_code, ended.json["status"]) == (200, "declined")
        late = confirm(client, owner, payment, pin=PIN)
        assert (late.status_code, late.json["payment_status"]) == (409, "declined")
    assert world.balance(owner.member_id, Account.PREPAID_PRINCIPAL) == 300_000


def test_nobody_else_confirms_or_sees_it(owner, client):
    payment = waiting(client, owner)
    other = world.headers(world.rich())
    address = f"/api/v1/payments/{payment['id']}"
    assert client.get(address, headers=other).status_code == 404
    refused = client.post(f"{address}/confirm", json={"pin": PIN}, headers=other)
    assert (refused.status_code, refused.json["code"]) == (404, "payment_unknown")


def test_wechat_pays_the_rest_on_the_phone_while_the_purses_are_held(guest, client, sandbox):
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, 400)
    choice = {"purses": ["prepaid", "wechat"]}
    client.put("/api/v1/me/payment-settings", json=choice, headers=guest.who())
    taken = take(client, guest.shop, shown(client, guest))
    assert (taken.json["status"], taken.json["wechat_pay_parameters"]) == ("awaiting", None)
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 400
    (mine,) = client.get("/api/v1/me/open-payments", headers=guest.who()).json["payments"]
    asked = client.get(f"/api/v1/payments/{mine['id']}", headers=guest.who()).json
    sandbox.act(guest.phone, "pay", **asked["wechat_pay_parameters"])
    eventually(lambda: world.balance(guest.shop.merchant_id, Account.PENDING) == 900)
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 0


def test_the_till_shows_a_code_for_the_rest(guest, client, sandbox):
    choice = {"purses": ["wechat"]}
    client.put("/api/v1/me/payment-settings", json=choice, headers=guest.who())
    taken = take(client, guest.shop, shown(client, guest), trade_type="NATIVE")
    assert taken.json["wechat_pay_parameters"]["code_url"].startswith("weixin://")


@pytest.mark.parametrize(("failures", "minutes"), [(4, None), (5, 15), (9, None), (10, 60)])
def test_each_lock_is_four_times_as_long(context, failures, minutes):
    expected = timedelta(minutes=minutes) if minutes else None
    assert pins.lock_time(failures) == expected
    assert pins.lock_time(500) == timedelta(days=1)


@pytest.mark.parametrize(
    ("pin", "is_simple"),
    [("000000", True), ("123456", True), ("987654", True), ("112233", False), ("730518", False)],
)
def test_which_pins_are_too_simple(pin, is_simple):
    assert pins.is_simple(pin) is is_simple
