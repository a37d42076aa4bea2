"""Letters out: work decided with a commit, done afterwards, at least once, by named readers.

A row is written in the same transaction as what caused it. The relay wakes workers through
Redis, which carries no content: a Redis emptied at any moment loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, Table, exists, func, or_, select, text, update

from app.core.db import NewRow, db, in_transaction, insert, read
from app.core.logs import told
from app.core.models import OutboxRow
from app.core.world import chance, new_id, now

log = structlog.get_logger()
Payload = dict[str, Any]
Reader = Callable[[Payload], None]
LEASE_SECONDS = 60
FAILURES_BEFORE_DEAD = 15
LOST_BEFORE_DEAD = 8
PATIENT_PART = 5  # of what is claimed at once, one in so many is kept for patient letters
LONGEST_PAUSE_SECONDS = 3600
FAR_BEHIND = 500
LONGEST_UNDELETED_SECONDS = 1.0
EXTENSION = "lianhui_outbox_readers"
_UNREAD = {"state": "waiting", "attempts": 0, "failures": 0, "is_held": False, "lost": 0}


class TryLater(Exception):
    """Raised by a reader whose work is not finished: look again after `seconds`.

    It is no failure: the row never becomes a dead letter for it.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"look again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Wired:
    """A reader as it was wired: what it hears, how long it may take before others try, and whether
    it only changes the database."""

    event: str
    function: Reader
    lease_seconds: int
    is_patient: bool = False
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A row leased to this worker; `attempt` fences it. `lost`: how many workers ended over it
    without a word. `claimed_at` is this process's own time."""

    bucket: int
    id: UUID
    reader: str
    payload: Payload
    attempt: int
    failures: int
    lost: int
    claimed_at: float = field(default_factory=time.monotonic)


def reader(
    event: str,
    name: str,
    function: Reader,
    *,
    lease_seconds: int = LEASE_SECONDS,
    is_patient: bool = False,
    is_local: bool = False,
) -> None:
    """Wires a reader to an event, while a room opens. `name` is unique and stable.

    A reading that takes longer than `lease_seconds` may be begun a second time beside it. The
    letters of one that `is_patient` stand back for all others, though they always move on. One
    that `is_local` only changes the database and is quick: its letters are deleted several at a
    time, so that more of them are read again after the sudden end of a worker.
    """
    if name in readers():
        raise ValueError(f"two readers are called {name}")
    readers()[name] = Wired(event, function, lease_seconds, is_patient, is_local)


def readers() -> dict[str, Wired]:
    """All readers of this application, by name."""
    found: dict[str, Wired] = current_app.extensions.setdefault(EXTENSION, {})
    return found


def rows(
    event: str, payload: Payload, *, bucket: int, due_at: datetime | None = None
) -> list[NewRow]:
    """One row for each reader of the event, for a bundle that commits elsewhere."""
    moment, table = now(), _table()
    letter = _UNREAD | {"bucket": bucket, "payload": payload, "created_at": moment}
    letter["due_at"] = due_at or moment
    return [
        NewRow(
            table,
            letter | {"id": new_id(bucket), "reader": name, "is_patient": wired.is_patient},
        )
        for name, wired in readers().items()
        if wired.event == event
    ]


def emit(event: str, payload: Payload, *, bucket: int, due_at: datetime | None = None) -> None:
    """Tells the readers of an event, in the current unit of work."""
    insert(rows(event, payload, bucket=bucket, due_at=due_at))


def is_behind(event: str, most: int = FAR_BEHIND) -> bool:
    """Whether `most` letters of an event are due and unread: whoever asks for the same things by
    the clock must then not ask once more, or the queue grows by what waits in it."""
    names = [name for name, wired in readers().items() if wired.event == event]
    unread = select(OutboxRow.id).where(
        OutboxRow.state == "waiting", OutboxRow.due_at <= now(), OutboxRow.reader.in_(names)
    )
    return len(read(unread.limit(most))) == most


def work_off(limit: int = 50, go_on: Callable[[], bool] = lambda: True) -> int:
    """Claims up to `limit` due rows and reads each; the number of rows read.

    Once `go_on` says no, the rest of what was claimed is due again at once, for others.
    """
    claims = in_transaction(lambda: _claim(limit))
    finished = _Finished()
    for number, claim in enumerate(claims):
        is_local = _is_local(claim)
        if not is_local or finished.is_long_ago():
            finished.delete()
        if not go_on():
            finished.delete()
            in_transaction(partial(_hand_back, claims[number:]))
            return number
        if _read(claim):
            finished.add(claim)
        if not is_local:
            finished.delete()
    finished.delete()
    return len(claims)


