"""A member says that their binding is wrong; staff answer."""

import pytest
from sqlalchemy import text

from app.core.db import in_transaction, read
from app.members import service
from tests.members.people import by_store, member, register, signed_in, staff

pytestmark = pytest.mark.usefixtures("context")
MINE, STAFFS = "/api/v1/me/binding/disputes", "/api/v1/binding-disputes"


def disputed(client, member_id, reason="我是扫店里的码来的"):
    answer = client.post(MINE, json={"reason": reason}, headers=signed_in(member_id))
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def waiting(client, after=None):
    query = {"after": after} if after else {}
    answer = client.get(STAFFS, query_string=query, headers=staff("support"))
    return {each["id"]: each for each in answer.json["disputes"]}


def test_a_member_has_one_open_dispute_at_a_time(client):
    member_id = register(introduction=by_store()).member_id
    first = disputed(client, member_id)
    again = client.post(MINE, json={"reason": "再说一次"}, headers=signed_in(member_id))
    assert (again.status_code, again.json["code"]) == (409, "dispute_open")
    shown = client.get(MINE, headers=signed_in(member_id)).json["disputes"]
    assert [each["id"] for each in shown] == [first]


def test_staff_read_the_reason_which_is_encrypted_at_rest(client):
    member_id = member()
    dispute_id = disputed(client, member_id, "朋友小王带我来的")
    assert waiting(client)[dispute_id]["reason"] == "朋友小王带我来的"
    stored = read(
        text("SELECT reason FROM members_binding_dispute WHERE id = :id"), {"id": dispute_id}
    )
    assert "小王" not in stored[0][0]


def test_a_rejected_dispute_tells_why_and_another_may_follow(client):
    member_id = register(introduction=by_store()).member_id
    before = service.binding(member_id)
    path = f"{STAFFS}/{disputed(client, member_id)}/rejection"
    answer = client.post(path, json={"answer": "扫码记录无误"}, headers=staff())
    assert (answer.status_code, answer.json["state"]) == (200, "rejected")
    mine = client.get(MINE, headers=signed_in(member_id)).json["disputes"]
    assert mine[0]["answer"] == "扫码记录无误"
    assert service.binding(member_id) == before
    twice = client.post(path, json={"answer": "再驳回"}, headers=staff())
    assert (twice.status_code, twice.json["code"]) == (409, "dispute_closed")
    disputed(client, member_id)


def test_nobody_sees_or_answers_for_others(client):
    dispute_id = disputed(client, member())
    path = f"{STAFFS}/{dispute_id}/rejection"
    assert client.get(MINE, headers=signed_in(member())).json["disputes"] == []
    assert client.get(STAFFS, headers=signed_in(member())).status_code == 403
    for role in ("support", "cashier", "merchant_owner"):
        assert client.post(path, json={"answer": "x"}, headers=staff(role)).status_code == 403
    assert waiting(client)[dispute_id]["state"] == "open"


def test_disputes_come_page_by_page(client):
    first, second = (disputed(client, member()) for _ in range(2))
    found = waiting(client, after=first)
    assert first not in found
    assert second in found


def test_the_words_of_an_erased_member_are_gone(client):
    member_id = member()
    dispute_id = disputed(client, member_id)
    in_transaction(lambda: service.erasing.send("members", member_id=member_id))
    assert waiting(client)[dispute_id]["reason"] is None
