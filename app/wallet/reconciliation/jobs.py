"""Fetching yesterday's bills after ten in Beijing, until they are there (WeChat facts D12, D14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.models import OutboxRow
from app.core.outbox import TryLater
from app.core.world import beijing_day, now
from app.wallet.models import WeChatOrder, Withdrawal
from app.wallet.profit_sharing.models import Split
from app.wallet.reconciliation import comparing as reconciliation
from app.wallet.reconciliation import resolving
from app.wallet.reconciliation.bills import FETCHED, Bill
from app.wallet.reconciliation.cells import BillMalformed
from app.wallet.reconciliation.comparing import BUCKET
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationRun
from app.wechat import client as wechat

log = structlog.get_logger()
LEASE_SECONDS = 600  # a day's bills are long
ASK_SECONDS = 300.0
DUE = "wallet.bills_due"
READER = "wallet.fetch_bills"
READY = timedelta(hours=34)
LATE = timedelta(hours=36)
NOT_READY_SECONDS = 600
FOR_PEOPLE_SECONDS = 3600


def ask_for_bills() -> int:
    """Duty: has the bills fetched of each past day that was not compared; how many days.

    Looks back RECONCILIATION_DAYS_BACK days, and not to before the first order or withdrawal.
    Rechecks what is open: books that have caught up with a line close it.
    """
    return in_transaction(_ask) + in_transaction(resolving.recheck_open)


def _ask() -> int:
    waiting = select(OutboxRow.payload).where(
        OutboxRow.reader == READER, OutboxRow.state == "waiting"
    )
    asked = {payload["day"] for payload in db.session.scalars(waiting)}
    days = [day for day in _owed(READY) if str(day) not in asked]
    for day in days:
        outbox.emit(DUE, {"day": str(day)}, bucket=BUCKET)
    return len(days)


def _owed(after: timedelta) -> list[date]:
    """Past days, ended long enough ago, of which a bill was not compared; in a unit of work."""
    today = beijing_day(now())
    days = [
        today - timedelta(days=back) for back in range(settings().reconciliation_days_back, 0, -1)
    ]
    over = [day for day in days if now() >= reconciliation.span(day)[0] + after]
    done = reconciliation.compared(FETCHED) if over else set()
    return [day for day in over if day not in done and _has_past(day)]


def _has_past(day: date) -> bool:
    end = reconciliation.span(day)[1]
    return any(
        db.session.scalar(select(model.id).where(model.created_at < end).limit(1)) is not None
        for model in (WeChatOrder, Withdrawal)
    )


def fetch_bills(payload: dict[str, Any]) -> None:
    """Outbox reader: fetches and compares the bills of a day, each once.

    Bills that are not there yet, and those that people have to look into (`reconciliation_late`),
    are asked for again later. That of splits comes last: what is wrong with it holds up no other.
    """
    day = date.fromisoformat(payload["day"])
    try:
        fetch_and_compare(day)
        fetch_sharing(day)
    except wechat.WeChatUnavailable as error:
        log.info("bill_not_ready", day=str(day), reason=str(error))
        raise TryLater(NOT_READY_SECONDS) from error
    except (wechat.WeChatRefused, BillMalformed) as error:
        log.error("bill_not_compared", day=str(day), reason=str(error))
        raise TryLater(FOR_PEOPLE_SECONDS) from error


def fetch_and_compare(day: date) -> list[UUID]:
    """The runs of all bills of a Beijing day. Not within a unit of work.

    Raises BillNotReady, WeChatUnavailable, WeChatRefused, BillMalformed: then nothing is kept.
    """
    missing = in_transaction(
        lambda: [bill for bill in FETCHED if reconciliation.run_of(day, bill) is None]
    )
    texts = {bill: _fetch(day, bill) for bill in missing}
    return in_transaction(lambda: _compare(day, texts))


def fetch_sharing(day: date) -> None:
    """Fetches and compares the bill of splits of a Beijing day, once, where there ever were any;
    given up after RECONCILIATION_DAYS_BACK. Not within a unit of work. Raises as above."""
    is_late = beijing_day(now()) - day > timedelta(days=settings().reconciliation_days_back)
    if in_transaction(lambda: _is_sharing_owed(day)) and not is_late:
        content = wechat.sharing_bill(day)
        in_transaction(lambda: _compare(day, {Bill.SHARING: content}))


def _is_sharing_owed(day: date) -> bool:
    ever = select(Split.id).where(Split.created_at < reconciliation.span(day)[1]).limit(1)
    is_done = reconciliation.run_of(day, Bill.SHARING) is not None
    return not is_done and db.session.scalar(ever) is not None


def _compare(day: date, texts: Mapping[Bill, str | None]) -> list[UUID]:
    reconciliation.compare_day(day, texts, "wechat")
    found = db.session.scalars(
        select(ReconciliationRun.id)
        .where(ReconciliationRun.bucket == BUCKET, ReconciliationRun.day == day)
        .order_by(ReconciliationRun.bill)
    )
    return list(found)


def _fetch(day: date, bill: Bill) -> str | None:
    if bill is Bill.TRADE:
        return wechat.trade_bill(day)
    if bill is Bill.BASIC:
        return wechat.fund_flow_bill(day, "BASIC")
    return wechat.fund_flow_bill(day, "OPERATION" if bill is Bill.OPERATION else "FEES")


def open_count() -> int:
    """How many lines of bills differ from the books and wait for people."""
    statement = select(func.count()).select_from(ReconciliationLine)
    return int(read(statement.where(*reconciliation.is_open()))[0][0])


def late_count() -> int:
    """How many past days have bills that were not compared by noon of the day after."""
    return in_transaction(lambda: len(_owed(LATE)))
