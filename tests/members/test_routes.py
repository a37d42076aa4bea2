"""What a member sees of themselves over HTTP."""

import pytest

from app.core.auth import Principal, open_session
from app.core.db import in_transaction
from app.core.world import new_id
from app.members.reviews import mark_same_person
from tests.members.people import by_member, by_store, member, register, signed_in

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("address", ["/api/v1/me", "/api/v1/me/binding"])
def test_nobody_sees_it_without_signing_in(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_a_member_sees_themselves(client):
    member_id = member()
    register(introduction=by_member(member_id))
    answer = client.get("/api/v1/me", headers=signed_in(member_id))
    assert answer.status_code == 200
    assert answer.json["member_id"] == str(member_id)
    assert answer.json["state"] == "not_following"
    assert answer.json["recommended_count"] == 1
    assert answer.json["joined_at"].endswith("+00:00")


def test_a_member_sees_who_brought_them(client):
    introduction = by_store()
    member_id = register(introduction=introduction).member_id
    answer = client.get("/api/v1/me/binding", headers=signed_in(member_id))
    assert answer.json["recommender_kind"] == "merchant"
    assert answer.json["recommender_id"] == str(introduction.recommender_id)
    assert answer.json["home_store_id"] == str(introduction.home_store_id)
    assert answer.json["bound_at"]
    assert "scene" not in answer.json


def test_who_was_brought_by_nobody_sees_an_empty_binding(client):
    answer = client.get("/api/v1/me/binding", headers=signed_in(member()))
    assert answer.status_code == 200
    assert answer.json["recommender_id"] is None
    assert answer.json["home_store_id"] is None


def test_staff_see_who_waits_to_be_brought_together(client):
    earlier, later = member(), member()
    in_transaction(lambda: mark_same_person(later, earlier))
    for role, status in (("operator", 200), ("support", 200), ("cashier", 403)):
        caller = Principal("staff", new_id(), frozenset({role}))
        token = in_transaction(lambda caller=caller: open_session(caller)).token
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/api/v1/members/same-person", headers=headers)
        assert answer.status_code == status
        if status == 200:
            shown = answer.json["members"][0]
            assert (shown["member_id"], shown["same_person_as"]) == (str(later), str(earlier))


def test_a_session_of_nobody_is_a_clear_problem(client):
    answer = client.get("/api/v1/me", headers=signed_in(new_id()))
    assert (answer.status_code, answer.json["code"]) == (404, "member_unknown")
