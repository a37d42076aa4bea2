"""The operator's desk: pausing and closing, as tests ask for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import time_machine

from app.alliance import terms
from app.core.world import beijing_day, new_id, now
from tests.alliance import shop as world

API = "/api/v1"


def day(days: int) -> date:
    return beijing_day(now()) + timedelta(days=days)


def post(client: Any, path: str, who: Any, **body: Any) -> Any:
    key = {"Idempotency-Key": new_id().hex}
    return client.post(API + path, json=body, headers=who | key)


def paused(client: Any, shop: world.Shop, **more: Any) -> dict[str, Any]:
    path = f"/merchants/{shop.merchant_id}/pauses"
    answer = post(client, path, world.staff_headers("operator"), reason="消防检查", **more)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def requested(client: Any, shop: world.Shop, who: Any = None, **more: Any) -> Any:
    body = {"closes_on": day(1).isoformat(), "reason": "租约到期"} | more
    who = who or world.staff_headers("operator")
    return post(client, f"/merchants/{shop.merchant_id}/closures", who, **body)


def decided(client: Any, closure_id: str, is_approved: bool = True, who: Any = None) -> Any:
    who = who or world.staff_headers("reviewer")
    return post(client, f"/closures/{closure_id}/decision", who, is_approved=is_approved)


def closing(client: Any, shop: world.Shop, **more: Any) -> str:
    """A closure that two people agreed to, from tomorrow on; its id."""
    asked = requested(client, shop, **more)
    assert asked.status_code == 201, asked.json
    assert decided(client, asked.json["id"]).status_code == 200
    return str(asked.json["id"])


def later(days: int) -> Any:
    """That many days later; what the process knows of stores is read anew."""
    terms._cache.clear()
    return time_machine.travel(now() + timedelta(days=days), tick=True)
