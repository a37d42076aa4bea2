"""Salespeople (业务员): authorised by the operator, they bring members and merchants by a code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import catalogue
from app.alliance.errors import SalespersonUnknown
from app.alliance.models import Merchant, Salesperson
from app.core.db import db
from app.core.errors import NotFound
from app.members import service as members
from app.qr import service as qr
from app.qr.service import Kind, UnknownScene

Fields = dict[str, Any]


def salesperson_of_code(token: str) -> UUID | None:
    """Whom a merchant's application with this scene token is credited to: an authorised
    salesperson; None for any other code. In the current unit of work."""
    try:
        scene = qr.resolve(token)
    except UnknownScene:
        return None
    if scene.kind is not Kind.SALESPERSON or not may_bring(scene.subject_id):
        return None
    return scene.subject_id


def may_bring(salesperson_id: UUID) -> bool:
    """Whether a salesperson exists and is authorised, in the current unit of work."""
    try:
        row = catalogue.salesperson(salesperson_id)
    except SalespersonUnknown:
        return False
    return row.is_active and members.may_recommend("salesperson", salesperson_id)


def authorise(
    salesperson_id: UUID, state: members.AuthorisationState, reason: str, staff_id: UUID
) -> Fields:
    """Suspends, revokes or restores a salesperson, in the current unit of work, under their lock.

    Raises SalespersonUnknown, members' AuthorisationUnchanged.
    """
    row = db.session.scalar(
        select(Salesperson).where(Salesperson.id == salesperson_id).with_for_update()
    )
    if row is None:
        raise SalespersonUnknown()
    members.decide_authorisation("salesperson", salesperson_id, state, reason, staff_id)
    row.is_active = state == "authorised"
    db.session.flush()
    return shown(row)


def shown(row: Salesperson) -> Fields:
    """A salesperson with code, authorisation and what they brought, in the current unit."""
    return {
        "id": row.id,
        "name": row.name,
        "member_id": row.member_id,
        "is_active": row.is_active,
        "created_at": row.created_at,
        "scene": qr.token_of(Kind.SALESPERSON, row.id),
        "state": members.authorisation_state(row.id),
        "steps": members.authorisation_steps(row.id),
        "member_count": members.brought_count("salesperson", row.id),
        "merchant_count": _merchant_count(row.id),
    }


def of_member(member_id: UUID) -> Salesperson:
    """The salesperson a member is, the newest if several; in the current unit. Raises NotFound."""
    theirs = select(Salesperson).where(Salesperson.member_id == member_id)
    row = db.session.scalars(theirs.order_by(Salesperson.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound()
    return row


def _merchant_count(salesperson_id: UUID) -> int:
    brought = select(func.count()).where(Merchant.salesperson_id == salesperson_id)
    return int(db.session.scalar(brought) or 0)
