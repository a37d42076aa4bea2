"""Work that failed too often waits for people, who try it again or give it up with a reason."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core import dead_letters, outbox
from app.core.db import db, in_transaction, read
from app.core.world import new_id
from tests.wallet.people import staff_headers


@pytest.fixture
def broken(app, context):
    """A reader that fails until `mended` is set, with three dead letters; (name, mended, read)."""
    name, mended, seen = f"broken.{new_id().hex}", [], []
    read(text("DELETE FROM core_outbox RETURNING 1"))

    def reader(payload):
        if not mended:
            raise RuntimeError("the other side is away")
        seen.append(payload["n"])

    outbox.reader(name, name, reader)
    for number in range(3):
        in_transaction(lambda number=number: outbox.emit(name, {"n": number}, bucket=number))
    read(text("UPDATE core_outbox SET failures = :most RETURNING 1"), {"most": most_failures()})
    outbox.work_off()
    yield name, mended, seen
    del app.extensions[outbox.EXTENSION][name]


def most_failures():
    return outbox.FAILURES_BEFORE_DEAD - 1


def letters(client, **query):
    answer = client.get("/api/v1/dead-letters", query_string=query, headers=operator())
    assert answer.status_code == 200, answer.json
    return answer.json


def all_decisions(client, name):
    """The decisions of one reader, read page by page."""
    found, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        path = "/api/v1/dead-letters/decisions"
        page = client.get(path, query_string=query, headers=operator()).json
        found += page["decisions"]
        after = page["next_after"]
        if after is None:
            return [each for each in found if each["reader"] == name]


def operator():
    return staff_headers("operator")


def test_the_operator_sees_what_failed_and_why(broken, client):
    name, _, _ = broken
    found = letters(client, reader=name)
    assert found["dead_by_reader"] == {name: 3}
    assert [letter["payload"]["n"] for letter in found["letters"]] == [0, 1, 2]
    assert "the other side is away" in found["letters"][0]["last_error"]
    later = letters(client, reader=name, after=found["letters"][0]["id"], limit=1)["letters"]
    assert later == found["letters"][1:2]


def test_nobody_else_sees_or_decides(broken, client):
    found = letters(client)["letters"][0]["id"]
    for headers, status in ((staff_headers("finance"), 403), ({}, 401)):
        assert client.get("/api/v1/dead-letters", headers=headers).status_code == status
        retry = client.post(f"/api/v1/dead-letters/{found}/retry", headers=headers)
        assert retry.status_code == status
    assert len(letters(client)["letters"]) == 3


def test_all_work_of_a_mended_reader_is_done_after_one_decision(broken, client):
    name, mended, seen = broken
    mended.append(True)
    answer = client.post("/api/v1/dead-letters/retry", json={"reader": name}, headers=operator())
    assert answer.json == {"retried": 3}
    outbox.work_off()
    assert sorted(seen) == [0, 1, 2]
    assert letters(client, reader=name)["letters"] == []


def test_what_fails_again_is_tried_as_often_as_new_work(broken, client):
    name, _, _ = broken
    one = letters(client, reader=name)["letters"][0]["id"]
    answer = client.post(f"/api/v1/dead-letters/{one}/retry", headers=operator())
    assert (answer.json["state"], answer.json["failures"]) == ("waiting", 0)
    outbox.work_off()
    row = read(text("SELECT state, failures FROM core_outbox WHERE id = :one"), {"one": one})[0]
    assert tuple(row) == ("waiting", 1)
    refused = client.post(f"/api/v1/dead-letters/{one}/retry", headers=operator())
    assert (refused.status_code, refused.json["code"]) == (409, "not_a_dead_letter")


def test_dropped_work_is_kept_with_its_reason_and_can_come_back(broken, client):
    name, mended, seen = broken
    one = letters(client, reader=name)["letters"][0]["id"]
    path = f"/api/v1/dead-letters/{one}/drop"
    assert client.post(path, json={"reason": " "}, headers=operator()).status_code == 422
    dropped = client.post(path, json={"reason": "told by telephone"}, headers=operator())
    assert (dropped.json["state"], dropped.json["reason"]) == ("dropped", "told by telephone")
    assert len(letters(client, reader=name)["letters"]) == 2
    assert letters(client, state="dropped", reader=name)["letters"][0]["id"] == one
    mended.append(True)
    outbox.work_off()
    assert seen == []
    client.post(f"/api/v1/dead-letters/{one}/retry", headers=operator())
    outbox.work_off()
    assert seen == [0]


def test_a_decision_stays_when_the_work_is_done_after_all(broken, client):
    name, mended, _ = broken
    one, other, _ = (letter["id"] for letter in letters(client, reader=name)["letters"])
    path = f"/api/v1/dead-letters/{one}"
    client.post(f"{path}/drop", json={"reason": "told by telephone"}, headers=operator())
    retried = client.post(f"{path}/retry", headers=operator()).json
    assert [(each["decision"], each["reason"]) for each in retried["decisions"]] == [
        ("drop", "told by telephone"),
        ("retry", None),
    ]
    client.post("/api/v1/dead-letters/retry", json={"reader": name}, headers=operator())
    mended.append(True)
    outbox.work_off()
    assert letters(client, reader=name)["letters"] == []
    decided = all_decisions(client, name)
    assert [each["decision"] for each in decided if each["letter_id"] == one] == ["drop", "retry"]
    assert [each["decision"] for each in decided if each["letter_id"] == other] == ["retry"]
    assert all("the other side is away" in each["last_error"] for each in decided)
    refused = client.get("/api/v1/dead-letters/decisions", headers=staff_headers("finance"))
    assert refused.status_code == 403


def test_what_staff_see_of_a_refused_row_holds_no_personal_data(app, broken, client):
    name, _, _ = broken
    person = f"王小明{new_id().hex}"

    def refuse(payload):
        row = {"name": person}
        wrong = "INSERT INTO core_staff (id, username) VALUES (gen_random_uuid(), :name)"
        in_transaction(lambda: db.session.execute(text(wrong), row))

    wired = app.extensions[outbox.EXTENSION][name]
    app.extensions[outbox.EXTENSION][name] = replace(wired, function=refuse)
    client.post("/api/v1/dead-letters/retry", json={"reader": name}, headers=operator())
    outbox.work_off()
    stored = read(text("SELECT last_error FROM core_outbox WHERE reader = :name"), {"name": name})
    assert len(stored) == 3
    for row in stored:
        assert "password_hash" in row.last_error
        assert person not in row.last_error


def test_work_of_a_reader_that_is_gone_stays_where_it_is(app, broken, client):
    name, _, _ = broken
    wired = app.extensions[outbox.EXTENSION].pop(name)
    one = letters(client, reader=name)["letters"][0]["id"]
    assert client.post(f"/api/v1/dead-letters/{one}/retry", headers=operator()).status_code == 409
    assert in_transaction(lambda: dead_letters.retry_all(name, new_id())) == 0
    app.extensions[outbox.EXTENSION][name] = wired
    assert len(letters(client, reader=name)["letters"]) == 3


def test_the_command_line_shows_and_retries(app, broken):
    name, mended, seen = broken
    shown = app.test_cli_runner().invoke(args=["ops", "dead-letters"])
    assert (shown.exit_code, name in shown.output) == (1, True)
    mended.append(True)
    assert app.test_cli_runner().invoke(args=["ops", "retry", name]).output.strip() == "3"
    outbox.work_off()
    assert sorted(seen) == [0, 1, 2]


def test_unknown_work_is_not_found(client, context):
    path = f"/api/v1/dead-letters/{new_id()}/retry"
    assert client.post(path, headers=operator()).status_code == 404
