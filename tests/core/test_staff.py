"""Staff sign in with password and second factor; wrong guesses learn nothing."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from argon2 import Type
from sqlalchemy import text

from app.core import staff
from app.core.db import in_transaction, read
from app.core.world import new_id, now

SIGN_IN = "/api/v1/staff/sessions"


@pytest.fixture
def cashier(context):
    new = staff.NewStaff(f"cashier-{new_id().hex}", "correct horse", frozenset({"cashier"}))
    in_transaction(lambda: staff.create(new))
    return new


def sign_in(client, new, *, password=None, code=None):
    code = code or pyotp.TOTP(new.totp_secret).at(now())
    body = {"username": new.username, "password": password or new.password, "totp": code}
    return client.post(SIGN_IN, json=body)


def test_password_and_code_open_a_session(client, cashier):
    answer = sign_in(client, cashier)
    assert answer.status_code == 201
    assert answer.json["roles"] == ["cashier"]
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    assert client.delete(SIGN_IN, headers=bearer).status_code == 204
    assert client.delete(SIGN_IN, headers=bearer).status_code == 401


def test_a_code_works_once(client, cashier):
    assert sign_in(client, cashier).status_code == 201
    assert sign_in(client, cashier).json["code"] == "wrong_credentials"


@pytest.mark.parametrize("wrong", [{"password": "nope"}, {"code": "000000"}])
def test_wrong_credentials_do_not_say_which(client, cashier, wrong):
    answer = sign_in(client, cashier, **wrong)
    unknown = sign_in(client, staff.NewStaff("nobody", "x", frozenset({"cashier"})))
    assert answer.status_code == unknown.status_code == 401
    assert answer.json["detail"] == unknown.json["detail"]


def test_the_second_factor_is_encrypted_at_rest(client, cashier):
    from sqlalchemy import text

    stored = read(text("SELECT totp_secret, password_hash FROM core_staff"))
    assert all(cashier.totp_secret not in row[0] for row in stored)
    assert all(row[1].startswith("$argon2id$") for row in stored)


def asked_from(app, address):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def test_guesses_for_one_name_from_one_network_keep_nobody_elsewhere_out(app, cashier):
    guesses = [
        sign_in(asked_from(app, f"198.51.100.{number}"), cashier, password="nope").status_code
        for number in range(12)
    ]
    assert (guesses[:10], guesses[10:]) == ([401] * 10, [429] * 2)
    assert sign_in(asked_from(app, "192.0.2.2"), cashier).status_code == 201


def state(cashier):
    named = text("SELECT wrong_codes, codes_closed_until FROM core_staff WHERE username = :name")
    return tuple(read(named, {"name": cashier.username})[0])


def test_wrong_codes_close_the_account_to_codes_for_longer_each_time(app, cashier):
    here, there = asked_from(app, "192.0.2.1"), asked_from(app, "203.0.113.8")
    for _ in range(5):
        assert sign_in(here, cashier, code=wrong(cashier)).status_code == 401
    count, until = state(cashier)
    assert (count, 30 < (until - now()).total_seconds() <= 60) == (5, True)
    assert sign_in(here, cashier, password="nope").status_code == 401  # counts nothing
    assert sign_in(here, cashier).json["code"] == "wrong_credentials"  # a right code, too early
    assert state(cashier) == (5, until)
    with time_machine.travel(until, tick=True):
        for _ in range(5):
            sign_in(there, cashier, code=wrong(cashier))
        count, until = state(cashier)
        assert (count, 180 < (until - now()).total_seconds() <= 240) == (10, True)
    with time_machine.travel(until, tick=True):
        opened = sign_in(there, cashier)
    assert (opened.status_code, opened.json["wrong_codes"]) == (201, 10)
    assert state(cashier) == (0, None)


def wrong(cashier):
    """Six digits that are no code of this minute or those beside it."""
    totp, step = pyotp.TOTP(cashier.totp_secret), int(now().timestamp()) // 30
    right = {totp.generate_otp(step + away) for away in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222") if code not in right)


def test_names_that_nobody_has_fill_no_log(app, context):
    unknown = text("SELECT detail FROM core_audit WHERE request_id = ANY(:ids) ORDER BY id")
    moment, ids = now() - timedelta(days=400), []  # an hour that no other test counts in
    with time_machine.travel(moment, tick=True):
        for number in range(12):
            nobody = staff.NewStaff(new_id().hex, "x", frozenset({"cashier"}))
            refused = sign_in(asked_from(app, f"192.0.2.{number + 10}"), nobody, code="000000")
            assert refused.json["code"] == "wrong_credentials"
            ids.append(refused.headers["X-Request-Id"])
    assert [row[0] for row in read(unknown, {"ids": ids})] == [{"count": 1}, {"count": 10}]


def test_two_accounts_of_one_name_at_once_are_one_account_and_one_refusal(app):
    from concurrent.futures import ThreadPoolExecutor

    name = f"twin-{new_id().hex}"

    def open_one(_):
        with app.app_context():
            try:
                in_transaction(lambda: staff.create(staff.NewStaff(name, "x" * 12, frozenset())))
            except staff.StaffExists:
                return "refused"
            return "opened"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(open_one, range(4))) == ["opened", *["refused"] * 3]


def test_a_token_of_nonsense_is_refused(client):
    for header in ("Bearer x", "Bearer ", "Basic abc", "Bearer \xff"):
        answer = client.delete(SIGN_IN, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json["code"] == "not_signed_in"


def test_passwords_and_pins_are_kept_at_the_recommended_cost(own_hasher):
    """RFC 9106, second recommended option; the tests themselves hash at the least cost."""
    assert own_hasher.type is Type.ID
    assert (own_hasher.memory_cost, own_hasher.time_cost, own_hasher.parallelism) == (65536, 3, 4)
