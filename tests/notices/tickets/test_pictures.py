"""Staff answer with pictures: the member sees them once they were sent, and nobody before."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.members import service as members
from app.notices.tickets import pictures
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.notices.tickets.test_tickets import asker, looked_at, picture  # noqa: F401

pytestmark = pytest.mark.usefixtures("context")


def uploaded(asker, ticket_id, who=None, key=None, sent=None):  # noqa: F811
    headers = (who or asker.staff) | {"Idempotency-Key": key or new_id().hex}
    address = f"/api/v1/tickets/{ticket_id}/pictures"
    return asker.client.post(address, data=sent or stall.picture(), headers=headers)


def test_a_picture_of_staff_is_seen_by_the_member_with_the_answer_and_not_before(asker):  # noqa: F811
    ticket_id, other_id = (asker.ask().json["id"] for _ in range(2))
    key = new_id().hex
    first, again = (uploaded(asker, ticket_id, key=key) for _ in range(2))
    assert first.status_code == 201, first.json
    picture_id = first.json["id"]
    assert again.json["id"] == picture_id
    for who, mine in ((asker.mine, "me/"), (asker.staff, "")):
        assert looked_at(asker, picture_id, who, mine).status_code == 404
    own = asker.do(ticket_id, "messages", text="偷看", pictures=[picture_id])
    colleague = world.staff_headers("support")
    theirs = asker.client.post(
        f"/api/v1/tickets/{ticket_id}/answers",
        json={"text": "代答", "pictures": [picture_id]},
        headers=colleague,
    )
    for refused in (own, theirs):
        assert (refused.status_code, refused.json["code"]) == (404, "ticket_picture_unknown")
    for _ in range(2):
        told = asker.serve(ticket_id, "answers", text="请看图", pictures=[picture_id])
        assert told.status_code == 200, told.json
    shown = [each["pictures"] for each in asker.own(ticket_id)["messages"]]
    assert shown == [[], [picture_id]]
    assert looked_at(asker, picture_id, asker.mine).mimetype == "image/jpeg"
    assert looked_at(asker, picture_id, world.headers(world.member())).status_code == 404
    used = asker.serve(other_id, "answers", text="又一张", pictures=[picture_id])
    assert used.json["code"] == "ticket_picture_unknown"
    in_transaction(lambda: members.erasing.send(None, member_id=asker.member_id))
    assert looked_at(asker, picture_id, asker.staff, "").status_code == 404


def test_pictures_of_staff_are_limited_by_person_and_for_the_tickets_member_only(asker):  # noqa: F811
    ticket_id = asker.ask().json["id"]
    stranger = type(asker)(asker.client)
    foreign = stranger.ask().json["id"]
    assert uploaded(asker, ticket_id, sent=b"<svg/>").json["code"] == "picture_unusable"
    assert uploaded(asker, new_id()).status_code == 404
    assert uploaded(asker, ticket_id, who=world.staff_headers("finance")).status_code == 403
    picture_id = uploaded(asker, ticket_id).json["id"]
    crossed = asker.serve(foreign, "answers", text="错发", pictures=[picture_id])
    assert crossed.json["code"] == "ticket_picture_unknown"
    for _ in range(pictures.MOST_UNUSED - 1):
        assert uploaded(asker, ticket_id).status_code == 201
    assert uploaded(asker, foreign).json["code"] == "too_many_ticket_pictures"
    assert picture(asker).status_code == 201, "the member's own room is another"
    part = "/api/v1/me/data-export?part=notices.ticket_pictures"
    rows = asker.client.get(part, headers=asker.mine).json["parts"][0]["rows"]
    assert len(rows) == 1, "what staff did not send is not the member's"