def is_due() -> bool:
    """Whether any row waits to be read now; asked ten times a second, so it counts none."""
    lanes = (exists().where(*_waits(is_patient)) for is_patient in (False, True))
    return bool(read(select(or_(*lanes)))[0][0])


def due() -> int:
    """How many rows wait to be read now."""
    count = select(func.count()).select_from(OutboxRow)
    both = (count.where(*_waits(is_patient)).scalar_subquery() for is_patient in (False, True))
    return sum(read(select(*both))[0])


def _waits(is_patient: bool) -> tuple[ColumnElement[bool], ...]:
    """In the words of the index: one lane at a time."""
    return (
        OutboxRow.state == "waiting",
        OutboxRow.is_patient == is_patient,
        OutboxRow.due_at <= now(),
    )


def pending() -> tuple[int, float]:
    """How many rows are not finished, and the age (seconds) of the oldest that is overdue."""
    waiting = OutboxRow.state == "waiting"
    oldest = func.min(OutboxRow.created_at).filter(OutboxRow.due_at <= now())
    count, created_at = tuple(read(select(func.count(), oldest).where(waiting))[0])
    return count, max(0.0, (now() - created_at).total_seconds()) if created_at else 0.0


def dead() -> int:
    """How many rows were given up after FAILURES_BEFORE_DEAD failures or LOST_BEFORE_DEAD lost
    workers: people have to look."""
    return int(read(select(func.count()).where(OutboxRow.state == "dead"))[0][0])


def _table() -> Table:
    table = OutboxRow.__table__
    assert isinstance(table, Table)
    return table


# The attempt fences each: whoever was late leaves what another worker has claimed since.
DELETE = text(
    """
    DELETE FROM core_outbox AS o
    USING unnest(CAST(:buckets AS smallint[]), CAST(:ids AS uuid[]), CAST(:attempts AS int[]))
        AS read (bucket, id, attempts)
    WHERE o.bucket = read.bucket AND o.id = read.id AND o.attempts = read.attempts
    """
)


class _Finished:
    """Letters read to their end whose rows are still there. A worker that ends suddenly leaves
    them to be read again, so that they are few, not old, and of readers that are local."""

    def __init__(self) -> None:
        self._claims: list[Claim] = []
        self._since = 0.0

    def add(self, claim: Claim) -> None:
        """Another one, whose row has to go soon."""
        if not self._claims:
            self._since = time.monotonic()
        self._claims.append(claim)

    def is_long_ago(self) -> bool:
        """Whether the first of them has waited for long enough."""
        waited = time.monotonic() - self._since
        return bool(self._claims) and waited >= LONGEST_UNDELETED_SECONDS

    def delete(self) -> None:
        """Deletes their rows with one statement, in a unit of its own."""
        if self._claims:
            in_transaction(partial(_finish, self._claims))
            self._claims = []


def _is_local(claim: Claim) -> bool:
    wired = readers().get(claim.reader)
    return wired is not None and wired.is_local


# Materialized: a plan that looks at the rows to claim once for each row it joins claims more of
# them than the limit says, for each look skips what the one before has locked.
CLAIM = text(
    """
    WITH due AS MATERIALIZED (
        SELECT bucket, id FROM core_outbox
        WHERE state = 'waiting' AND is_patient = :is_patient AND due_at <= :moment
        ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE core_outbox AS o SET due_at = :lease, attempts = o.attempts + 1, is_held = true,
        lost = o.lost + CASE WHEN o.is_held THEN 1 ELSE 0 END
    FROM due
    WHERE o.bucket = due.bucket AND o.id = due.id
    RETURNING o.bucket, o.id, o.reader, o.payload, o.attempts, o.failures, o.lost
    """
)


