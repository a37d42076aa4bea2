"""A stage for rehearsals: real members, purchases, requests, and campaigns as people make them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.alliance import distribution
from app.benefits import campaigns, registry
from app.core import outbox, timetable
from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world

API = "/api/v1"
OURS = ("benefits.", "alliance.retry_refunds")


class Stage:
    """What a rehearsal may use (`app.benefits.contract.Stage`)."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.shops: dict[UUID, world.Shop] = {}

    def member(self) -> UUID:
        return world.rich(100_000_000)

    def store(self) -> UUID:
        shop = world.shop()
        self.shops[shop.store_id] = shop
        return shop.store_id

    def buy(self, member_id: UUID, amount_fen: int, store_id: UUID, **more: Any) -> UUID:
        sale = world.paid(self.client, member_id, self.shops[store_id], amount_fen, **more)
        distribution.distribute_sale(UUID(sale["id"]))
        read_letters()
        return UUID(sale["id"])

    def refund(self, sale_id: UUID) -> None:
        store_id = read(text("SELECT store_id FROM alliance_sale WHERE id = :s"), {"s": sale_id})
        headers = world.owner_headers(self.shops[store_id[0].store_id])
        path = f"{API}/payments/{sale_id}/refunds"
        answer = self.client.post(path, json={"reason": "退货"}, headers=headers)
        assert answer.status_code == 201, answer.json
        read_letters()

    def call(
        self, who: UUID | str, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        is_member = isinstance(who, UUID)
        headers = world.headers(who, key) if is_member else world.staff_headers(str(who), key=key)
        answer = self.client.open(API + path, method=method, json=body, headers=headers)
        return answer.status_code, dict(answer.json or {})

    def turn(self) -> None:
        distribution.fold()
        for duty in timetable.duties():
            if duty.name.startswith(OURS):
                duty.work()
        read_letters()


def read_letters() -> None:
    """Reads every letter that is due."""
    while outbox.work_off():
        pass


def end_queues() -> None:
    """Ends whatever is paid from the queue pool; its rest goes back there."""
    wanted = "SELECT id FROM benefits_campaign WHERE funder = 'queue_pool' AND status <> 'draft'"
    for row in read(text(wanted)):
        in_transaction(lambda row=row: campaigns.end(row.id))
        in_transaction(lambda row=row: campaigns.return_rest(row.id))


def end_campaigns() -> None:
    """Ends what still runs and returns its rest, so that the purchases of later tests count in no
    campaign of others, and the clock has only theirs in hand."""
    end_queues()
    wanted = """SELECT id FROM benefits_campaign
        WHERE status IN ('published', 'paused') AND benefit = ANY(:known)"""
    for row in read(text(wanted), {"known": sorted(registry.benefits())}):
        in_transaction(lambda row=row: campaigns.end(row.id))
        in_transaction(lambda row=row: campaigns.return_rest(row.id))


def clear_pool() -> None:
    """Empties the queue pool of what earlier tests left in it."""
    end_queues()
    distribution.fold()
    held_fen = world.balance(PLATFORM_ID, Account.QUEUE_POOL)
    if held_fen:
        world.take(PLATFORM_ID, Account.QUEUE_POOL, held_fen)


def draft(benefit: str, settings: dict[str, Any], **differs: Any) -> dict[str, Any]:
    """What a request for a campaign says that runs now."""
    moment = now()
    values = {
        "benefit": benefit,
        "name": "周年庆",
        "name_en": "Anniversary",
        "funder": "campaign_fund",
        "settings": settings,
        "starts_at": (moment - timedelta(minutes=1)).isoformat(),
        "ends_at": (moment + timedelta(days=7)).isoformat(),
    }
    return values | differs


def published(
    client: Any, benefit: str, settings: dict[str, Any], budget_fen: int = 0, **differs: Any
) -> UUID:
    """A campaign that runs now: drafted by one operator, published by another; its id. What is to
    be paid from the queue pool lies there alone, and nobody else is paid from it."""
    merchant_id = differs.get("merchant_id")
    funder = differs.get("funder", "campaign_fund")
    if funder == "queue_pool":
        clear_pool()
    if budget_fen:
        world.give(
            UUID(merchant_id) if merchant_id else PLATFORM_ID, Account[funder.upper()], budget_fen
        )
        distribution.fold()
    if funder == "queue_pool":
        budget_fen = 0
    author = world.staff_headers("operator")
    if merchant_id:
        author = world.staff_headers("merchant_owner", merchant_id=UUID(merchant_id))
    body = draft(benefit, settings, budget_fen=budget_fen, **differs)
    answer = client.post(f"{API}/campaigns", json=body, headers=author)
    assert answer.status_code == 201, answer.json
    path = f"{API}/campaigns/{answer.json['id']}/publish"
    told = client.post(path, headers=world.staff_headers("operator", key=new_id().hex))
    assert told.status_code == 200, told.json
    return UUID(answer.json["id"])
