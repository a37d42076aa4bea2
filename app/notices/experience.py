"""Telling somebody that experience gold of theirs ends soon."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.db import in_transaction
from app.notices import outgoing
from app.notices.kinds import Kind
from app.notices.rules import beijing_time, money
from app.notices.texts import Content
from app.wallet import service as wallet


def expiring(payload: dict[str, Any]) -> None:
    """Reader of experience.expiring: tells the member what is left of it by now, if anything."""
    lot_ids = [UUID(lot_id) for lot_id in payload["lot_ids"]]

    def work() -> None:
        found = wallet.expiring(lot_ids)
        if found is not None:
            event = f"{wallet.EXPERIENCE_EXPIRING}:{min(lot_ids)}"
            outgoing.queue(event, found.member_id, content(found.amount_fen, found.ends_at))

    in_transaction(work)


def content(amount_fen: int, ends_at: datetime) -> Content:
    """What the reminder says; `ends_at` is when the first part of it ends."""
    text = (
        f"体验金到期提醒：您有 {money(amount_fen)} 体验金即将到期，"
        f"最早于 {beijing_time(ends_at)} 到期，到期未用的部分退回出资方。"
    )
    fields = {
        "amount": money(amount_fen),
        "time": beijing_time(ends_at),
        "note": "到期未用将退回",
    }
    return Content(Kind.MEMBER_EXPERIENCE, text, fields)
