"""Profit sharing by the clock: looking again, and giving free before WeChat does so by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from app.core import outbox
from app.core.db import db, in_transaction, read
from app.core.world import now
from app.wallet import rules as wallet_rules
from app.wallet.models import WeChatOrder
from app.wallet.profit_sharing import returning, splitting
from app.wallet.profit_sharing.models import Split, SplitReturn
from app.wallet.profit_sharing.rules import FREED_BY_ITSELF_AFTER, SplitState

LOOK_SECONDS = 5.0
RELEASE_SECONDS = 300.0
BATCH = 100
BEFORE = timedelta(days=1)


def look_again() -> int:
    """Duty: has WeChat asked about splits and returns whose time to look has come; how many."""
    return in_transaction(_look_at_splits) + in_transaction(_look_at_returns)


def _due(model: Any, event: str) -> list[Any]:
    if outbox.is_behind(event):
        return []
    due = (
        select(model)
        .where(model.next_look_at <= now())
        .order_by(model.next_look_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(due))


def _look_at_splits() -> int:
    rows = _due(Split, splitting.LOOK)
    for row in rows:
        row.next_look_at = now() + timedelta(seconds=wallet_rules.pause_seconds(row.looks))
        outbox.emit(splitting.LOOK, {"split_id": str(row.id)}, bucket=row.bucket)
    return len(rows)


def _look_at_returns() -> int:
    rows = _due(SplitReturn, returning.LOOK)
    for row in rows:
        row.next_look_at = now() + timedelta(seconds=wallet_rules.pause_seconds(row.looks))
        outbox.emit(returning.LOOK, {"return_id": str(row.id)}, bucket=row.bucket)
    return len(rows)


def release_old() -> int:
    """Duty: gives free what nobody has split a day before WeChat does so; how many payments."""
    until = now() - FREED_BY_ITSELF_AFTER + BEFORE
    old = select(WeChatOrder.id).where(
        WeChatOrder.is_shared,
        WeChatOrder.released_at.is_(None),
        WeChatOrder.state == "paid",
        WeChatOrder.finished_at < until,
    )
    asked = select(Split.id).where(
        Split.bucket == WeChatOrder.bucket,
        Split.order_id == WeChatOrder.id,
        Split.kind == "release",
        Split.state != SplitState.FAILED,
    )
    rows = read(old.where(~asked.exists()).limit(BATCH))
    for row in rows:
        in_transaction(partial(splitting.request_release, row.id))
    return len(rows)


def troubled_count() -> int:
    """How many splits wait for people: the gauge `splits_troubled`."""
    return int(read(select(func.count()).where(Split.state == SplitState.TROUBLED))[0][0])


def open_count() -> int:
    """How many splits and releases are not at their end: the gauge `splits_open`."""
    open_ = Split.state.in_((SplitState.WAITING, SplitState.SENDING))
    return int(read(select(func.count()).where(open_))[0][0])
