"""What members and staff see of notices, and the member's own code."""

import pytest

from app.core.auth import Principal, open_session
from app.core.db import in_transaction
from app.core.world import new_id
from app.qr import service as qr
from tests.members.people import MINI_PROGRAM, member, register, signed_in
from tests.notices.posts import queue, send

pytestmark = pytest.mark.usefixtures("context")


def staff(role):
    caller = Principal("staff", new_id(), frozenset({role}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}


def test_a_member_sees_their_own_last_notices_newest_first(client):
    one, other = member(), member()
    first, second = queue(one), queue(one)
    queue(other)
    answer = client.get("/api/v1/me/notices", headers=signed_in(one))
    assert answer.status_code == 200
    assert [each["id"] for each in answer.json["notices"]] == [str(second), str(first)]
    assert set(answer.json["notices"][0]) == {"id", "kind", "text", "state", "created_at"}


def test_fifty_are_shown_at_once_and_the_page_after_begins_before_the_last(client):
    one, mine = member(), "/api/v1/me/notices"
    oldest = queue(one)
    for _ in range(50):
        queue(one)
    shown = client.get(mine, headers=signed_in(one)).json["notices"]
    assert len(shown) == 50
    after = client.get(f"{mine}?before={shown[-1]['id']}", headers=signed_in(one)).json["notices"]
    assert [each["id"] for each in after] == [str(oldest)]


@pytest.mark.parametrize("role", ["operator", "support"])
def test_staff_find_what_did_not_arrive(client, role):
    one = register(app_id=MINI_PROGRAM).member_id
    notice_id = queue(one)
    send(notice_id)
    query = {"state": "unreachable", "member_id": str(one)}
    answer = client.get("/api/v1/notices", query_string=query, headers=staff(role))
    assert [each["id"] for each in answer.json["notices"]] == [str(notice_id)]
    assert answer.json["notices"][0]["door"] is None
    other = client.get(
        "/api/v1/notices", query_string={**query, "state": "sent"}, headers=staff(role)
    )
    assert other.json["notices"] == []


def test_staff_read_page_by_page(client):
    one = member()
    ids = [str(queue(one)) for _ in range(5)]
    seen, before = [], {}
    while True:
        query = {"member_id": str(one), "limit": 2, **before}
        page = client.get("/api/v1/notices", query_string=query, headers=staff("operator")).json
        if not page["notices"]:
            break
        seen += [each["id"] for each in page["notices"]]
        before = {"before": seen[-1]}
    assert seen == ids[::-1]


@pytest.mark.parametrize("query", [{"state": "lost"}, {"limit": 0}, {"limit": 101}, {"x": 1}])
def test_filters_that_do_not_exist_are_refused(client, query):
    answer = client.get("/api/v1/notices", query_string=query, headers=staff("operator"))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("role", ["cashier", "finance", "merchant_owner"])
def test_other_staff_do_not_see_what_members_are_told(client, role):
    assert client.get("/api/v1/notices", headers=staff(role)).status_code == 403


def test_members_do_not_see_everybodys_notices(client):
    assert client.get("/api/v1/notices", headers=signed_in(member())).status_code == 403


def test_the_invite_code_is_the_members_own_and_stays_the_same(client):
    member_id = member()
    answers = [
        client.get("/api/v1/me/invite-code", headers=signed_in(member_id)).json for _ in range(2)
    ]
    assert answers[0] == answers[1]
    scene = in_transaction(lambda: qr.resolve(answers[0]["scene"]))
    assert (scene.kind, scene.subject_id) == (qr.Kind.MEMBER, member_id)
    code = f"http://testserver/api/v1/codes/{answers[0]['scene']}"
    assert answers[0]["png"] == f"{code}.png"
    assert answers[0]["svg"] == f"{code}.svg"
    assert answers[0]["poster"] == f"{code}/poster.png"
