"""Members have everything told that is held of them, and nothing of anybody else."""

import pytest
from sqlalchemy import text

from app.core import personal_data
from app.core.db import db, in_transaction
from app.members import service
from tests.members.people import member, signed_in
from tests.members.real_name.conftest import Giver

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/me/data-export"


@pytest.fixture
def someone(client):
    made = Giver(client)
    made.give()
    return made


def rows(answer, name):
    (part,) = [each for each in answer.json["parts"] if each["name"] == name]
    return part["rows"]


def test_a_real_name_is_told_in_clear_to_whom_it_is_and_to_nobody_else(client, someone):
    answer = client.get(PATH, headers=someone.headers)
    assert answer.status_code == 200, answer.json
    (version,) = rows(answer, "members.real_names")
    wish = someone.wish
    assert (version["name"], version["id_number"]) == (wish["name"], wish["id_number"])
    assert version["consent_door"] == "mini_program"
    (card,) = rows(answer, "members.bank_cards")
    assert card["number"] == wish["bank_card"]["number"]
    assert answer.headers["Cache-Control"] == "no-store"
    other = client.get(PATH, headers=signed_in(member()))
    assert rows(other, "members.real_names") == []
    assert str(someone.member_id) not in other.text


def test_two_accounts_that_became_one_are_told_together(client, someone):
    twin = member()
    in_transaction(lambda: service.merge_pasts(twin, someone.member_id, {}))
    stays = service.today(twin)
    answer = client.get(PATH, headers=signed_in(stays))
    told = {row["id"] for row in rows(answer, "members.profile")}
    assert told == {str(twin), str(someone.member_id)}
    assert len(rows(answer, "members.real_names")) == 1
    assert len(rows(answer, "members.merges")) == 1


def test_an_older_session_is_not_told_who_its_member_is(client, someone):
    older = "UPDATE core_session SET created_at = created_at - interval '11 minutes'"
    in_transaction(
        lambda: db.session.execute(
            text(f"{older} WHERE subject_id = :member_id"), {"member_id": someone.member_id}
        )
    )
    refused = client.get(PATH, headers=someone.headers)
    assert (refused.status_code, refused.json["code"]) == (403, "sign_in_again")
    assert someone.wish["name"] not in refused.text


def test_long_parts_are_read_page_by_page(someone):
    for _ in range(4):
        signed_in(someone.member_id)
    sessions = personal_data.parts()["core.sessions"]
    seen, cursor = [], None
    while True:
        page = personal_data.page(sessions, [someone.member_id], cursor, 2)
        seen += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == 5
    assert len({row["created_at"] for row in seen}) == 5


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzFd", "WyJ6eiJd", "bnVsbA==", "W251bGxd", "é"])
def test_a_cursor_that_is_not_ours_is_refused(client, someone, cursor):
    query = {"part": "members.identities", "cursor": cursor}
    refused = client.get(PATH, query_string=query, headers=someone.headers)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")


def test_a_part_that_is_not_there_is_not_found(client, someone):
    missing = client.get(PATH, query_string={"part": "x"}, headers=someone.headers)
    assert missing.status_code == 404
