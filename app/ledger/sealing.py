"""The duty that follows posting: folding append-only entries into balances, sealing the chain."""

from __future__ import annotations

from flask import g
from sqlalchemy import text

from app.core.db import db, in_transaction
from app.core.world import now

SEAL_SECONDS = 0.5
MOST_AT_ONCE = 2_000
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
