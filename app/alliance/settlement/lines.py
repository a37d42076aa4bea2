"""What of a merchant is due, as lines of a statement, each with what it costs the merchant.

Sales are due after the cycle of the contract they were made under, experience gold after a cycle
of its own. Refunds follow their sale: with it, or in the first statement after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased

from app.alliance.models import Contract, Refund, Sale, SaleOrder
from app.alliance.orders.supply_models import SupplyPayment
from app.alliance.prepaid.models import AdvanceCollection
from app.alliance.rules import discount_back_fen, portion_fen
from app.alliance.settlement.calendar import Calendar
from app.core.config import settings
from app.core.db import db
from app.core.world import bucket_of
from app.wallet import service as wallet

MOST_SALES = 5_000
PART = 1_000
PURSES = ("principal", "bonus", "experience", "rebate", "wechat", "settled", "gift")


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be written; see SettlementLine for what its amounts (fen) mean."""

    kind: str
    subject_id: UUID
    moment: datetime
    sale_id: UUID | None = None
    store_id: UUID | None = None
    gross_fen: int = 0
    concession_fen: int = 0
    pending_fen: int = 0
    experience_fen: int = 0
    service_fee_fen: int = 0
    channel_fee_fen: int = 0
    purses: dict[str, int] = field(default_factory=dict)
    discount_fen: int = 0
    supply_fen: int = 0


@dataclass(frozen=True, slots=True)
class Cycles:
    """Until when (UTC, not included) sales and experience gold are due, by contract."""

    sales: dict[UUID, datetime]
    experience: dict[UUID, datetime]
    fee_bp: dict[UUID, int]
    bears_channel_fee: frozenset[UUID]


def cycles_of(merchant_id: UUID, calendar: Calendar, moment: datetime) -> Cycles:
    """The cycles of a merchant's contracts at a moment, in the current unit of work."""
    mine = (Contract.bucket == bucket_of(merchant_id), Contract.merchant_id == merchant_id)
    rows = db.session.execute(
        select(
            Contract.id,
            *days_of_contract(),
            Contract.settlement_fee_bp,
            Contract.is_channel_fee_borne,
        ).where(*mine)
    ).all()
    ends = {
        days: calendar.due_before(moment, days)
        for days in {days for row in rows for days in (row.sale_days, row.experience_days)}
    }
    return Cycles(
        {row.id: ends[row.sale_days] for row in rows},
        {row.id: ends[row.experience_days] for row in rows},
        {row.id: row.settlement_fee_bp for row in rows},
        frozenset(row.id for row in rows if row.is_channel_fee_borne),
    )


def days_of_contract() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """A contract's two cycles in working days: its own, or those of the settings."""
    own, usual = settings().settlement_working_days, settings().experience_working_days
    return (
        func.coalesce(Contract.settlement_working_days, own).label("sale_days"),
        func.coalesce(Contract.experience_working_days, usual).label("experience_days"),
    )


def due_lines(merchant_id: UUID, cycles: Cycles) -> list[Line]:
    """All that is due of a merchant, oldest first: none without a sale or experience gold.

    At most MOST_SALES sales, and as many with experience gold, the rest waits for the next
    statement. Locks the sales and refunds; the caller holds the merchant.
    """
    sold = db.session.execute(_due_sales(merchant_id, cycles.sales)).all()
    gold = db.session.execute(_due_gold(merchant_id, cycles.experience)).all()
    if not sold and not gold:
        return []
    rates = _channel_rates(cycles, sold)
    lines = [_sale_line(row, cycles, rates) for row in sold]
    lines += [_gold_line(row) for row in gold]
    lines += _refund_lines(merchant_id, cycles, {row.id for row in sold})
    lines += _gold_refund_lines(merchant_id, {row.id for row in gold})
    lines += _supply_lines(merchant_id, {row.id for row in sold})
    lines += _advance_lines(merchant_id)
    return sorted(lines, key=lambda line: (line.moment, line.kind, line.subject_id))


def mark(settlement_id: UUID, lines: Iterable[Line]) -> None:
    """Notes on each sale and refund which settlement it is in, in the current unit of work; what
    a supplier got `supplied.take` has noted."""
    targets: dict[str, tuple[Any, str]] = {
        "sale": (Sale, "settlement_id"),
        "experience": (Sale, "experience_settlement_id"),
        "refund": (Refund, "settlement_id"),
        "experience_refund": (Refund, "experience_settlement_id"),
        "advance": (AdvanceCollection, "settlement_id"),
        "supply": (SupplyPayment, "settlement_id"),
    }
    by_kind: dict[str, list[UUID]] = {}
    for line in lines:
        by_kind.setdefault(line.kind, []).append(line.subject_id)
    for kind, (model, name) in targets.items():
        ids = by_kind.get(kind, [])
        for place in range(0, len(ids), PART):
            part = ids[place : place + PART]
            db.session.execute(
                update(model)
                .where(model.bucket.in_({bucket_of(each) for each in part}), model.id.in_(part))
                .values({name: settlement_id})
                .execution_options(synchronize_session=False)
            )


