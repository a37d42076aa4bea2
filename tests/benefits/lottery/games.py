"""Lotteries and draws as people make them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.benefits import campaigns
from app.benefits.lottery import reading, service
from app.core.db import in_transaction, read
from app.core.world import new_id
from tests.alliance import shop as world
from tests.benefits.stage import published, read_letters

CHANCE_FEN = 1_000
"""A purchase of 100 yuan concedes 10 yuan: one chance."""
PURCHASE_FEN = 10_000
RECIPE = Path(__file__).resolve().parents[3] / "docs" / "lottery.md"


def prize(value_fen=800, stock=10, odds_ppm=1_000_000, kind="money") -> dict[str, Any]:
    return {
        "name": f"奖 {value_fen}",
        "name_en": f"Prize {value_fen}",
        "kind": kind,
        "value_fen": value_fen,
        "stock": stock,
        "odds_ppm": odds_ppm,
    }


def consolation(value_fen=100, stock=3, kind="experience") -> dict[str, Any]:
    return {
        name: value
        for name, value in prize(value_fen, stock, 1, kind).items()
        if name != "odds_ppm"
    }


def rules(*prizes, **more) -> dict[str, Any]:
    wish = {
        "organiser": "联惠平台",
        "threshold_fen": CHANCE_FEN,
        "prizes": list(prizes) or [prize()],
    }
    return wish | more


def lottery(client, settings=None, budget_fen=20_000, **differs):
    return published(client, "lottery", settings or rules(), budget_fen, **differs)


def player(stage, store_id, purchases=1):
    """A member with chances; the member and the sales."""
    member_id = stage.member()
    return member_id, [stage.buy(member_id, PURCHASE_FEN, store_id) for _ in range(purchases)]


def refund_of(stage, sale_id, amount_fen):
    """Gives back a part of a purchase."""
    store_id = read(text("SELECT store_id FROM alliance_sale WHERE id = :s"), {"s": sale_id})
    headers = world.owner_headers(stage.shops[store_id[0].store_id])
    wish = {"reason": "退货", "amount_fen": amount_fen}
    path = f"/api/v1/payments/{sale_id}/refunds"
    assert stage.client.post(path, json=wish, headers=headers).status_code == 201
    read_letters()


def draw(stage, member_id, campaign_id, key=None, **more):
    body = {"campaign_id": str(campaign_id)} | more
    return stage.call(member_id, "POST", "/draws", body, key or new_id().hex)


def own(client, member_id, campaign_id):
    """What a member sees of a lottery."""
    answer = client.get(f"/api/v1/me/campaigns/{campaign_id}", headers=world.headers(member_id))
    assert answer.status_code == 200, answer.json
    return answer.json["details"]


def everything_public(client, campaign_id):
    """What a stranger can fetch: the lottery and all its draws."""
    place = f"/api/v1/lotteries/{campaign_id}"
    draws, after = [], 0
    while after is not None:
        page = client.get(f"{place}/draws?after={after}&limit=2").json
        draws, after = draws + page["draws"], page["next"]
    return client.get(place).json, draws


def stranger():
    """The checking function of the program in docs/lottery.md."""
    names: dict[str, Any] = {"__name__": "recipe"}
    code = re.search(r"```python\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    assert code is not None
    exec(compile(code[1], str(RECIPE), "exec"), names)
    return names["check"]


def close(monkeypatch, campaign_id, minutes=10):
    """Lets the time to draw be over for so many minutes, after ten of which the seed is told."""
    over = service.closes_at(in_transaction(lambda: campaigns.terms(campaign_id)))
    monkeypatch.setattr(service, "now", lambda: over)
    monkeypatch.setattr(reading, "now", lambda: over + timedelta(minutes=minutes))


def count(table, campaign_id):
    rows = read(text(f"SELECT count(*) FROM {table} WHERE campaign_id = :c"), {"c": campaign_id})
    return rows[0][0]
