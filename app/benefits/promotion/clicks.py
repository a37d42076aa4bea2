"""Who came by a link, and which click brought a purchase. In the current unit of work.

A click is kept for some months and says nothing but who, which link and when.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.benefits import campaigns, pauses
from app.benefits.promotion import fitness, links
from app.benefits.promotion.models import Link, LinkClick
from app.benefits.promotion.rules import (
    LONGEST_WINDOW,
    Click,
    Purchase,
    Subject,
    last_click,
)
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.members import service as members

KEPT = timedelta(days=180)
CLEAR_SECONDS = 3600
CLEAR_BATCH = 5_000
MOST = 1_000


def note(row: Link, member_id: UUID, at: datetime) -> bool:
    """Writes down that a member came by a link at a UTC moment; whether that counts.

    It does not where the link is closed, and for one's own. The same link again within the same
    minute is one click.
    """
    moment = min(at, now())
    terms = campaigns.terms(row.campaign_id)
    found = links.target(terms, Subject(row.subject), row.target)
    if links.closed_because(terms, found) is not None or moment < terms.starts_at:
        return False
    if set(fitness.people_of(member_id)) & set(fitness.people_of(row.member_id)):
        return False
    values = {
        "bucket": bucket_of(member_id),
        "member_id": member_id,
        "link_id": row.id,
        "minute": moment.replace(second=0, microsecond=0),
        "merchant_id": row.merchant_id,
        "clicked_at": moment,
    }
    db.session.execute(insert(LinkClick).values(values).on_conflict_do_nothing())
    return True


def came(_: Any, *, subject_id: UUID, member_id: UUID, at: datetime) -> None:
    """Receiver of the alliance's `came`: somebody scanned a link's code, or opened its address."""
    row = db.session.get(Link, (bucket_of(subject_id), subject_id))
    if row is not None:
        note(row, member_id, at)


def bringing(payer_id: UUID, merchant_id: UUID, purchase: Purchase) -> Click | None:
    """The click that brought a purchase of this payer at this merchant's, if one did."""
    windows: dict[UUID, int | None] = {}

    def window_of(click: Click) -> int | None:
        if click.campaign_id not in windows:
            windows[click.campaign_id] = _window(click.campaign_id, purchase.moment)
        return windows[click.campaign_id]

    return last_click(_before(payer_id, merchant_id, purchase.moment), purchase, window_of)


def visited(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of these payers and merchants where the person came by a link of the merchant's, under
    any of their ids: whose purchases a click may have brought. One question for all."""
    people = members.persons_of({payer_id for payer_id, _ in pairs})
    everybody = {each for ids in people.values() for each in ids}
    found = db.session.execute(
        select(LinkClick.member_id, LinkClick.merchant_id)
        .where(
            LinkClick.bucket.in_({bucket_of(each) for each in everybody}),
            LinkClick.member_id.in_(everybody),
            LinkClick.merchant_id.in_({merchant_id for _, merchant_id in pairs}),
        )
        .distinct()
    )
    came_by = {(row.member_id, row.merchant_id) for row in found}
    return {
        (payer_id, merchant_id)
        for payer_id, merchant_id in pairs
        if any((each, merchant_id) in came_by for each in people[payer_id])
    }


def clear_old() -> int:
    """Duty: deletes what can bring no purchase any more; how many."""
    return in_transaction(_clear)


def forget(member_id: UUID) -> None:
    """Deletes where somebody came by."""
    mine = (LinkClick.bucket == bucket_of(member_id), LinkClick.member_id == member_id)
    gone = delete(LinkClick).where(*mine)
    db.session.execute(gone.execution_options(synchronize_session=False))


def _window(campaign_id: UUID, moment: datetime) -> int | None:
    terms = campaigns.terms(campaign_id)
    if not terms.covered(moment) or pauses.was_paused(campaign_id, moment):
        return None
    days: int = terms.settings.window_days
    return days


def _before(payer_id: UUID, merchant_id: UUID, moment: datetime) -> list[Click]:
    people = fitness.people_of(payer_id)
    rows = db.session.scalars(
        select(LinkClick)
        .where(
            LinkClick.bucket.in_({bucket_of(each) for each in people}),
            LinkClick.member_id.in_(people),
            LinkClick.merchant_id == merchant_id,
            LinkClick.clicked_at <= moment,
            LinkClick.clicked_at > moment - LONGEST_WINDOW,
        )
        .order_by(LinkClick.clicked_at.desc())
        .limit(MOST)
    ).all()
    known = links.several({row.link_id for row in rows}) if rows else {}
    return [_click(row, known[row.link_id]) for row in rows if row.link_id in known]


def _click(row: LinkClick, link: Link) -> Click:
    return Click(
        link_id=link.id,
        campaign_id=link.campaign_id,
        promoter_id=link.member_id,
        subject=Subject(link.subject),
        target=link.target,
        at=row.clicked_at,
    )


def _clear() -> int:
    old = select(LinkClick.bucket, LinkClick.member_id, LinkClick.link_id, LinkClick.minute)
    chosen = old.where(LinkClick.clicked_at < now() - KEPT).limit(CLEAR_BATCH).subquery()
    gone = delete(LinkClick).where(
        LinkClick.bucket == chosen.c.bucket,
        LinkClick.member_id == chosen.c.member_id,
        LinkClick.link_id == chosen.c.link_id,
        LinkClick.minute == chosen.c.minute,
    )
    done = db.session.execute(gone.execution_options(synchronize_session=False))
    return int(getattr(done, "rowcount", 0))
