"""Settlement: what is due of a merchant becomes available, with a statement.

A statement's lines never change; each sale, its experience gold, each refund, each collected
advance and each thing that was supplied is a line of exactly one. Where refunds and advances
outweigh the sales nothing becomes available, and the sum is carried over into the merchant's next
statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from app.alliance.models import Merchant
from app.alliance.settlement import lines as due
from app.alliance.settlement import sealing, supplied
from app.alliance.settlement.calendar import Calendar
from app.alliance.settlement.lines import Line
from app.alliance.settlement.models import Settlement, SettlementLine
from app.core import outbox
from app.core.db import NewRow, db, in_transaction, insert
from app.core.errors import NotFound
from app.core.world import (
    PLATFORM_ID,
    beijing_day,
    bucket_of,
    new_id,
    now,
    start_of_beijing_day,
)
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg


class NotYet(Exception):
    """The merchant's folded balance does not show these sales yet; the unit is undone."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What has come together, in fen: the money of sales, its fees, and experience gold."""

    pending_fen: int = 0
    service_fee_fen: int = 0
    channel_fee_fen: int = 0
    experience_fen: int = 0

    def __add__(self, other: Sums) -> Sums:
        names = asdict(self)
        return Sums(**{name: fen + getattr(other, name) for name, fen in names.items()})

    @property
    def money_fen(self) -> int:
        """The money of sales after fees."""
        return self.pending_fen - self.service_fee_fen - self.channel_fee_fen


def settle(
    merchant_id: UUID, calendar: Calendar, moment: datetime, principal_id: UUID
) -> UUID | None:
    """Settles what is due of a merchant at a moment (UTC), in a unit of its own; the id of the
    statement, or None where nothing is due. Locks the merchant. Raises NotYet."""
    return in_transaction(lambda: _settle(merchant_id, calendar, moment, principal_id))


def find(settlement_id: UUID) -> Settlement:
    """Raises NotFound."""
    row = db.session.get(Settlement, (bucket_of(settlement_id), settlement_id))
    if row is None:
        raise NotFound()
    return row


def _settle(
    merchant_id: UUID, calendar: Calendar, moment: datetime, principal_id: UUID
) -> UUID | None:
    bucket = bucket_of(merchant_id)
    db.session.get(Merchant, (bucket, merchant_id), with_for_update=True)
    cycles = due.cycles_of(merchant_id, calendar, moment)
    identity, today = new_id(bucket), start_of_beijing_day(beijing_day(moment))
    found = due.due_lines(merchant_id, cycles) + supplied.take(merchant_id, identity, today)
    if not found:
        return None
    found.sort(key=lambda line: (line.moment, line.kind, line.subject_id))
    before = _latest(merchant_id)
    opening, sums = _carried(before), _summed(found)
    moved = _movable(opening + sums)
    journal = _journal(merchant_id, identity, moved, principal_id)
    ends = [*cycles.sales.values(), *cycles.experience.values()]
    head = _head(merchant_id, identity, before, found, max(ends, default=today))
    head |= _amounts(opening, sums, moved) | _supplies(before, found)
    head |= {"journal_id": journal.id if journal else None, "created_at": now()}
    written = [_row(bucket, identity, line) for line in found]
    head["hash"] = sealing.digest(head, written)
    insert([NewRow(_table(Settlement), head)])
    insert([NewRow(_table(SettlementLine), values) for values in written])
    due.mark(identity, found)
    payload = {"settlement_id": str(identity), "merchant_id": str(merchant_id)}
    outbox.emit("settlement.issued", payload, bucket=bucket)
    if journal is not None and ledger.post_if_funded([journal]) is None:
        raise NotYet()
    return identity


def _latest(merchant_id: UUID) -> Settlement | None:
    mine = (Settlement.bucket == bucket_of(merchant_id), Settlement.merchant_id == merchant_id)
    return db.session.scalar(
        select(Settlement).where(*mine).order_by(Settlement.number.desc()).limit(1)
    )


