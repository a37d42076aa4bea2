"""Staff see and end their own sessions, and prove who they are before what is dangerous."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from app.core import auth, staff
from app.core.db import db, in_transaction
from app.core.world import new_id, now

API = "/api/v1/staff"
PASSWORD = "correct horse"


@pytest.fixture
def person(context):
    new = staff.NewStaff(f"support-{new_id().hex}", PASSWORD, frozenset({"support"}))
    in_transaction(lambda: staff.create(new))
    return new


def code(person, steps=0):
    return pyotp.TOTP(person.totp_secret).at(now() + timedelta(seconds=30 * steps))


def sign_in(client, person, steps=0):
    wish = {"username": person.username, "password": PASSWORD, "totp": code(person, steps)}
    answer = client.post(f"{API}/sessions", json=wish)
    assert answer.status_code == 201, answer.json
    return {"Authorization": f"Bearer {answer.json['token']}"}


def grow_old(person):
    """Their sessions were opened an hour ago."""
    aged = text(
        "UPDATE core_session SET created_at = created_at - interval '1 hour', confirmed_at = NULL"
        " WHERE subject_id = (SELECT id FROM core_staff WHERE username = :name)"
    )
    in_transaction(lambda: db.session.execute(aged, {"name": person.username}).close())


def reveal(client, bearer):
    wish = {"reason": "核对身份证件，工单 12", "fields": ["name"]}
    answer = client.post(f"/api/v1/members/{new_id()}/real-name/reveal", json=wish, headers=bearer)
    return answer.json["code"]


def test_i_see_who_i_am_and_where_i_am_signed_in(client, person):
    first, second = sign_in(client, person, -1), sign_in(client, person)
    me = client.get(f"{API}/me", headers=second).json
    assert (me["username"], me["roles"], me["merchant_id"]) == (person.username, ["support"], None)
    found = client.get(f"{API}/sessions", headers=first).json["sessions"]
    assert [each["is_current"] for each in found] == [False, True]
    assert me["session"]["name"] == found[0]["name"]


def test_one_session_ends_and_the_others_stay(client, person):
    first, second = sign_in(client, person, -1), sign_in(client, person)
    name = client.get(f"{API}/me", headers=first).json["session"]["name"]
    assert client.delete(f"{API}/sessions/{name}", headers=second).status_code == 204
    assert client.get(f"{API}/me", headers=first).status_code == 401
    assert client.delete(f"{API}/sessions/{name}", headers=second).status_code == 404
    assert client.delete(f"{API}/sessions/current", headers=second).status_code == 204
    assert client.get(f"{API}/me", headers=second).status_code == 401


def test_nobody_ends_the_session_of_somebody_else(client, person):
    mine = sign_in(client, person)
    name = client.get(f"{API}/me", headers=mine).json["session"]["name"]
    other = staff.NewStaff(f"other-{new_id().hex}", PASSWORD, frozenset({"operator"}))
    in_transaction(lambda: staff.create(other))
    theirs = sign_in(client, other)
    assert client.delete(f"{API}/sessions/{name}", headers=theirs).status_code == 404
    assert client.get(f"{API}/me", headers=mine).status_code == 200


def test_what_is_dangerous_wants_a_proof_once_the_session_is_old(client, person):
    bearer = sign_in(client, person, -1)
    assert reveal(client, bearer) == "not_found"
    grow_old(person)
    assert reveal(client, bearer) == "confirmation_needed"
    proof = {"password": PASSWORD, "totp": code(person)}
    wrong = client.post(
        f"{API}/sessions/confirmation", json=proof | {"password": "x"}, headers=bearer
    )
    assert (wrong.status_code, wrong.json["code"]) == (401, "wrong_credentials")
    assert reveal(client, bearer) == "confirmation_needed"
    right = client.post(f"{API}/sessions/confirmation", json=proof, headers=bearer)
    assert right.status_code == 200
    assert reveal(client, bearer) == "not_found"
    again = client.post(f"{API}/sessions/confirmation", json=proof, headers=bearer)
    assert again.json["code"] == "wrong_credentials"


def test_a_proof_is_of_one_session_alone(client, person):
    bearer, other = sign_in(client, person, -1), sign_in(client, person)
    grow_old(person)
    proof = {"password": PASSWORD, "totp": code(person, 1)}
    assert (
        client.post(f"{API}/sessions/confirmation", json=proof, headers=bearer).status_code == 200
    )
    assert reveal(client, other) == "confirmation_needed"
    assert reveal(client, bearer) == "not_found"


def test_what_a_page_reads_looks_a_session_up_once_and_a_change_looks_anew(client, person):
    bearer = sign_in(client, person)
    found = {}
    with auth.looked_up_once(found):
        assert client.get(f"{API}/sessions", headers=bearer).status_code == 200
    assert len(found) == 1
    assert client.delete(f"{API}/sessions/current", headers=bearer).status_code == 204
    assert client.get(f"{API}/sessions", headers=bearer).status_code == 401
    with auth.looked_up_once({}):
        assert client.get(f"{API}/sessions", headers=bearer).status_code == 401
    stranger = {"Authorization": "Bearer somebody else's"}
    with auth.looked_up_once(found):
        assert client.get(f"{API}/sessions", headers=stranger).status_code == 401
    assert client.get(f"{API}/me", headers=bearer).status_code == 401
