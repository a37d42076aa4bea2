"""For each route that is narrowed: whose things the alliance has, who owns them, who does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.authorisation.alliance import Alliance

REASON = {"reason": "verified in person"}
OWN = ("other_member",)
MERCHANT = ("other_owner",)
POSTER, RUNNER = ("other_member", "other_owner"), ("other_member", "other_runner")
STORES = ("other_owner", "other_cashier", "sibling_cashier")


@dataclass(frozen=True)
class Case:
    """A route asked for what is another's. `body` may name one of the alliance's; `ids`: which
    thing stands for a part of the address where it has another name."""

    route: str
    owner: str
    foreign: tuple[str, ...]
    body: Any = None
    ids: tuple[tuple[str, str], ...] = ()

    def address(self, a: Alliance) -> str:
        named = a.ids | {part: a.ids[thing] for part, thing in self.ids}
        return self.route.split(" ")[1].format(**named)

    def wish(self, a: Alliance) -> Any:
        if callable(self.body):
            return self.body(a)
        return self.body


def case(route: str, owner: str, foreign: tuple[str, ...], body: Any = None, **ids: str) -> Case:
    return Case(route.replace(" /", " /api/v1/"), owner, foreign, body, tuple(ids.items()))


def the(name: str) -> Any:
    """One of the alliance's bodies, read when it stands."""
    return lambda a: a.bodies[name]


ROLES = {"roles": ["cashier"], "store_ids": [], **REASON}
PROGRAMME = {"campaign_id": "programme_id"}
SUPPLIED = {"order_id": "supplied_order_id"}