def _due_sales(merchant_id: UUID, ends: dict[UUID, datetime]) -> Select[Any]:
    return _sales(merchant_id, ends, Sale.settlement_id.is_(None))


def _due_gold(merchant_id: UUID, ends: dict[UUID, datetime]) -> Select[Any]:
    unsettled = Sale.experience_settlement_id.is_(None)
    return _sales(merchant_id, ends, unsettled, Sale.experience_fen > 0)


def _sales(merchant_id: UUID, ends: dict[UUID, datetime], *conditions: Any) -> Select[Any]:
    by_end: dict[datetime, list[UUID]] = {}
    for contract_id, end in ends.items():
        by_end.setdefault(end, []).append(contract_id)
    each = (and_(Sale.contract_id.in_(ids), Sale.paid_at < end) for end, ids in by_end.items())
    due = or_(false(), *each)  # who only supplies has no contract
    columns = (getattr(Sale, f"{purse}_fen") for purse in PURSES)
    return (
        select(
            Sale.id,
            Sale.store_id,
            Sale.contract_id,
            Sale.paid_at,
            Sale.amount_fen,
            Sale.concession_fen,
            Sale.discount_fen,
            *columns,
        )
        .where(Sale.merchant_id == merchant_id, Sale.paid_at.is_not(None), *conditions, due)
        .order_by(Sale.paid_at)
        .limit(MOST_SALES)
        .with_for_update()
    )


def _sale_line(row: Row[Any], cycles: Cycles, rates: dict[UUID, int]) -> Line:
    pending_fen = row.amount_fen - row.experience_fen - row.concession_fen
    return Line(
        "sale",
        row.id,
        row.paid_at,
        row.id,
        row.store_id,
        gross_fen=row.amount_fen,
        concession_fen=row.concession_fen,
        pending_fen=pending_fen,
        service_fee_fen=portion_fen(pending_fen, cycles.fee_bp[row.contract_id]),
        channel_fee_fen=wallet.fee_fen(row.wechat_fen, rates.get(row.id, 0)),
        purses={purse: fen for purse in PURSES if (fen := getattr(row, f"{purse}_fen"))},
        discount_fen=row.discount_fen,
    )


def _gold_line(row: Row[Any]) -> Line:
    gold = row.experience_fen
    purses = {"experience": gold}
    return Line("experience", row.id, row.paid_at, row.id, row.store_id, gold,
                experience_fen=gold, purses=purses)  # fmt: skip


def _channel_rates(cycles: Cycles, sold: Sequence[Row[Any]]) -> dict[UUID, int]:
    borne = [row.id for row in sold if row.contract_id in cycles.bears_channel_fee]
    return _rates(borne)


def _rates(sale_ids: Collection[UUID]) -> dict[UUID, int]:
    """By sale, the rate in basis points at which WeChat Pay charged its part."""
    links = db.session.execute(
        select(SaleOrder.sale_id, SaleOrder.order_id).where(
            SaleOrder.bucket.in_({bucket_of(each) for each in sale_ids}),
            SaleOrder.sale_id.in_(sale_ids),
        )
    ).all() if sale_ids else []  # fmt: skip
    rates = wallet.fee_rates_bp([link.order_id for link in links])
    return {link.sale_id: rates[link.order_id] for link in links if link.order_id in rates}


_earlier = aliased(Refund)
_EARLIER = (
    _earlier.bucket == Refund.bucket,
    _earlier.sale_id == Refund.sale_id,
    tuple_(_earlier.done_at, _earlier.id) < tuple_(Refund.done_at, Refund.id),
)


