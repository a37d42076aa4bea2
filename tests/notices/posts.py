"""Queueing, sending and looking at notices, as the tests of this room need it."""

from __future__ import annotations

from uuid import UUID

import requests
from sqlalchemy import text

from app.core.db import in_transaction, read
from app.core.world import new_id, now
from app.notices import outgoing, texts, windows


def content(amount_fen=1_234, store="山城面馆"):
    return texts.topped_up(store, amount_fen, now())


def queue(member_id: UUID, *, event=None, said=None) -> UUID:
    """Writes a notice down and gives its id."""
    name = event or f"test:{new_id()}"
    in_transaction(lambda: outgoing.queue(name, member_id, said or content()))
    found = text("SELECT id FROM notices_notice WHERE event = :event AND member_id = :member")
    return read(found, {"event": name, "member": member_id})[0][0]


def send(notice_id: UUID) -> None:
    outgoing.send({"notice_id": str(notice_id)})


def row(notice_id: UUID):
    """The notice as it stands."""
    return read(text("SELECT * FROM notices_notice WHERE id = :id"), {"id": notice_id})[0]


def open_window(member_id: UUID, trigger="message") -> None:
    in_transaction(lambda: windows.open_window(member_id, trigger, now()))


def remaining(member_id: UUID, trigger="message"):
    found = text("SELECT remaining FROM notices_window WHERE member_id = :m AND trigger = :t")
    rows = read(found, {"m": member_id, "t": trigger})
    return rows[0][0] if rows else None


def received(sandbox, follower, kind=None) -> list[dict]:
    """What the account wrote to this phone, besides answers to its own messages."""
    url = f"{sandbox.url}/__ctl/messages"
    lines = requests.get(url, {"phone": follower.phone["id"]}, timeout=9).json()["messages"]
    return [line for line in lines if line["side"] == "account" and kind in (None, line["kind"])]
