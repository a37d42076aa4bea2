"""What a statement shows: its head, its lines, and the sums of each store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, func, select

from app.alliance import catalogue
from app.alliance.models import Store
from app.alliance.settlement import sealing, supplied
from app.alliance.settlement.models import Settlement, SettlementLine
from app.core.db import db

MOST_LINES = 5_000
AMOUNTS = (
    "gross_fen",
    "concession_fen",
    "pending_fen",
    "experience_fen",
    "service_fee_fen",
    "channel_fee_fen",
    "supply_fen",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A settlement with all its lines, for printing and exporting; `goods` by supplied order."""

    head: Settlement
    merchant_name: str
    stores: dict[UUID, str]
    lines: Sequence[SettlementLine]
    totals: list[dict[str, Any]]
    goods: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The statement's number as people read it."""
        return sealing.reference(self.head.id, self.head.created_at)

    def supplied(self, line: SettlementLine) -> str:
        """The goods that a line of supplies is about; none for other lines."""
        is_supplied = line.kind in supplied.KINDS and line.sale_id is not None
        return self.goods.get(line.sale_id, "") if is_supplied and line.sale_id else ""

    @property
    def supplies(self) -> dict[str, dict[str, int]]:
        """By kind of line of supplies: how many, the whole, and what moved at once (fen)."""
        found = {each["kind"]: each for each in self.totals if each["kind"] in supplied.KINDS}
        return {kind: found[kind] for kind in supplied.KINDS if kind in found}


def view(row: Settlement) -> dict[str, Any]:
    """A settlement's head (fen, UTC)."""
    counts = ("number", "line_count", "sale_count", "refund_count")
    amounts = (
        "pending_fen",
        "experience_fen",
        "advance_fen",
        "service_fee_fen",
        "channel_fee_fen",
        "opening_fen",
        "opening_experience_fen",
        "payable_fen",
        "experience_payable_fen",
        "closing_fen",
        "closing_experience_fen",
        "total_fen",
        *sealing.SUPPLIES,
    )
    return {
        "id": str(row.id),
        "reference": sealing.reference(row.id, row.created_at),
        "merchant_id": str(row.merchant_id),
        "paid_before": row.paid_before.isoformat(),
        **{name: getattr(row, name) for name in (*counts, *amounts)},
        "journal_id": str(row.journal_id) if row.journal_id else None,
        "hash": row.hash.hex() if row.hash else None,
        "created_at": row.created_at.isoformat(),
    }


def lines_of(row: Settlement, offset: int = 0, limit: int = MOST_LINES) -> list[SettlementLine]:
    """A settlement's lines, oldest first, in the current unit of work."""
    return list(db.session.scalars(_ordered(row).offset(offset).limit(limit)))


def goods_of(lines: Iterable[SettlementLine]) -> dict[UUID, str]:
    """What the orders were of which these lines say what was supplied, by order."""
    orders = {line.sale_id for line in lines if line.kind in supplied.KINDS and line.sale_id}
    return supplied.goods_of(orders) if orders else {}


def line_view(line: SettlementLine, goods: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """A line (fen, UTC); `goods` of supplied orders are named with their lines."""
    is_supplied = line.kind in supplied.KINDS and line.sale_id is not None
    return {
        "goods": (goods or {}).get(line.sale_id) if is_supplied and line.sale_id else None,
        "kind": line.kind,
        "subject_id": str(line.subject_id),
        "sale_id": str(line.sale_id) if line.sale_id else None,
        "store_id": str(line.store_id) if line.store_id else None,
        "moment": line.moment.isoformat(),
        **{name: getattr(line, name) for name in AMOUNTS},
        "net_fen": line.net_fen,
        "purses": line.purses,
        "discount_fen": line.discount_fen,
    }


def totals_of(row: Settlement) -> list[dict[str, Any]]:
    """The sums of each kind of line in each store, in the current unit of work."""
    sums = (func.sum(getattr(SettlementLine, name)).cast(BigInteger) for name in AMOUNTS)
    found = db.session.execute(
        select(SettlementLine.store_id, SettlementLine.kind, func.count(), *sums)
        .where(*_mine(row))
        .group_by(SettlementLine.store_id, SettlementLine.kind)
        .order_by(SettlementLine.store_id, SettlementLine.kind)
    )
    totals = []
    for store_id, kind, count, *amounts in found:
        total = dict(zip(AMOUNTS, amounts, strict=True))
        fees = total["service_fee_fen"] + total["channel_fee_fen"]
        net_fen = total["pending_fen"] + total["experience_fen"] - fees
        store = str(store_id) if store_id else None
        totals.append(
            {"store_id": store, "kind": kind, "count": count, **total, "net_fen": net_fen}
        )
    return totals


def whole(row: Settlement) -> Statement:
    """A settlement with every line, in the current unit of work."""
    mine = (Store.bucket == row.bucket, Store.merchant_id == row.merchant_id)
    stores = db.session.execute(select(Store.id, Store.name).where(*mine))
    lines = list(db.session.scalars(_ordered(row)))
    return Statement(
        row,
        catalogue.merchant(row.merchant_id).name,
        {store.id: store.name for store in stores},
        lines,
        totals_of(row),
        goods_of(lines),
    )


def is_intact(statement: Statement) -> bool:
    """Whether head and lines are those that were hashed when the statement was issued; also for
    those issued before statements had a hash."""
    return _is_sealed(statement.head, (vars(line) for line in statement.lines))


def is_stored_intact(row: Settlement) -> bool:
    """The same of a settlement as it is stored, read for nothing else: there may be ten thousand
    lines. In the current unit of work."""
    names = (*sealing.LINE, *sealing.OPTIONAL)
    wanted = _ordered(row).with_only_columns(*(getattr(SettlementLine, name) for name in names))
    return _is_sealed(row, db.session.execute(wanted).mappings())


def _is_sealed(head: Settlement, lines: Iterable[Mapping[Any, Any]]) -> bool:
    return head.hash is None or sealing.digest(vars(head), lines) == head.hash


def _ordered(row: Settlement) -> Select[Any]:
    order = (SettlementLine.moment, SettlementLine.kind, SettlementLine.subject_id)
    return select(SettlementLine).where(*_mine(row)).order_by(*order)


def _mine(row: Settlement) -> tuple[Any, ...]:
    return SettlementLine.bucket == row.bucket, SettlementLine.settlement_id == row.id
