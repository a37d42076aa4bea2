"""Demo and test data: an alliance of three shops that works, with funds that are really funded.

`create_app` registers the command; like `create_app` this file may know every room.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import click
import structlog
from flask import Flask, json
from sqlalchemy import select

from app import seed_campaigns
from app.alliance import service as alliance
from app.core import staff
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.errors import AppError
from app.core.models import StaffAccount
from app.core.world import PLATFORM_ID, SYSTEM_ID, beijing_day, new_id, now
from app.notices import menu_publishing
from app.qr import service as qr
from app.wallet import service as wallet

log = structlog.get_logger()
Facts = dict[str, Any]

POLICY = {
    "consumer": 1_500,
    "recommender": 2_000,
    "merchant_recommender": 500,
    "home_store": 2_000,
    "salesperson": 500,
    "promoter": 0,
    "operations": 1_500,
    "campaign_fund": 1_000,
    "charity": 500,
    "queue_pool": 500,
}
FUNDS = {"campaign_fund": 50_000_00, "operations": 10_000_00}
OPERATING_FEN = 100_000_00
SECOND_PEOPLE = ("operator", "finance")
PLATFORM_STAFF = ("operator", "finance", "reviewer", "support")


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant of the demo: its slug, name, concession rate and stores; a store is its name,
    address, category, latitude and longitude."""

    slug: str
    name: str
    concession_bp: int
    stores: tuple[tuple[str, str, str, float, float], ...]


SHOPS = (
    Shop(
        "tea",
        "清风茶馆",
        1_000,
        (("清风茶馆·湖滨店", "杭州市上城区湖滨路 8 号", "茶饮", 30.2525, 120.1623),),
    ),
    Shop(
        "noodles",
        "老街面馆",
        800,
        (("老街面馆·河坊街店", "杭州市上城区河坊街 66 号", "餐饮", 30.2396, 120.1671),),
    ),
    Shop(
        "books",
        "拾光书店",
        1_200,
        (
            ("拾光书店·文三路店", "杭州市西湖区文三路 398 号", "文化", 30.2763, 120.1293),
            ("拾光书店·钱江店", "杭州市上城区钱江路 58 号", "文化", 30.2390, 120.2004),
        ),
    ),
)


def seed(*, suffix: str = "") -> Facts:
    """Makes the alliance in one unit of work; its ids, credentials, secrets and scene tokens."""
    facts = in_transaction(lambda: _make(suffix))
    facts["scenes_ready"] = _fetch_tickets(facts)
    return facts


def _make(suffix: str) -> Facts:
    people = {role: _person(role, frozenset({role}), suffix) for role in PLATFORM_STAFF}
    for role in SECOND_PEOPLE if not suffix else ():
        people[f"second_{role}"] = _person(f"{role}-2", frozenset({role}), suffix)
    _fund()
    policy = alliance.add_policy(f"standard{suffix}", POLICY, {}, True, SYSTEM_ID)
    salesperson = alliance.add_salesperson(f"小林{suffix}")
    menu_publishing.ask_now()
    merchants = {shop.slug: _merchant(shop, policy.id, salesperson.id, suffix) for shop in SHOPS}
    return {
        "platform_id": PLATFORM_ID,
        "operating_fen": OPERATING_FEN,
        "policy_id": policy.id,
        "staff": people,
        "salespeople": {
            "lin": {
                "id": salesperson.id,
                "scene": qr.issue("P", salesperson.id),
                "label": "业务员 小林",
            }
        },
        "merchants": merchants,
        "platform_code": {"scene": qr.issue("O", PLATFORM_ID), "label": "联惠平台"},
    }


def _person(name: str, roles: frozenset[str], suffix: str, **place: Any) -> Facts:
    new = staff.NewStaff(f"{name}{suffix}", secrets.token_urlsafe(12), roles, **place)
    identity = staff.create(new)
    return {
        "id": identity,
        "username": new.username,
        "password": new.password,
        "totp_secret": new.totp_secret,
        "roles": sorted(roles),
    }