def _refunds(merchant_id: UUID, *conditions: Any) -> Sequence[Any]:
    """Refunds with their sale, and what earlier ones of it took: all there are, oldest first."""
    net = select(_whole(_earlier.net_fen)).where(*_EARLIER)
    wechat = select(_whole(_earlier.purses["wechat"].as_integer())).where(*_EARLIER)
    whole = select(_whole(_earlier.amount_fen)).where(*_EARLIER)
    before = (each.scalar_subquery() for each in (net, wechat, whole))
    statement = (
        select(Refund, Sale, *before)
        .join(Sale, (Sale.bucket == Refund.bucket) & (Sale.id == Refund.sale_id))
        .where(Refund.merchant_id == merchant_id, Refund.done_at.is_not(None), *conditions)
        .order_by(Refund.done_at)
        .with_for_update(of=Refund)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(statement).all()


def _whole(amount_fen: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(amount_fen), 0).cast(BigInteger)


def _refund_lines(merchant_id: UUID, cycles: Cycles, due_ids: set[UUID]) -> list[Line]:
    found = [
        row
        for row in _refunds(merchant_id, Refund.settlement_id.is_(None))
        if row[1].settlement_id is not None or row[1].id in due_ids
    ]
    borne = {row[1].id for row in found if row[1].contract_id in cycles.bears_channel_fee}
    rates = _rates(borne)
    return [
        _refund_line(row[0], row[1], tuple(row[2:]), cycles, rates.get(row[1].id, 0))
        for row in found
    ]


def _refund_line(
    refund: Refund, sale: Sale, before: tuple[int, int, int], cycles: Cycles, rate_bp: int
) -> Line:
    assert refund.done_at is not None
    net_before, wechat_before, refunded_before = before
    net_fen = refund.from_pending_fen if refund.net_fen is None else refund.net_fen
    gold_fen = refund.experience_fen or 0
    fee_bp, left_fen = cycles.fee_bp[sale.contract_id], sale.net_fen - net_before
    fee_fen = portion_fen(left_fen, fee_bp) - portion_fen(left_fen - net_fen, fee_bp)
    back = refund.purses or {}
    wechat_left = sale.wechat_fen - wechat_before
    channel_fen = wallet.fee_returned_fen(wechat_left, back.get("wechat", 0), rate_bp)
    return Line(
        "refund",
        refund.id,
        refund.done_at,
        sale.id,
        sale.store_id,
        gross_fen=-refund.amount_fen,
        concession_fen=-(refund.amount_fen - net_fen - gold_fen),
        pending_fen=-refund.from_pending_fen,
        service_fee_fen=-fee_fen,
        channel_fee_fen=-channel_fen,
        purses={purse: -fen for purse, fen in back.items()},
        discount_fen=-discount_back_fen(
            sale.discount_fen, sale.amount_fen, refunded_before, refund.amount_fen
        ),
    )


def _gold_refund_lines(merchant_id: UUID, due_ids: set[UUID]) -> list[Line]:
    unsettled = (Refund.experience_settlement_id.is_(None), Refund.experience_fen > 0)
    return [
        Line(
            "experience_refund",
            refund.id,
            refund.done_at,
            sale.id,
            sale.store_id,
            gross_fen=-(refund.experience_fen or 0),
            experience_fen=-refund.from_experience_pending_fen,
            purses={"experience": -(refund.experience_fen or 0)},
        )
        for refund, sale, *_ in _refunds(merchant_id, *unsettled)
        if sale.experience_settlement_id is not None or sale.id in due_ids
    ]


def _supply_lines(merchant_id: UUID, due_ids: set[UUID]) -> list[Line]:
    """What suppliers were paid out of the sales that are due."""
    found = db.session.scalars(
        select(SupplyPayment)
        .where(
            SupplyPayment.bucket == bucket_of(merchant_id),
            SupplyPayment.merchant_id == merchant_id,
            SupplyPayment.settlement_id.is_(None),
            SupplyPayment.order_id.in_(due_ids),
        )
        .order_by(SupplyPayment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [
        Line(
            "supply",
            row.id,
            row.created_at,
            row.order_id,
            row.store_id,
            gross_fen=-row.amount_fen,
            pending_fen=-row.amount_fen,
        )
        for row in found
    ]


def _advance_lines(merchant_id: UUID) -> list[Line]:
    """Advances on top-ups that were collected; what came from the deposit counts nowhere here."""
    found = db.session.execute(
        select(
            AdvanceCollection.id,
            AdvanceCollection.created_at,
            AdvanceCollection.from_pending_fen,
            AdvanceCollection.from_deposit_fen,
        )
        .where(
            AdvanceCollection.bucket == bucket_of(merchant_id),
            AdvanceCollection.merchant_id == merchant_id,
            AdvanceCollection.settlement_id.is_(None),
        )
        .order_by(AdvanceCollection.created_at)
        .with_for_update()
    )
    return [
        Line(
            "advance",
            row.id,
            row.created_at,
            gross_fen=-(row.from_pending_fen + row.from_deposit_fen),
            pending_fen=-row.from_pending_fen,
        )
        for row in found
    ]
