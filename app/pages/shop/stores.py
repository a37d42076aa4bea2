"""The visitor's stores, and at which of them they work now: remembered by the browser."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.pages.console import calls, sessions

COOKIE = "store"
YEAR_SECONDS = 365 * 86_400
STAFF = ("merchant_owner", "cashier")
OWNER = "merchant_owner"
CARRIERS = ("SF", "ZTO", "YTO", "STO", "YD", "JD", "EMS", "JTSD", "DBL")
"""Whom parcels are given to, as WeChat knows them."""
NOBODY = "00000000-0000-0000-0000-000000000000"
Fields = dict[str, Any]


def managed() -> list[Fields]:
    """The visitor's stores, as the API names them."""
    found: list[Fields] = calls.read("/stores/managed")["stores"]
    return found


def merchant_id() -> str:
    """The visitor's merchant; an id of nobody where there is none."""
    return sessions.visitor().merchant_id or NOBODY


def chosen(stores: list[Fields]) -> str:
    """The store of the form or address, else the one used last, else the first; "" without any."""
    wanted = request.form.get("store_id") or request.args.get("store_id")
    wanted = wanted or request.cookies.get(COOKIE, "")
    known = [each["id"] for each in stores]
    return wanted if wanted in known else (known[0] if known else "")


def remember(response: Response, store_id: str) -> None:
    """Has the browser keep the store for the next payment."""
    sessions.remember(response, COOKIE, store_id, YEAR_SECONDS)
