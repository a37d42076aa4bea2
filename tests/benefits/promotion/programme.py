"""Programmes, links, clicks and purchases, through the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.alliance import distribution
from app.benefits.models import Grant
from app.benefits.promotion import service
from app.benefits.promotion.models import PromotedSale
from app.core.db import db, in_transaction
from app.core.world import bucket_of
from tests.alliance import shop as world
from tests.benefits.stage import API, published

SETTINGS = {
    "commission_bp": 500,
    "cap_fen": 2_000,
    "window_days": 15,
    "subjects": ["store", "product", "content"],
    "contents": [{"key": "spring", "title": "春季新品", "text": "当季鲜茶，到店品尝。"}],
}


@dataclass(frozen=True)
class Programme:
    """A shop and its programme, with its own way to see it."""

    client: Any
    shop: world.Shop
    id: UUID


def programme(
    client: Any, budget_fen: int = 100_000, shop: Any = None, **differs: Any
) -> Programme:
    """A programme that runs now: five percent, at most twenty yuan, fifteen days."""
    shop = shop or world.shop()
    settings = SETTINGS | differs
    if "content" not in settings["subjects"]:
        settings["contents"] = []
    campaign_id = published(
        client,
        "promotion",
        settings,
        budget_fen,
        funder="offer_budget",
        merchant_id=str(shop.merchant_id),
    )
    return Programme(client, shop, campaign_id)


def ask_link(of: Programme, promoter: UUID, **what: Any) -> Any:
    """Asks for a link, for the store unless something else is named."""
    wish = {"campaign_id": str(of.id)} | (what or {"store_id": str(of.shop.store_id)})
    return of.client.post(f"{API}/promotion-links", json=wish, headers=world.headers(promoter))


def link(of: Programme, promoter: UUID, **what: Any) -> dict[str, Any]:
    answer = ask_link(of, promoter, **what)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def click(client: Any, member_id: UUID, token: str) -> dict[str, Any]:
    wish = {"token": token}
    answer = client.post(f"{API}/promotion-clicks", json=wish, headers=world.headers(member_id))
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def buy(of: Programme, payer: UUID, amount_fen: int = 10_000, **more: Any) -> UUID:
    """A purchase whose letter is read by promotion alone; its sale."""
    sale_id = buy_unread(of, payer, amount_fen, **more)
    service.on_sale({"sale_id": str(sale_id)})
    return sale_id


def buy_unread(of: Programme, payer: UUID, amount_fen: int = 10_000, **more: Any) -> UUID:
    sale_id = UUID(world.paid(of.client, payer, of.shop, amount_fen, **more)["id"])
    distribution.distribute_sale(sale_id)
    return sale_id


def refund(of: Programme, sale_id: UUID, amount_fen: int | None = None) -> None:
    wish = {"reason": "退货"} | ({"amount_fen": amount_fen} if amount_fen else {})
    answer = of.client.post(
        f"{API}/payments/{sale_id}/refunds", json=wish, headers=world.owner_headers(of.shop)
    )
    assert answer.status_code == 201, answer.json
    service.on_refund({"sale_id": str(sale_id)})


def brought(of: Programme, promoter: UUID, amount_fen: int = 10_000) -> UUID:
    """Somebody new comes by the promoter's link and buys; the sale."""
    customer = world.rich()
    click(of.client, customer, link(of, promoter)["token"])
    return buy(of, customer, amount_fen)


def row(sale_id: UUID) -> dict[str, Any] | None:
    """What is known of a promoted sale."""

    def work() -> dict[str, Any] | None:
        found = db.session.get(PromotedSale, (bucket_of(sale_id), sale_id))
        if found is None:
            return None
        return {each.key: getattr(found, each.key) for each in PromotedSale.__mapper__.column_attrs}

    return in_transaction(work)


def state(sale_id: UUID) -> tuple[str, str | None, int, int] | None:
    """Status, reason, commission and what of it is lost."""
    found = row(sale_id)
    return found and (found["status"], found["reason"], found["amount_fen"], found["lost_fen"])


def grant_of(sale_id: UUID) -> Grant | None:
    found = row(sale_id)
    if found is None or found["grant_id"] is None:
        return None
    key = (bucket_of(found["grant_id"]), found["grant_id"])
    return in_transaction(lambda: _detached(db.session.get_one(Grant, key)))


def _detached(grant: Grant) -> Grant:
    db.session.refresh(grant)
    db.session.expunge(grant)
    return grant


def move_clicks(member_id: UUID, by: timedelta) -> None:
    """Lets a member's clicks have been so much earlier."""
    statement = text(
        "UPDATE benefits_promotion_click SET clicked_at = clicked_at - :by,"
        " minute = minute - :by WHERE member_id = :member"
    )
    in_transaction(lambda: db.session.execute(statement, {"by": by, "member": member_id}))


def operate(of: Programme, step: str, **wish: Any) -> None:
    """A step of the campaign by an operator."""
    answer = of.client.post(
        f"{API}/campaigns/{of.id}/{step}",
        json=wish or None,
        headers=world.staff_headers("operator"),
    )
    assert answer.status_code == 200, answer.json
