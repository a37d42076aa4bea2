"""Money taken back from merchants that got a split, where a refund needs it (fact D10).

Only merchants give back, for 180 days. What comes back is the owner's `available` again, and at
hand at WeChat (`wechat_takings`); it is not split a second time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import make_transient

from app.core import outbox
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import orders, rules
from app.wallet.profit_sharing.models import Split, SplitReturn
from app.wallet.profit_sharing.rules import RETURNABLE_FOR, SplitState
from app.wechat import client as wechat
from app.wechat.client import ReturnStatus

log = structlog.get_logger()
LOOK = "wallet.split_return_look"
UNKNOWN = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND"})
REFUSED_FOR = timedelta(minutes=10)
TRY_AGAIN_AFTER = timedelta(hours=6)
FAILURES = (wechat.WeChatUnavailable, wechat.OutcomeUnknown, wechat.WeChatRefused)


def request_returns(order_id: UUID, wanted_fen: int, reason: str) -> int:
    """Asks the receivers of an order's splits for up to `wanted_fen` back, in the current unit of
    work; what was asked for (fen), what is already asked for included. Locks the order."""
    order = orders.lock(order_id)
    if order is None:
        return 0
    asked = _open_fen(order.bucket, order.id)
    if asked or _failed_lately(order.bucket, order.id):
        return asked
    for row in db.session.scalars(_returnable(order.bucket, order.id)).all():
        amount = min(wanted_fen - asked, row.amount_fen - _returned_fen(row))
        if amount > 0:
            _ask_for(row, amount, reason)
            asked += amount
    return asked


def _returnable(bucket: int, order_id: UUID) -> Any:
    return select(Split).where(
        Split.bucket == bucket,
        Split.order_id == order_id,
        Split.state == SplitState.DONE,
        Split.receiver_account.is_not(None),
        Split.sent_at > now() - RETURNABLE_FOR,
    )


def _sum(*conditions: Any) -> int:
    total = select(func.coalesce(func.sum(SplitReturn.amount_fen), 0)).where(*conditions)
    return int(db.session.scalar(total) or 0)


def _open_fen(bucket: int, order_id: UUID) -> int:
    mine = SplitReturn.bucket == bucket, SplitReturn.order_id == order_id
    return _sum(*mine, SplitReturn.state == "requested")


def _returned_fen(row: Split) -> int:
    mine = SplitReturn.bucket == row.bucket, SplitReturn.split_id == row.id
    return _sum(*mine, SplitReturn.state != "failed")


def _failed_lately(bucket: int, order_id: UUID) -> bool:
    """A receiver that has just had too little is not asked again at once."""
    failed = select(SplitReturn.id).where(
        SplitReturn.bucket == bucket,
        SplitReturn.order_id == order_id,
        SplitReturn.state == "failed",
        SplitReturn.finished_at > now() - TRY_AGAIN_AFTER,
    )
    return db.session.scalar(failed.limit(1)) is not None


def _ask_for(split: Split, amount_fen: int, reason: str) -> None:
    row = SplitReturn(
        bucket=split.bucket,
        id=new_id(split.bucket),
        split_id=split.id,
        order_id=split.order_id,
        amount_fen=amount_fen,
        reason=reason[:80],
        state="requested",
        looks=0,
        created_at=now(),
        next_look_at=now() + timedelta(seconds=rules.pause_seconds(0)),
    )
    db.session.add(row)
    db.session.flush()
    outbox.emit(LOOK, {"return_id": str(row.id)}, bucket=row.bucket)


def look_at_return(payload: dict[str, Any]) -> None:
    """Outbox reader: asks for one return, or how it stands; always under the same number."""
    return_id = UUID(payload["return_id"])
    row, account = in_transaction(lambda: _detached(return_id))
    if row.state != "requested":
        return
    try:
        status = _query(row) if row.looks else None
        status = status or _send(row, account)
    except FAILURES as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("split_return_not_answered", split_return=str(return_id), reason=reason)
        code = error.wechat_code if isinstance(error, wechat.WeChatRefused) else None
        in_transaction(lambda: _note_failure(return_id, reason, code))
        return
    in_transaction(lambda: _note(return_id, status))


def _detached(return_id: UUID) -> tuple[SplitReturn, str]:
    row = db.session.get(SplitReturn, (bucket_of(return_id), return_id))
    split = db.session.get(Split, (row.bucket, row.split_id)) if row else None
    if row is None or split is None or split.receiver_account is None:
        raise LookupError(f"there is no return {return_id}")
    account = split.receiver_account
    make_transient(row)
    return row, account


def _query(row: SplitReturn) -> ReturnStatus | None:
    try:
        return wechat.query_return(number_of(row.split_id), number_of(row.id))
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code in UNKNOWN:
            return None
        raise


def _send(row: SplitReturn, account: str) -> ReturnStatus:
    try:
        return wechat.take_back(
            split_number=number_of(row.split_id),
            number=number_of(row.id),
            account=account,
            amount_fen=row.amount_fen,
            description=row.reason,
        )
    except FAILURES:
        status = _query(row)
        if status is not None:
            return status
        raise


def _locked(return_id: UUID) -> SplitReturn:
    key = (bucket_of(return_id), return_id)
    return db.session.get_one(SplitReturn, key, with_for_update=True, populate_existing=True)


def _note_failure(return_id: UUID, reason: str, code: str | None) -> None:
    row = _locked(return_id)
    if row.state != "requested":
        return
    row.looks = min(row.looks + 1, rules.MOST_LOOKS)
    row.last_error = reason[:500]
    row.next_look_at = now() + timedelta(seconds=rules.retry_seconds(row.looks))
    if code is not None and code not in UNKNOWN and row.created_at < now() - REFUSED_FOR:
        _fail(row, code)


def _note(return_id: UUID, status: ReturnStatus) -> None:
    row = _locked(return_id)
    if row.state != "requested":
        return
    row.looks = min(row.looks + 1, rules.MOST_LOOKS)
    if status.amount_fen != row.amount_fen:
        log.error("split_return_does_not_fit", split_return=str(return_id))
    elif status.result == "SUCCESS":
        _finish(row)
    elif status.result == "FAILED":
        _fail(row, status.fail_reason or "UNKNOWN")


def _fail(row: SplitReturn, reason: str) -> None:
    log.error("split_return_failed", split_return=str(row.id), reason=reason)
    row.state, row.fail_reason = "failed", reason
    row.finished_at, row.next_look_at = now(), None


def _finish(row: SplitReturn) -> None:
    split = db.session.get_one(Split, (row.bucket, row.split_id))
    assert split.owner_id is not None
    journal = Journal(
        id=new_id(row.bucket),
        kind="split_returned",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"split_returned:{row.id}",
        legs=(
            Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -row.amount_fen),
            Leg(split.owner_id, Account.AVAILABLE, row.amount_fen),
        ),
    )
    row.state, row.journal_id, row.last_error = "done", journal.id, None
    row.finished_at, row.next_look_at = now(), None
    db.session.flush()
    ledger.post([journal])
