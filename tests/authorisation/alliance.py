"""One alliance in which everything has an owner: whose things others then ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.alliance.distribution import distribute, fold
from app.core import staff
from app.core.db import in_transaction, read
from app.core.world import beijing_day, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.joining import applicants
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.alliance.orders.test_shipping import HOW, PARCEL
from tests.alliance.prepaid import counter
from tests.alliance.settlement import books
from tests.alliance.shop import Shop
from tests.benefits.errands.town import Town
from tests.benefits.promotion.programme import SETTINGS
from tests.benefits.stage import draft
from tests.members.invitations import test_invitations as invitations
from tests.wallet.people import earned

API = "/api/v1"
Headers = dict[str, str]


@dataclass
class Alliance:
    """Who owns what: `ids` of things by their name, `who` may send requests."""

    client: Any
    mine: Shop = field(default_factory=world.shop)
    others: Shop = field(default_factory=world.shop)
    ids: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    who: dict[str, Headers] = field(default_factory=dict)

    def made(self, who: str, path: str, **body: Any) -> dict[str, Any]:
        """What one of the owners makes; a request of its own."""
        headers = self.who[who] | {"Idempotency-Key": new_id().hex}
        answer = self.client.post(API + path, json=body, headers=headers)
        assert answer.status_code in (200, 201), (path, answer.json)
        return dict(answer.json)


def settled(client: Any) -> Alliance:
    """The alliance with everything in it."""
    found = Alliance(client)
    second_id = world.store(found.mine.merchant_id, "北门店")
    _people(found, second_id)
    papers = (_programme, _merchants_papers, _members_papers, _accounts, _errands)
    for fill in (_payments, _orders, _offers, *papers):
        fill(found)
    found.ids["merchant_id"] = str(found.mine.merchant_id)
    found.ids["store_id"] = str(found.mine.store_id)
    return found


def _people(a: Alliance, second_id: UUID) -> None:
    a.ids["member"] = str(world.rich(1_000_000, world.brought_by_store(a.mine)))
    for name, shop in (("owner", a.mine), ("other_owner", a.others)):
        a.who[name] = world.owner_headers(shop)
    for name, shop, store_id in (
        ("cashier", a.mine, a.mine.store_id),
        ("sibling_cashier", a.mine, second_id),
        ("other_cashier", a.others, a.others.store_id),
    ):
        place = {"merchant_id": shop.merchant_id, "store_ids": frozenset([store_id])}
        a.who[name] = world.staff_headers("cashier", **place)
    a.who["member"] = world.headers(UUID(a.ids["member"]))
    a.who["other_member"] = world.headers(world.rich())
    a.who["operator"] = world.staff_headers("operator")


def _payments(a: Alliance) -> None:
    member_id = UUID(a.ids["member"])
    a.ids["payment_id"] = world.paid(a.client, member_id, a.mine, 5_000)["id"]
    distribute()
    fold()
    entry = "SELECT journal_id, leg FROM ledger_entry WHERE owner_id = :id AND version > 1 LIMIT 1"
    ((journal_id, leg),) = read(text(entry), {"id": member_id})
    a.ids["entry_id"] = f"{journal_id}-{leg}"
    a.ids["settlement_id"] = str(books.settled(a.mine)[0].id)
    earned(member_id, 30_000)
    a.ids["withdrawal_id"] = a.made("member", "/withdrawals", amount_fen=30_000)["id"]
    a.ids["top_up_id"] = str(counter.topped_up(member_id, a.mine, 20_000))


def _orders(a: Alliance) -> None:
    buyer = UUID(a.ids["member"])
    offer = stall.displayed(a.client, a.mine, stock=50)
    a.ids["offer_id"] = offer["id"]
    a.bodies["version"] = offer["latest"]["version"]
    order = market.placed(a.client, buyer, (offer, 2), **HOW)
    assert market.pay(a.client, buyer, order).status_code == 201
    a.ids["order_id"] = order["id"]
    a.bodies["parcel"] = PARCEL
    supplier = Shop(world.merchant("茶厂"), new_id(), new_id(), new_id())
    a.made("operator", "/suppliers", merchant_id=str(supplier.merchant_id))
    a.who["supplier"] = world.owner_headers(supplier)
    wish = {"supplier_id": str(supplier.merchant_id), "price_fen": 3_000}
    supplied = stall.displayed(a.client, a.mine, stock=9)
    a.bodies["supply"] = wish
    a.ids["supply_id"] = a.made("owner", f"/offers/{supplied['id']}/supply", **wish)["id"]
    a.made("supplier", f"/supplies/{a.ids['supply_id']}/answer", answer="accept")
    order = market.placed(a.client, buyer, (supplied, 1), **HOW)
    assert market.pay(a.client, buyer, order).status_code == 201
    a.ids["supplied_order_id"] = order["id"]


def _offers(a: Alliance) -> None:
    store_id, merchant_id = str(a.mine.store_id), str(a.mine.merchant_id)
    day = beijing_day(now())
    code = a.made("cashier", "/amount-codes", store_id=store_id, amount_fen=100)
    a.ids["code_id"] = code["id"]
    world.give(a.mine.merchant_id, Account.OFFER_BUDGET, 100_000)
    tiers = [{"at_least_fen": 10_000, "bonus_fen": 1_000}]
    plan = {"name": "充值送", "merchant_id": merchant_id, "tiers": tiers, "budget_fen": 1_000}
    plan |= {"starts_on": "2020-01-01"}
    a.ids["plan_id"] = a.made("owner", "/top-up-plans", **plan)["id"]
    mailing = {"title": "周末", "text": "周末储值满五百元送八十元"}
    mailing |= {"segment": {"home_store_ids": [store_id]}}
    a.ids["mailing_id"] = a.made("owner", "/mailings", **mailing)["id"]
    a.bodies |= {"plan": plan, "mailing": mailing, "offer": stall.wording(store_id=store_id)}
    a.bodies["code"] = {"store_id": store_id, "amount_fen": 1}
    rule = {"name": "推荐有礼", "kind": "first", "threshold_fen": 100, "reward_fen": 10}
    days = {"starts_on": str(day), "ends_on": str(day + timedelta(days=1))}
    rule |= {"budget_fen": 100, "merchant_id": merchant_id, **days}
    a.ids["rule_id"] = a.made("owner", "/reward-rules", **rule)["id"]


def _programme(a: Alliance) -> None:
    mine = {"funder": "offer_budget", "merchant_id": str(a.mine.merchant_id)}
    wish = draft("promotion", SETTINGS, budget_fen=10_000, **mine)
    a.ids["programme_id"] = a.made("owner", "/campaigns", **wish)["id"]


def _merchants_papers(a: Alliance) -> None:
    offer = {"merchant_id": str(a.mine.merchant_id), "policy_id": str(world.policy())}
    offer |= {"concession_bp": 900, "starts_on": str(beijing_day(now()) + timedelta(days=40))}
    contract = a.made("operator", "/contracts/offers", **offer)
    a.ids["contract_id"] = contract["id"]
    a.bodies["terms_hash"] = contract["terms_hash"]
    path = f"{API}/merchants/{a.mine.merchant_id}/automatic-payout"
    finance = world.staff_headers("finance")
    assert a.client.put(path, json={"is_on": False}, headers=finance).status_code == 200


def _members_papers(a: Alliance) -> None:
    member_id = UUID(a.ids["member"])
    ticket = a.made("member", "/me/tickets", kind="other", text="怎么提现？")
    a.ids["ticket_id"] = ticket["id"]
    applied = applicants.applied(a.client, member_id)
    a.ids["application_id"] = applied["id"]
    a.bodies["application"] = applicants.wish()
    phone, inviters = invitations.number(), [world.member(), world.member(), world.member()]
    for name, inviter in zip(
        ("invitation_id", "declined_id", "taken_back_id"), inviters, strict=True
    ):
        a.ids[name] = invitations.invited(a.client, inviter, phone)
    a.who["inviter"] = world.headers(inviters[2])
    a.who["invitee"] = world.headers(invitations.owner_of(phone))


def _accounts(a: Alliance) -> None:
    place = {"merchant_id": a.mine.merchant_id, "store_ids": frozenset([a.mine.store_id])}
    new = staff.NewStaff(
        f"c-{new_id().hex}", "correct horse battery", frozenset(["cashier"]), **place
    )
    staff_id = in_transaction(lambda: staff.create(new))
    a.ids["staff_id"] = str(staff_id)
    wish = {"kind": "password", "reason": "verified in person"}
    a.bodies["account"] = {
        "username": f"cashier-{new_id().hex}",
        "password": "correct horse battery",
        "roles": ["cashier"],
        "merchant_id": str(a.mine.merchant_id),
    }
    a.bodies["withdrawal"] = {"amount_fen": 10_000, "owner_id": str(a.mine.merchant_id)}
    reset = a.made("operator", f"/staff/{staff_id}/resets", **wish)
    a.ids["reset_id"] = reset["id"]


def _errands(a: Alliance) -> None:
    town, poster = Town(a.client), UUID(a.ids["member"])
    runner = town.runner()
    a.who["runner"] = world.headers(runner)
    a.who["other_runner"] = world.headers(town.runner())
    a.ids["errand_id"] = town.taken(poster, runner)
    a.ids["assigned_id"] = town.post(poster)
    a.bodies["assignment"] = {"runner_id": str(runner)}
    seen = town.seen(poster, a.ids["errand_id"])
    a.bodies["pick-up"] = {"code": seen["pick_up_code"]}
    a.bodies["delivery"] = {"code": seen["delivery_code"]}
