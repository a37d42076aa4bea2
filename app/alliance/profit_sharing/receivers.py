"""Receivers of splits, kept at WeChat Pay in step with merchants' contracts (fact D10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from app.alliance.contracts.reading import is_agreed
from app.alliance.models import Contract
from app.alliance.profit_sharing.models import SharingReceiver, name_context
from app.core import crypto, outbox
from app.core.config import settings
from app.core.db import db, in_transaction, one_at_a_time
from app.core.outbox import TryLater
from app.core.world import beijing_day, bucket_of, now
from app.members import service as members
from app.wechat import client as wechat

log = structlog.get_logger()
DUE = "alliance.receiver_due"
AGAIN_SECONDS = 60
KEEP_SECONDS = 300.0
HERE = ("wanted", "registered", "refused")


def put_in_force(row: SharingReceiver) -> None:
    """Makes this the merchant's receiver, in the current unit of work; the one before leaves, and a
    worker registers this one at WeChat Pay. One at a time for each merchant."""
    one_at_a_time(f"alliance/receiver/{row.merchant_id}")
    before = current(row.merchant_id)
    row.state = "wanted"
    if before is not None:
        is_same = (before.account, before.member_id) == (row.account, row.member_id)
        before.state = "gone" if is_same or _is_others(before) else "leaving"
        _ask(before)
    _ask(row)


def current(merchant_id: UUID) -> SharingReceiver | None:
    """The merchant's receiver, in the current unit of work, or None."""
    return db.session.scalar(
        select(SharingReceiver)
        .where(SharingReceiver.merchant_id == merchant_id, SharingReceiver.state.in_(HERE))
        .order_by(SharingReceiver.id.desc())
        .limit(1)
    )


def register_again(merchant_id: UUID) -> None:
    """Has WeChat told of the receiver anew: it says that there is no relation (NO_RELATION)."""
    row = current(merchant_id)
    if row is not None:
        row.state = "wanted"
        _ask(row)


def keep_in_step() -> int:
    """Duty: receivers of merchants without a contract leave, those with one again come back."""
    return in_transaction(_keep)


def _keep() -> int:
    rows = db.session.scalars(select(SharingReceiver).where(SharingReceiver.state.in_(HERE))).all()
    leaving = [row for row in rows if not _has_contract(row.merchant_id)]
    for row in leaving:
        row.state = "gone" if _is_others(row) else "leaving"
        _ask(row)
    return len(leaving)


def _has_contract(merchant_id: UUID) -> bool:
    """Whether any contract is, or will be, in force; none yet signed counts as one to come."""
    mine = Contract.bucket == bucket_of(merchant_id), Contract.merchant_id == merchant_id
    found = db.session.execute(
        select(Contract.ends_on, Contract.ended_at).where(*mine, is_agreed())
    ).all()
    moment = now()
    today = beijing_day(moment)
    return not found or any(
        (row.ended_at is None or row.ended_at > moment)
        and (row.ends_on is None or row.ends_on >= today)
        for row in found
    )


def _is_others(row: SharingReceiver) -> bool:
    """Whether another merchant of the alliance has the same receiver: then it stays."""
    same = select(SharingReceiver.id).where(
        SharingReceiver.id != row.id,
        SharingReceiver.account == row.account,
        SharingReceiver.member_id.is_not_distinct_from(row.member_id),
        SharingReceiver.state.in_(HERE),
        SharingReceiver.merchant_id != row.merchant_id,
    )
    return db.session.scalar(same.limit(1)) is not None


def _ask(row: SharingReceiver) -> None:
    db.session.flush()
    outbox.emit(DUE, {"receiver_id": str(row.id)}, bucket=bucket_of(row.id))


def tell_wechat(payload: dict[str, Any]) -> None:
    """Outbox reader: registers a receiver at WeChat Pay, or takes it off; both are repeatable."""
    receiver_id = UUID(payload["receiver_id"])
    row = in_transaction(lambda: _detached(receiver_id))
    if row is None or row.state not in ("wanted", "leaving"):
        return
    try:
        refusal = _tell(row)
    except wechat.WeChatUnavailable as error:
        raise TryLater(AGAIN_SECONDS) from error
    except wechat.WeChatRefused as error:
        log.error("receiver_refused", receiver=str(receiver_id), code=error.wechat_code)
        refusal = error.wechat_code
    in_transaction(lambda: _note(receiver_id, row.state, refusal))


def _detached(receiver_id: UUID) -> SharingReceiver | None:
    row = db.session.get(SharingReceiver, receiver_id)
    if row is not None:
        db.session.expunge(row)
    return row


def _tell(row: SharingReceiver) -> str | None:
    """Why there was nobody to tell of; else None."""
    app_id = settings().wechat_mini_app_id
    kind: wechat.ReceiverKind = "MERCHANT_ID"
    account = row.account
    if row.member_id is not None:
        member_id, kind = row.member_id, "PERSONAL_OPENID"
        account = in_transaction(lambda: members.openid_of(member_id, app_id))
    if account is None:
        return "NO_WECHAT_ACCOUNT"
    if row.state == "leaving":
        wechat.delete_receiver(app_id=app_id, kind=kind, account=account)
        return None
    name = crypto.decrypt(row.name_sealed, name_context(row.id)) if row.name_sealed else None
    wechat.add_receiver(app_id=app_id, kind=kind, account=account, name=name, relation=row.relation)
    return None


def _note(receiver_id: UUID, told: str, refusal: str | None) -> None:
    row = db.session.get(SharingReceiver, receiver_id, with_for_update=True)
    if row is None or row.state != told:
        return
    row.refusal = refusal
    if told == "leaving":
        row.state = "gone"
    else:
        row.state = "refused" if refusal else "registered"
        row.registered_at = row.registered_at if refusal else now()