def _carried(before: Settlement | None) -> Sums:
    """What the statement before left open: its own sums where nothing of them was paid."""
    if before is None:
        return Sums()
    money = Sums(
        before.opening_pending_fen + before.pending_fen,
        before.opening_service_fee_fen + before.service_fee_fen,
        before.opening_channel_fee_fen + before.channel_fee_fen,
    )
    is_open = before.closing_fen != 0
    return Sums(
        money.pending_fen if is_open else 0,
        money.service_fee_fen if is_open else 0,
        money.channel_fee_fen if is_open else 0,
        before.closing_experience_fen,
    )


def _summed(found: Iterable[Line]) -> Sums:
    total = Sums()
    for line in found:
        total += Sums(
            line.pending_fen, line.service_fee_fen, line.channel_fee_fen, line.experience_fen
        )
    return total


def _movable(total: Sums) -> Sums:
    """What leaves `pending` and `experience_pending`: all that has come together of each, or
    nothing where that is below 0."""
    gold = max(0, total.experience_fen)
    if total.money_fen < 0:
        return Sums(experience_fen=gold)
    return Sums(total.pending_fen, total.service_fee_fen, total.channel_fee_fen, gold)


def _journal(
    merchant_id: UUID, settlement_id: UUID, moved: Sums, principal_id: UUID
) -> Journal | None:
    legs = (
        Leg(merchant_id, Account.PENDING, -moved.pending_fen),
        Leg(merchant_id, Account.EXPERIENCE_PENDING, -moved.experience_fen),
        Leg(merchant_id, Account.AVAILABLE, moved.money_fen + moved.experience_fen),
        Leg(PLATFORM_ID, Account.OPERATIONS, moved.service_fee_fen),
        Leg(PLATFORM_ID, Account.CHANNEL_FEE, moved.channel_fee_fen),
    )
    moving = tuple(leg for leg in legs if leg.amount_fen)
    if not moving:
        return None
    return Journal(
        id=new_id(bucket_of(merchant_id)),
        kind="settlement",
        reference_id=settlement_id,
        principal_id=principal_id,
        key=f"settlement:{settlement_id}",
        legs=moving,
    )


def _head(
    merchant_id: UUID,
    identity: UUID,
    before: Settlement | None,
    found: Sequence[Line],
    paid_before: datetime,
) -> dict[str, Any]:
    return {
        "bucket": bucket_of(merchant_id),
        "id": identity,
        "merchant_id": merchant_id,
        "number": before.number + 1 if before else 1,
        "paid_before": paid_before,
        "line_count": len(found),
        "sale_count": sum(line.kind == "sale" for line in found),
        "refund_count": sum(line.kind == "refund" for line in found),
        "advance_fen": sum(line.pending_fen for line in found if line.kind == "advance"),
    }


def _amounts(opening: Sums, sums: Sums, moved: Sums) -> dict[str, int]:
    return {
        **asdict(sums),
        **{f"opening_{name}": fen for name, fen in asdict(opening).items()},
        "payable_fen": moved.money_fen,
        "experience_payable_fen": moved.experience_fen,
    }


def _supplies(before: Settlement | None, found: Sequence[Line]) -> dict[str, int]:
    """What supplies brought, and what is owed of them: what went back less what was taken of it."""
    mine = [line for line in found if line.kind in supplied.KINDS]
    owed_fen = before.supply_owed_fen if before else 0
    brought_fen = sum(line.supply_fen for line in mine)
    return {
        "supply_fen": brought_fen,
        "opening_supply_owed_fen": owed_fen,
        "supply_owed_fen": owed_fen + brought_fen - sum(line.gross_fen for line in mine),
    }


def _row(bucket: int, settlement_id: UUID, line: Line) -> dict[str, Any]:
    return {"bucket": bucket, "settlement_id": settlement_id, **asdict(line)}


def _table(model: type[Settlement] | type[SettlementLine]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
