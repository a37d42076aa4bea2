"""A campaign's life: drafted, published by somebody else, paused, ended, its rest returned.

Published rules never change: the database refuses it. Who wants other rules ends the campaign and
publishes another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select, update

from app.benefits import audience as audiences
from app.benefits import pauses, pots
from app.benefits.contract import Funder, Terms
from app.benefits.errors import (
    CampaignChanged,
    CampaignNotADraft,
    CampaignNotRunning,
    CampaignOver,
    CampaignStatusUnfit,
    CampaignUnfunded,
    CampaignUnknown,
)
from app.benefits.models import Campaign
from app.benefits.registry import benefit
from app.core import four_eyes
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now

log = structlog.get_logger()
TURN_SECONDS = 20
BATCH = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What a campaign is to say (fen, UTC); `settings` were checked by the kind's schema."""

    benefit: str
    name: str
    name_en: str
    funder: Funder
    settings: Mapping[str, Any]
    audience: Mapping[str, Any]
    budget_fen: int
    starts_at: datetime
    ends_at: datetime
    merchant_id: UUID | None = None


def add(new: Draft, author: UUID) -> Campaign:
    """Writes a draft, in the current unit. Raises BenefitUnknown, AudienceUnfit."""
    bucket = bucket_of(new.merchant_id or PLATFORM_ID)
    moment = now()
    row = Campaign(bucket=bucket, id=new_id(bucket), status="draft")
    row.created_by, row.created_at, row.changed_at = author, moment, moment
    row.revision, row.editors = 1, [author]
    _write(row, new)
    db.session.add(row)
    db.session.flush()
    return row


def change(campaign_id: UUID, new: Draft, author: UUID) -> Campaign:
    """Rewrites a draft, whose author is then who rewrote it, too. Raises what `add` raises,
    CampaignNotADraft, and CampaignUnknown, also for one of somebody else: whose it is stays."""
    row = draft(campaign_id)
    if row.merchant_id != new.merchant_id:
        raise CampaignUnknown()
    _write(row, new)
    row.editors = sorted({*row.editors, row.created_by, author})
    row.revision += 1
    row.created_by, row.changed_at = author, now()
    db.session.flush()
    return row


def drop(campaign_id: UUID) -> None:
    """Throws a draft away. Raises CampaignUnknown, CampaignNotADraft."""
    db.session.delete(draft(campaign_id))
    db.session.flush()


def publish(campaign_id: UUID, revision: int, staff_id: UUID) -> Campaign:
    """Lets a draft begin at its time as it was read (`revision`), its budget put into its pot
    (posted), in the current unit. Who ever wrote one of its revisions does not publish it.

    Locks the campaign, then its funder. Raises CampaignUnknown, CampaignNotADraft, CampaignChanged,
    SecondPersonNeeded, CampaignOver, CampaignUnfunded, AudienceUnfit, and what its kind raises.
    """
    row, moment = draft(campaign_id), now()
    if row.revision != revision:
        raise CampaignChanged(revision=row.revision)
    four_eyes.require_other(staff_id, row.created_by, *row.editors)
    if row.ends_at <= moment:
        raise CampaignOver()
    audiences.check(audiences.Audience.model_validate(row.audience))
    row.status, row.published_by, row.published_at = "published", staff_id, moment
    row.changed_at = moment
    db.session.flush()
    benefit(row.benefit).published(terms_of(row))
    if row.budget_fen and pots.fill(row, row.budget_fen, staff_id) is None:
        raise CampaignUnfunded(budget_fen=row.budget_fen)
    return row


def add_money(campaign_id: UUID, amount_fen: int, staff_id: UUID) -> Campaign:
    """Adds to the budget of a campaign that has one and has not ended (posted).

    Raises CampaignUnknown, CampaignStatusUnfit, CampaignUnfunded.
    """
    row = locked(campaign_id)
    if row.status not in ("published", "paused") or not Funder(row.funder).has_budget:
        raise CampaignStatusUnfit(campaign_status=row.status)
    row.budget_fen += amount_fen
    db.session.flush()
    if pots.fill(row, amount_fen, staff_id) is None:
        raise CampaignUnfunded(budget_fen=amount_fen)
    return row


def pause(campaign_id: UUID, reason: str) -> Campaign:
    """Nobody earns until it is resumed; its end stays. Raises CampaignUnknown,
    CampaignStatusUnfit."""
    return _turn(campaign_id, ("published",), "paused", reason)


def resume(campaign_id: UUID) -> Campaign:
    """Lets a paused campaign go on. Raises CampaignUnknown, CampaignStatusUnfit, CampaignOver."""
    row = locked(campaign_id)
    if row.status == "paused" and row.ends_at <= now():
        raise CampaignOver()
    return _turn(campaign_id, ("paused",), "published", None)


def end(campaign_id: UUID, reason: str | None = None) -> Campaign:
    """Ends a campaign now: nobody earns any more, what was earned is paid, the rest returns.

    Ended before: no change. Raises CampaignUnknown, CampaignStatusUnfit for a draft.
    """
    row = locked(campaign_id)
    if row.status == "ended":
        return row
    if row.status == "draft":
        raise CampaignStatusUnfit(campaign_status=row.status)
    row.status, row.ended_at, row.changed_at = "ended", now(), now()
    row.looked_at = None
    row.reason = reason or row.reason
    db.session.flush()
    pauses.note(row)
    benefit(row.benefit).ended(terms_of(row))
    return row


