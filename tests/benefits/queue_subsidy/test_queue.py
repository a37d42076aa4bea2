"""Purchases take places and are paid from the front, out of what is really there."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.benefits.queue_subsidy import service
from app.core.db import in_transaction, read
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.benefits.queue_subsidy.line import BOUGHT_FEN, TARGET_FEN, place, rebate
from tests.benefits.stage import draft, end_queues
from tests.wallet.racing import at_once

API = "/api/v1"


def test_places_are_paid_whole_from_the_front_and_the_next_moves_up(line):
    queue = line()
    people = [queue.stage.member() for _ in range(3)]
    for member_id in people:
        queue.buy(member_id)
    shown = [queue.mine(each)["places"][0] for each in people]
    assert [each["position"] for each in shown] == [1, 2, 3]
    assert [each["ahead_fen"] for each in shown] == [0, TARGET_FEN, 2 * TARGET_FEN]
    assert {each["estimate"] for each in shown} == {None}  # nothing came in lately
    queue.feed(TARGET_FEN)
    queue.turn()
    assert [rebate(each) for each in people] == [TARGET_FEN, 0, 0]
    front, second = (queue.mine(each)["places"][0] for each in people[:2])
    assert (front["state"], front["position"], front["paid_fen"]) == ("paid", None, TARGET_FEN)
    assert (second["position"], second["ahead_fen"], second["left_fen"]) == (1, 0, TARGET_FEN)


def test_the_front_shares_evenly_where_the_rules_say_so(line):
    queue = line(pays="parts", front_places=2, smallest_part_fen=100)
    people = [queue.stage.member() for _ in range(3)]
    sales = [queue.buy(each) for each in people]
    queue.feed(600 - 3 * 50)  # each purchase gave the pool 50 already
    queue.turn()
    assert [rebate(each) for each in people] == [300, 300, 0]
    queue.feed(500)
    queue.turn()
    assert [place(each).state for each in sales] == ["paid", "paid", "waiting"]
    assert [rebate(each) for each in people] == [500, 500, 100]
    assert queue.pot() == 0


@pytest.mark.parametrize("amount_fen", [99, 9])
def test_too_small_a_purchase_takes_no_place(line, amount_fen):
    assert place(line().buy(amount_fen=amount_fen)) is None


def test_experience_gold_and_bonus_do_not_count_as_paid(line):
    queue = line(minimum_fen=BOUGHT_FEN)
    member_id = world.member()
    world.give(member_id, Account.PREPAID_PRINCIPAL, BOUGHT_FEN - 1)
    world.give(member_id, Account.PREPAID_BONUS, 1_000)
    assert place(queue.buy(member_id, BOUGHT_FEN)) is None


def test_a_first_purchase_opens_the_account_where_the_rules_ask_for_one(line):
    queue = line(opens_with="first_purchase", opening_fen=5_000)
    member_id = queue.stage.member()
    assert queue.mine(member_id)["account"]["is_open"] is False
    assert place(queue.buy(member_id, 4_999)) is None
    assert place(queue.buy(member_id, 5_000)).target_fen == 250
    assert place(queue.buy(member_id, 1_000)).target_fen == 50
    shown = queue.mine(member_id)
    assert shown["account"]["is_open"] is True
    assert (shown["waiting_places"], shown["waiting_fen"]) == (2, 300)


def test_a_second_queue_cannot_be_paid_from_the_same_pool_meanwhile(line, client):
    queue = line()
    body = draft("queue_subsidy", {}, funder="queue_pool")
    author = world.staff_headers("operator")
    second = client.post(f"{API}/campaigns", json=body, headers=author).json["id"]
    path = f"{API}/campaigns/{second}/publish"
    refused = client.post(path, headers=world.staff_headers("operator", key=new_id().hex))
    assert (refused.status_code, refused.json["code"]) == (409, "queue_pool_taken")
    assert refused.json["campaign_id"] == str(queue.campaign_id)
    shown = client.get(f"{API}/campaigns/{second}", headers=author).json
    assert (shown["status"], shown["published_at"]) == ("draft", None)


def test_of_two_published_at_once_one_gets_the_pool(app, line, client):
    queue = line()
    end_queues()
    body = draft("queue_subsidy", {"starts_new": True}, funder="queue_pool")
    author = world.staff_headers("operator")
    drafts = [
        client.post(f"{API}/campaigns", json=body, headers=author).json["id"] for _ in range(3)
    ]
    others = [world.staff_headers("operator", key=new_id().hex) for _ in drafts]

    def publish(number):
        path = f"{API}/campaigns/{drafts[number]}/publish"
        return app.test_client().post(path, headers=others[number]).status_code

    assert sorted(at_once(publish, 3)) == [200, 409, 409]
    assert queue.pot() == 0


def test_a_campaign_that_continues_another_pays_its_places(line):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    queue.feed(100)
    queue.turn()
    assert queue.pot() == 150  # with the 50 of the purchase itself; it goes back to the pool
    second = queue.publish(TARGET_FEN, continues=str(queue.campaign_id))
    queue.turn()
    assert (place(sale_id).state, rebate(member_id)) == ("paid", TARGET_FEN)
    came_in = "SELECT sum(in_fen) AS fen FROM benefits_queue_day WHERE queue_id = :q"
    assert read(text(came_in), {"q": place(sale_id).queue_id})[0].fen == TARGET_FEN
    assert place(queue.buy()).number == 2
    assert queue.mine(member_id)["campaign"]["id"] == str(second)


def test_what_is_to_be_continued_must_be_a_queue(line, client):
    line()
    end_queues()
    author = world.staff_headers("operator")
    body = draft("queue_subsidy", {"continues": str(new_id(0))}, funder="queue_pool")
    made = client.post(f"{API}/campaigns", json=body, headers=author).json["id"]
    path = f"{API}/campaigns/{made}/publish"
    refused = client.post(path, headers=world.staff_headers("operator", key=new_id().hex))
    assert (refused.status_code, refused.json["code"]) == (422, "queue_unknown")


def test_nobody_who_waits_is_forgotten_by_a_new_queue(line, client):
    queue = line()
    queue.buy()
    end_queues()
    author = world.staff_headers("operator")
    body = draft("queue_subsidy", {}, funder="queue_pool")
    made = client.post(f"{API}/campaigns", json=body, headers=author).json["id"]
    path = f"{API}/campaigns/{made}/publish"
    refused = client.post(path, headers=world.staff_headers("operator", key=new_id().hex))
    assert (refused.status_code, refused.json["code"]) == (409, "queue_waits")
    assert refused.json["campaign_id"] == str(queue.campaign_id)


def test_who_is_erased_leaves_and_is_told_before(line):
    queue = line()
    people = [queue.stage.member() for _ in range(2)]
    sales = [queue.buy(each) for each in people]
    assert queue.mine(people[1])["places"][0]["ahead_fen"] == TARGET_FEN
    status, told = queue.stage.call(people[0], "GET", "/me/deletion")
    lost = {"what": "queue_place", "id": str(place(sales[0]).id), "amount_fen": TARGET_FEN}
    assert (status, told["given_up"]) == (200, [lost])
    for _ in range(2):
        in_transaction(lambda: members.erasing.send("members", member_id=people[0]))
    assert (place(sales[0]).state, place(sales[0]).target_fen) == ("left", 0)
    shown = queue.mine(people[1])["places"][0]
    assert (shown["position"], shown["ahead_fen"]) == (1, 0)


def test_while_paused_nobody_joins_and_nobody_is_paid(line):
    queue = line()
    first = queue.stage.member()
    queue.buy(first)
    path = f"/campaigns/{queue.campaign_id}"
    assert queue.stage.call("operator", "POST", f"{path}/pause", {"reason": "核查"})[0] == 200
    late = queue.buy()
    queue.feed(TARGET_FEN)
    queue.turn()
    assert (place(late), rebate(first), queue.pot()) == (None, 0, 0)
    assert queue.stage.call("operator", "POST", f"{path}/resume")[0] == 200
    queue.refund(late, 1)
    assert place(late) is None
    queue.turn()
    assert rebate(first) == TARGET_FEN


def test_what_came_in_lately_is_not_paid_before_it_is_ripe(line):
    queue = line(ripe_days=3)
    member_id = queue.stage.member()
    queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    assert (rebate(member_id), queue.pot()) == (0, 0)


def test_payouts_at_the_same_moment_pay_each_place_once(app, line):
    queue = line()
    people = [queue.stage.member() for _ in range(4)]
    for member_id in people:
        queue.buy(member_id)
    queue.feed(3 * TARGET_FEN - 4 * 50 + 20)

    def pay(number):
        with app.app_context():
            queue.turn()

    at_once(pay, 4)
    assert [rebate(each) for each in people] == [TARGET_FEN] * 3 + [0]
    assert queue.pot() == 20
    assert ledger.verify().findings == []


def test_letters_twice_and_many_at_once_take_one_place(app, line):
    queue = line()
    sale_id = queue.buy()

    def again(number):
        with app.app_context():
            service.on_sale({"sale_id": str(sale_id)})

    at_once(again, 4)
    assert place(sale_id).number == 1
    assert place(queue.buy()).number == 2


def test_who_comes_near_the_front_and_who_is_paid_is_told_once(line):
    queue = line(near_places=1)
    people = [queue.stage.member() for _ in range(2)]
    for member_id in people:
        queue.buy(member_id)
    queue.feed(TARGET_FEN)
    for _ in range(2):
        queue.turn()
    told = text(
        "SELECT payload->>'what' FROM core_outbox"
        " WHERE payload->>'member_id' = :m AND payload->>'benefit' = 'queue_subsidy'"
    )
    heard = [sorted(row[0] for row in read(told, {"m": str(each)})) for each in people]
    assert heard == [["paid"], ["near"]]


def test_somebody_who_never_bought_sees_an_empty_queue_and_nobody_elses_places(line):
    queue = line()
    queue.buy()
    shown = queue.mine(queue.stage.member())
    assert (shown["places"], shown["waiting_places"], shown["next"]) == ([], 0, None)
    assert "承诺" in shown["promise"]


def test_ones_places_are_told_page_by_page(line):
    queue = line()
    member_id = queue.stage.member()
    for _ in range(3):
        queue.buy(member_id)
    first = queue.mine(member_id, limit=2)
    assert ([each["number"] for each in first["places"]], first["next"]) == ([1, 2], 2)
    rest = queue.mine(member_id, limit=2, after=first["next"])
    assert ([each["number"] for each in rest["places"]], rest["next"]) == ([3], None)
    assert queue.mine(member_id, is_waiting=False)["places"] == []
