"""Lists as files for spreadsheets at once, up to MOST_ROWS rows; whole ones are written in the
background (`background_exports`)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from flask import Response

from app.core import auth
from app.core.errors import NotFound
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area
from app.pages.console.listings import LISTINGS, Listing
from app.pages.console.texts import t
from app.pages.exporting import writing
from app.pages.exporting.routes import TYPES

blueprint = frame.pages("exports", __name__)
AREA = Area(blueprint)
MOST_ROWS = 10_000


@blueprint.get("/console/exports/<name>.<any(csv, xlsx):kind>")
@sessions.page(*auth.PLATFORM_ROLES)
def export(name: str, kind: str) -> Response:
    """A list as a file, at most MOST_ROWS rows of it; its last row says so where there are more."""
    listing = LISTINGS.get(name)
    if listing is None:
        raise NotFound()
    if not sessions.visitor().roles & set(listing.roles):
        raise auth.NotAllowed()
    rows = [writing.cells(row, listing) for row in _rows(listing)]
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [[t("仅含前 {count} 行；完整清单请用后台导出。", count=MOST_ROWS)]]
    if kind == "csv":
        _, data = writing.page_of("csv", rows, listing, is_first=True)
        return frame.download(data, TYPES["csv"], f"{name}.csv")
    book = io.BytesIO()
    writing.workbook(book, [rows], listing)
    return frame.download(book.getvalue(), TYPES["xlsx"], f"{name}.xlsx")


def _rows(listing: Listing) -> Iterator[dict[str, Any]]:
    """Page after page of the API, with the visitor's own session; one row more than shown."""
    query: dict[str, Any] = dict(listing.fixed)
    query |= {name: forms.asked(name) for name in listing.filters}
    if listing.limit:
        query["limit"] = listing.limit
    given = 0
    while given <= MOST_ROWS:
        found = calls.read(listing.path, **query)[listing.key]
        yield from found[: MOST_ROWS + 1 - given]
        given += len(found)
        if len(found) < (listing.limit or 1):
            return
        query |= listing.onwards(found[-1])
