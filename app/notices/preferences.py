"""What a member does not want to be told: kept only where they said so."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from app.core.world import bucket_of, now
from app.notices.errors import NoticeRequired
from app.notices.kinds import TERMS, Kind
from app.notices.mailings import consents as mailing_consents
from app.notices.models import Preference


def of(member_id: UUID) -> dict[Kind, bool]:
    """For each kind whether the member wants it, in the current unit of work."""
    mine = (Preference.bucket == bucket_of(member_id), Preference.member_id == member_id)
    rows = db.session.execute(select(Preference.kind, Preference.is_wanted).where(*mine))
    said = {row.kind: row.is_wanted for row in rows}
    return {kind: said.get(kind, True) for kind in Kind}


def change(member_id: UUID, wishes: Mapping[Kind, bool]) -> dict[Kind, bool]:
    """Notes wishes, in the current unit of work; all as they are then.

    Raises NoticeRequired, and notes none, for a kind that nobody can decline.
    """
    fixed = [kind for kind, wanted in wishes.items() if not wanted and not _can_decline(kind)]
    if fixed:
        raise NoticeRequired(kinds=[str(kind) for kind in fixed])
    for kind, wanted in wishes.items():
        row = insert(Preference).values(
            bucket=bucket_of(member_id),
            member_id=member_id,
            kind=kind.value,
            is_wanted=wanted,
            changed_at=now(),
        )
        key = [Preference.bucket, Preference.member_id, Preference.kind]
        said = {"is_wanted": wanted, "changed_at": now()}
        db.session.execute(row.on_conflict_do_update(index_elements=key, set_=said))
    return of(member_id)


def decline_all(member_id: UUID) -> list[Kind]:
    """Declines, in the current unit, whatever can be declined; which kinds that are."""
    kinds = [kind for kind in Kind if _can_decline(kind)]
    change(member_id, dict.fromkeys(kinds, False))
    return kinds


def want_all(member_id: UUID) -> None:
    """Wants every kind again, in the current unit."""
    change(member_id, dict.fromkeys((kind for kind in Kind if _can_decline(kind)), True))


def is_wanted(member_id: UUID, kind: Kind) -> bool:
    """Whether the member is to be told of this kind, in the current unit of work; of offers only
    while they agree to them."""
    if kind is Kind.MEMBER_OFFER and not mailing_consents.has(member_id):
        return False
    return not _can_decline(kind) or of(member_id)[kind]


def _can_decline(kind: Kind) -> bool:
    return TERMS[kind].can_decline
