"""Runs a simulation, some hundred sales at a time, each time in a unit of work of its own.

A part's sums and how far it got are committed together, so that a run that is killed goes on where
it was and counts nothing twice. Memory holds one part; the sums lie in the database. The period is
walked through in windows that grow where little was sold and shrink where much was.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance import parties, terms
from app.alliance.models import Sale, SaleShare
from app.alliance.policies.errors import SimulationClosed, SimulationsBusy
from app.alliance.policies.simulation.models import Simulation, SimulationLine
from app.alliance.policies.simulation.replaying import (
    Part,
    PastSale,
    difference_fen,
    earners_then,
    replay,
)
from app.alliance.policies.versions import BUCKET, require_faultless
from app.alliance.rules import Party, Policy
from app.core import outbox
from app.core.db import db, in_transaction, one_at_a_time
from app.core.errors import NotFound
from app.core.outbox import TryLater
from app.core.world import PLATFORM_ID, new_id, now, start_of_beijing_day

log = structlog.get_logger()
DUE = "policy.simulation_due"
LEASE_SECONDS = 120
TURN_SECONDS = 20
BATCH = 500
LINES_AT_ONCE = 1_000
FIRST_WINDOW, LONGEST_WINDOW = 3_600, 30 * 86_400
MOST_OPEN = 3
SILENT = timedelta(minutes=10)
KEEP = timedelta(days=90)
CLEAR_SECONDS = 3_600
SUMS = ("before_fen", "after_fen", "before_refunded_fen", "after_refunded_fen")
OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to replay: a policy as written (`content`), and the business days, both included."""

    content: dict[str, Any]
    first_day: date
    last_day: date
    draft_id: UUID | None = None
    policy_id: UUID | None = None


