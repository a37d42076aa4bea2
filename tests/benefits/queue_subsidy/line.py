"""A queue that runs, people who buy, and what became of their places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.benefits.queue_subsidy import paying
from app.core.db import read
from app.core.world import PLATFORM_ID
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.stage import Stage, published

RULES = {
    "rate_bp": 5_000,
    "ripe_days": 0,
    "near_places": 0,
    "purse": "rebate",
    "starts_new": True,
}
BOUGHT_FEN = 10_000
TARGET_FEN = 500  # half of the tenth that is conceded


class Line:
    """A queue of a campaign of its own; each purchase of 10,000 fen may get 500."""

    def __init__(self, client: Any, pool_fen: int = 0, **rules: Any) -> None:
        self.stage = Stage(client)
        self.store_id = self.stage.store()
        world.give(PLATFORM_ID, Account.OPERATIONS, 10_000)  # stands in for shares already paid out
        self.campaign_id = self.publish(pool_fen, **rules)

    def publish(self, pool_fen: int = 0, **rules: Any) -> UUID:
        wish = RULES | rules
        return published(self.stage.client, "queue_subsidy", wish, pool_fen, funder="queue_pool")

    def buy(self, member_id: UUID | None = None, amount_fen: int = BOUGHT_FEN) -> UUID:
        return self.stage.buy(member_id or self.stage.member(), amount_fen, self.store_id)

    def refund(self, sale_id: UUID, amount_fen: int) -> None:
        from tests.benefits.stage import read_letters

        headers = world.owner_headers(self.stage.shops[self.store_id])
        wish = {"reason": "退货", "amount_fen": amount_fen}
        path = f"/api/v1/payments/{sale_id}/refunds"
        answer = self.stage.client.post(path, json=wish, headers=headers)
        assert answer.status_code == 201, answer.json
        read_letters()

    def feed(self, amount_fen: int) -> None:
        world.give(PLATFORM_ID, Account.QUEUE_POOL, amount_fen)

    def turn(self) -> None:
        from app.alliance import distribution

        distribution.fold()
        paying.turn()

    def mine(self, member_id: UUID, **query: Any) -> dict[str, Any]:
        answer = self.stage.client.get(
            "/api/v1/me/queue", query_string=query, headers=world.headers(member_id)
        )
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def pot(self) -> int:
        return world.balance(self.campaign_id, Account.CAMPAIGN_POT)


def place(sale_id: UUID) -> Any:
    """A purchase's place as it is kept, or None."""
    rows = read(text("SELECT * FROM benefits_queue_place WHERE sale_id = :s"), {"s": sale_id})
    return rows[0] if rows else None


def rebate(member_id: UUID) -> int:
    """What a member has to spend or withdraw."""
    return world.balance(member_id, Account.REBATE)
