"""Who may promote what, and for whose purchase nobody is paid. In the current unit of work."""

from __future__ import annotations

from uuid import UUID

from app.alliance import service as alliance
from app.alliance.service import SaleFacts
from app.benefits.promotion.errors import SelfPromotion
from app.members import service as members

REFUSALS = frozenset({"own_purchase", "own_shop", "ring", "suspended"})
NOT_SHARES_OF_BRINGERS = frozenset({"consumer", "promoter"})


def people_of(member_id: UUID) -> list[UUID]:
    """All member ids of a person."""
    return members.everyone_of(members.today(member_id))


def require_promoter(member_id: UUID, merchant_id: UUID) -> None:
    """Raises SelfPromotion, members' RecommendingSuspended."""
    if speaks_for(people_of(member_id), merchant_id):
        raise SelfPromotion()
    if not members.may_recommend("member", member_id):
        raise members.RecommendingSuspended()


def speaks_for(people: list[UUID], merchant_id: UUID) -> bool:
    """Whether somebody is one of a merchant's own contacts, under any of their ids."""
    return not set(people).isdisjoint(alliance.contacts(merchant_id))


def refusal(promoter_id: UUID, payer_id: UUID, merchant_id: UUID) -> str | None:
    """Why a promoter gets nothing for this payer's purchase at this merchant's, or None."""
    promoter, payer = people_of(promoter_id), people_of(payer_id)
    if not set(promoter).isdisjoint(payer):
        return "own_purchase"
    if speaks_for(promoter, merchant_id):
        return "own_shop"
    if alliance.are_together(promoter, [*payer, merchant_id]):
        return "ring"
    if not members.may_recommend("member", promoter_id):
        return "suspended"
    return None


def has_share(promoter_id: UUID, sale: SaleFacts) -> bool:
    """Whether the person behind a promoter has a share of the sale already, as whoever brought its
    payer or merchant: one of both at most, unless its split policy lets a person have several."""
    if not sale.is_one_share_per_person:
        return False
    theirs: set[UUID] = set()
    for each in people_of(promoter_id):
        theirs |= alliance.owners_behind(each)
    return any(
        share.owner_id in theirs and share.party not in NOT_SHARES_OF_BRINGERS
        for share in sale.shares
    )
