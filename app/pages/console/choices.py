"""What a form lets people choose by name where the API wants an id: offers and stores."""

from __future__ import annotations

from typing import Any

from flask import g, request

from app.pages.console import calls, sessions
from app.pages.console.texts import t

Choices = list[tuple[str, str]]
FOUND, PAGE, MOST_PAGES, NAMED = 30, 50, 4, 10
FINDING, WORDS = "find", "find_words"


def is_finding() -> bool:
    """Whether the form was sent to look for something, not to be done."""
    return FINDING in request.form


def offers(*chosen: str) -> Choices:
    """Offers by name: those chosen already, and those to choose from. For the platform these are
    the newest displayed ones, or those that the words looked for name; for a merchant its own."""
    if "offer_choices" not in g:
        g.offer_choices = _found() if sessions.visitor().is_platform else _own()
    missing = {each: _called(each) for each in chosen if each and each not in g.offer_choices}
    g.offer_choices = missing | g.offer_choices
    return list(g.offer_choices.items())


def stores() -> Choices:
    """The stores of the visitor's merchant."""
    found = calls.read("/stores/managed")["stores"]
    return [(each["id"], each["name"]) for each in found]


def told(kind: str, chosen: str | list[str] | None) -> str | None:
    """What an offer, or some offers or stores, are called: to be read; None where none is named."""
    ids = [chosen] if isinstance(chosen, str) else chosen or []
    called = _store_called if kind == "stores" else _called
    names = "、".join(called(each) for each in ids[:NAMED])
    if len(ids) > NAMED:
        names += t("等 {count} 个", count=len(ids))
    return names or None


def _found() -> dict[str, str]:
    words = request.form.get(WORDS, "").strip()[:60]
    rows = calls.read("/offers", words=words, limit=FOUND)["offers"]
    return {each["id"]: f"{each['title']} · {each['store_name']}" for each in rows}


def _own() -> dict[str, str]:
    found: dict[str, str] = {}
    before = None
    for _ in range(MOST_PAGES):
        query = {"status": "displayed", "before": before, "limit": PAGE}
        rows: list[dict[str, Any]] = calls.read("/offers/managed", **query)["offers"]
        found |= {each["id"]: each["latest"]["title"] for each in rows}
        if len(rows) < PAGE:
            break
        before = rows[-1]["id"]
    return found


def _called(offer_id: str) -> str:
    """What an offer is called that is not among those found; its id where there is none."""
    answer = calls.send("GET", f"/offers/{offer_id}/history")
    return offer_id if answer.is_refused else answer.body["offer"]["latest"]["title"]


def _store_called(store_id: str) -> str:
    answer = calls.send("GET", f"/stores/{store_id}")
    return store_id if answer.is_refused else answer.body["name"]
