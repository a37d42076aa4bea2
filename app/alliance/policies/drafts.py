"""Drafts: written, changed and discarded until they are published. A draft may have faults."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import structlog

from app.alliance import terms
from app.alliance.policies.errors import (
    PolicyDraftChanged,
    PolicyDraftClosed,
    PolicyDraftUnknown,
)
from app.alliance.policies.models import PolicyDraft
from app.alliance.policies.versions import BUCKET
from app.alliance.rules import Policy
from app.core.db import db
from app.core.world import new_id, now

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft says; shares in basis points by party."""

    name: str
    shares_bp: dict[str, int]
    fallbacks: dict[str, str]
    one_person_one_share: bool
    note: str


def write(content: Content, staff_id: UUID) -> PolicyDraft:
    """A new draft, in the current unit of work."""
    moment = now()
    row = PolicyDraft(
        bucket=BUCKET,
        id=new_id(BUCKET),
        **asdict(content),
        revision=1,
        status="open",
        editors=[staff_id],
        created_at=moment,
        changed_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    return row


def change(draft_id: UUID, revision: int, content: Content, staff_id: UUID) -> PolicyDraft:
    """Writes an open draft anew, in the current unit. Locks it. Raises what `locked` raises."""
    row = locked(draft_id, revision)
    for name, value in asdict(content).items():
        setattr(row, name, value)
    _changed(row, staff_id)
    return row


def discard(draft_id: UUID, revision: int, staff_id: UUID) -> PolicyDraft:
    """Closes a draft that nobody wants, in the current unit. Raises what `locked` raises."""
    row = locked(draft_id, revision)
    row.status = "discarded"
    _changed(row, staff_id)
    log.info("policy_draft_discarded", draft=str(draft_id), staff=str(staff_id))
    return row


def find(draft_id: UUID) -> PolicyDraft:
    """Raises PolicyDraftUnknown."""
    row = db.session.get(PolicyDraft, (BUCKET, draft_id))
    if row is None:
        raise PolicyDraftUnknown()
    return row


def locked(draft_id: UUID, revision: int) -> PolicyDraft:
    """An open draft as it was read (`revision`), locked. Raises PolicyDraftUnknown,
    PolicyDraftClosed, PolicyDraftChanged."""
    key = (BUCKET, draft_id)
    row = db.session.get(PolicyDraft, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise PolicyDraftUnknown()
    if row.status != "open":
        raise PolicyDraftClosed(draft_status=row.status)
    if row.revision != revision:
        raise PolicyDraftChanged(revision=row.revision)
    return row


def policy_of(row: Any) -> Policy:
    """What a draft or a version says, as the allocator reads it."""
    return terms.policy_from(row.shares_bp, row.fallbacks, row.one_person_one_share)


def _changed(row: PolicyDraft, staff_id: UUID) -> None:
    row.revision += 1
    row.changed_at = now()
    if staff_id not in row.editors:
        row.editors = [*row.editors, staff_id]
    db.session.flush()
