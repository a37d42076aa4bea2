"""Operators find what was done by whom, on which object and when; owners their own staff's."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.core.world import new_id, now
from tests.core.audit.test_recording import API, signed_in

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def operator():
    return signed_in("operator")


def search(client, headers, **wanted):
    answer = client.get(f"{API}/audit", query_string=wanted, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def act(client, headers, times=1):
    """Asks for an undo that does not exist, so many times; the objects."""
    ids = [str(new_id()) for _ in range(times)]
    for identity in ids:
        body = {"reason": "=1+1 试一试"}
        answer = client.post(f"{API}/closures/{identity}/undo", json=body, headers=headers)
        assert answer.status_code == 404
    return ids


def test_actions_are_found_by_actor_page_by_page_newest_first(client, operator):
    caller, headers = operator
    ids = act(client, headers, 5)
    seen, cursor = [], {}
    while True:
        page = search(client, headers, actor=str(caller.id), limit=2, **cursor)
        seen += [record["object_ids"][0] for record in page["records"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ids[::-1]


def test_actions_are_found_by_object_action_outcome_and_time(client, operator):
    caller, headers = operator
    (identity,) = act(client, headers)
    (record,) = search(client, headers, object=identity)["records"]
    assert record["action"] == "POST /closures/{closure_id}/undo"
    assert record["title"]
    mine = {"actor": str(caller.id)}
    later = (now() + timedelta(minutes=1)).isoformat()
    for wanted, number in (
        ({"action": "POST /closures"}, 1),
        ({"action": "POST /clos%"}, 0),
        ({"outcome": "refused"}, 1),
        ({"outcome": "done"}, 0),
        ({"to": later}, 1),
        ({"from": later}, 0),
    ):
        assert len(search(client, headers, **mine, **wanted)["records"]) == number, wanted


def test_what_was_found_is_a_table_that_runs_in_no_spreadsheet(client, operator):
    caller, headers = operator
    act(client, headers, 2)
    answer = client.get(f"{API}/audit.csv", query_string={"actor": str(caller.id)}, headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["reason"] for row in rows] == ["'=1+1 试一试"] * 2


def test_the_table_is_whole_where_nothing_but_the_request_lends_it_a_context(app, client, operator):
    caller, headers = operator
    act(client, headers, 2)
    at = f"{API}/audit.csv?actor={caller.id}"
    with ThreadPoolExecutor(1) as elsewhere:  # a thread of its own has no context of the test's
        text = elsewhere.submit(lambda: app.test_client().get(at, headers=headers).text).result()
    assert len(list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))) == 2


def test_an_owner_sees_the_own_staffs_actions_only(client, operator):
    shop, other = new_id(), new_id()
    _, owner = signed_in("merchant_owner", merchant_id=shop)
    for merchant_id in (shop, other):
        _, cashier = signed_in("cashier", merchant_id=merchant_id)
        client.post(f"{API}/merchants", json={"name": "x"}, headers=cashier)
    found = search(client, owner)["records"]
    assert {record["merchant_id"] for record in found} == {str(shop)}
    assert search(client, owner, actor=str(operator[0].id))["records"] == []


def test_nobody_else_sees_the_log(client):
    for role in ("finance", "reviewer", "support", "cashier", "merchant_owner"):
        _, headers = signed_in(role)  # also an owner who belongs to no merchant
        for path in ("/audit", "/audit.csv"):
            assert client.get(API + path, headers=headers).status_code == 403


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~x", "2026-01-01T00:00:00~" + "0" * 32])
def test_a_cursor_that_is_not_ours_is_refused(client, operator, cursor):
    answer = client.get(f"{API}/audit", query_string={"cursor": cursor}, headers=operator[1])
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
