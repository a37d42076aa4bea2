"""Members' consent to service messages: asked for, kept with its text, withdrawn at any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.notices.mailings.errors import MailingConsentOutdated
from app.notices.mailings.models import MailingConsent

VERSION = "2026-11"
TEXTS = {
    "2026-11": (
        "我同意联惠向我发送服务与活动消息(如归属门店的活动、储值方案、会员权益提醒)。\n"
        "平台按归属门店、消费时间、余额和门店类别选择接收人;商家看不到任何接收人的信息。\n"
        "每人每天最多一条,夜间不发送。可随时在此关闭,或在公众号回复“退订”,不影响其他服务。"
    )
}


def give(member_id: UUID, version: str, door: str) -> None:
    """Notes a consent in the current unit of work; where one stands, nothing. Raises
    MailingConsentOutdated."""
    if version != VERSION:
        raise MailingConsentOutdated(version=VERSION)
    if has(member_id):
        return
    row = insert(MailingConsent).values(
        id=new_id(bucket_of(member_id)),
        member_id=member_id,
        version=version,
        door=door,
        given_at=now(),
    )
    db.session.execute(row.on_conflict_do_nothing())


def withdraw(member_id: UUID) -> None:
    """Ends every consent of the member's in the current unit; what waits is not sent."""
    theirs = MailingConsent.member_id.in_(members.everyone_of(member_id))
    standing = update(MailingConsent).where(theirs, MailingConsent.withdrawn_at.is_(None))
    ended = standing.values(withdrawn_at=now())
    db.session.execute(ended.execution_options(synchronize_session=False))


def has(member_id: UUID) -> bool:
    """Whether the member agrees now, in the current unit of work."""
    theirs = MailingConsent.member_id.in_(members.everyone_of(member_id))
    standing = exists().where(theirs, MailingConsent.withdrawn_at.is_(None))
    return bool(db.session.scalar(select(standing)))


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: the member's consents."""
    gone = delete(MailingConsent).where(MailingConsent.member_id == member_id)
    db.session.execute(gone.execution_options(synchronize_session=False))
