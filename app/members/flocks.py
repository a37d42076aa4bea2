"""Whom recommenders brought lately, and which members look like one person: facts for the rooms
that look for rings. Reads only, outside any unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.core.db import read

LARGEST = 500
BROUGHT = text(
    """
    SELECT recommender_kind, recommender_id, array_agg(member_id ORDER BY bound_at, member_id),
           array_agg(bound_at ORDER BY bound_at, member_id)
    FROM members_binding AS b JOIN members_member AS m ON m.bucket = b.bucket AND m.id = b.member_id
    WHERE bound_at > :since AND recommender_kind IN ('member', 'salesperson')
    AND m.joined_at > :since AND m.merged_into IS NULL
    GROUP BY recommender_kind, recommender_id HAVING count(*) >= :fewest
    ORDER BY recommender_id
    """
)
PAIRS = text(
    """
    SELECT r.member_id, r.same_person_as, coalesce(r.proof ->> 'kind', 'other'),
           one.recommender_kind, one.recommender_id, other.recommender_id
    FROM members_review AS r
    LEFT JOIN members_binding AS one ON one.bucket = r.bucket AND one.member_id = r.member_id
    LEFT JOIN members_binding AS other ON other.member_id = r.same_person_as
        AND other.bucket = ((get_byte(uuid_send(r.same_person_as), 14) & 3) << 8
            | get_byte(uuid_send(r.same_person_as), 15))::smallint
    WHERE r.state IN ('waiting', 'proposed')
    ORDER BY r.member_id, r.same_person_as
    """
)


@dataclass(frozen=True, slots=True)
class Flock:
    """Whom one recommender brought who joined since a moment, oldest first, with when (UTC)."""

    recommender_kind: str
    recommender_id: UUID
    members: tuple[tuple[UUID, datetime], ...]


@dataclass(frozen=True, slots=True)
class SuspectedPair:
    """Two members who look like one person, by what, and who has brought each of them.

    `kind`: phone, id_number, card, unionid or other. Pairs that staff decided about are left out.
    """

    member_id: UUID
    same_person_as: UUID
    kind: str
    recommender_kind: str | None
    recommender_id: UUID | None
    other_recommender_id: UUID | None


def flocks(since: datetime, fewest: int) -> list[Flock]:
    """The members and salespeople who brought at least `fewest` members since then; of each the
    newest 500."""
    return [
        Flock(kind, recommender_id, tuple(zip(ids, moments, strict=True))[-LARGEST:])
        for kind, recommender_id, ids, moments in read(BROUGHT, {"since": since, "fewest": fewest})
    ]


def suspected_pairs() -> list[SuspectedPair]:
    """The pairs that wait for staff (see `reviews`)."""
    return [SuspectedPair(*tuple(row)) for row in read(PAIRS)]
