"""The payment PIN: six digits that a member knows, and a fresh login where there is none.

An attempt is counted before it is looked at, so that guesses at the same moment count too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from app.alliance.paying.errors import PinLocked, PinNotSet, PinTooSimple, PinWrong, StepUpFailed
from app.alliance.paying.models import PaymentPin
from app.core import hashing
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now
from app.members import service as members
from app.wechat import client as wechat

LONGEST_LOCK = timedelta(days=1)
GROWTH = 4


def find(member_id: UUID) -> PaymentPin | None:
    """The member's PIN, in the current unit of work."""
    return db.session.get(PaymentPin, (bucket_of(member_id), member_id))


def verify(member_id: UUID, pin: str) -> None:
    """Takes one attempt; not within a unit of work.

    Raises PinNotSet, PinLocked, PinWrong with `attempts_left`; the first two count nothing.
    """
    pin_hash, attempts_left = in_transaction(lambda: _attempt(member_id))
    if not hashing.matches(pin_hash, pin):
        raise PinWrong(attempts_left=attempts_left)
    in_transaction(lambda: _forgive(member_id, pin_hash))


def step_up(member_id: UUID, login_code: str) -> None:
    """Proves with a fresh WeChat login that the member is there; not within a unit of work.

    Raises LoginCodeInvalid, StepUpFailed (somebody else's login), WeChatUnavailable.
    """
    login = wechat.code_to_session(login_code)
    if members.member_of(settings().wechat_mini_app_id, login.openid) != member_id:
        raise StepUpFailed()


def change(member_id: UUID, pin: str, old_pin: str) -> None:
    """Replaces a PIN by whoever knows the old one; not within a unit of work. Raises as `verify`,
    and PinTooSimple."""
    _check(pin)
    verify(member_id, old_pin)
    _store(member_id, pin, timedelta())


def renew(member_id: UUID, pin: str, login_code: str | None) -> None:
    """Sets the first PIN, or replaces a forgotten one, after a fresh login; not within a unit.

    The login is a mini-program's code; without one, the request's own session has to be of the
    last minutes, for a page inside WeChat has no such code. A PIN that replaces another confirms
    nothing for PAYMENT_PIN_RESET_MINUTES: its owner hears of it before whoever holds the phone
    can use it. Raises PinTooSimple, SignInAgain, and as `step_up`.
    """
    _check(pin)
    if login_code is None:
        members.require_fresh()
    else:
        step_up(member_id, login_code)
    is_first = in_transaction(lambda: find(member_id) is None)
    wait = timedelta() if is_first else timedelta(minutes=settings().payment_pin_reset_minutes)
    _store(member_id, pin, wait)


def lock_time(failures: int) -> timedelta | None:
    """For how long so many wrong PINs in a row lock it; None if they do not."""
    rounds, rest = divmod(failures, settings().payment_pin_attempts)
    if rest or not rounds:
        return None
    first = timedelta(minutes=settings().payment_pin_lock_minutes)
    return min(first * GROWTH ** min(rounds - 1, 10), LONGEST_LOCK)


def is_simple(pin: str) -> bool:
    """Whether it is one digit repeated, or a run up or down."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def _check(pin: str) -> None:
    if is_simple(pin):
        raise PinTooSimple()


def _attempt(member_id: UUID) -> tuple[str, int]:
    row = _locked(member_id)
    if row is None:
        raise PinNotSet()
    if row.usable_at > now():
        raise PinLocked(usable_at=row.usable_at.isoformat())
    row.failures = min(row.failures + 1, 30_000)
    lock = lock_time(row.failures)
    if lock is not None:
        row.usable_at = now() + lock
    return row.pin_hash, -row.failures % settings().payment_pin_attempts


def _forgive(member_id: UUID, pin_hash: str) -> None:
    row = _locked(member_id)
    if row is not None and row.pin_hash == pin_hash:
        row.failures, row.usable_at = 0, min(row.usable_at, now())


def _store(member_id: UUID, pin: str, wait: timedelta) -> None:
    pin_hash = hashing.hashed(pin)
    in_transaction(lambda: _write(member_id, pin_hash, now() + wait))


def _write(member_id: UUID, pin_hash: str, usable_at: datetime) -> None:
    members.require_present(member_id)
    row = _locked(member_id)
    if row is None:
        row = PaymentPin(bucket=bucket_of(member_id), member_id=member_id)
        db.session.add(row)
    row.pin_hash, row.failures, row.usable_at, row.set_at = pin_hash, 0, usable_at, now()


def _locked(member_id: UUID) -> PaymentPin | None:
    key = (bucket_of(member_id), member_id)
    return db.session.get(PaymentPin, key, with_for_update=True, populate_existing=True)
