"""Writes an export, a page of its list at a time, each kept in a unit of work of its own.

The list is read through the API with a session of the owner's, opened for this turn and narrowed to
the roles that may see the list: whoever was stopped or lost the role in the meantime gets no file.
A page and how far it got are committed together, so that a killed worker's successor goes on there.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from flask import current_app, g
from sqlalchemy import delete, insert
from werkzeug.test import EnvironBuilder

from app.core import auth, staff
from app.core.auth import Principal
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.models import StaffAccount
from app.core.outbox import TryLater
from app.core.world import now
from app.pages.console import calls
from app.pages.console.listings import LISTINGS, Listing
from app.pages.exporting import keeping, writing
from app.pages.exporting.models import Export, ExportPart

log = structlog.get_logger()
TURN_SECONDS, LEASE_SECONDS = 20, 300
PAUSE_SECONDS = 5
FILE_PART_BYTES = 256 * 1024
FINAL = (401, 403, 404, 422)  # asking again later would not help
Fields = dict[str, Any]


class Stopped(Exception):
    """The export cannot go on; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Step:
    """How far an export was when its next step began."""

    export_id: UUID
    staff_id: UUID
    listing: Listing
    format: str
    language: str
    filters: Fields
    following: Fields | None
    part_count: int


def work(payload: Fields) -> None:
    """Reader: goes on for TURN_SECONDS, then lets other work have its turn."""
    export_id = UUID(payload["export_id"])
    step = in_transaction(lambda: _begin(export_id))
    if step is None:
        return
    try:
        with _owner(step):
            until = time.monotonic() + TURN_SECONDS
            while step is not None:
                _go_on(step)
                if time.monotonic() > until:
                    raise TryLater(0.1)
                step = in_transaction(lambda: _begin(export_id))
    except Stopped as stopped:
        code = stopped.code
        in_transaction(lambda: _fail(export_id, code))


def _begin(export_id: UUID) -> Step | None:
    row = db.session.get(Export, export_id, with_for_update=True, populate_existing=True)
    if row is None or row.status not in keeping.OPEN:
        return None
    row.status, row.seen_at = "running", now()
    return Step(
        row.id,
        row.staff_id,
        LISTINGS[row.listing],
        row.format,
        row.language,
        row.filters,
        row.following,
        row.part_count,
    )


@contextmanager
def _owner(step: Step) -> Iterator[None]:
    """As a page that the owner asks for, in their language and with a session that ends here."""
    opened = in_transaction(lambda: auth.open_session(_principal(step)))
    builder = EnvironBuilder(base_url=settings().base_url)
    try:
        with current_app.app_context(), current_app.request_context(builder.get_environ()):
            g.staff_token, g.language = opened.token, step.language
            yield
    finally:
        builder.close()
        in_transaction(lambda: auth.end_opened(opened.token))


def _principal(step: Step) -> Principal:
    account = db.session.get(StaffAccount, step.staff_id)
    if account is None or not account.is_active:
        raise Stopped("not_signed_in")
    found = staff.principal_of(account)
    roles = found.roles & auth.PLATFORM_ROLES & set(step.listing.roles)
    if not roles:
        raise Stopped("not_allowed")
    return Principal("staff", account.id, roles)


def _go_on(step: Step) -> None:
    """One step. Where another worker was faster it changes nothing."""
    if step.following is None:
        _assemble(step)
    else:
        _add_page(step)


def _add_page(step: Step) -> None:
    rows = _page(step)
    is_last = len(rows) < (step.listing.limit or 1)
    following = None if is_last else step.listing.onwards(rows[-1])
    cells = [writing.cells(row, step.listing) for row in rows]
    kind, data = writing.page_of(step.format, cells, step.listing, is_first=step.part_count == 0)
    is_file = kind == "file"
    values = keeping.part(step.export_id, kind, step.part_count, data)

    def keep() -> None:
        row = _mine(step)
        if row is None:
            return
        db.session.execute(insert(ExportPart), [values])
        row.part_count, row.row_count = row.part_count + 1, row.row_count + len(rows)
        row.size_bytes += len(data) if is_file else 0
        row.following = following
        if is_last and is_file:
            row.status, row.finished_at = "done", now()

    in_transaction(keep)


def _page(step: Step) -> list[Fields]:
    """The next page of the list. Raises Stopped where the API refuses it for good, TryLater."""
    listing = step.listing
    query: Fields = dict(listing.fixed) | step.filters | (step.following or {})
    if listing.limit:
        query["limit"] = listing.limit
    answer = calls.send("GET", listing.path, query=query)
    if answer.status in FINAL:
        raise Stopped(answer.body.get("code", "refused"))
    if answer.is_refused:
        raise TryLater(PAUSE_SECONDS)
    found: list[Fields] = answer.body[listing.key]
    return found


def _assemble(step: Step) -> None:
    """Makes the workbook of all rows on disk, with constant memory, and keeps it part by part in
    one unit of work: killed before its end, it is begun again."""

    def pages() -> Iterator[list[Any]]:
        for number in range(step.part_count):
            data = keeping.content(step.export_id, "rows", number)
            yield json.loads(data) if data else []

    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "book.xlsx"
        writing.workbook(path, pages(), step.listing)
        in_transaction(lambda: _store(step, path))


def _store(step: Step, path: Path) -> None:
    row = _mine(step)
    if row is None:
        return
    with path.open("rb") as file:
        for number, data in enumerate(iter(lambda: file.read(FILE_PART_BYTES), b"")):
            values = keeping.part(row.id, "file", number, data)
            db.session.execute(insert(ExportPart), [values])
    rows = (ExportPart.export_id == row.id, ExportPart.kind == "rows")
    db.session.execute(delete(ExportPart).where(*rows))
    row.status, row.finished_at, row.size_bytes = "done", now(), path.stat().st_size


def _mine(step: Step) -> Export | None:
    """The export under its lock, unless it was ended or another worker got further meanwhile."""
    row = db.session.get(Export, step.export_id, with_for_update=True, populate_existing=True)
    if row is None or row.status not in keeping.OPEN or row.part_count != step.part_count:
        return None
    return row


def _fail(export_id: UUID, code: str) -> None:
    row = db.session.get(Export, export_id, with_for_update=True, populate_existing=True)
    if row is not None and row.status in keeping.OPEN:
        log.info("export_stopped", export=str(export_id), code=code)
        keeping.close(row, "failed", code)
