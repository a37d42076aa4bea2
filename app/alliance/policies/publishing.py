"""Publishing: a second person makes a draft a version, which takes effect at a moment for all
contracts of its family. Until then it can be withdrawn.

A sale keeps the version of its own moment. Whoever wrote in a draft does not publish it, and what
is published is the revision that the publisher has read.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.alliance import terms
from app.alliance.models import Contract, SplitPolicy
from app.alliance.policies import drafts, versions
from app.alliance.policies.errors import PolicyEffectInvalid, PolicyInUse, PolicyNotScheduled
from app.alliance.policies.models import PolicyRelease
from app.alliance.policies.versions import BUCKET
from app.core import four_eyes
from app.core.db import db, one_at_a_time
from app.core.world import now

log = structlog.get_logger()
LONGEST_AHEAD = timedelta(days=730)
LAST_MOMENT = timedelta(seconds=5)  # processes may sell by what they read some tenths ago


def publish(
    draft_id: UUID, revision: int, takes_effect_at: datetime | None, staff_id: UUID
) -> SplitPolicy:
    """Makes a draft the next version of its family, in effect from a moment (UTC), or at once.

    In the current unit of work, after which the caller lets the terms go round. Raises what
    `drafts.locked` raises, SecondPersonNeeded, PolicyUnusable, PolicyEffectInvalid.
    """
    draft = drafts.locked(draft_id, revision)
    four_eyes.require_other(staff_id, *draft.editors)
    one_at_a_time(f"alliance/policy/{draft.name}")
    since = _moment(draft.name, takes_effect_at)
    shares, fallbacks = dict(draft.shares_bp), dict(draft.fallbacks)
    row = versions.add_policy(
        draft.name, shares, fallbacks, draft.one_person_one_share, draft.editors[0]
    )
    draft.status, draft.policy_id, draft.changed_at = "published", row.id, now()
    db.session.add(
        PolicyRelease(
            bucket=BUCKET,
            policy_id=row.id,
            name=row.name,
            version=row.version,
            takes_effect_at=since,
            published_by=staff_id,
            published_at=now(),
        )
    )
    db.session.flush()
    terms.changed()
    log.info("policy_published", policy=str(row.id), staff=str(staff_id))
    return row


def _moment(name: str, wanted: datetime | None) -> datetime:
    present = now()
    since = present if wanted is None else wanted
    if not present <= since <= present + LONGEST_AHEAD:
        latest = present + LONGEST_AHEAD
        raise PolicyEffectInvalid(earliest=present.isoformat(), latest=latest.isoformat())
    taken = select(PolicyRelease.policy_id).where(
        PolicyRelease.bucket == BUCKET,
        PolicyRelease.name == name,
        PolicyRelease.takes_effect_at == since,
        PolicyRelease.withdrawn_at.is_(None),
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise PolicyEffectInvalid("another version takes effect at this moment")
    return since


def withdraw(policy_id: UUID, reason: str, staff_id: UUID) -> SplitPolicy:
    """Takes a version back that waits to take effect, in the current unit of work, after which
    the caller lets the terms go round. Raises PolicyUnknown, PolicyNotScheduled, PolicyInUse."""
    row = versions.policy(policy_id)
    one_at_a_time(f"alliance/policy/{row.name}")
    release = db.session.get(
        PolicyRelease, (BUCKET, policy_id), with_for_update=True, populate_existing=True
    )
    is_waiting = release is not None and release.withdrawn_at is None
    if release is None or not is_waiting or release.takes_effect_at <= now() + LAST_MOMENT:
        raise PolicyNotScheduled(policy_status=statuses([row])[row.id])
    naming = select(Contract.id).where(Contract.policy_id == policy_id).limit(1)
    if db.session.scalar(naming) is not None:
        raise PolicyInUse()
    release.withdrawn_at, release.withdrawn_by = now(), staff_id
    release.withdrawal_reason = reason
    db.session.flush()
    terms.changed()
    log.info("policy_withdrawn", policy=str(policy_id), staff=str(staff_id))
    return row


def releases_of(names: Collection[str]) -> list[PolicyRelease]:
    """The schedule of families: each published version, by when it takes effect."""
    its = (PolicyRelease.bucket == BUCKET, PolicyRelease.name.in_(names))
    order = (PolicyRelease.takes_effect_at, PolicyRelease.version)
    return list(db.session.scalars(select(PolicyRelease).where(*its).order_by(*order)))


def statuses(rows: Collection[SplitPolicy]) -> dict[UUID, str]:
    """Where versions stand: written (for contracts that name it), scheduled, in_force, superseded
    or withdrawn."""
    moment, found = now(), dict.fromkeys((row.id for row in rows), "written")
    newest: dict[str, UUID] = {}
    for release in releases_of({row.name for row in rows}):
        if release.withdrawn_at is not None:
            status = "withdrawn"
        elif release.takes_effect_at > moment:
            status = "scheduled"
        else:
            if release.name in newest:
                found[newest[release.name]] = "superseded"
            status, newest[release.name] = "in_force", release.policy_id
        found[release.policy_id] = status
    return {row.id: found[row.id] for row in rows}
