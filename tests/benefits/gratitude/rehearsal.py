"""A purchase, and its thanks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.benefits.gratitude import service

from app.benefits.contract import Stage


class Thanked:
    """Buys for ten yuan, and hears of it twice."""

    settings: dict[str, Any] = {"minimum_fen": 1_000, "gift_fen": 100}
    budget_fen = 500
    grant_fen = 100

    def __init__(self) -> None:
        self.sales: dict[tuple[UUID, UUID], UUID] = {}

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """Nothing is needed."""

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """A purchase; its letter is read for the first time."""
        self.sales[campaign_id, member_id] = stage.buy(member_id, 1_000, stage.store())

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The letter comes again."""
        service.on_sale({"sale_id": str(self.sales[campaign_id, member_id])})


REHEARSAL = Thanked()
