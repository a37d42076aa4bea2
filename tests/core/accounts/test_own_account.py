"""Staff look after their own account: password and second factor."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.core.db import read
from tests.core.accounts.conftest import PASSWORD


def status(holder):
    return holder.call("GET", "/staff/me").status_code


def test_a_new_password_ends_every_other_session(hire):
    holder = hire("support")
    first = dict(holder.headers)
    assert holder.sign_in().status_code == 201
    wish = {"current": PASSWORD, "new": "another horse battery"}
    assert holder.call("PUT", "/staff/me/password", wish).status_code == 204
    assert status(holder) == 200
    holder.headers = first
    assert status(holder) == 401


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("wrong horse battery", "another horse battery", "current_password_wrong"),
        (PASSWORD, PASSWORD, "password_unusable"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "password_unusable"),
        (PASSWORD, "too short", "invalid_request"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(hire, current, new, code):
    holder = hire("support")
    before = hash_of(holder)
    answer = holder.call("PUT", "/staff/me/password", {"current": current, "new": new})
    assert answer.json["code"] == code
    assert hash_of(holder) == before


def test_a_password_does_not_hold_the_user_name(hire):
    holder = hire("support")
    wish = {"current": PASSWORD, "new": f"x{holder.new.username.upper()}"}
    assert holder.call("PUT", "/staff/me/password", wish).json["code"] == "password_unusable"


def hash_of(holder):
    rows = read(text("SELECT password_hash FROM core_staff WHERE id = :id"), {"id": holder.id})
    return rows[0][0]


def test_guesses_of_the_password_are_counted(hire):
    holder = hire("support")
    wish = {"current": "wrong horse battery", "new": "another horse battery"}
    found = [holder.call("PUT", "/staff/me/password", wish).status_code for _ in range(11)]
    assert found == [403] * 10 + [429]


def test_a_given_password_is_changed_before_anything_else(hire):
    holder = hire("support", must_change_password=True)
    for method, path in (("GET", "/tickets"), ("GET", "/merchants")):
        answer = holder.call(method, path)
        assert (answer.status_code, answer.json["code"]) == (403, "password_change_needed")
    assert holder.call("GET", "/staff/me").json["must_change_password"] is True
    wish = {"current": PASSWORD, "new": "another horse battery"}
    assert holder.call("PUT", "/staff/me/password", wish).status_code == 204
    assert holder.call("GET", "/staff/me").json["must_change_password"] is False
    assert holder.call("GET", "/tickets").status_code == 200
    assert holder.call("GET", "/me").status_code == 403


def test_another_second_factor_counts_once_a_code_of_it_was_shown(hire):
    holder = hire("support")
    begun = holder.call("POST", "/staff/me/second-factor").json
    asked = parse_qs(urlsplit(begun["totp_uri"]).query)
    assert asked["secret"] == [begun["totp_secret"]]
    confirm = "/staff/me/second-factor/confirmation"
    assert holder.call("POST", confirm, {"totp": "000000"}).json["code"] == "second_factor_wrong"
    holder.ahead = -1
    code = holder.code(begun["totp_secret"])
    assert holder.call("POST", confirm, {"totp": code}).status_code == 204
    assert holder.call("POST", confirm, {"totp": code}).json["code"] == "nothing_to_confirm"
    assert holder.sign_in().status_code == 401
    assert holder.sign_in(secret=begun["totp_secret"]).status_code == 201


def test_a_second_factor_being_set_up_is_encrypted(hire):
    holder = hire("support")
    secret = holder.call("POST", "/staff/me/second-factor").json["totp_secret"]
    rows = read(text("SELECT totp_next FROM core_staff WHERE id = :id"), {"id": holder.id})
    assert secret not in rows[0][0]


def test_signing_in_is_recorded_also_when_it_fails(hire):
    holder = hire("support")
    assert holder.sign_in().status_code == 201
    assert holder.sign_in(password="wrong").status_code == 401
    rows = read(
        text("SELECT outcome, code FROM core_audit WHERE staff_id = :id ORDER BY at, id"),
        {"id": holder.id},
    )
    assert [tuple(row) for row in rows] == [("done", None), ("refused", "wrong_credentials")]
