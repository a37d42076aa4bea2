"""Promoters are told once a day, in the morning, of the day before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.benefits import releasing
from app.benefits.promotion import digests
from app.core.db import db, in_transaction, read
from app.core.world import beijing_day, now
from tests.alliance import shop as world
from tests.benefits.promotion.programme import brought, refund
from tests.benefits.promotion.test_commissions import thaw


def some_days_later(member_id):
    """Lets what happened today have happened two days ago: that is told at any hour."""
    statement = text(
        "UPDATE benefits_promotion_digest SET day = day - 2 WHERE member_id = :m AND day = :today"
    )
    values = {"m": member_id, "today": beijing_day(now())}
    in_transaction(lambda: db.session.execute(statement, values))
    digests.tell_due()


def told(member_id):
    rows = read(
        text(
            "SELECT payload FROM core_outbox WHERE reader = 'notices.benefit'"
            " AND payload->>'member_id' = :m"
        ),
        {"m": str(member_id)},
    )
    return [row.payload for row in rows]


def test_a_day_is_told_once_when_it_is_over(of):
    friend = world.member()
    for _ in range(2):
        brought(of, friend)
    refund(of, brought(of, friend))
    digests.tell_due()
    assert told(friend) == []
    some_days_later(friend)
    (letter,) = told(friend)
    digests.tell_due()
    assert len(told(friend)) == 1
    news = in_transaction(lambda: digests.worded(friend, letter["what"]))
    assert "成交3笔，佣金15.00元" in news.text
    assert "因退款收回5.00元" in news.text
    assert "3 purchases, commission 15.00 yuan" in news.text_en


def test_a_day_without_news_is_not_told(of):
    friend = world.member()
    in_transaction(lambda: digests.note(friend, at=now() - timedelta(days=3)))
    digests.tell_due()
    assert told(friend) == []


def test_what_was_freed_is_told(of):
    friend = world.member()
    sale = brought(of, friend)
    thaw(sale)
    releasing.release()
    day = beijing_day(now())
    assert in_transaction(lambda: digests.freed_fen(friend, day)) == 500
    news = in_transaction(lambda: digests.worded(friend, f"day:{day}"))
    assert "解冻5.00元" in news.text
