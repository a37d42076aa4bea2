"""Nets a period once, and shows what came of it.

The money itself has moved already, and only as nets: a sale against somebody else's top-up raised
the seller's `pending`, the issuer's advance was collected from its own, and settlement makes the
difference available. Netting proves that for a period, to the fen, and keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import naming
from app.alliance.errors import NettingNotNext, NettingPeriodOpen
from app.alliance.netting import reading, rules
from app.alliance.netting.models import Netting, NettingCell, NettingPosition
from app.alliance.netting.reading import Found
from app.alliance.netting.rules import Position
from app.core.db import db, one_at_a_time
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now, start_of_beijing_day

BUCKET = bucket_of(PLATFORM_ID)
A_DAY, LATE = timedelta(days=1), timedelta(minutes=10)


def run(begins_on: date, ends_on: date, author: UUID) -> Netting:
    """Nets the business days from `begins_on` to `ends_on` in the current unit of work, once.

    One at a time. Raises NettingNotNext unless they follow the period before, NettingPeriodOpen
    where they are not over for ten minutes, NettingBooksDiffer.
    """
    end = start_of_beijing_day(ends_on + A_DAY)
    if ends_on < begins_on or now() < end + LATE:
        raise NettingPeriodOpen()
    one_at_a_time("alliance/netting")
    last = db.session.scalar(select(Netting.ends_on).order_by(Netting.ends_on.desc()).limit(1))
    if last is not None and begins_on != last + A_DAY:
        raise NettingNotNext(begins_on=(last + A_DAY).isoformat())
    found = reading.period(start_of_beijing_day(begins_on), end)
    return _write(begins_on, ends_on, author, found)


def find(netting_id: UUID) -> Netting:
    """In the current unit of work. Raises NotFound."""
    row = db.session.get(Netting, (BUCKET, netting_id))
    if row is None:
        raise NotFound()
    return row


def view(row: Netting) -> dict[str, Any]:
    """A netting's head (fen)."""
    amounts = ("sale_count", "refund_count", "spent_fen", "refunded_fen", "gross_fen",
               "netted_fen", "collected_fen")  # fmt: skip
    return {
        "id": row.id,
        "begins_on": row.begins_on,
        "ends_on": row.ends_on,
        **{name: getattr(row, name) for name in amounts},
        "hash": row.hash.hex(),
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


def report(row: Netting, merchant_id: UUID | None) -> dict[str, Any]:
    """A netting with its cells and positions: all, or a merchant's own row and column."""
    in_it = (NettingCell.bucket == row.bucket, NettingCell.netting_id == row.id)
    cells = select(NettingCell).where(*in_it)
    at = (NettingPosition.bucket == row.bucket, NettingPosition.netting_id == row.id)
    found = select(NettingPosition).where(*at)
    if merchant_id is not None:
        is_mine = (NettingCell.issuer_id == merchant_id) | (NettingCell.seller_id == merchant_id)
        cells = cells.where(is_mine)
        found = found.where(NettingPosition.merchant_id == merchant_id)
    ordered = cells.order_by(NettingCell.issuer_id, NettingCell.seller_id)
    positions = list(db.session.scalars(found.order_by(NettingPosition.merchant_id)))
    return view(row) | {"cells": list(db.session.scalars(ordered)), "positions": positions}


def names_of(merchant_ids: Iterable[UUID]) -> naming.Names:
    """The names of merchants, in the current unit of work."""
    return naming.of_merchants(merchant_ids) | {PLATFORM_ID: "平台"}


def _write(begins_on: date, ends_on: date, author: UUID, found: Found) -> Netting:
    positions = rules.positions(found.matrix, found.collected)
    identity = new_id(BUCKET)
    cells = [_cell(identity, *cell, asdict(spent)) for cell, spent in found.matrix.items()]
    written = [_position(identity, each) for each in positions]
    row = Netting(
        bucket=BUCKET,
        id=identity,
        begins_on=begins_on,
        ends_on=ends_on,
        sale_count=found.sale_count,
        refund_count=found.refund_count,
        spent_fen=found.spent_fen,
        refunded_fen=found.refunded_fen,
        gross_fen=rules.gross_fen(found.matrix),
        netted_fen=rules.netted_fen(positions),
        collected_fen=sum(
            each.from_pending_fen + each.from_deposit_fen for each in found.collected.values()
        ),
        hash=_digest(begins_on, ends_on, cells, written),
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(NettingCell(**values) for values in cells)
    db.session.add_all(NettingPosition(**values) for values in written)
    db.session.flush()
    return row


def _cell(netting_id: UUID, issuer: UUID, seller: UUID, amounts: dict[str, int]) -> dict[str, Any]:
    key = {"bucket": BUCKET, "netting_id": netting_id}
    return key | {"issuer_id": issuer, "seller_id": seller} | amounts


def _position(netting_id: UUID, each: Position) -> dict[str, Any]:
    names = ("merchant_id", "own_fen", "receivable_fen", "payable_fen", "net_fen", "moves_fen")
    key = {"bucket": BUCKET, "netting_id": netting_id}
    return key | {name: getattr(each, name) for name in names} | asdict(each.collected)


def _digest(
    begins_on: date, ends_on: date, cells: list[dict[str, Any]], written: list[dict[str, Any]]
) -> bytes:
    """SHA-256 over JSON lines: the period, the cells, the positions; keys sorted."""
    lines: list[Any] = [[begins_on, ends_on], *cells, *written]
    plain = (json.dumps(line, default=str, sort_keys=True) for line in lines)
    return sha256("\n".join(plain).encode()).digest()
