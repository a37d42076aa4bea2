"""Giving somebody of staff a new password or second factor, because theirs is lost.

Whoever resets learns the new secret until its holder has set one of their own, and nobody learns
both of one account within STAFF_PAIR_DAYS. So a second person carries it out, except where the
merchant's owner does it for the own staff; the one who asked learns nothing. Each works in the
current unit of work; who may manage the account is decided by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from app.core import four_eyes
from app.core.accounts import service
from app.core.accounts.errors import ResetNotOpen
from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound, SecondPersonNeeded
from app.core.models import StaffAccount, StaffReset
from app.core.world import new_id, now

Kind = Literal["password", "second_factor"]
Secrets = dict[str, Any]
BOTH = "you reset the other secret of this account lately; nobody learns both"


def ask(row: StaffAccount, kind: Kind, reason: str, asked_by: UUID) -> StaffReset:
    """Asks for a reset that somebody else decides."""
    wanted = StaffReset(
        id=new_id(),
        staff_id=row.id,
        kind=kind,
        state="open",
        reason=reason,
        asked_by=asked_by,
        asked_at=now(),
    )
    db.session.add(wanted)
    db.session.flush()
    return wanted


def alone(row: StaffAccount, kind: Kind, reason: str, by: UUID) -> tuple[StaffReset, Secrets]:
    """Resets at once, with a reason; the reset and the new secrets, shown once."""
    wanted = ask(row, kind, reason, by)
    return wanted, _carry_out(wanted, row, by, None)


def decide(
    wanted: StaffReset, row: StaffAccount, by: UUID, note: str | None, *, is_approved: bool
) -> Secrets:
    """Carries a reset out, or declines it; the new secrets, shown once (none if declined).

    Raises ResetNotOpen; SecondPersonNeeded to who asked for it, and to the account's holder.
    """
    if wanted.state != "open":
        raise ResetNotOpen(reset_state=wanted.state)
    if is_approved:
        four_eyes.require_other(by, wanted.asked_by, wanted.staff_id)
        return _carry_out(wanted, row, by, note)
    wanted.state, wanted.decided_by = "declined", by
    wanted.decided_at, wanted.note = now(), note
    return {}


def find(reset_id: UUID) -> StaffReset:
    """A reset, locked until the unit ends. Raises NotFound."""
    found = db.session.get(StaffReset, reset_id, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def page(
    merchant_id: UUID | None, state: str | None, before: UUID | None, limit: int
) -> Sequence[StaffReset]:
    """Resets, the newest first: of one merchant's accounts, or of all."""
    wanted = select(StaffReset).order_by(StaffReset.id.desc()).limit(limit)
    if merchant_id is not None:
        theirs = select(StaffAccount.id).where(StaffAccount.merchant_id == merchant_id)
        wanted = wanted.where(StaffReset.staff_id.in_(theirs))
    if state is not None:
        wanted = wanted.where(StaffReset.state == state)
    if before is not None:
        wanted = wanted.where(StaffReset.id < before)
    return db.session.scalars(wanted).all()


def latest(staff_id: UUID) -> StaffReset | None:
    """The last reset that was carried out for an account, in the current unit of work."""
    done = select(StaffReset).where(StaffReset.staff_id == staff_id, StaffReset.state == "done")
    return db.session.scalar(done.order_by(StaffReset.decided_at.desc()).limit(1))


def _check_other_kind(wanted: StaffReset, by: UUID) -> None:
    """Raises SecondPersonNeeded to who gave the account its other secret lately."""
    since = now() - timedelta(days=settings().staff_pair_days)
    found = select(StaffReset.id).where(
        StaffReset.staff_id == wanted.staff_id,
        StaffReset.state == "done",
        StaffReset.kind != wanted.kind,
        StaffReset.decided_by == by,
        StaffReset.decided_at > since,
    )
    if db.session.scalar(found.limit(1)) is not None:
        raise SecondPersonNeeded(BOTH)


def _carry_out(wanted: StaffReset, row: StaffAccount, by: UUID, note: str | None) -> Secrets:
    _check_other_kind(wanted, by)
    wanted.state, wanted.decided_by = "done", by
    wanted.decided_at, wanted.note = now(), note
    if wanted.kind == "password":
        return {"password": service.reset_password(row)}
    factor = service.reset_factor(row)
    return {"totp_secret": factor.totp_secret, "totp_uri": factor.totp_uri}