def ask(wish: Wish, staff_id: UUID) -> Simulation:
    """A new simulation, begun by a worker, in the current unit of work. Raises PolicyUnusable,
    SimulationsBusy."""
    require_faultless(policy_of(wish.content))
    one_at_a_time("alliance/policy_simulations")
    _must_have_room()
    moment = now()
    row = Simulation(
        bucket=BUCKET,
        id=new_id(BUCKET),
        content=wish.content,
        draft_id=wish.draft_id,
        policy_id=wish.policy_id,
        first_day=wish.first_day,
        last_day=wish.last_day,
        status="waiting",
        requested_by=staff_id,
        cursor_at=start_of_beijing_day(wish.first_day),
        window_seconds=FIRST_WINDOW,
        created_at=moment,
        seen_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    outbox.emit(DUE, {"simulation_id": str(row.id)}, bucket=BUCKET)
    return row


def _must_have_room() -> None:
    lively = (Simulation.status.in_(OPEN), Simulation.seen_at > now() - SILENT)
    if int(db.session.scalar(select(func.count()).where(*lively)) or 0) >= MOST_OPEN:
        raise SimulationsBusy(most=MOST_OPEN)


def work(payload: dict[str, Any]) -> None:
    """Reader: goes on for TURN_SECONDS, then lets other work have its turn."""
    simulation_id = UUID(payload["simulation_id"])
    until = time.monotonic() + TURN_SECONDS
    while advance(simulation_id):
        if time.monotonic() > until:
            raise TryLater(0.1)


def advance(simulation_id: UUID) -> bool:
    """Replays the next part in a unit of its own; whether there is more to do."""
    return in_transaction(lambda: _advance(simulation_id))


def find(simulation_id: UUID) -> Simulation:
    """Raises NotFound."""
    row = db.session.get(Simulation, (BUCKET, simulation_id))
    if row is None:
        raise NotFound()
    return row


def cancel(simulation_id: UUID, staff_id: UUID) -> Simulation:
    """Ends a simulation before its end, in the current unit. Raises NotFound, SimulationClosed."""
    row = _locked(simulation_id)
    if row is None:
        raise NotFound()
    if row.status not in OPEN:
        raise SimulationClosed(simulation_status=row.status)
    row.status, row.finished_at = "cancelled", now()
    db.session.flush()
    log.info("policy_simulation_cancelled", simulation=str(row.id), staff=str(staff_id))
    return row


def clear_old() -> int:
    """Duty: removes simulations that ended long ago; how many."""

    def clear() -> int:
        old = select(Simulation.id).where(Simulation.created_at < now() - KEEP).limit(1)
        identity = db.session.scalar(old)
        if identity is None:
            return 0
        for model, column in (
            (SimulationLine, SimulationLine.simulation_id),
            (Simulation, Simulation.id),
        ):
            db.session.execute(delete(model).where(column == identity))
        return 1

    return in_transaction(clear)


def policy_of(content: dict[str, Any]) -> Policy:
    """The policy that is tried."""
    is_one = content["one_person_one_share"]
    return terms.policy_from(content["shares_bp"], content["fallbacks"], is_one)


def _locked(simulation_id: UUID) -> Simulation | None:
    key = (BUCKET, simulation_id)
    return db.session.get(Simulation, key, with_for_update=True, populate_existing=True)


def _advance(simulation_id: UUID) -> bool:
    row = _locked(simulation_id)
    if row is None or row.status not in OPEN:
        return False
    ends_at = start_of_beijing_day(row.last_day + timedelta(days=1))
    if row.sale_count is None:
        row.sale_count = _count(row.cursor_at, ends_at)
    row.status, row.seen_at = "running", now()
    if not row.sale_count or row.cursor_at >= ends_at:
        row.status, row.finished_at = "done", now()
        return False
    window_end = min(ends_at, row.cursor_at + timedelta(seconds=row.window_seconds))
    found = _part(row, window_end)
    _add_up(row, [sale for sale, _ in found if sale.distributed_at is not None], dict(found))
    row.undistributed_count += sum(sale.distributed_at is None for sale, _ in found)
    row.done_count += len(found)
    _go_on(row, found, window_end)
    db.session.flush()
    return True


def _count(begins_at: datetime, ends_at: datetime) -> int:
    within = (Sale.paid_at >= begins_at, Sale.paid_at < ends_at)
    return int(db.session.scalar(select(func.count()).select_from(Sale).where(*within)) or 0)


Found = list[tuple[Sale, list[SaleShare]]]


def _part(row: Simulation, window_end: datetime) -> Found:
    """The next sales with their shares, both as of one moment: a refund at the same time is in
    both or in neither."""
    place = tuple_(Sale.paid_at, Sale.id)
    after = Sale.paid_at >= row.cursor_at
    if row.cursor_id is not None:
        after &= place > (row.cursor_at, row.cursor_id)
    chosen = select(Sale.bucket, Sale.id).where(after, Sale.paid_at < window_end)
    chosen_ids = chosen.order_by(Sale.paid_at, Sale.id).limit(BATCH).subquery()
    is_chosen = (Sale.bucket == chosen_ids.c.bucket) & (Sale.id == chosen_ids.c.id)
    is_of = (SaleShare.bucket == Sale.bucket) & (SaleShare.sale_id == Sale.id)
    rows = db.session.execute(
        select(Sale, SaleShare)
        .join(chosen_ids, is_chosen)
        .outerjoin(SaleShare, is_of)
        .order_by(Sale.paid_at, Sale.id, SaleShare.party)
        .execution_options(populate_existing=True)
    )
    found: Found = []
    for sale, share in rows:
        if not found or found[-1][0] is not sale:
            found.append((sale, []))
        if share is not None:
            found[-1][1].append(share)
    return found


def _go_on(row: Simulation, found: Found, window_end: datetime) -> None:
    if len(found) == BATCH:
        last = found[-1][0]
        assert last.paid_at is not None
        row.cursor_at, row.cursor_id = last.paid_at, last.id
        row.window_seconds = max(60, row.window_seconds // 2)
        return
    row.cursor_at, row.cursor_id = window_end, None
    if len(found) < BATCH // 4:
        row.window_seconds = min(LONGEST_WINDOW, row.window_seconds * 2)


def _add_up(row: Simulation, sales: Sequence[Sale], shares: dict[Sale, list[SaleShare]]) -> None:
    if not sales:
        return
    tried = policy_of(row.content)
    today = parties.earners_of(sales, tried)
    sums: dict[tuple[str, UUID, str], list[int]] = {}
    for each in sales:
        past = past_sale(each, shares[each])
        own = terms.policy(past.policy_id)
        earners = earners_then(past, own, today[each.id])
        different = difference_fen(past.parts, replay(past, own, earners))
        row.own_different_count += different > 0
        row.own_different_fen += different
        after = replay(past, tried, earners)
        row.changed_count += difference_fen(past.parts, after) > 0
        row.concession_fen += past.concession_fen
        _sum(sums, past, past.parts, 0)
        _sum(sums, past, after, 1)
    _write(row.id, sums)


def past_sale(sale: Sale, shares: Iterable[SaleShare]) -> PastSale:
    """A stored sale as it is replayed."""
    parts = tuple(
        Part(
            Party(share.party),
            Party(share.receiver),
            share.owner_id,
            share.amount_fen,
            share.refunded_fen,
        )
        for share in shares
    )
    return PastSale(
        sale.id,
        sale.merchant_id,
        sale.policy_id,
        sale.concession_fen,
        sale.net_fen,
        sale.experience_fen,
        sale.refunded_fen,
        parts,
    )


def _sum(
    sums: dict[tuple[str, UUID, str], list[int]], sale: PastSale, parts: Sequence[Part], place: int
) -> None:
    """Adds the parts up; `place` 0 is what was posted, 1 what is tried."""
    for part in parts:
        is_platform = part.owner_id == PLATFORM_ID
        to = (
            Party.OPERATIONS
            if is_platform and part.receiver is Party.RECOMMENDER
            else part.receiver
        )
        keys = [("party", PLATFORM_ID, to.value), ("seller", sale.merchant_id, to.value)]
        if not is_platform:
            keys.append(("earner", part.owner_id, ""))
        for key in keys:
            found = sums.setdefault(key, [0, 0, 0, 0])
            found[place] += part.amount_fen
            found[place + 2] += part.refunded_fen


def _write(simulation_id: UUID, sums: dict[tuple[str, UUID, str], list[int]]) -> None:
    values = [
        {
            "bucket": BUCKET,
            "simulation_id": simulation_id,
            "kind": kind,
            "subject_id": subject_id,
            "party": party,
            **dict(zip(SUMS, amounts, strict=True)),
        }
        for (kind, subject_id, party), amounts in sorted(sums.items())
    ]
    for place in range(0, len(values), LINES_AT_ONCE):
        adding = upsert(SimulationLine).values(values[place : place + LINES_AT_ONCE])
        keys = ["bucket", "simulation_id", "kind", "subject_id", "party"]
        more = {
            name: getattr(SimulationLine, name) + getattr(adding.excluded, name) for name in SUMS
        }
        db.session.execute(adding.on_conflict_do_update(index_elements=keys, set_=more))
