"""How somebody comes to a grant of the queue: buy something, and wait for the pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.benefits.contract import Rehearsal, Stage
from app.benefits.queue_subsidy import paying, service

PURCHASE_FEN = 10_000  # of which a tenth is conceded


@dataclass
class _Play:
    """Half of what a purchase concedes, paid whole from the front."""

    settings: dict[str, Any] = field(
        default_factory=lambda: {
            "rate_bp": 5_000,
            "cap_fen": 500,
            "ripe_days": 0,
            "near_places": 0,
            "purse": "rebate",
            "starts_new": True,
        }
    )
    budget_fen: int = 3_000
    grant_fen: int = 500
    _stores: dict[UUID, UUID] = field(default_factory=dict)
    _sales: dict[tuple[UUID, UUID, int], UUID] = field(default_factory=dict)

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """A store to buy in."""
        self._stores[campaign_id] = stage.store()

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """A purchase, which takes a place."""
        store_id = self._stores[campaign_id]
        self._sales[campaign_id, member_id, number] = stage.buy(member_id, PURCHASE_FEN, store_id)

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The letter of the purchase once more, and the duty that pays."""
        service.on_sale({"sale_id": str(self._sales[campaign_id, member_id, number])})
        paying.turn()


REHEARSAL: Rehearsal = _Play()
