"""What the risk rules look at, read in the unit of work that requests the withdrawal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.core.config import settings
from app.core.db import db, read
from app.core.world import bucket_of
from app.members import service as members
from app.wallet import signals
from app.wallet.models import Withdrawal
from app.wallet.withdrawals.limits import is_owned_by, owners_of
from app.wallet.withdrawals.payees import Payee
from app.wallet.withdrawals.risk import Facts

RING_WITHDREW_WITHIN = timedelta(days=1)
RING_JOINED_WITHIN = timedelta(days=3)
LARGEST_RING = 500


def facts_of(payee: Payee, amount_fen: int, moment: datetime) -> Facts:
    """The facts of a request at a UTC moment that is not written down yet."""
    since = moment - timedelta(minutes=settings().risk_velocity_minutes)
    count, sum_fen = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Withdrawal.amount_fen), 0)).where(
            is_owned_by(owners_of(payee)), Withdrawal.created_at > since
        )
    ).one()
    member_id = payee.member_id
    return Facts(
        moment=moment,
        account_linked_at=_linked_at(payee) or moment,
        card_changed_at=_card_changed_at(member_id),
        recent_count=count + 1,
        recent_fen=int(sum_fen) + amount_fen,
        ring_members=1 if member_id is None else _ring_members(member_id, moment),
        payee_since=payee.since,
        is_ring_confirmed=_is_ring_confirmed(payee),
    )


def withdrawn_fen(member_ids: Collection[UUID]) -> dict[UUID, int]:
    """What members took out or have on its way (fen), those who did; of their own money only."""
    keys = [(bucket_of(one), one) for one in member_ids]
    gone = ("rejected", "returned", "cancelled")
    rows = read(
        select(Withdrawal.owner_id, func.sum(Withdrawal.amount_fen))
        .where(
            tuple_(Withdrawal.bucket, Withdrawal.owner_id).in_(keys),
            Withdrawal.state.not_in(gone),
        )
        .group_by(Withdrawal.owner_id)
    )
    return {owner_id: int(fen) for owner_id, fen in rows}


def _is_ring_confirmed(payee: Payee) -> bool:
    answers = signals.ring_asked.send(payee.owner_id, member_id=payee.member_id)
    return any(answer for _, answer in answers)


def _linked_at(payee: Payee) -> datetime | None:
    if payee.member_id is None:
        return None
    return members.linked_at(payee.member_id, payee.app_id or settings().wechat_mini_app_id)


def _card_changed_at(member_id: UUID | None) -> datetime | None:
    named = None if member_id is None else members.real_name_of(member_id)
    return named.card_changed_at if named else None


def _ring_members(member_id: UUID, moment: datetime) -> int:
    return 1 + _withdrew(_ring(member_id, moment) - {member_id}, moment)


def _ring(member_id: UUID, moment: datetime) -> set[UUID]:
    """Who was brought by the same member at about the same time, or by this one just now."""
    bound = members.binding(member_id)
    groups = [(member_id, moment)]
    if bound is not None and bound.recommender_kind == "member":
        groups.append((bound.recommender_id, bound.bound_at))
    return {
        one.member_id
        for recommender_id, joined_at in groups
        for one in members.recommended_by(recommender_id, LARGEST_RING)
        if abs(one.bound_at - joined_at) <= RING_JOINED_WITHIN
    }


def _withdrew(member_ids: set[UUID], moment: datetime) -> int:
    if not member_ids:
        return 0
    keys = [(bucket_of(one), one) for one in member_ids]
    found = db.session.scalar(
        select(func.count(func.distinct(Withdrawal.member_id))).where(
            tuple_(Withdrawal.bucket, Withdrawal.member_id).in_(keys),
            Withdrawal.created_at > moment - RING_WITHDREW_WITHIN,
        )
    )
    return int(found or 0)
