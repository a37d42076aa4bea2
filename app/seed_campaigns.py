"""What a newcomer finds running in the demo: a campaign of each kind, a top-up plan, two offers,
and two errands.

The demo's own staff ask our API for all of it, so that every rule holds and every step is recorded.
Made once, after the seed: where a step is refused, the demo stands with what there was by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import Client

from app.core import auth
from app.core.api import PREFIX
from app.core.auth import Principal
from app.core.db import in_transaction
from app.core.world import beijing_day, now
from app.ledger import service as ledger

Facts = dict[str, Any]
DAYS = 60
LOTTERY: Facts = {
    "organiser": "联惠平台 400-000-0000",
    "threshold_fen": 500,
    "most_per_purchase": 3,
    "prizes": [
        {
            "name": "现金 88 元",
            "name_en": "88 yuan",
            "kind": "money",
            "value_fen": 8_800,
            "stock": 5,
            "odds_ppm": 20_000,
        },
    ],
    "consolation": {
        "name": "体验金 1 元",
        "name_en": "Experience gold, 1 yuan",
        "kind": "experience",
        "value_fen": 100,
        "stock": 500,
    },
}
PROMOTION: Facts = {
    "commission_bp": 500,
    "cap_fen": 2_000,
    "window_days": 15,
    "subjects": ["store", "product"],
}
ERRANDS: Facts = {
    "categories": [
        {"code": "parcel", "title": "取送件", "title_en": "Parcel"},
        {"code": "shopping", "title": "代买", "title_en": "Shopping"},
    ]
}
PLAN: Facts = {
    "name": "开业储值",
    "tiers": [
        {"at_least_fen": 20_000, "bonus_fen": 2_000},
        {"at_least_fen": 50_000, "bonus_fen": 6_000},
    ],
    "budget_fen": 50_000,
}
GOODS: tuple[Facts, ...] = (
    {
        "title": "明前龙井 100 克",
        "text": "今年新茶，密封罐装。",
        "category": "茶叶",
        "price_fen": 16_800,
        "stock": 50,
        "deliveries": ["pickup", "shipment"],
    },
    {
        "title": "双人下午茶",
        "text": "一壶茶，四样点心，到店享用。",
        "category": "茶饮",
        "price_fen": 9_800,
        "deliveries": ["pickup"],
    },
)
SHOP: Facts = {
    "address": "杭州市上城区河坊街 66 号",
    "latitude": 30.2396,
    "longitude": 120.1671,
    "contact_name": "老街面馆",
    "contact_phone": "13800000001",
}
MARKET: Facts = {
    "address": "杭州市上城区湖滨路 8 号",
    "latitude": 30.2525,
    "longitude": 120.1623,
    "contact_name": "清风茶馆",
    "contact_phone": "13800000002",
}


class Desk:
    """Sessions of the demo's staff, and what they ask with them."""

    def __init__(self, app: Flask, facts: Mapping[str, Any]) -> None:
        staff, shops = facts["staff"], facts["merchants"]
        people = {name: Principal("staff", one["id"], _roles(one)) for name, one in staff.items()}
        for slug in ("tea", "noodles"):
            owner, shop = shops[slug]["owner"], shops[slug]
            stores = frozenset(store["id"] for store in shop["stores"])
            people[slug] = Principal("staff", owner["id"], _roles(owner), shop["id"], stores)
        self._people, self._client, self._asked = people, Client(app), 0
        self._tokens = in_transaction(
            lambda: {name: auth.open_session(one).token for name, one in people.items()}
        )

    def ask(self, who: str, path: str, **body: Any) -> Facts:
        """One POST; its answer. Raises RuntimeError with the problem where it is refused."""
        self._asked += 1
        headers = {
            "Authorization": f"Bearer {self._tokens[who]}",
            "Idempotency-Key": f"demo-campaigns-{self._asked}",
        }
        answer = self._client.post(PREFIX + path, json=body or None, headers=headers)
        if answer.status_code >= 400:
            raise RuntimeError(f"{who} {path}: {answer.text}")
        return dict(answer.json or {})

    def leave(self) -> None:
        """Ends the sessions."""
        for each in self._people.values():
            in_transaction(partial(auth.revoke_sessions, each.id))


