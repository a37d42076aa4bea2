"""Lists as files for spreadsheets: CSV, and XLSX by XlsxWriter. No text in them is ever run: in CSV
it gets an apostrophe where it would be a formula (CWE-1236), in XLSX it is written as text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlsxwriter
from flask import Response

from app.core import auth, spreadsheets
from app.core.errors import NotFound
from app.core.world import BEIJING
from app.pages.console import calls, forms, frame, sessions, wording
from app.pages.console.areas import Area
from app.pages.console.listings import LISTINGS, Column, Listing
from app.pages.console.texts import t

blueprint = frame.pages("exports", __name__)
AREA = Area(blueprint)
MOST_ROWS = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDE, NARROW = 22, 13
Cell = str | int | float


@blueprint.get("/console/exports/<name>.<any(csv, xlsx):kind>")
@sessions.page(*auth.PLATFORM_ROLES)
def export(name: str, kind: str) -> Response:
    """A list as a file, at most MOST_ROWS rows of it; its last row says so where there are more."""
    listing = LISTINGS.get(name)
    if listing is None:
        raise NotFound()
    if not sessions.visitor().roles & set(listing.roles):
        raise auth.NotAllowed()
    rows = [[_cell(row, column) for column in listing.columns] for row in _rows(listing)]
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [[t("仅含前 {count} 行，请缩小范围后再导出。", count=MOST_ROWS)]]
    heads = [t(column.title) for column in listing.columns]
    if kind == "csv":
        return frame.download(_csv(heads, rows), spreadsheets.CSV, f"{name}.csv")
    return frame.download(_xlsx(heads, rows, listing), XLSX, f"{name}.xlsx")


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


def _cell(row: dict[str, Any], column: Column) -> Cell:
    value = row.get(column.name)
    if value is None:
        return ""
    if column.kind == "fen":
        return int(value) / 100  # a spreadsheet's number, shown with two places; nothing is posted
    if column.kind == "count":
        return int(value)
    if column.kind == "moment":
        return datetime.fromisoformat(value).astimezone(BEIJING).strftime(wording.LONG)
    return str(value) if column.kind == "text" else wording.word(column.kind, value)


def _csv(heads: list[str], rows: list[list[Cell]]) -> bytes:
    def written(cell: Cell) -> str:
        if isinstance(cell, float):
            return f"{cell:.2f}"
        return str(cell) if isinstance(cell, int) else spreadsheets.plain_text(cell)

    return spreadsheets.table([heads, *([written(cell) for cell in row] for row in rows)])


def _xlsx(heads: list[str], rows: list[list[Cell]], listing: Listing) -> bytes:
    """Text is written as text whatever it begins with; only numbers are numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(heads):
        is_number = listing.columns[place].kind in ("fen", "count")
        sheet.set_column(place, place, NARROW if is_number else WIDE)
        sheet.write_string(0, place, head, bold)
    for line, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, place, cell)
            else:
                sheet.write_number(line, place, cell, amount if isinstance(cell, float) else None)
    book.close()
    return file.getvalue()
