"""For whom a campaign is: everybody, or members of some kind."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.alliance import service as alliance
from app.benefits.contract import Terms
from app.benefits.errors import AudienceUnfit, NotInAudience
from app.core.errors import AppError
from app.core.schemas import Body, Moment
from app.members import service as members


class Audience(Body):
    """Who may take part (参与对象). Every condition that is given must hold; none: everybody."""

    joined_from: Moment | None = None
    joined_before: Moment | None = None
    home_of_merchants: Annotated[list[UUID], Field(max_length=100)] = []
    levels: Annotated[list[UUID], Field(max_length=20)] = []


def check(audience: Audience) -> None:
    """Raises AudienceUnfit for merchants or levels that do not exist."""
    known = alliance.level_ids() if audience.levels else frozenset()
    if not set(audience.levels) <= known:
        raise AudienceUnfit()
    for merchant_id in audience.home_of_merchants:
        try:
            alliance.merchant(merchant_id)
        except AppError as error:
            raise AudienceUnfit() from error


def includes(terms: Terms, member_id: UUID) -> bool:
    """Whether a member is among those whom a campaign is for, in the current unit of work."""
    wanted = Audience.model_validate(terms.audience)
    return (
        _joined_in_time(wanted, member_id)
        and _is_at_home(wanted, member_id)
        and _has_level(wanted, member_id)
    )


def require(terms: Terms, member_id: UUID) -> None:
    """Raises NotInAudience."""
    if not includes(terms, member_id):
        raise NotInAudience()


def _joined_in_time(wanted: Audience, member_id: UUID) -> bool:
    if wanted.joined_from is None and wanted.joined_before is None:
        return True
    joined: datetime = members.profile(member_id).joined_at
    is_late = wanted.joined_from is not None and joined < wanted.joined_from
    is_early = wanted.joined_before is not None and joined >= wanted.joined_before
    return not (is_late or is_early)


def _is_at_home(wanted: Audience, member_id: UUID) -> bool:
    if not wanted.home_of_merchants:
        return True
    bound = members.binding(member_id)
    if bound is None or bound.home_store_id is None:
        return False
    return alliance.store(bound.home_store_id).merchant_id in wanted.home_of_merchants


def _has_level(wanted: Audience, member_id: UUID) -> bool:
    if not wanted.levels:
        return True
    level = alliance.level_of(member_id)
    return level is not None and level.id in wanted.levels
