"""Finding offers: what members see, and what staff of a merchant and of the platform look after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.alliance.access import is_platform
from app.alliance.offers import rules
from app.alliance.offers.errors import OfferUnknown
from app.alliance.offers.models import Offer, OfferVersion
from app.core.auth import Principal
from app.core.db import db
from app.core.world import bucket_of

Shown = tuple[Offer, OfferVersion]
_AT = (OfferVersion.bucket == Offer.bucket) & (OfferVersion.offer_id == Offer.id)
_SHOWN = _AT & (OfferVersion.version == Offer.shown_version)
_LATEST = _AT & (OfferVersion.version == Offer.latest_version)


@dataclass(frozen=True, slots=True)
class Search:
    """What a member looks for; None: any."""

    words: str | None = None
    category: str | None = None
    store_id: UUID | None = None
    merchant_id: UUID | None = None
    before: UUID | None = None
    limit: int = 20


def displayed(wanted: Search) -> list[Shown]:
    """Displayed offers, the newest first, in the current unit of work."""
    statement = select(Offer, OfferVersion).join(OfferVersion, _SHOWN)
    statement = statement.where(Offer.status == "displayed")
    if wanted.category is not None:
        statement = statement.where(Offer.category == wanted.category)
    if wanted.store_id is not None:
        statement = statement.where(Offer.store_id == wanted.store_id)
    if wanted.merchant_id is not None:
        statement = statement.where(Offer.merchant_id == wanted.merchant_id)
    if wanted.words is not None:
        terms = rules.wanted_terms(wanted.words)
        if not terms:
            return []
        statement = statement.where(Offer.terms.contains(terms))
    return _page(statement, wanted.before, wanted.limit)


def one_displayed(offer_id: UUID) -> Shown:
    """A displayed offer with what it says, in the current unit of work. Raises OfferUnknown."""
    found = shown([offer_id]).get(offer_id)
    if found is None or found[0].status != "displayed":
        raise OfferUnknown()
    return found


def shown(offer_ids: Sequence[UUID]) -> dict[UUID, Shown]:
    """Offers that were ever displayed, with what they say now, whatever became of them."""
    chosen = (Offer.bucket.in_({bucket_of(each) for each in offer_ids}), Offer.id.in_(offer_ids))
    rows = db.session.execute(
        select(Offer, OfferVersion)
        .join(OfferVersion, _SHOWN)
        .where(*chosen)
        .execution_options(populate_existing=True)
    )
    return {row[0].id: (row[0], row[1]) for row in rows}


def managed(
    caller: Principal, status: str | None, in_review: bool, before: UUID | None, limit: int
) -> list[Shown]:
    """Offers that the caller looks after, each with its latest version, the newest first: a
    merchant's staff those of their stores, the platform all. In the current unit of work."""
    statement = select(Offer, OfferVersion).join(OfferVersion, _LATEST)
    if not is_platform(caller):
        statement = statement.where(Offer.merchant_id == caller.merchant_id)
        if "merchant_owner" not in caller.roles:
            statement = statement.where(Offer.store_id.in_(caller.store_ids))
    if status is not None:
        statement = statement.where(Offer.status == status)
    if in_review:
        statement = statement.where(OfferVersion.status == "in_review")
    return _page(statement, before, limit)


def _page(statement: Select[Any], before: UUID | None, limit: int) -> list[Shown]:
    if before is not None:
        statement = statement.where(Offer.id < before)
    rows = db.session.execute(statement.order_by(Offer.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]
