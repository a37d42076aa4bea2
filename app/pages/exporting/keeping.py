"""Asking for an export, following it, taking its file, and removing it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, func, select

from app.core import outbox
from app.core.auth import NotAllowed, Principal
from app.core.db import db, in_transaction, read
from app.core.models import StaffAccount
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.pages.console.listings import LISTINGS
from app.pages.exporting.errors import ExportClosed, ExportsBusy, ExportUnknown
from app.pages.exporting.models import Export, ExportPart

DUE = "pages.export_due"
BUCKET = bucket_of(PLATFORM_ID)
KEEP, FORGET = timedelta(hours=24), timedelta(days=30)
CLEAR_SECONDS = 600
MOST_OPEN = 2
OPEN = ("waiting", "running")


def ask(
    caller: Principal, listing: str, format_: str, language: str, filters: dict[str, str]
) -> Export:
    """A new export for the caller, begun by a worker, in the current unit of work; one after the
    other for each person. Raises ExportUnknown, NotAllowed, ExportsBusy."""
    wanted = LISTINGS.get(listing)
    if wanted is None:
        raise ExportUnknown()
    if not caller.roles & set(wanted.roles):
        raise NotAllowed()
    db.session.get(StaffAccount, caller.id, with_for_update=True)
    _must_have_room(caller.id)
    moment = now()
    row = Export(
        id=new_id(BUCKET),
        staff_id=caller.id,
        listing=listing,
        format=format_,
        language=language,
        filters={name: filters[name] for name in wanted.filters if filters.get(name)},
        status="waiting",
        following={},
        created_at=moment,
        seen_at=moment,
        expires_at=moment + KEEP,
    )
    db.session.add(row)
    db.session.flush()
    outbox.emit(DUE, {"export_id": str(row.id)}, bucket=BUCKET)
    return row


def _must_have_room(staff_id: UUID) -> None:
    mine = (Export.staff_id == staff_id, Export.status.in_(OPEN))
    if int(db.session.scalar(select(func.count()).where(*mine)) or 0) >= MOST_OPEN:
        raise ExportsBusy(most=MOST_OPEN)


def page(staff_id: UUID, before: UUID | None, limit: int) -> Sequence[Export]:
    """Somebody's exports, newest first, in the current unit of work."""
    wanted = select(Export).where(Export.staff_id == staff_id)
    if before is not None:
        wanted = wanted.where(Export.id < before)
    return db.session.scalars(wanted.order_by(Export.id.desc()).limit(limit)).all()


def find(export_id: UUID, staff_id: UUID, *, is_locked: bool = False) -> Export:
    """One of somebody's own, in the current unit of work. Raises ExportUnknown."""
    row = db.session.get(Export, export_id, with_for_update=is_locked or None)
    if row is None or row.staff_id != staff_id:
        raise ExportUnknown()
    return row


def remove(export_id: UUID, staff_id: UUID) -> Export:
    """Cancels what is being written, deletes what is done; in the current unit, under its lock.
    Raises ExportUnknown, ExportClosed where there is nothing left to remove."""
    row = find(export_id, staff_id, is_locked=True)
    if row.status not in (*OPEN, "done"):
        raise ExportClosed(export_status=row.status)
    close(row, "deleted" if row.status == "done" else "cancelled")
    return row


def close(row: Export, status: str, failure: str | None = None) -> None:
    """Ends an export without a file, in the current unit of work, under its lock."""
    row.status, row.failure, row.finished_at = status, failure, row.finished_at or now()
    db.session.execute(delete(ExportPart).where(ExportPart.export_id == row.id))
    db.session.flush()


def file(app: Flask, export_id: UUID, caller: Principal) -> tuple[Export, Iterator[bytes]]:
    """One's own export that is done, and its file part after part, each read in the application's
    context but in no unit of work. Raises ExportUnknown, ExportClosed, NotAllowed for whoever may
    not see the list any more."""
    row = in_transaction(lambda: find(export_id, caller.id))
    if not caller.roles & set(LISTINGS[row.listing].roles):
        raise NotAllowed()
    if row.status != "done" or row.expires_at <= now():
        raise ExportClosed(export_status="expired" if row.status == "done" else row.status)

    def parts() -> Iterator[bytes]:
        number, found = 0, b""
        while found is not None:
            yield found
            with app.app_context():
                found = content(export_id, "file", number)
            number += 1

    return row, parts()


def content(export_id: UUID, kind: str, number: int) -> bytes | None:
    """One part of an export, or None after the last."""
    key = (ExportPart.export_id == export_id, ExportPart.kind == kind)
    found = read(select(ExportPart.content).where(*key, ExportPart.number == number))
    return zlib.decompress(found[0][0]) if found else None


def part(export_id: UUID, kind: str, number: int, data: bytes) -> dict[str, Any]:
    """The row of a part."""
    key = {"export_id": export_id, "kind": kind, "number": number}
    return key | {"content": zlib.compress(data)}


def clear_old() -> int:
    """Duty: files whose time has passed are removed, and so is what was not finished in it; what
    was asked for is forgotten later. How many, each in a unit of its own."""

    def clear() -> int:
        row = db.session.scalar(
            select(Export)
            .where(Export.expires_at <= now(), Export.status.in_((*OPEN, "done")))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is not None:
            is_done = row.status == "done"
            close(row, "expired" if is_done else "failed", None if is_done else "too_slow")
            return 1
        gone = delete(Export).where(
            Export.created_at < now() - FORGET, Export.status.not_in((*OPEN, "done"))
        )
        return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]

    return in_transaction(clear)
