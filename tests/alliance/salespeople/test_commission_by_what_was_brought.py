"""A salesperson earns by the members and by the merchants they brought, one share of a sale."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.alliance import distribution
from app.alliance import service as alliance
from app.core.db import in_transaction
from app.core.world import beijing_day, now
from app.members.service import Introduction
from tests.alliance import shop as world

SHARES = {"recommender": 2_000, "salesperson": 1_000, "operations": 7_000}


@pytest.fixture
def seller(context):
    """A salesperson who is a member: both ids."""
    member_id = world.member()
    return in_transaction(lambda: alliance.add_salesperson("阿明", member_id).id), member_id


def earned(client, path, who):
    month = beijing_day(now()).strftime("%Y-%m")
    answer = client.get(f"/api/v1{path}?month={month}", headers=who)
    assert answer.status_code == 200, answer.json
    return {each["brought"]: each["commission_fen"] for each in answer.json["earned"]}


def buy(client, payer, shop):
    distribution.distribute_sale(UUID(world.paid(client, payer, shop, 10_000)["id"]))


def test_members_and_merchants_earn_apart_and_together_once(client, seller):
    salesperson_id, member_id = seller
    brought = Introduction("salesperson", salesperson_id, None, "scene")
    own_shop = world.shop(SHARES, salesperson_id=salesperson_id)
    operator = world.staff_headers("operator")
    path = f"/salespeople/{salesperson_id}/commission"
    buy(client, world.rich(100_000, brought), world.shop(SHARES))
    assert earned(client, path, operator) == {"members": 200, "merchants": 0}
    buy(client, world.rich(100_000), own_shop)
    assert earned(client, path, operator) == {"members": 200, "merchants": 100}
    buy(client, world.rich(100_000, brought), own_shop)
    assert earned(client, path, operator) == {"members": 400, "merchants": 100}
    mine = earned(client, "/me/salesperson/commission", world.headers(member_id))
    assert mine == {"members": 400, "merchants": 100}


def test_a_salesperson_earns_nothing_of_their_own_purchase_as_a_second_person(client, seller):
    salesperson_id, member_id = seller
    shares = {"consumer": 1_000, "salesperson": 1_000, "operations": 8_000}
    from app.ledger.service import Account

    world.give(member_id, Account.PREPAID_PRINCIPAL, 100_000)
    buy(client, member_id, world.shop(shares, salesperson_id=salesperson_id))
    path = f"/salespeople/{salesperson_id}/commission"
    assert earned(client, path, world.staff_headers("operator")) == {"members": 0, "merchants": 0}


def test_commission_is_shown_to_nobody_else(client, seller):
    path = f"/api/v1/salespeople/{seller[0]}/commission?month=2026-11"
    assert client.get(path, headers=world.headers(seller[1])).status_code == 403
    stranger = world.headers(world.member())
    mine = "/api/v1/me/salesperson/commission?month=2026-11"
    assert client.get(mine, headers=stranger).status_code == 404
