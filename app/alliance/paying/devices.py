"""Phones that show payment codes: one secret for each session, for a stated time.

A code is good while its session is: who signs out, or is signed out, pays with no code any more,
also where the phone is offline and does not know it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.alliance.paying import codes
from app.alliance.paying.models import CodeDevice, CodePayment
from app.core import auth, crypto
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction
from app.core.world import bucket_of, now

MOST_FAILURES = 10
SEED_BYTES = 20  # 32 letters of base32 without padding
KEEP = timedelta(days=1)
CLEAR_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What a phone shows now, and what it needs to go on without network."""

    code: str
    expires_at: datetime
    head: str
    seed: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ProvenCode:
    """A code that a phone shows: whose, and of which minute."""

    bucket: int
    number: int
    step: int
    member_id: UUID


def shown_code(member_id: UUID) -> ShownCode:
    """The code of the caller's session, in the current unit of work.

    A minute whose code was used gives way to the next one that is taken already. Raises
    NotSignedIn.
    """
    session = auth.current_session()
    device = _device_of(member_id, session)
    seed = _seed(device)
    step = _free_step(device)
    head = codes.head(device.bucket, device.number)
    return ShownCode(
        code=head + codes.proof(seed, step),
        expires_at=codes.end_of(step),
        head=head,
        seed=seed,
        valid_until=device.valid_until,
    )


def proven_code(code: str) -> ProvenCode | None:
    """Whose code it is, in the current unit of work, its device locked; None if nobody's.

    Whoever guesses closes the device after MOST_FAILURES: its phone gets another number.
    """
    claim = codes.read(code)
    device = _locked(claim.bucket, claim.number) if claim else None
    if claim is None or device is None or not _is_good(device):
        return None
    session = auth.held_session(device.session_name)
    if session is None or bucket_of(session.subject_id) != device.bucket:
        return None  # signed out, or become another member meanwhile
    drift = settings().payment_code_drift_minutes
    step = codes.step_of(claim.proof, _seed(device), now(), drift)
    if step is None:
        device.failures += 1
        return None
    device.failures = 0
    return ProvenCode(device.bucket, device.number, step, session.subject_id)


def clear_old() -> int:
    """Duty: forgets devices whose time is over; how many."""

    def work() -> int:
        over = delete(CodeDevice).where(CodeDevice.valid_until < now() - KEEP)
        return int(db.session.execute(over).rowcount)  # type: ignore[attr-defined]

    return in_transaction(work)


def _is_good(device: CodeDevice) -> bool:
    return device.valid_until > now() and device.failures < MOST_FAILURES


def _device_of(member_id: UUID, session: auth.HeldSession) -> CodeDevice:
    device = db.session.scalar(
        select(CodeDevice)
        .where(CodeDevice.bucket == bucket_of(member_id), CodeDevice.session_name == session.name)
        .with_for_update()
    )
    if device is not None and not _is_good(device):
        db.session.delete(device)
        db.session.flush()
        device = None
    lasting = timedelta(minutes=settings().payment_code_offline_minutes)
    if device is None:
        device = _new_device(member_id, session.name, min(now() + lasting, session.expires_at))
    elif device.valid_until - now() < lasting / 2:
        device.valid_until = min(now() + lasting, session.expires_at)
    return device


def _new_device(member_id: UUID, session_name: bytes, valid_until: datetime) -> CodeDevice:
    bucket, number = bucket_of(member_id), secrets.randbelow(codes.NUMBERS)
    device = CodeDevice(
        bucket=bucket,
        number=number,
        session_name=session_name,
        failures=0,
        created_at=now(),
        valid_until=valid_until,
    )
    db.session.add(device)
    try:
        db.session.flush()
    except IntegrityError as error:  # the number is taken, or the phone asked twice at once
        raise TryAgain() from error
    return device


def _free_step(device: CodeDevice) -> int:
    step = codes.step_at(now())
    used = set(
        db.session.scalars(
            select(CodePayment.step).where(
                CodePayment.bucket == device.bucket,
                CodePayment.device_number == device.number,
                CodePayment.step >= step,
            )
        )
    )
    for later in range(step, step + settings().payment_code_drift_minutes + 1):
        if later not in used:
            return later
    return step


def _locked(bucket: int, number: int) -> CodeDevice | None:
    return db.session.scalar(
        select(CodeDevice)
        .where(CodeDevice.bucket == bucket, CodeDevice.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _seed(device: CodeDevice) -> str:
    """Nowhere stored: it follows from SECRET_KEY and the device's own random name."""
    words = (device.session_name.hex(), device.bucket, device.number)
    message = "/".join(map(str, words)).encode()
    digest = hmac.new(crypto.derived_key("alliance.payment_code"), message, sha256).digest()
    return base64.b32encode(digest[:SEED_BYTES]).decode()
