"""What a simulation came to, for staff: progress, sums, lines by page and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from app.alliance.models import Merchant, Salesperson
from app.alliance.policies.simulation.models import Simulation, SimulationLine
from app.alliance.policies.simulation.running import OPEN, SILENT, SUMS
from app.alliance.policies.versions import BUCKET
from app.alliance.policies.wording import PARTIES
from app.alliance.rules import Party
from app.alliance.settlement import spreadsheets
from app.core.db import db, read
from app.core.world import bucket_of, now

Fields = dict[str, Any]
Kind = Literal["party", "seller", "earner"]
PAGE, TOP = 50, 10
COLUMNS = ("类别", "编号", "名称", "参与方", "原分润(元)", "模拟分润(元)", "差额(元)",
           "原退款退回(元)", "模拟退款退回(元)")  # fmt: skip


def head(row: Simulation) -> Fields:
    """A simulation and how far it is. `interrupted`: silent for ten minutes without its end."""
    is_silent = row.status in OPEN and row.seen_at < now() - SILENT
    names = (
        "id",
        "draft_id",
        "policy_id",
        "first_day",
        "last_day",
        "requested_by",
        "sale_count",
        "done_count",
        "undistributed_count",
        "changed_count",
        "concession_fen",
        "own_different_count",
        "own_different_fen",
        "created_at",
        "finished_at",
    )
    shown = {name: getattr(row, name) for name in names}
    return shown | row.content | {"status": "interrupted" if is_silent else row.status}


def whole(row: Simulation) -> Fields:
    """A simulation with its sums by party, and whom it changes most."""
    by_party = db.session.scalars(_of(row.id, "party")).all()
    order = [party.value for party in Party]
    parties = sorted(by_party, key=lambda line: order.index(line.party))
    return head(row) | {
        "parties": _named(parties),
        "gains": _named(_extreme(row.id, is_gain=True)),
        "losses": _named(_extreme(row.id, is_gain=False)),
    }


def latest(after: UUID | None) -> list[Simulation]:
    """Simulations, newest first, a page at a time."""
    statement = select(Simulation).where(Simulation.bucket == BUCKET)
    if after is not None:
        statement = statement.where(Simulation.id < after)
    return list(db.session.scalars(statement.order_by(Simulation.id.desc()).limit(PAGE)))


def lines(simulation_id: UUID, kind: Kind, offset: int) -> list[Fields]:
    """Lines of a kind, those that change most first, a page at a time."""
    change = func.abs(_change())
    keys = (SimulationLine.subject_id, SimulationLine.party)
    ordered = _of(simulation_id, kind).order_by(change.desc(), *keys)
    return _named(db.session.scalars(ordered.offset(offset).limit(PAGE)).all())


def table(simulation_id: UUID, kind: Kind) -> Iterator[bytes]:
    """All lines of a kind as CSV, a part at a time, outside any unit of work."""
    yield spreadsheets.table([COLUMNS])
    last: tuple[UUID, str] | None = None
    while True:
        columns = SimulationLine.__table__.columns
        statement = select(*columns).where(*_its(simulation_id, kind))
        keys = (SimulationLine.subject_id, SimulationLine.party)
        if last is not None:
            statement = statement.where(tuple_(*keys) > last)
        rows = read(statement.order_by(*keys).limit(1_000))
        yield spreadsheets.more(_cells(line) for line in _named(rows))
        if len(rows) < 1_000:
            return
        last = (rows[-1].subject_id, rows[-1].party)


def _its(simulation_id: UUID, kind: Kind) -> tuple[Any, ...]:
    return (
        SimulationLine.bucket == BUCKET,
        SimulationLine.simulation_id == simulation_id,
        SimulationLine.kind == kind,
    )


def _of(simulation_id: UUID, kind: Kind) -> Select[SimulationLine]:
    return select(SimulationLine).where(*_its(simulation_id, kind))


def _change() -> Any:
    """What somebody has more under the draft, refunds taken into account."""
    after = SimulationLine.after_fen - SimulationLine.after_refunded_fen
    return after - (SimulationLine.before_fen - SimulationLine.before_refunded_fen)


def _extreme(simulation_id: UUID, *, is_gain: bool) -> Sequence[SimulationLine]:
    change = _change()
    wanted = change > 0 if is_gain else change < 0
    order = change.desc() if is_gain else change
    statement = _of(simulation_id, "earner").where(wanted)
    return db.session.scalars(statement.order_by(order, SimulationLine.subject_id).limit(TOP)).all()


def _named(found: Sequence[Any]) -> list[Fields]:
    """Lines with who they are about: merchants by name, everybody else by id."""
    ids = {line.subject_id for line in found}
    buckets = {bucket_of(each) for each in ids}
    merchants = read(
        select(Merchant.id, Merchant.name).where(Merchant.bucket.in_(buckets), Merchant.id.in_(ids))
    )
    names = {row.id: row.name for row in merchants}
    sellers = read(
        select(Salesperson.id).where(Salesperson.bucket.in_(buckets), Salesperson.id.in_(ids))
    )
    salespeople = {row.id for row in sellers}
    return [_line(line, names, salespeople) for line in found]


def _line(line: Any, merchants: dict[UUID, str], salespeople: set[UUID]) -> Fields:
    if line.kind == "party":
        whom = "party"
    elif line.subject_id in merchants:
        whom = "merchant"
    else:
        whom = "salesperson" if line.subject_id in salespeople else "member"
    sums = {name: getattr(line, name) for name in SUMS}
    after = sums["after_fen"] - sums["after_refunded_fen"]
    before = sums["before_fen"] - sums["before_refunded_fen"]
    return {
        "whom": whom,
        "subject_id": None if whom == "party" else line.subject_id,
        "name": merchants.get(line.subject_id),
        "party": line.party or None,
        **sums,
        "difference_fen": after - before,
    }


def _cells(line: Fields) -> list[str]:
    party = PARTIES[Party(line["party"])][0] if line["party"] else ""
    amounts = ("before_fen", "after_fen", "difference_fen")
    refunds = ("before_refunded_fen", "after_refunded_fen")
    return [
        line["whom"],
        str(line["subject_id"] or ""),
        spreadsheets.plain_text(line["name"] or ""),
        party,
        *(spreadsheets.amount(line[name]) for name in (*amounts, *refunds)),
    ]
