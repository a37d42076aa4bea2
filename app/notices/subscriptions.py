"""Consents to subscription messages: each is worth one message, a long-term one any number.

Told by WeChat's events (fact A6) and, where those do not come, by the mini-program itself. A
count of ours may be wrong; WeChat's refusal (43101) corrects it. Facts B8, C5.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.config import settings
from app.core.db import db
from app.core.world import bucket_of, now
from app.notices.models import Subscription

MOST = 100  # consents that are counted; nobody gives more of one kind


def accept(member_id: UUID, app_id: str, template_id: str) -> None:
    """Counts one more consent, in the current unit of work."""
    _put(member_id, app_id, template_id, func.least(Subscription.remaining + 1, MOST))


def note_accepted(member_id: UUID, app_id: str, template_id: str) -> None:
    """Makes sure that one consent is counted at least: WeChat's event may count it too."""
    _put(member_id, app_id, template_id, func.greatest(Subscription.remaining, 1))


def refuse(member_id: UUID, app_id: str, template_id: str) -> None:
    """Forgets all consents to a template, in the current unit of work."""
    mine = _mine(member_id, app_id, template_id)
    db.session.execute(
        delete(Subscription).where(*mine).execution_options(synchronize_session=False)
    )


def forget(member_id: UUID, app_id: str) -> None:
    """Forgets all consents in one app, which the member has left."""
    mine = (Subscription.bucket == bucket_of(member_id), Subscription.member_id == member_id)
    old = delete(Subscription).where(*mine, Subscription.app_id == app_id)
    db.session.execute(old.execution_options(synchronize_session=False))


def take(member_id: UUID, app_id: str, template_id: str) -> bool:
    """Uses one consent, in the current unit of work; False if there is none. Locks its row."""
    found = db.session.execute(
        select(Subscription.remaining)
        .where(*_mine(member_id, app_id, template_id))
        .with_for_update()
    ).first()
    if found is None or found.remaining == 0:
        return False
    _change(member_id, app_id, template_id, -1)
    return True


def give_back(member_id: UUID, app_id: str, template_id: str) -> None:
    """Returns one consent: it was certainly not used."""
    _change(member_id, app_id, template_id, 1)


def of(member_id: UUID, app_id: str) -> Mapping[str, int | None]:
    """How many messages each template may bring (None: any number)."""
    rows = db.session.execute(
        select(Subscription.template_id, Subscription.remaining).where(
            Subscription.bucket == bucket_of(member_id),
            Subscription.member_id == member_id,
            Subscription.app_id == app_id,
        )
    )
    return {row.template_id: row.remaining for row in rows}


def _put(member_id: UUID, app_id: str, template_id: str, changed: object) -> None:
    is_long_term = template_id in settings().wechat_long_term_templates
    remaining = None if is_long_term else 1
    row = insert(Subscription).values(
        bucket=bucket_of(member_id),
        member_id=member_id,
        app_id=app_id,
        template_id=template_id,
        remaining=remaining,
        changed_at=now(),
    )
    key = [Subscription.bucket, Subscription.member_id]
    key += [Subscription.app_id, Subscription.template_id]
    values = {"remaining": None if is_long_term else changed, "changed_at": now()}
    db.session.execute(row.on_conflict_do_update(index_elements=key, set_=values))


def _change(member_id: UUID, app_id: str, template_id: str, by: int) -> None:
    changed = (
        update(Subscription)
        .where(*_mine(member_id, app_id, template_id), Subscription.remaining.is_not(None))
        .values(remaining=Subscription.remaining + by, changed_at=now())
    )
    db.session.execute(changed.execution_options(synchronize_session=False))


def _mine(member_id: UUID, app_id: str, template_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Subscription.bucket == bucket_of(member_id),
        Subscription.member_id == member_id,
        Subscription.app_id == app_id,
        Subscription.template_id == template_id,
    )
