"""What a campaign's terms say of a moment, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.benefits.contract import Funder, Terms

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def terms(**differs):
    values = {
        "id": None,
        "benefit": "bare",
        "name": "",
        "name_en": "",
        "merchant_id": None,
        "funder": Funder.CAMPAIGN_FUND,
        "settings": None,
        "audience": {},
        "budget_fen": 0,
        "starts_at": BEGIN,
        "ends_at": BEGIN + 10 * DAY,
        "status": "published",
        "published_at": BEGIN - DAY,
        "ended_at": None,
    }
    return Terms(**values | differs)


def test_it_covers_its_days_until_it_was_ended():
    found = terms(ended_at=BEGIN + 3 * DAY)
    days = [found.covered(BEGIN + number * DAY) for number in (-1, 0, 2, 3)]
    assert days == [False, True, True, False]
    assert terms(ended_at=BEGIN + 11 * DAY).covered(BEGIN + 10 * DAY) is False


def test_it_covers_nothing_before_it_was_published():
    found = terms(published_at=BEGIN + 2 * DAY)
    assert [found.covered(BEGIN + number * DAY) for number in (0, 1, 2)] == [False, False, True]
    assert not terms(published_at=None).covered(BEGIN + DAY)
