"""Tables that spreadsheets open rightly: CSV, UTF-8 with a byte order mark.

Text that a spreadsheet would take for a formula is given an apostrophe in front (CWE-1236).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain_text(text: str) -> str:
    """Text that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def table(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a file for spreadsheets; text in them must have gone through `plain_text`."""
    return MARK.encode() + more(rows)


def more(rows: Iterable[Iterable[str]]) -> bytes:
    """Further rows of a file that `table` began."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
