"""Reading that fits both places: inside a unit of work, where it sees what the unit wrote, and
outside, where it must not leave a transaction open while its caller goes to the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import Row, Select

from app.core.db import db, read


def rows(statement: Select[*tuple[Any, ...]]) -> Sequence[Row[Any]]:
    """All rows: of the unit of work that is open, else in one round trip of their own."""
    if g.get("in_transaction"):
        return db.session.execute(statement).all()
    return read(statement)
