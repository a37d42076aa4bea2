"""What is closed when, by itself or with its merchant."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.alliance.closure.rules import DECIDED, IN_EFFECT, LIVE, Standing, closings

AT = datetime(2026, 11, 22, 16, tzinfo=UTC)
BEFORE, AFTER = AT - timedelta(microseconds=1), AT + timedelta(days=1)


def test_a_store_is_closed_by_itself_or_with_its_merchant_from_the_moment_on():
    merchant, store, other = uuid4(), uuid4(), uuid4()
    alone = closings([(merchant, store, AT)])
    assert alone.has_closed(merchant, store, AT)
    assert not alone.has_closed(merchant, store, BEFORE)
    assert not alone.has_closed(merchant, other, AFTER)
    assert not alone.has_closed(merchant, None, AFTER)
    whole = closings([(merchant, None, AT)])
    assert whole.has_closed(merchant, other, AT)
    assert whole.has_closed(merchant, None, AT)
    assert not whole.has_closed(other, None, AFTER)


def test_of_two_closures_of_one_store_the_earlier_counts():
    merchant, store = uuid4(), uuid4()
    both = closings([(merchant, store, AFTER), (merchant, store, AT)])
    assert both.has_closed(merchant, store, AT)


def test_a_standing_is_open_unless_paused_or_closed():
    assert Standing().is_open(AT)
    assert not Standing(is_paused=True).is_open(AT)
    assert Standing(closes_at=AT).is_open(BEFORE)
    assert not Standing(closes_at=AT).is_open(AT)


def test_a_decision_leads_from_what_waits_to_what_is_settled():
    assert {was for was, _ in DECIDED} == LIVE - {"approved"}
    assert DECIDED["undo_requested", False] in IN_EFFECT
    assert not set(DECIDED.values()) & {"requested", "undo_requested"}