def find(campaign_id: UUID) -> Campaign:
    """In the current unit of work. Raises CampaignUnknown."""
    row = db.session.get(Campaign, (bucket_of(campaign_id), campaign_id))
    if row is None:
        raise CampaignUnknown()
    return row


def locked(campaign_id: UUID, *, is_shared: bool = False) -> Campaign:
    """Locks a campaign: shared by those who earn in it, alone for who changes its state.

    Raises CampaignUnknown.
    """
    row = db.session.scalar(
        select(Campaign)
        .where(Campaign.bucket == bucket_of(campaign_id), Campaign.id == campaign_id)
        .with_for_update(read=is_shared)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise CampaignUnknown()
    return row


def running(campaign_id: UUID) -> Terms:
    """Locks a campaign, shared, while somebody earns in it: it cannot end meanwhile.

    Raises CampaignUnknown, CampaignNotRunning.
    """
    row = locked(campaign_id, is_shared=True)
    terms = terms_of(row)
    if not terms.is_running(now()):
        raise CampaignNotRunning(campaign_status=row.status)
    return terms


def draft(campaign_id: UUID) -> Campaign:
    """Locks a draft. Raises CampaignUnknown, CampaignNotADraft."""
    row = locked(campaign_id)
    if row.status != "draft":
        raise CampaignNotADraft(campaign_status=row.status)
    return row


def terms(campaign_id: UUID) -> Terms:
    """A campaign as its kind sees it, in the current unit of work. Raises CampaignUnknown."""
    return terms_of(find(campaign_id))


def published(
    name: str, moment: datetime | None = None, merchant_id: UUID | None = None
) -> list[Terms]:
    """All campaigns of a kind that were running at a UTC moment (default: now), pauses apart; of
    the platform and one merchant only where one is named."""
    at = moment or now()
    wanted = (
        select(Campaign)
        .where(Campaign.benefit == name, Campaign.published_at <= at)
        .where(Campaign.starts_at <= at, Campaign.ends_at > at)
        .order_by(Campaign.id)
    )
    if merchant_id is not None:
        mine = Campaign.merchant_id.is_(None) | (Campaign.merchant_id == merchant_id)
        wanted = wanted.where(mine)
    return [each for each in map(terms_of, db.session.scalars(wanted)) if each.covered(at)]


def terms_of(row: Campaign) -> Terms:
    """What a row says, its settings in the kind's own shape."""
    return Terms(
        id=row.id,
        benefit=row.benefit,
        name=row.name,
        name_en=row.name_en,
        merchant_id=row.merchant_id,
        funder=Funder(row.funder),
        settings=benefit(row.benefit).settings.model_validate(row.settings),
        audience=row.audience,
        budget_fen=row.budget_fen,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        published_at=row.published_at,
        ended_at=row.ended_at,
    )


def turn() -> int:
    """Duty: ends campaigns whose time is over and returns what is left; how many it moved."""
    is_over = Campaign.status.in_(("published", "paused")) & (Campaign.ends_at <= now())
    has_rest = (Campaign.status == "ended") & Campaign.returned_at.is_(None)
    return _each(is_over, lambda each: bool(end(each))) + _each(
        has_rest, lambda each: return_rest(each) > 0
    )


def return_rest(campaign_id: UUID) -> int:
    """Gives the funder back what an ended campaign does not owe any more (fen), in the current
    unit; looked at again as long as something is promised."""
    row = locked(campaign_id)
    if row.status != "ended":
        return 0
    kind, terms = benefit(row.benefit), terms_of(row)
    promised_fen = kind.promised_fen(terms)
    rest_fen = pots.left_fen(row.id) - promised_fen
    row.returned_at = None if promised_fen else now()
    db.session.flush()
    if rest_fen > 0 and row.funder != Funder.PAYER:
        pots.give_back(row, rest_fen, SYSTEM_ID)
        kind.returned(terms, rest_fen)
    return max(rest_fen, 0)


def _each(which: ColumnElement[bool], work: Callable[[UUID], bool]) -> int:
    done = 0
    for campaign_id in in_transaction(partial(_next, which)):
        try:
            done += in_transaction(partial(work, campaign_id))
        except Exception as error:
            log.error("campaign_failed", campaign=str(campaign_id), exc_info=error)
    return done


def _next(which: ColumnElement[bool]) -> list[UUID]:
    """Whose turn it is: those that wait longest. Each is marked before it is worked on, so that
    what still promises something, or fails, never keeps the others waiting."""
    waiting = (
        select(Campaign.bucket, Campaign.id)
        .where(which)
        .order_by(Campaign.looked_at.asc().nulls_first(), Campaign.ends_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    mark = (
        update(Campaign)
        .where(Campaign.bucket == waiting.c.bucket, Campaign.id == waiting.c.id)
        .values(looked_at=now())
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(mark))


def _write(row: Campaign, new: Draft) -> None:
    kind = benefit(new.benefit)
    row.benefit, row.name, row.name_en = new.benefit, new.name, new.name_en
    row.merchant_id, row.funder = new.merchant_id, new.funder
    row.settings = kind.settings.model_validate(new.settings).model_dump(mode="json")
    row.audience = dict(new.audience)
    row.budget_fen, row.starts_at, row.ends_at = new.budget_fen, new.starts_at, new.ends_at


def _turn(campaign_id: UUID, before: tuple[str, ...], after: str, reason: str | None) -> Campaign:
    row = locked(campaign_id)
    if row.status not in before:
        raise CampaignStatusUnfit(campaign_status=row.status)
    row.status, row.reason, row.changed_at = after, reason, now()
    db.session.flush()
    pauses.note(row)
    return row
