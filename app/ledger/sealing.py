"""The duty that follows posting: folding append-only entries into balances, sealing the chain."""

from __future__ import annotations

import time

from flask import g
from sqlalchemy import text

from app.core.db import db, in_transaction
from app.core.timetable import Unfinished
from app.core.world import now

SEAL_SECONDS = 0.5
MOST_AT_ONCE = 2_000
SLICE_SECONDS = 0.5
_SEAL = text("SELECT ledger_fold_and_seal(:limit, :sealed_at)")


def fold_and_seal(limit: int = MOST_AT_ONCE) -> int:
    """Folds and seals up to `limit` committed journals; returns how many. One sealer at a time.

    A unit of its own, or part of the current one. Whoever is refused a debit of an append-only
    account may call it once and try again.
    """

    def work() -> int:
        parameters = {"limit": limit, "sealed_at": now()}
        return int(db.session.execute(_SEAL, parameters).scalar_one())

    return work() if g.get("in_transaction") else in_transaction(work)


def work_off(seconds: float = SLICE_SECONDS) -> int:
    """Duty: folds and seals what waits, in units of their own, for about so long at a time; how
    many journals. Whatever else is due reads what waits: a long queue is made short first."""
    until, done = time.monotonic() + seconds, 0
    while (sealed := fold_and_seal(MOST_AT_ONCE)) == MOST_AT_ONCE:
        done += sealed
        if time.monotonic() >= until:
            return Unfinished(done)
    return done + sealed
