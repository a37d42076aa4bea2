"""What members' bindings ask of this room: that recommenders exist, and who a salesperson is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import catalogue
from app.alliance.errors import MerchantUnknown, SalespersonUnknown, StoreUnknown
from app.core.world import PLATFORM_ID
from app.members import service as members


def person(_: Any, *, kind: str, recommender_id: UUID) -> UUID | None:
    """Receiver of `person_asked`: the member a salesperson is today."""
    if kind != "salesperson":
        return None
    try:
        member_id = catalogue.salesperson(recommender_id).member_id
    except SalespersonUnknown:
        return None
    return None if member_id is None else members.today(member_id)


def target(_: Any, *, kind: str, recommender_id: UUID, home_store_id: UUID | None) -> bool:
    """Receiver of `target_asked`: whether a binding may name this recommender and home store.

    Raises members' RecommenderUnknown, HomeStoreUnfit: the store is unknown, or a merchant is to
    recommend without a store of theirs.
    """
    try:
        store = None if home_store_id is None else catalogue.store(home_store_id)
    except StoreUnknown as error:
        raise members.HomeStoreUnfit() from error
    try:
        _must_exist(kind, recommender_id)
    except (MerchantUnknown, SalespersonUnknown, members.MemberUnknown) as error:
        raise members.RecommenderUnknown() from error
    if kind == "merchant" and (store is None or store.merchant_id != recommender_id):
        raise members.HomeStoreUnfit()
    return True


def _must_exist(kind: str, recommender_id: UUID) -> None:
    if kind == "merchant":
        catalogue.merchant(recommender_id)
    elif kind == "salesperson":
        catalogue.salesperson(recommender_id)
    elif kind == "member":
        members.profile(recommender_id)
    elif recommender_id != PLATFORM_ID:
        raise members.RecommenderUnknown()