CASES = [
    case("GET /amount-codes/{code_id}", "cashier", STORES),
    case("POST /amount-codes/{code_id}/end", "cashier", STORES),
    case("GET /campaigns/{campaign_id}/promotion-links", "owner", MERCHANT, **PROGRAMME),
    case("GET /campaigns/{campaign_id}/promotion-sales", "owner", MERCHANT, **PROGRAMME),
    case("GET /contracts/{contract_id}", "owner", MERCHANT),
    case(
        "POST /contracts/{contract_id}/answer",
        "owner",
        MERCHANT + OWN,
        lambda a: {"is_accepted": True, "terms_hash": a.bodies["terms_hash"]},
    ),
    case("GET /entries/{entry_id}/explanation", "member", OWN + MERCHANT),
    case("GET /mailings/{mailing_id}", "owner", MERCHANT),
    case(
        "POST /me/invitations/received/{invitation_id}/decline",
        "invitee",
        OWN,
        invitation_id="declined_id",
    ),
    case("POST /me/invitations/received/{invitation_id}/confirm", "invitee", OWN),
    case("DELETE /me/invitations/{invitation_id}", "inviter", OWN, invitation_id="taken_back_id"),
    case("GET /me/merchant-applications/{application_id}", "member", OWN),
    case("GET /me/tickets/{ticket_id}", "member", OWN),
    case("POST /me/tickets/{ticket_id}/messages", "member", OWN, {"text": "还有一问"}),
    case("POST /me/tickets/{ticket_id}/close", "member", OWN),
    case("POST /me/tickets/{ticket_id}/rating", "member", OWN, {"stars": 5}),
    case(
        "PUT /merchant-applications/{application_id}",
        "member",
        OWN,
        the("application"),
    ),
    case("POST /merchant-applications/{application_id}/withdrawal", "member", OWN),
    case("PUT /merchant-applications/{application_id}/pictures", "member", OWN, {"pictures": []}),
    case("GET /merchants/{merchant_id}/advances", "owner", MERCHANT),
    case("GET /merchants/{merchant_id}/automatic-payout", "owner", MERCHANT),
    case("GET /merchants/{merchant_id}/automatic-payouts", "owner", MERCHANT),
    case("GET /merchants/{merchant_id}/balances", "owner", MERCHANT),
    case("GET /merchants/{merchant_id}/contracts", "owner", MERCHANT + OWN),
    case("GET /merchants/{merchant_id}/difference-code", "owner", MERCHANT),
    case(
        "POST /merchants/{merchant_id}/funds",
        "owner",
        MERCHANT,
        {"target": "deposit", "amount_fen": 1},
    ),
    case("GET /merchants/{merchant_id}/standing", "owner", MERCHANT),
    case(
        "PUT /offers/{offer_id}",
        "owner",
        MERCHANT,
        {"title": "豆", "text": "云南小粒", "category": "食品", "price_fen": 5_000},
    ),
    case("GET /offers/{offer_id}/history", "cashier", STORES),
    case("POST /offers/{offer_id}/pause", "cashier", STORES),
    case("POST /offers/{offer_id}/resume", "cashier", STORES),
    case("PUT /offers/{offer_id}/stock", "cashier", STORES, {"stock": 7, "expected": 48}),
    case(
        "POST /offers/{offer_id}/submit",
        "owner",
        MERCHANT,
        lambda a: {"version": a.bodies["version"]},
    ),
    case("POST /offers/{offer_id}/supply", "owner", MERCHANT, the("supply")),
    case("GET /orders/{order_id}", "member", OWN + STORES),
    case("POST /orders/{order_id}/extension", "member", OWN),
    case(
        "POST /orders/{order_id}/payment",
        "member",
        OWN,
        {"expected_fen": 10_000, "purses": ["prepaid"]},
    ),
    case("POST /orders/{order_id}/pickup-code", "member", OWN),
    case("POST /orders/{order_id}/ready", "cashier", STORES),
    case("POST /orders/{order_id}/parcel", "cashier", STORES, the("parcel")),
    case("PUT /orders/{order_id}/parcel", "cashier", STORES, the("parcel")),
    case("POST /orders/{order_id}/cancel", "member", OWN),
    case("POST /orders/{order_id}/receipt", "member", OWN),
    case("POST /orders/{order_id}/returns", "cashier", STORES, {"reason": "送错了"}),
    case("GET /payments/{payment_id}", "member", OWN + STORES),
    case("GET /payments/{payment_id}/receipt", "member", OWN + STORES),
    case("GET /payments/{payment_id}/difference-codes", "owner", MERCHANT),
    case("POST /payments/{payment_id}/cancel", "member", OWN + STORES),
    case("POST /payments/{payment_id}/wechat-code", "cashier", STORES, {"auth_code": "1" * 18}),
    case("POST /payments/{payment_id}/refunds", "cashier", STORES, {"amount_fen": 1}),
    case("GET /reward-rules/{rule_id}", "owner", MERCHANT),
    case("POST /reward-rules/{rule_id}/end", "owner", MERCHANT),
    case("GET /settlements/{settlement_id}", "owner", MERCHANT),
    case("GET /settlements/{settlement_id}/check", "owner", MERCHANT),
    case("GET /settlements/{settlement_id}/statement.csv", "owner", MERCHANT),
    case("GET /settlements/{settlement_id}/statement.pdf", "owner", MERCHANT),
    case("GET /staff/{staff_id}", "owner", MERCHANT),
    case("GET /staff/{staff_id}/sessions", "owner", MERCHANT),
    case("DELETE /staff/{staff_id}/sessions", "owner", MERCHANT),
    case("PUT /staff/{staff_id}/roles", "owner", MERCHANT, ROLES),
    case("POST /staff/{staff_id}/disable", "owner", MERCHANT, REASON),
    case("POST /staff/{staff_id}/enable", "owner", MERCHANT, REASON),
    case("POST /staff-resets/{reset_id}/decision", "owner", MERCHANT, {"is_approved": False}),
    case("POST /staff/{staff_id}/resets", "owner", MERCHANT, REASON | {"kind": "password"}),
    case(
        "POST /stores/{store_id}/changes",
        "owner",
        MERCHANT,
        {"wanted": {"name": "南门新店"}, "note": "改名"},
    ),
    case("POST /supplies/{supply_id}/answer", "supplier", MERCHANT, {"answer": "accept"}),
    case("POST /supplies/orders/{order_id}/parcel", "supplier", STORES, the("parcel"), **SUPPLIED),
    case("PUT /supplies/orders/{order_id}/parcel", "supplier", STORES, the("parcel"), **SUPPLIED),
    case("POST /supplies/{supply_id}/end", "supplier", MERCHANT),
    case("POST /top-up-plans/{plan_id}/end", "owner", MERCHANT),
    case("GET /top-ups/{top_up_id}", "member", OWN),
    case("POST /top-ups/{top_up_id}/refund", "member", OWN, {}),
    case("GET /top-ups/{top_up_id}/refund-outlook", "member", OWN),
    case("GET /withdrawals/{withdrawal_id}", "member", OWN + MERCHANT),
    case("POST /withdrawals/{withdrawal_id}/cancel", "member", OWN + MERCHANT),
    case("GET /errands/{errand_id}", "member", POSTER),
    case("POST /errands/{errand_id}/pick-up", "runner", RUNNER, the("pick-up")),
    case("POST /errands/{errand_id}/deliver", "runner", RUNNER, the("delivery")),
    case("POST /errands/{errand_id}/give-up", "runner", RUNNER),
    case("POST /errands/{errand_id}/dispute", "member", POSTER, {"reason": "送错了"}),
    case("POST /errands/{errand_id}/confirm", "member", POSTER),
    case("POST /errands/{errand_id}/rating", "member", POSTER, {"stars": 5}),
    case("POST /errands/{errand_id}/cancel", "member", POSTER, {"reason": "不用了"}),
    case(
        "POST /errands/{errand_id}/assign",
        "member",
        POSTER,
        the("assignment"),
        errand_id="assigned_id",
    ),
    case("POST /errands/{errand_id}/decline", "runner", RUNNER, errand_id="assigned_id"),
    # Another's things named in the body.
    case("POST /amount-codes", "cashier", STORES, the("code")),
    case("POST /mailings", "owner", MERCHANT, the("mailing")),
    case("POST /offers", "owner", MERCHANT, the("offer")),
    case("POST /staff", "owner", MERCHANT, the("account")),
    case("POST /top-up-plans", "owner", MERCHANT, the("plan")),
    case("POST /withdrawals", "owner", MERCHANT + OWN, the("withdrawal")),
]
PICTURES = "tests/alliance/offers/test_pictures.py"
PAPERS = "tests/alliance/joining/test_pictures.py"
# Narrowed routes whose foreign objects other tests show, and which.
ELSEWHERE = {
    "GET /api/v1/me/campaigns/{campaign_id}": "tests/benefits/test_campaigns.py",
    "GET /api/v1/campaigns/{campaign_id}": "tests/benefits/test_campaigns.py",
    "GET /api/v1/campaigns/{campaign_id}/grants": "tests/benefits/test_campaigns.py",
    "PUT /api/v1/campaigns/{campaign_id}": "tests/benefits/test_campaigns.py",
    "DELETE /api/v1/campaigns/{campaign_id}": "tests/benefits/test_campaigns.py",
    "POST /api/v1/campaigns/{campaign_id}/end": "tests/benefits/test_campaigns.py",
    "POST /api/v1/campaigns/{campaign_id}/money": "tests/benefits/test_campaigns.py",
    "POST /api/v1/campaigns/{campaign_id}/pause": "tests/benefits/test_campaigns.py",
    "GET /api/v1/me/tickets/pictures/{picture_id}.jpg": "tests/notices/tickets/test_tickets.py",
    "GET /api/v1/me/merchant-applications/pictures/{picture_id}.jpg": PAPERS,
    "GET /api/v1/nettings/{netting_id}/matrix.csv": "tests/alliance/netting/test_running.py",
    "GET /api/v1/nettings/{netting_id}/mine": "tests/alliance/netting/test_running.py",
    "GET /api/v1/offers/pictures/{merchant_id}/{name}.jpg": PICTURES,
    "GET /api/v1/errands/pictures/{picture_id}.jpg": "tests/benefits/errands/test_posting.py",
    "POST /api/v1/draws/{draw_id}/claim": "tests/benefits/lottery/test_goods.py",
    "GET /api/v1/me/draws/{draw_id}": "tests/benefits/lottery/test_goods.py",
    "GET /api/v1/promotion-links/{link_id}": "tests/benefits/promotion/test_links.py",
    "POST /api/v1/payments/{payment_id}/confirm": "tests/alliance/paying/test_confirming.py",
    "DELETE /api/v1/sessions/{name}": "tests/alliance/test_sessions.py",
    "DELETE /api/v1/staff/sessions/{name}": "tests/core/test_staff_sessions.py",
}