def make(app: Flask, facts: Mapping[str, Any]) -> None:
    """Makes it all, once after the seed. Raises RuntimeError where something is refused."""
    ledger.fold_and_seal()  # a campaign is paid from what the fund is known to hold
    desk = Desk(app, facts)
    shops = facts["merchants"]
    try:
        for slug, target, fen in (("tea", "offer_budget", 200_000), ("noodles", "deposit", 50_000)):
            _move(desk, shops[slug]["id"], "paid_in", target, fen)
        _move(desk, shops["noodles"]["id"], "released", "deposit", 10_000)
        _campaigns(desk, shops["tea"])
        _counter(desk, shops["tea"])
        errands = _campaign(desk, "operator", "errands", "邻里跑腿", "Errands", ERRANDS, "payer")
        _errands(desk, errands)
    finally:
        desk.leave()


def _roles(one: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(one["roles"])


def _move(desk: Desk, merchant_id: UUID, kind: str, target: str, fen: int) -> None:
    wish = {"kind": kind, "target": target, "amount_fen": fen, "reference": f"demo {kind} {target}"}
    asked = desk.ask("finance", f"/merchants/{merchant_id}/fund-movements", **wish)
    desk.ask("second_finance", f"/fund-movements/{asked['id']}/decision", is_approved=True)


def _campaigns(desk: Desk, tea: Mapping[str, Any]) -> None:
    fund: Facts = {"funder": "campaign_fund", "budget_fen": 100_000}
    _campaign(desk, "operator", "lottery", "满额抽奖", "Lottery", LOTTERY, **fund)
    _campaign(desk, "operator", "queue_subsidy", "排队补贴", "Queue subsidy", {}, "queue_pool")
    own: Facts = {"funder": "offer_budget", "budget_fen": 100_000, "merchant_id": str(tea["id"])}
    _campaign(desk, "tea", "promotion", "好茶推广", "Share good tea", PROMOTION, **own)


def _counter(desk: Desk, tea: Mapping[str, Any]) -> None:
    """What the tea house gives to those who top up there, and what it sells."""
    first = {"merchant_id": str(tea["id"]), "starts_on": beijing_day(now()).isoformat()}
    desk.ask("tea", "/top-up-plans", **PLAN, **first)
    for goods in GOODS:
        made = desk.ask("tea", "/offers", store_id=str(tea["stores"][0]["id"]), **goods)
        version = made["latest"]["version"]
        desk.ask("tea", f"/offers/{made['id']}/submit", version=version)
        desk.ask("operator", f"/offers/{made['id']}/review", version=version, decision="approve")


def _campaign(
    desk: Desk,
    author: str,
    benefit: str,
    name: str,
    name_en: str,
    settings: Mapping[str, Any],
    funder: str,
    **more: Any,
) -> str:
    """Drafted by one person, published by another; its id."""
    moment = now()
    drafted = desk.ask(
        author,
        "/campaigns",
        benefit=benefit,
        name=name,
        name_en=name_en,
        settings=dict(settings),
        funder=funder,
        starts_at=moment.isoformat(),
        ends_at=(moment + timedelta(days=DAYS)).isoformat(),
        **more,
    )
    desk.ask("second_operator", f"/campaigns/{drafted['id']}/publish")
    return str(drafted["id"])


def _errands(desk: Desk, campaign_id: str) -> None:
    for category, title, text, fen in (
        ("parcel", "把一份面送到茶馆", "到店取一份打包好的片儿川，送到湖滨路。", 800),
        ("shopping", "代买一罐龙井", "在茶馆买一罐龙井送到面馆，货款到付。", 1_200),
    ):
        places = (SHOP, MARKET) if category == "parcel" else (MARKET, SHOP)
        desk.ask(
            "noodles",
            "/errands",
            campaign_id=campaign_id,
            category=category,
            title=title,
            description=text,
            pick_up=places[0],
            delivery=places[1],
            reward_fen=fen,
        )
