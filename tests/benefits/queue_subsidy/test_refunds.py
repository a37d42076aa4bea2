"""A refund takes its part out of the queue, before and after it was paid, whenever heard of."""

from __future__ import annotations

from app.benefits.queue_subsidy import paying, service
from app.core.db import in_transaction
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.queue_subsidy.line import TARGET_FEN, place, rebate
from tests.wallet.racing import at_once


def test_a_refund_before_it_is_paid_leaves_and_lets_the_others_move_up(line):
    queue = line()
    people = [queue.stage.member() for _ in range(2)]
    sales = [queue.buy(each) for each in people]
    queue.stage.refund(sales[0])
    assert (place(sales[0]).state, place(sales[0]).target_fen) == ("left", 0)
    shown = queue.mine(people[1])["places"][0]
    assert (shown["position"], shown["ahead_fen"]) == (1, 0)


def test_a_refund_in_part_shrinks_the_target_in_proportion(line):
    queue = line()
    people = [queue.stage.member() for _ in range(2)]
    sales = [queue.buy(each) for each in people]
    queue.refund(sales[0], 4_000)
    assert (place(sales[0]).state, place(sales[0]).target_fen) == ("waiting", 300)
    assert queue.mine(people[1])["places"][0]["ahead_fen"] == 300


def test_a_refund_after_it_was_paid_takes_back_what_is_too_much(line):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    before = queue.pot()
    queue.refund(sale_id, 4_000)
    assert (place(sale_id).state, rebate(member_id), queue.pot()) == ("paid", 300, before + 200)
    queue.stage.refund(sale_id)
    assert (place(sale_id).state, rebate(member_id)) == ("left", 0)
    assert queue.pot() == before + TARGET_FEN


def test_what_was_spent_meanwhile_is_owed(line):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    world.take(member_id, Account.REBATE, 450)
    queue.stage.refund(sale_id)
    assert (rebate(member_id), world.balance(member_id, Account.CLAWBACK_DUE)) == (0, -450)


def test_a_part_is_taken_back_newest_first_and_the_place_is_done(line):
    queue = line(pays="parts", front_places=1)
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    for amount_fen in (150, 100):  # with the 50 of the purchase itself
        queue.feed(amount_fen)
        queue.turn()
    assert (rebate(member_id), place(sale_id).state) == (300, "waiting")
    queue.refund(sale_id, 5_000)
    assert (rebate(member_id), place(sale_id).state) == (250, "paid")


def test_a_refund_heard_of_first_takes_only_the_smaller_place(line, client):
    queue = line()
    member_id = queue.stage.member()
    sale = world.paid(client, member_id, queue.stage.shops[queue.store_id], 10_000)
    headers = world.owner_headers(queue.stage.shops[queue.store_id])
    wish = {"reason": "退货", "amount_fen": 5_000}
    path = f"/api/v1/payments/{sale['id']}/refunds"
    assert client.post(path, json=wish, headers=headers).status_code == 201
    for _ in range(2):  # whichever letter it is, it is the sale that is looked at
        service.on_sale({"sale_id": sale["id"]})
    assert place(sale["id"]).first_target_fen == 250
    queue.refund(sale["id"], 5_000)
    assert place(sale["id"]).state == "left"


def test_a_sale_that_is_not_distributed_yet_takes_no_place(line, client):
    queue = line()
    sale = world.paid(client, queue.stage.member(), queue.stage.shops[queue.store_id], 10_000)
    service.on_sale({"sale_id": sale["id"]})
    assert place(sale["id"]) is None


def test_refunds_while_the_queue_is_paid_leave_the_books_exact(app, line):
    queue = line()
    people = [queue.stage.member() for _ in range(3)]
    sales = [queue.buy(each) for each in people]
    queue.feed(3 * TARGET_FEN)
    world.fold()

    def work(number):
        with app.app_context():
            if number % 2:
                paying.turn()
            else:
                own = type(queue.stage)(app.test_client())
                own.shops = queue.stage.shops
                own.refund(sales[number // 2])

    at_once(work, 5)
    queue.turn()
    assert [place(each).state for each in sales] == ["left"] * 3
    assert [rebate(each) for each in people] == [0] * 3
    assert ledger.verify().findings == []
    queue.buy()
    shown = in_transaction(lambda: queue_standing(queue))
    assert shown == (1, TARGET_FEN)


def queue_standing(queue):
    from app.benefits.queue_subsidy import reading

    found = reading.pool(None, 1)
    return found["waiting_places"], found["waiting_fen"]


def test_an_ended_campaign_gives_what_a_refund_brings_back_to_the_pool(line):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    path = f"/campaigns/{queue.campaign_id}/end"
    assert queue.stage.call("operator", "POST", path, {"reason": "结束"})[0] == 200
    queue.stage.turn()
    assert queue.pot() == 0
    queue.stage.refund(sale_id)
    assert (rebate(member_id), queue.pot()) == (0, TARGET_FEN)
    queue.stage.turn()
    assert queue.pot() == 0
