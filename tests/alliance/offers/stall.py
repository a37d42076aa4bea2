"""Offers as the tests need them: written, reviewed, displayed, through the API."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.alliance import shop as world
from tests.alliance.shop import Shop

OFFERS = "/api/v1/offers"


def wording(**more: Any) -> dict[str, Any]:
    return {
        "title": "现磨咖啡豆 200 克",
        "text": "云南小粒，当周烘焙。",
        "category": "食品",
        "price_fen": 5_000,
        "deliveries": ["pickup", "shipment"],
    } | more


def written(client: Any, shop: Shop, **more: Any) -> dict[str, Any]:
    wish = wording(store_id=str(shop.store_id), **more)
    answer = client.post(OFFERS, json=wish, headers=world.owner_headers(shop))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def submit(client: Any, shop: Shop, offer: dict[str, Any]) -> Any:
    wish = {"version": offer["latest"]["version"]}
    return client.post(
        f"{OFFERS}/{offer['id']}/submit", json=wish, headers=world.owner_headers(shop)
    )


def review(client: Any, offer: dict[str, Any], decision: str = "approve", **more: Any) -> Any:
    wish = {"version": offer["latest"]["version"], "decision": decision} | more
    headers = world.staff_headers("operator")
    return client.post(f"{OFFERS}/{offer['id']}/review", json=wish, headers=headers)


def displayed(client: Any, shop: Shop, **more: Any) -> dict[str, Any]:
    """An offer that members see."""
    offer = written(client, shop, **more)
    assert submit(client, shop, offer).status_code == 200
    answer = review(client, offer)
    assert (answer.status_code, answer.json["status"]) == (200, "displayed"), answer.json
    return dict(answer.json)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, kind, **more)
    return buffer.getvalue()


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]
