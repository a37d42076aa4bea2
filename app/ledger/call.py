"""How journals travel to the PostgreSQL function `ledger_post`: parallel arrays, already binary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.core import packing
from app.ledger.journals import Journal

NIL = bytes(16)
_PLACES = ", ".join(["%b"] * 14)
POST = f"SELECT ledger_post({_PLACES})"
POST_NEW = f"SELECT ledger_require_new(ledger_post({_PLACES}))"
POST_IF_FUNDED = f"SELECT ledger_post_if_funded({_PLACES})"


def arguments(journals: Sequence[Journal], posted_at: datetime) -> list[Any]:
    """The parameters of `POST`: journals in the given order, legs in the order of their locks."""
    legs = sorted(
        (leg.owner_id.bytes, leg.account, position, number, leg)
        for position, journal in enumerate(journals, 1)
        for number, leg in enumerate(journal.legs, 1)
    )
    return [
        posted_at,
        packing.uuids(journal.id for journal in journals),
        packing.texts(journal.kind for journal in journals),
        packing.uuids(journal.reference_id for journal in journals),
        packing.uuids(journal.principal_id for journal in journals),
        packing.texts(journal.key for journal in journals),
        packing.bytestrings(journal.fingerprint for journal in journals),
        packing.packed_uuids(
            journal.reverses_id.bytes if journal.reverses_id else NIL for journal in journals
        ),
        packing.integers(row[2] for row in legs),
        packing.smallints(row[3] for row in legs),
        packing.packed_uuids(row[0] for row in legs),
        packing.smallints(row[1] for row in legs),
        packing.packed_uuids(row[4].lot_id.bytes if row[4].lot_id else NIL for row in legs),
        packing.bigints(row[4].amount_fen for row in legs),
    ]
