"""Versions of split policies: written once, then the database refuses any change."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.alliance import terms
from app.alliance.errors import PolicyUnknown, PolicyUnusable
from app.alliance.models import SplitPolicy
from app.alliance.policies import rules
from app.alliance.policies.errors import PolicyWithdrawn
from app.alliance.policies.models import PolicyRelease
from app.alliance.policies.rules import Caps, Fault
from app.alliance.rules import Policy
from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import PLATFORM_ID, bucket_of, new_id, now

BUCKET = bucket_of(PLATFORM_ID)


def add_policy(
    name: str, shares_bp: dict[str, int], fallbacks: dict[str, str], is_one: bool, author: UUID
) -> SplitPolicy:
    """Writes the next version of the policy `name`, in the current unit of work. It counts for
    contracts that name it; for others of the family only once it is published.

    Raises PolicyUnusable with `faults`.
    """
    require_faultless(terms.policy_from(shares_bp, fallbacks, is_one))
    one_at_a_time(f"alliance/policy/{name}")
    family = (SplitPolicy.bucket == BUCKET, SplitPolicy.name == name)
    latest = db.session.scalar(select(func.max(SplitPolicy.version)).where(*family))
    row = SplitPolicy(
        bucket=BUCKET,
        id=new_id(BUCKET),
        name=name,
        version=(latest or 0) + 1,
        shares_bp=shares_bp,
        fallbacks=fallbacks,
        one_person_one_share=is_one,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def policy(policy_id: UUID) -> SplitPolicy:
    """Raises PolicyUnknown."""
    found = db.session.get(SplitPolicy, (BUCKET, policy_id))
    if found is None:
        raise PolicyUnknown()
    return found


def require_usable(policy_id: UUID) -> None:
    """That a contract may name a version; nobody withdraws it until the unit of work ends.

    Raises PolicyUnknown, PolicyWithdrawn.
    """
    one_at_a_time(f"alliance/policy/{policy(policy_id).name}")
    mine = (PolicyRelease.bucket == BUCKET, PolicyRelease.policy_id == policy_id)
    gone = select(PolicyRelease.withdrawn_at).where(*mine)
    if db.session.scalar(gone) is not None:
        raise PolicyWithdrawn()


def faults_of(policy: Policy) -> list[Fault]:
    """What is wrong with a policy under the limits of the settings."""
    return rules.faults(policy, caps())


def require_faultless(policy: Policy) -> None:
    """Raises PolicyUnusable with `faults`."""
    found = faults_of(policy)
    if found:
        shown = [fault.view() for fault in found]
        raise PolicyUnusable("; ".join(each["text_en"] for each in shown), faults=shown)


def caps() -> Caps:
    """The caps of the settings."""
    return Caps(settings().policy_recommender_cap_bp, settings().policy_promoter_cap_bp)
