"""Notices are kept for their time, and what did not arrive is counted while it is news."""

from datetime import timedelta

import pytest

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import bucket_of, new_id, now
from app.notices import keeping
from app.notices.models import Notice

pytestmark = pytest.mark.usefixtures("context")


def told(member_id, state, days):
    """A notice of so many days ago, as it was written then; its id."""
    at, bucket = now() - timedelta(days=days), bucket_of(member_id)
    low = (1 << 80) - 1
    identity = type(member_id)(int=keeping.first_id(at).int | (new_id(bucket).int & low))
    row = Notice(
        bucket=bucket, id=identity, event=f"test:{identity}", member_id=member_id, kind="sale.paid",
        text="已收款", fields={}, state=state, attempts=0, created_at=at, changed_at=at,
    )  # fmt: skip
    in_transaction(lambda: db.session.add(row))
    return identity


def left(*ids):
    db.session.rollback()
    wanted = {bucket_of(each) for each in ids}
    rows = db.session.query(Notice.id).filter(Notice.bucket.in_(wanted), Notice.id.in_(ids))
    return {row.id for row in rows}


def test_what_is_over_goes_slice_by_slice_and_what_is_still_to_be_sent_stays(monkeypatch):
    member_id, kept = new_id(), settings().notice_keep_days
    over = [told(member_id, state, kept + 1) for state in ("sent", "failed", "skipped")]
    stay = [told(member_id, "queued", kept + 1), told(member_id, "sent", kept - 1)]
    stay += [told(member_id, "failed", kept - 1)]
    monkeypatch.setattr(keeping, "BATCH", 2)
    assert keeping.clear_old() == 2
    assert len(left(*over)) == 1
    assert keeping.clear_old() == 1
    assert left(*over, *stay) == set(stay)


def test_the_gauge_falls_when_what_did_not_arrive_is_no_news_any_more():
    member_id, before = new_id(), keeping.not_arrived()
    told(member_id, "failed", 8)
    told(member_id, "delivered", 1)
    assert keeping.not_arrived() == before
    told(member_id, "unknown", 6)
    assert keeping.not_arrived() == before + 1
