"""What is done for prepaid money by the clock: looking at lent lots, collecting what fell due."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog

from app.alliance import distribution
from app.alliance.prepaid import advances, looks
from app.core.db import in_transaction
from app.core.world import SYSTEM_ID

log = structlog.get_logger()
SECONDS = 60
MERCHANTS_AT_ONCE = 200


def note_refund(_: Any, *, member_id: UUID, bonus_returned: dict[UUID, int]) -> None:
    """Receiver of the wallet's `top_up_refunded`, inside its unit."""
    for lot_id, amount_fen in bonus_returned.items():
        advances.bonus_came_back(member_id, lot_id, amount_fen)
    looks.touch_persons([member_id])


def collect_due() -> int:
    """Looks at lots that moved and collects what is due, each merchant in a unit of its own, so
    that one's trouble holds up no other; how many lots were looked at or merchants paid."""
    done = 0
    while looked := looks.look():
        done += looked
        if looked < looks.BATCH:
            break
    merchant_ids = advances.owing_merchants(MERCHANTS_AT_ONCE)
    if merchant_ids:
        distribution.fold()
    return done + sum(_collect(merchant_id) for merchant_id in merchant_ids)


def _collect(merchant_id: UUID) -> int:
    try:
        collected = in_transaction(lambda: advances.collect(merchant_id, SYSTEM_ID))
    except Exception as error:
        log.error("advance_collection_failed", merchant=str(merchant_id), exc_info=error)
        return 0
    return int(collected is not None)
