"""What changes in a staff account. Each works in the current unit of work; who may do it is
decided by the caller."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy import select, update

from app.core import auth, crypto, four_eyes, staff, staff_sessions
from app.core.accounts.errors import (
    CurrentPasswordWrong,
    NothingToConfirm,
    PasswordUnusable,
    SecondFactorWrong,
)
from app.core.db import db
from app.core.errors import NotFound
from app.core.models import Session, StaffAccount
from app.core.staff import next_totp_context, totp_context
from app.core.world import now

ISSUER = "Lianhui"
FEWEST_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor to be entered in an authenticator: its secret, and as an address for a QR
    code. Shown once."""

    totp_secret: str
    totp_uri: str


def account(staff_id: UUID) -> StaffAccount:
    """An account, locked until the unit ends. Raises NotFound."""
    found = db.session.get(StaffAccount, staff_id, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def page(
    merchant_id: UUID | None, username: str | None, after: UUID | None, limit: int
) -> Sequence[StaffAccount]:
    """Accounts in the order of their ids: of one merchant, or all; of those whose user names hold
    `username`, in whatever case."""
    wanted = select(StaffAccount).order_by(StaffAccount.id).limit(limit)
    if merchant_id is not None:
        wanted = wanted.where(StaffAccount.merchant_id == merchant_id)
    if username:
        wanted = wanted.where(StaffAccount.username.icontains(username, autoescape=True))
    if after is not None:
        wanted = wanted.where(StaffAccount.id > after)
    return db.session.scalars(wanted).all()


def set_active(row: StaffAccount, *, is_active: bool) -> None:
    """Lets an account sign in or not; its sessions end."""
    row.is_active = is_active
    auth.revoke_sessions(row.id)


def hold(row: StaffAccount, by: UUID) -> None:
    """Keeps an account out until somebody else than `by`, who gave it its roles, lets it in."""
    row.opened_by, row.opened_at, row.activated_by = by, now(), None
    row.is_active, row.is_waiting = False, True
    auth.revoke_sessions(row.id)


def activate(row: StaffAccount, by: UUID) -> None:
    """Lets an account that waits sign in. Raises SecondPersonNeeded to who opened it."""
    four_eyes.require_other(by, row.opened_by)
    row.is_active, row.is_waiting, row.activated_by = True, False, by


def has_staff(merchant_id: UUID) -> bool:
    """Whether a merchant has any account, also one that was stopped or given less to say."""
    wanted = select(StaffAccount.id).where(StaffAccount.merchant_id == merchant_id)
    return db.session.scalar(wanted.limit(1)) is not None


def change_roles(row: StaffAccount, roles: frozenset[str], store_ids: frozenset[UUID]) -> None:
    """Gives an account other roles and stores; its sessions end, since they carry the old ones."""
    row.roles, row.store_ids = sorted(roles), sorted(store_ids)
    auth.revoke_sessions(row.id)


def change_password(row: StaffAccount, current: str, new: str) -> None:
    """Lets the holder choose a password; every other session ends, and this one gets the roles once
    the second factor is their own, too.

    Raises CurrentPasswordWrong, PasswordUnusable.
    """
    if not staff.is_password(row, current):
        raise CurrentPasswordWrong()
    is_simple = len(set(new)) < FEWEST_CHARACTERS or row.username.lower() in new.lower()
    if new == current or is_simple:
        raise PasswordUnusable()
    staff.set_password(row, new)
    row.must_change_password = False
    staff_sessions.end_others()
    _let_work(row)


def begin_factor(row: StaffAccount) -> Enrolment:
    """A new second factor, used once `confirm_factor` saw a code of it; the old one holds on."""
    secret = pyotp.random_base32()
    row.totp_next = crypto.encrypt(secret, next_totp_context(row.id))
    return enrolment(row, secret)


def confirm_factor(row: StaffAccount, code: str) -> None:
    """Puts the second factor being set up in place, which is then the holder's own; every other
    session ends.

    Raises NothingToConfirm, SecondFactorWrong.
    """
    if row.totp_next is None:
        raise NothingToConfirm()
    secret = crypto.decrypt(row.totp_next, next_totp_context(row.id))
    step = staff.step_of(secret, code, 0, now())
    if step is None:
        raise SecondFactorWrong()
    _set_factor(row, secret, step)
    row.must_enrol_factor = False
    staff_sessions.end_others()
    _let_work(row)


def reset_password(row: StaffAccount) -> str:
    """A password to be told to the holder, who has to change it; all sessions end."""
    password = secrets.token_urlsafe(12)
    staff.set_password(row, password)
    row.must_change_password = True
    auth.revoke_sessions(row.id)
    return password


def reset_factor(row: StaffAccount) -> Enrolment:
    """Another second factor, in place at once for the holder to set up one of their own with it,
    since who gave it knows it; all sessions end."""
    secret = pyotp.random_base32()
    _set_factor(row, secret, 0)
    row.must_enrol_factor = True
    auth.revoke_sessions(row.id)
    return enrolment(row, secret)


def enrolment(row: StaffAccount, secret: str) -> Enrolment:
    """A secret as its holder needs it."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.username, issuer_name=ISSUER)
    return Enrolment(secret, uri)


def _let_work(row: StaffAccount) -> None:
    """Gives this session the account's roles, once nothing of it is known to anybody else."""
    if row.must_change_password or row.must_enrol_factor:
        return
    mine = update(Session).where(Session.token_hash == auth.session_name())
    db.session.execute(mine.values(roles=row.roles))


def _set_factor(row: StaffAccount, secret: str, used_step: int) -> None:
    row.totp_secret = crypto.encrypt(secret, totp_context(row.id))
    row.totp_next, row.totp_used_step = None, used_step
    staff.accept_codes(row)
