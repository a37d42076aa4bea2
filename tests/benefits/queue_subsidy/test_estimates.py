"""What is said of the time to come, of money that is ripe, and in notices: only what is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.benefits.queue_subsidy import paying, queues, wording
from app.core.db import db, in_transaction
from app.core.world import beijing_day, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.queue_subsidy.line import BOUGHT_FEN, TARGET_FEN, place

ITS = "(SELECT queue_id FROM benefits_queue_campaign WHERE campaign_id = :c)"
OLDER = text(f"UPDATE benefits_queue SET created_at = :since WHERE id = {ITS}")
CAME_IN = text(
    "INSERT INTO benefits_queue_day (bucket, queue_id, day, in_fen)"
    f" SELECT 0, {ITS}, CAST(:today AS date) - back, :fen FROM generate_series(1, 14) AS back"
)
CLOSED = text(
    "INSERT INTO ledger_closing_day (bucket, day, balances, journals, last_seal, closed_at)"
    " VALUES (0, :day, jsonb_build_object('queue_pool', CAST(:fen AS bigint)), 0, 0, now())"
)
DISTRIBUTED = text("UPDATE alliance_sale SET distributed_at = :at WHERE id = :s")
TAKEN = text(
    "SELECT sum(amount_fen)::bigint FROM ledger_entry WHERE account = :account AND journal_id ="
    " (SELECT journal_id FROM alliance_refund WHERE sale_id = :s)"
)


def test_where_money_came_in_lately_the_time_is_said_as_a_range_and_as_no_promise(line):
    queue = line()
    people = [queue.stage.member() for _ in range(2)]
    for member_id in people:
        queue.buy(member_id)
    moment = now()

    def look_back():
        since = moment - timedelta(days=20)
        db.session.execute(OLDER, {"c": queue.campaign_id, "since": since})
        today = beijing_day(moment)
        db.session.execute(CAME_IN, {"c": queue.campaign_id, "today": today, "fen": 200})

    in_transaction(look_back)
    said = [queue.mine(each)["places"][0]["estimate"] for each in people]
    assert said == [
        {"days_min": 3, "days_max": 3, "is_promise": False},
        {"days_min": 5, "days_max": 5, "is_promise": False},
    ]
    path = f"/campaigns/{queue.campaign_id}/pause"
    assert queue.stage.call("operator", "POST", path, {"reason": "核查"})[0] == 200
    assert queue.mine(people[0])["places"][0]["estimate"] is None


class Undone(Exception):
    """Closings stay for good: what a test closes must never be committed."""


def test_what_the_pool_held_on_an_earlier_day_is_fed_and_what_came_since_is_not(line):
    queue = line(ripe_days=60)
    queue.buy()
    queue.feed(2 * TARGET_FEN)
    world.fold()
    day = beijing_day(now()) - timedelta(days=60)
    fed = []

    def work():
        db.session.execute(CLOSED, {"day": day, "fen": queues.fed_since(day) + TARGET_FEN})
        fed.extend(paying.feed(queue.campaign_id) for _ in range(2))
        raise Undone

    assert in_transaction(lambda: paying.feed(queue.campaign_id)) == 0
    with pytest.raises(Undone):
        in_transaction(work)
    assert fed == [TARGET_FEN, 0]


def test_what_refunds_of_older_purchases_took_from_the_pool_is_not_paid_from_newer_money(line):
    queue = line(ripe_days=60)
    queue.buy()
    older, newer = queue.buy(), queue.buy()
    queue.feed(4 * TARGET_FEN)
    for each in (older, newer):
        queue.refund(each, BOUGHT_FEN)
    world.fold()
    day = beijing_day(now()) - timedelta(days=60)
    fed = []

    def work():
        before_fen = paying._refunded_fen(day)
        db.session.execute(DISTRIBUTED, {"s": older, "at": now() - timedelta(days=70)})
        taken_fen = -db.session.scalar(TAKEN, {"s": older, "account": int(Account.QUEUE_POOL)})
        assert taken_fen > 0
        then_fen = queues.fed_since(day) + before_fen + taken_fen + TARGET_FEN
        db.session.execute(CLOSED, {"day": day, "fen": then_fen})
        fed.extend(paying.feed(queue.campaign_id) for _ in range(2))
        raise Undone

    with pytest.raises(Undone):
        in_transaction(work)
    assert fed == [TARGET_FEN, 0]


@pytest.mark.parametrize("what", ["paid", "first_part", "near", "taken_back/200"])
def test_each_notice_names_the_ticket_in_both_languages_and_nobody(line, what):
    queue = line()
    member_id = queue.stage.member()
    sale_id = queue.buy(member_id)
    told = in_transaction(lambda: wording.news(place(sale_id).id, what))
    assert "第1号" in told.text
    assert "ticket 1 " in told.text_en
    for hidden in (member_id, sale_id):
        assert str(hidden) not in f"{told}"
