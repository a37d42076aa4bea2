"""Rows of a list as they stand in a file. No text in it is ever run: in CSV it gets an apostrophe
where it would be a formula (CWE-1236), in XLSX it is written as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from app.core import spreadsheets
from app.core.world import BEIJING
from app.pages.console import wording
from app.pages.console.listings import Column, Listing
from app.pages.console.texts import t

WIDE, NARROW = 22, 13
SHEET_ROWS = 1_000_000  # a sheet holds 1,048,576
Cell = str | int | float


def cells(row: dict[str, Any], listing: Listing) -> list[Cell]:
    """A row of the API in the order of the list's columns, in the reader's language."""
    return [cell(row, column) for column in listing.columns]


def cell(row: dict[str, Any], column: Column) -> Cell:
    """What stands in one column of a row."""
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


def heads(listing: Listing) -> list[str]:
    """The titles of a list's columns, in the reader's language."""
    return [t(column.title) for column in listing.columns]


def page_of(
    format_: str, rows: list[list[Cell]], listing: Listing, *, is_first: bool
) -> tuple[str, bytes]:
    """What is kept of a page: of CSV the bytes of the file, of XLSX the rows for `workbook`."""
    if format_ == "xlsx":
        return "rows", json.dumps(rows).encode()
    lines = [[written(each) for each in row] for row in rows]
    if is_first:
        return "file", spreadsheets.table([heads(listing), *lines])
    return "file", spreadsheets.more(lines)


def written(value: Cell) -> str:
    """A cell in CSV."""
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value) if isinstance(value, int) else spreadsheets.plain_text(value)


def workbook(place: Path | IO[bytes], pages: Iterable[list[list[Cell]]], listing: Listing) -> None:
    """Pages of rows as XLSX: text is written as text whatever it begins with; only numbers are
    numbers. Memory holds one row: sheets are written to disk first, beside `place`."""
    options: dict[str, Any] = {"constant_memory": True}
    if isinstance(place, Path):
        options["tmpdir"] = str(place.parent)
    book = xlsxwriter.Workbook(place, options)
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet, line = _sheet(book, listing, bold), 0
    for row in (row for page in pages for row in page):
        if line == SHEET_ROWS:
            sheet, line = _sheet(book, listing, bold), 0
        line += 1
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                is_amount = isinstance(value, float)
                sheet.write_number(line, column, value, amount if is_amount else None)
    book.close()


def _sheet(book: Any, listing: Listing, bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(heads(listing)):
        is_number = listing.columns[place].kind in ("fen", "count")
        sheet.set_column(place, place, NARROW if is_number else WIDE)
        sheet.write_string(0, place, head, bold)
    return sheet