def _claim(limit: int) -> list[Claim]:
    """What cannot wait first, then what can; or one over which a worker was lost, by itself.

    By itself: if it ends this worker too, no other letter is held up or blamed, and it is read at
    once, so that a lease which merely ran out behind slow letters is not counted again and again.
    """
    kept = limit // PATIENT_PART
    found = _claim_of(False, limit - kept)
    found += _claim_of(True, limit - len(found))
    sound = [claim for claim in found if not claim.lost]
    suspect = sorted((claim for claim in found if claim.lost), key=lambda claim: claim.lost)
    if not suspect:
        return sound
    _hand_back(suspect[1:])
    if suspect[0].lost >= LOST_BEFORE_DEAD:
        _bury(suspect[0])
        return sound
    _hand_back(sound)
    return suspect[:1]


def _claim_of(is_patient: bool, limit: int) -> list[Claim]:
    moment = now()
    values = {"moment": moment, "lease": moment + timedelta(seconds=LEASE_SECONDS)}
    found = db.session.execute(CLAIM, values | {"is_patient": is_patient, "limit": limit})
    return sorted((Claim(*row) for row in found), key=lambda claim: claim.id)


def _read(claim: Claim) -> bool:
    """Whether it was read to its end, so that its row is to be deleted."""
    wired = readers().get(claim.reader)
    lease_seconds = wired.lease_seconds if wired else LEASE_SECONDS
    try:
        if _is_short(claim, lease_seconds) and not in_transaction(
            lambda: _renew(claim, lease_seconds)
        ):
            return False  # it fell due while rows before it were read: another worker has it
        if wired is None:
            raise LookupError(f"no reader is called {claim.reader}")
        wired.function(claim.payload)
    except TryLater as later:
        seconds = later.seconds
        in_transaction(lambda: _postpone(claim, seconds))
    except Exception as error:
        log.warning("outbox_reader_failed", reader=claim.reader, row=str(claim.id), exc_info=error)
        reason = told(error)
        in_transaction(lambda: _failed(claim, reason))
    else:
        return True
    return False


def _mine(claim: Claim) -> tuple[Any, ...]:
    return (
        OutboxRow.bucket == claim.bucket,
        OutboxRow.id == claim.id,
        OutboxRow.attempts == claim.attempt,
    )


def _is_short(claim: Claim, lease_seconds: int) -> bool:
    """Whether the lease might end before the reading: it is longer, or half of it has passed."""
    waited = time.monotonic() - claim.claimed_at
    return lease_seconds > LEASE_SECONDS or waited > LEASE_SECONDS / 2


def _renew(claim: Claim, lease_seconds: int) -> bool:
    due_at = now() + timedelta(seconds=lease_seconds)
    renewed = update(OutboxRow).where(*_mine(claim), OutboxRow.state == "waiting")
    found = db.session.execute(renewed.values(due_at=due_at).returning(OutboxRow.id))
    return found.first() is not None


def _hand_back(claims: list[Claim]) -> None:
    for claim in claims:
        free = update(OutboxRow).where(*_mine(claim)).values(due_at=now(), is_held=False)
        db.session.execute(free)


def _finish(claims: list[Claim]) -> None:
    values = {
        "buckets": [claim.bucket for claim in claims],
        "ids": [claim.id for claim in claims],
        "attempts": [claim.attempt for claim in claims],
    }
    db.session.execute(DELETE, values)


def _failed(claim: Claim, error: str) -> None:
    failures = claim.failures + 1
    pause = min(LONGEST_PAUSE_SECONDS, 2**failures) * (0.75 + chance() / 2)
    values: Payload = {"failures": failures, "last_error": error, "is_held": False, "lost": 0}
    if failures >= FAILURES_BEFORE_DEAD:
        values["state"] = "dead"
    else:
        values["due_at"] = now() + timedelta(seconds=pause)
    db.session.execute(update(OutboxRow).where(*_mine(claim)).values(values))


def _bury(claim: Claim) -> None:
    log.error("outbox_reader_lost", reader=claim.reader, row=str(claim.id), workers=claim.lost)
    error = f"{claim.lost} workers ended while they read it"
    values: Payload = {"state": "dead", "last_error": error, "is_held": False}
    db.session.execute(update(OutboxRow).where(*_mine(claim)).values(values))


def _postpone(claim: Claim, seconds: float) -> None:
    due_at = now() + timedelta(seconds=seconds)
    values: Payload = {"due_at": due_at, "last_error": None, "is_held": False, "lost": 0}
    db.session.execute(update(OutboxRow).where(*_mine(claim)).values(values))
