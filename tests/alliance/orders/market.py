"""Buyers, orders and what has become of the money, through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.shop import Shop

ORDERS = "/api/v1/orders"
RECEIVER = {"name": "李雷", "phone": "13800001111", "address": "杭州市上城区河坊街 1 号"}


def place(client: Any, buyer: UUID, *items: tuple[dict[str, Any], int], **more: Any) -> Any:
    wish = {"items": [{"offer_id": offer["id"], "quantity": n} for offer, n in items]} | more
    return client.post(ORDERS, json=wish, headers=world.headers(buyer))


def placed(client: Any, buyer: UUID, *items: tuple[dict[str, Any], int], **more: Any) -> Any:
    """The one order that was placed."""
    answer = place(client, buyer, *items, **more)
    assert answer.status_code == 201, answer.json
    (order,) = answer.json["orders"]
    return order


def pay(client: Any, buyer: UUID, order: dict[str, Any], **more: Any) -> Any:
    wish = {"expected_fen": order["amount_fen"], "purses": ["experience", "prepaid", "rebate"]}
    return client.post(
        f"{ORDERS}/{order['id']}/payment", json=wish | more, headers=world.headers(buyer)
    )


def bought(client: Any, buyer: UUID, shop: Shop, n: int = 1, **offer: Any) -> dict[str, Any]:
    """An order of one offer, paid from purses, as its buyer sees it."""
    order = placed(client, buyer, (stall.displayed(client, shop, **offer), n))
    answer = pay(client, buyer, order)
    assert (answer.status_code, answer.json["status"]) == (201, "paid"), answer.json
    return look(client, buyer, order)


def look(client: Any, buyer: UUID, order: dict[str, Any]) -> dict[str, Any]:
    answer = client.get(f"{ORDERS}/{order['id']}", headers=world.headers(buyer))
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def act(client: Any, order: dict[str, Any], step: str, who: dict[str, str], **wish: Any) -> Any:
    return client.post(f"{ORDERS}/{order['id']}/{step}", json=wish or None, headers=who)


def hand_over(client: Any, who: dict[str, str], code: str) -> Any:
    return client.post(f"{ORDERS}/pick-ups", json={"code": code}, headers=who)


def escrow(buyer: UUID) -> int:
    return ledger.balances(buyer)[Account.ORDER_ESCROW].balance_fen


def lots(buyer: UUID) -> dict[tuple[Account, UUID], int]:
    return {
        (account, lot): fen
        for account in (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.EXPERIENCE)
        for lot, fen in ledger.lots(buyer, account).items()
    }
