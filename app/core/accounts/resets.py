"""Giving somebody of staff a new password or second factor, because theirs is lost.

Whoever resets learns the new secret. So a second person carries it out, except where the
merchant's owner does it for the own staff; the one who asked learns nothing. Each works in the
current unit of work; who may manage the account is decided by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from app.core.accounts import service
from app.core.accounts.errors import ResetNotOpen
from app.core.db import db
from app.core.errors import NotFound, SecondPersonNeeded
from app.core.models import StaffAccount, StaffReset
from app.core.world import new_id, now

Kind = Literal["password", "second_factor"]
Secrets = dict[str, Any]


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
    if is_approved and by in (wanted.asked_by, wanted.staff_id):
        raise SecondPersonNeeded()
    if is_approved:
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


def _carry_out(wanted: StaffReset, row: StaffAccount, by: UUID, note: str | None) -> Secrets:
    wanted.state, wanted.decided_by = "done", by
    wanted.decided_at, wanted.note = now(), note
    if wanted.kind == "password":
        return {"password": service.reset_password(row)}
    factor = service.reset_factor(row)
    return {"totp_secret": factor.totp_secret, "totp_uri": factor.totp_uri}
