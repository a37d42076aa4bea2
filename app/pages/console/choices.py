"""What a form lets people choose by name where the API wants an id: offers, stores, merchants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, request

from app.pages.console import calls, sessions
from app.pages.console.texts import t

Choices = list[tuple[str, str]]
FOUND, PAGE, MOST_PAGES, NAMED = 30, 50, 4, 10
FINDING = "find"


def is_finding() -> bool:
    """Whether the form was sent to look for something, not to be done."""
    return FINDING in request.form


def is_finding_for(kind: str) -> bool:
    """Whether it was sent to look for something of this kind."""
    return request.form.get(FINDING) == kind


def words(kind: str) -> str:
    """What was typed to look for something of this kind."""
    return request.form.get(f"find_{kind}", "").strip()[:60]


def is_nobody_found() -> bool:
    """Whether somebody was looked for and is not there."""
    return bool(g.get("is_nobody_found"))


def offers(*chosen: str) -> Choices:
    """Offers by name: those chosen already, and those to choose from. For the platform these are
    the newest displayed ones, or those that the words looked for name; for a merchant its own."""
    if "offer_choices" not in g:
        g.offer_choices = _found() if sessions.visitor().is_platform else _own()
    g.offer_choices = with_chosen(g.offer_choices, chosen, _called)
    return list(g.offer_choices.items())


def stores(*chosen: str) -> Choices:
    """Stores by name: for a merchant its own; for the platform those chosen already, and those that
    the words looked for name."""
    if not sessions.visitor().is_platform:
        found = calls.read("/stores/managed")["stores"]
        return [(each["id"], each["name"]) for each in found]
    rows = calls.read("/stores", words=words("stores"), limit=FOUND)["stores"]
    named = {each["id"]: f"{each['name']} · {each['address']}" for each in rows}
    return list(with_chosen(named, chosen, _store_called).items())


def merchants(*chosen: str) -> Choices:
    """Merchants by name, for the platform: those chosen already, and those that the words name."""
    found = merchants_named(words("merchants"))
    return list(with_chosen(found, chosen, merchant_called).items())


def suppliers(*chosen: str) -> Choices:
    """Suppliers by name, for a merchant: some of all, or those that the words name."""
    rows = calls.read("/suppliers", name=words("suppliers"), limit=FOUND)["suppliers"]
    found = {each["merchant_id"]: each["name"] for each in rows}
    return list(with_chosen(found, chosen, _supplier_called).items())


def merchants_named(name: str) -> dict[str, str]:
    """Some merchants whose names hold the words, by id."""
    rows = calls.read("/merchants", name=name)["merchants"]
    return {each["id"]: each["name"] for each in rows[:FOUND]}


def salespeople_named(name: str) -> dict[str, str]:
    """Some salespeople whose names hold the words, by id."""
    rows = calls.read("/salespeople", name=name)["salespeople"]
    return {each["id"]: each["name"] for each in rows[:FOUND]}


def staff_named(name: str) -> dict[str, str]:
    """Some of the staff whose user names hold the words, by id."""
    rows = calls.read("/staff", username=name, limit=FOUND)["accounts"]
    return {each["id"]: each["username"] for each in rows}


def stores_of(merchant_id: str) -> Callable[..., Choices]:
    """Finds the stores of a merchant by name, and those chosen already."""

    def found(*chosen: str) -> Choices:
        named: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            after = next(reversed(named), None)
            rows = calls.read(f"/merchants/{merchant_id}/standing", after=after)["stores"]
            named |= {each["store_id"]: each["name"] for each in rows}
            if len(rows) < PAGE:
                break
        return list(with_chosen(named, chosen, _store_called).items())

    return found


def told(kind: str, chosen: str | list[str] | None) -> str | None:
    """What an offer, or some offers or stores, are called: to be read; None where none is named."""
    ids = [chosen] if isinstance(chosen, str) else chosen or []
    called = _store_called if kind == "stores" else _called
    names = "、".join(called(each) for each in ids[:NAMED])
    if len(ids) > NAMED:
        names += t("等 {count} 个", count=len(ids))
    return names or None


def with_chosen(
    found: dict[str, str], chosen: tuple[str, ...], called: Callable[[str], str]
) -> dict[str, str]:
    """What was found, after what was chosen already and is not among it."""
    return {each: called(each) for each in chosen if each and each not in found} | found


def _found() -> dict[str, str]:
    rows = calls.read("/offers", words=words("offers"), limit=FOUND)["offers"]
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


def _supplier_called(merchant_id: str) -> str:
    rows = calls.read("/suppliers")["suppliers"]
    named = {each["merchant_id"]: each["name"] for each in rows}
    return str(named.get(merchant_id, merchant_id))


def _store_called(store_id: str) -> str:
    answer = calls.send("GET", f"/stores/{store_id}")
    return store_id if answer.is_refused else answer.body["name"]


def merchant_called(merchant_id: str) -> str:
    """What a merchant is called; its id where there is none."""
    answer = calls.send("GET", "/merchants", query={"id": merchant_id})
    rows = [] if answer.is_refused else answer.body["merchants"]
    return rows[0]["name"] if rows else merchant_id
