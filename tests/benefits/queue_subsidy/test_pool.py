"""The pool in public: what came in and went out, who waits, and nobody's name."""

from __future__ import annotations

import json

import pytest

from app.core.world import beijing_day, now
from tests.benefits.queue_subsidy.line import TARGET_FEN

API = "/api/v1"


def test_everybody_sees_what_came_in_what_went_out_and_what_is_left(line, client):
    queue = line()
    people = [queue.stage.member() for _ in range(3)]
    sales = [queue.buy(each) for each in people]
    queue.feed(TARGET_FEN + 20)
    queue.turn()
    queue.refund(sales[0], 4_000)
    answer = client.get(f"{API}/queue-pool")
    assert answer.status_code == 200
    told = answer.json
    came_in = TARGET_FEN + 20 + 3 * 50
    assert told["days"] == [
        {
            "day": beijing_day(now()).isoformat(),
            "in_fen": came_in,
            "out_fen": TARGET_FEN,
            "back_fen": 200,
            "balance_fen": came_in - TARGET_FEN + 200,
            "places": 3,
            "targets_fen": 3 * TARGET_FEN,
        }
    ]
    assert told["pot_fen"] == told["days"][0]["balance_fen"]
    assert (told["waiting_places"], told["waiting_fen"]) == (2, 2 * TARGET_FEN)
    assert told["campaign"]["id"] == str(queue.campaign_id)
    assert told["campaign"]["is_running"] is True
    for hidden in (*people, *sales):
        assert str(hidden) not in json.dumps(told)


def test_the_page_says_the_same_to_people_and_that_it_is_no_promise(line, client):
    queue = line()
    member_id = queue.stage.member()
    queue.buy(member_id)
    queue.feed(TARGET_FEN + 1_234)
    queue.turn()
    page = client.get("/queue")
    assert page.status_code == 200
    for shown in ("排队补贴公示", "¥12.84", "不构成承诺", "Running", "周年庆"):
        assert shown in page.text, shown
    assert str(member_id) not in page.text
    assert client.get("/queue?before=2020-01-01").status_code == 200


@pytest.mark.parametrize("day", ["x", "2026-13-01"])
def test_a_day_that_is_none_is_refused(client, day):
    assert client.get(f"/queue?before={day}").status_code == 404
    refused = client.get(f"{API}/queue-pool?before={day}")
    assert refused.status_code == 422


def test_staff_and_members_see_how_the_queue_stands(line):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    queue.buy()
    queue.stage.refund(sale_id)
    status, told = queue.stage.call("operator", "GET", f"/campaigns/{queue.campaign_id}")
    assert status == 200
    figures = {each["code"]: each["count"] or each["amount_fen"] for each in told["figures"]}
    assert (figures["places"], figures["places_left"], figures["waiting"]) == (2, 1, 1)
    assert figures["targets"] == TARGET_FEN
    status, told = queue.stage.call(member_id, "GET", f"/me/campaigns/{queue.campaign_id}")
    assert (status, told["details"]["mine"]) == (200, [])
    assert told["details"]["waiting_places"] == 1
    assert told["details"]["rules"]["pays"] == "full"


def test_a_grant_is_explained_by_its_ticket_and_its_limit(line):
    queue = line()
    member_id = queue.stage.member()
    queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    _, found = queue.stage.call(member_id, "GET", "/me/grants")
    journal_id = found["grants"][0]["journal_id"]
    status, told = queue.stage.call(member_id, "GET", f"/entries/{journal_id}/explanation")
    assert status == 200, told
    assert "第1号" in json.dumps(told, ensure_ascii=False)
    assert "¥5.00" in json.dumps(told, ensure_ascii=False)
