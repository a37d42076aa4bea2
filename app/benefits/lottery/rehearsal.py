"""How somebody comes to a prize, the shortest way: a purchase that concedes enough, and a draw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.benefits.contract import Stage

PRIZE_FEN = 800
STOCK = 4


class LotteryRehearsal:
    """Each draw wins, as long as there is a prize."""

    budget_fen = PRIZE_FEN * STOCK
    grant_fen = PRIZE_FEN
    settings: dict[str, Any] = {
        "organiser": "联惠平台 400-000-0000",
        "threshold_fen": 100,
        "prizes": [
            {
                "name": "现金 8 元",
                "name_en": "8 yuan",
                "kind": "money",
                "value_fen": PRIZE_FEN,
                "stock": STOCK,
                "odds_ppm": 1_000_000,
            }
        ],
    }

    def __init__(self) -> None:
        self._stores: dict[UUID, UUID] = {}

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """A store to buy in."""
        self._stores[campaign_id] = stage.store()

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """A purchase of 20 yuan, which concedes enough for a chance."""
        stage.buy(member_id, 2_000, self._stores[campaign_id])

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """One draw, with a key of its own."""
        body = {"campaign_id": str(campaign_id)}
        stage.call(member_id, "POST", "/draws", body, key=f"draw-{campaign_id}-{number}")


REHEARSAL = LotteryRehearsal()
