"""Whom the funds may pay, and the receipts they gave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.wallet.spending.errors import ReceiptUnreadable
from app.wallet.spending.models import Receipt, Recipient

BUCKET = bucket_of(PLATFORM_ID)
LARGEST_RECEIPT_BYTES = 4 * 1024 * 1024
# What a file begins with, whatever its sender calls it.
MEDIA_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


def add(fund: str, name: str, registration_number: str, purpose: str, staff_id: UUID) -> Recipient:
    """Keeps a recipient of a fund, in the current unit of work."""
    row = Recipient(
        bucket=BUCKET,
        id=new_id(BUCKET),
        fund=fund,
        name=name,
        registration_number=registration_number,
        purpose=purpose,
        created_by=staff_id,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def find(recipient_id: UUID) -> Recipient:
    """A recipient, in the current unit of work, locked against being closed. Raises NotFound."""
    key = (BUCKET, recipient_id)
    lock = {"key_share": True, "read": True}
    row = db.session.get(Recipient, key, with_for_update=lock, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def close(recipient_id: UUID, staff_id: UUID) -> Recipient:
    """Nothing more goes to a recipient; what was paid stays. Again is fine. Raises NotFound."""
    key = (BUCKET, recipient_id)
    row = db.session.get(Recipient, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    if row.closed_at is None:
        row.closed_at, row.closed_by = now(), staff_id
        db.session.flush()
    return row


def names(ids: Collection[UUID]) -> dict[UUID, str]:
    """What recipients are called, by id, in the current unit of work."""
    mine = (Recipient.bucket == BUCKET, Recipient.id.in_(ids))
    found = db.session.execute(select(Recipient.id, Recipient.name).where(*mine))
    return {row.id: row.name for row in found}


def page(
    fund: str | None, after: UUID | None, limit: int, *, is_open: bool | None = None
) -> Sequence[Recipient]:
    """Recipients in the order in which they came, also closed ones unless only the open (or only
    the closed) are wanted, in the current unit."""
    wanted = select(Recipient).where(Recipient.bucket == BUCKET)
    if is_open is not None:
        wanted = wanted.where(Recipient.closed_at.is_(None) == is_open)
    if fund is not None:
        wanted = wanted.where(Recipient.fund == fund)
    if after is not None:
        wanted = wanted.where(Recipient.id > after)
    return db.session.scalars(wanted.order_by(Recipient.id).limit(limit)).all()


def hand_in(content: bytes, staff_id: UUID) -> Receipt:
    """Keeps a receipt under its SHA-256, in the current unit; the same bytes once. Raises
    ReceiptUnreadable."""
    media_type = next((kind for mark, kind in MEDIA_TYPES.items() if content.startswith(mark)), "")
    if not media_type:
        raise ReceiptUnreadable()
    digest = sha256(content).digest()
    row = insert(Receipt).values(
        bucket=BUCKET,
        hash=digest,
        media_type=media_type,
        content=content,
        handed_in_by=staff_id,
        handed_in_at=now(),
    )
    db.session.execute(row.on_conflict_do_nothing())
    return receipt(digest)


def receipt(digest: bytes) -> Receipt:
    """A receipt by its SHA-256, in the current unit of work. Raises NotFound."""
    row = db.session.get(Receipt, (BUCKET, digest))
    if row is None:
        raise NotFound()
    return row