def _fund() -> None:
    batch = new_id().hex
    for name, amount in FUNDS.items():
        wallet.fund(wallet.Fund(name), amount, wallet.Place.BANK_CUSTODY, SYSTEM_ID, batch + name)
    wallet.fund(
        wallet.Fund.OPERATIONS, OPERATING_FEN, wallet.Place.WECHAT_OPERATING, SYSTEM_ID, batch
    )


def _store(
    merchant_id: UUID, name: str, address: str, category: str, latitude: float, longitude: float
) -> Any:
    store = alliance.add_store(merchant_id, name, address, category)
    alliance.put_on_map(store.id, latitude, longitude, SYSTEM_ID)
    return store


def _merchant(shop: Shop, policy_id: Any, salesperson_id: Any, suffix: str) -> Facts:
    merchant = alliance.add_merchant(shop.name, salesperson_id)
    stores = [_store(merchant.id, *place) for place in shop.stores]
    contract = alliance.add_contract(
        alliance.NewContract(
            merchant_id=merchant.id,
            policy_id=policy_id,
            concession_bp=shop.concession_bp,
            starts_on=beijing_day(now()),
            ends_on=None,
            experience_cap_bp=settings().experience_sale_cap_bp,
            is_bonus_included=False,
            payment_maximum_fen=None,
        ),
        SYSTEM_ID,
    )
    at = {"merchant_id": merchant.id, "store_ids": frozenset(store.id for store in stores)}
    return {
        "id": merchant.id,
        "name": shop.name,
        "contract_id": contract.id,
        "concession_bp": shop.concession_bp,
        "stores": [
            {
                "id": store.id,
                "name": store.name,
                "scene": qr.issue("S", store.id),
                "label": store.name,
            }
            for store in stores
        ],
        "owner": _person(f"{shop.slug}-owner", frozenset({"merchant_owner"}), suffix, **at),
        "cashier": _person(f"{shop.slug}-cashier", frozenset({"cashier"}), suffix, **at),
    }


def _scenes(facts: Facts) -> list[str]:
    stores = [store for one in facts["merchants"].values() for store in one["stores"]]
    named = [*stores, *facts["salespeople"].values(), facts["platform_code"]]
    return [one["scene"] for one in named]


def _fetch_tickets(facts: Facts) -> bool:
    """Asks WeChat for the codes' tickets; where it is away they are fetched when first shown."""
    try:
        for scene in _scenes(facts):
            qr.ticket_for(scene)
    except AppError as error:
        log.warning("tickets_not_fetched", code=error.code)
        return False
    return True


def install(app: Flask) -> None:
    """Registers the command on the application."""

    @app.cli.command("seed")
    @click.option("--profile", type=click.Choice(["demo", "test"]), default="demo")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--bare", is_flag=True, help="No campaigns in the demo.")
    def command(profile: str, as_json: bool, bare: bool) -> None:
        """Make a demo alliance (once), or a fresh one for a test (each time); print its facts."""
        if settings().lianhui_env == "production":
            raise click.ClickException("demo data has no place in production")
        if profile == "demo" and read(select(StaffAccount.id).limit(1)):
            click.echo("there are accounts already: the demo is made once", err=True)
            return
        facts = seed(suffix="" if profile == "demo" else f"-{new_id().hex[-12:]}")
        if profile == "demo" and not bare:
            _furnish(app, facts)
        click.echo(json.dumps(facts) if as_json else _readable(facts))


def _furnish(app: Flask, facts: Facts) -> None:
    """The demo stands without its campaigns, too: that one is refused does not undo it."""
    try:
        seed_campaigns.make(app, facts)
    except RuntimeError as error:
        log.error("demo_campaigns_not_made", error=str(error))


def _readable(facts: Facts) -> str:
    merchants = facts["merchants"].values()
    people = [*facts["staff"].values(), *(one[role] for one in merchants for role in ROLES)]
    lines = [
        f"{one['username']:24}{one['password']:20}TOTP {one['totp_secret']}  {one['roles'][0]}"
        for one in people
    ]
    codes = [f"{store['scene']}  {store['label']}" for one in merchants for store in one["stores"]]
    return "\n".join([*lines, "", *codes])


ROLES = ("owner", "cashier")
