"""Which of the members who agreed a message is for: looked up batch by batch, by their ids."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import service as alliance
from app.core.db import db
from app.core.world import now
from app.ledger.service import Account
from app.members import service as members
from app.notices.mailings.models import MailingConsent
from app.wallet import service as wallet

PREPAID = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS)


def batch(after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next members who agreed, in the order of their ids, in the current unit of work."""
    wanted = select(MailingConsent.member_id).where(MailingConsent.withdrawn_at.is_(None))
    if after is not None:
        wanted = wanted.where(MailingConsent.member_id > after)
    return db.session.scalars(wanted.order_by(MailingConsent.member_id).limit(limit)).all()


def chosen(member_ids: Sequence[UUID], segment: dict[str, Any]) -> list[UUID]:
    """Those of these members that a segment means; a condition that is not named means all."""
    found = list(member_ids)
    for condition in (_at_home, _by_purchase, _by_balance, _by_level):
        if found:
            found = condition(found, segment)
    return found


def _at_home(member_ids: list[UUID], segment: dict[str, Any]) -> list[UUID]:
    stores = {UUID(each) for each in segment.get("home_store_ids") or ()}
    if not stores:
        return member_ids
    bound = members.bindings_of(member_ids)
    return [each for each in member_ids if each in bound and bound[each].home_store_id in stores]


def _by_purchase(member_ids: list[UUID], segment: dict[str, Any]) -> list[UUID]:
    """Who bought within so many days (in stores of a category), and who did not."""
    kept: Collection[UUID] = member_ids
    if (days := segment.get("bought_within_days")) is not None:
        since = now() - timedelta(days=days)
        kept = alliance.buyers(member_ids, since, segment.get("category_code"))
    if (days := segment.get("not_bought_within_days")) is not None:
        recent = alliance.buyers(member_ids, now() - timedelta(days=days), None)
        kept = set(kept) - recent
    return [each for each in member_ids if each in set(kept)]


def _by_balance(member_ids: list[UUID], segment: dict[str, Any]) -> list[UUID]:
    least, most = segment.get("prepaid_at_least_fen"), segment.get("prepaid_at_most_fen")
    if least is None and most is None:
        return member_ids
    return [each for each in member_ids if _fits(_prepaid_fen(each), least, most)]


def _by_level(member_ids: list[UUID], segment: dict[str, Any]) -> list[UUID]:
    """Who has one of these levels now: last, for each is looked up."""
    wanted = {UUID(each) for each in segment.get("level_ids") or ()}
    if not wanted:
        return member_ids
    found = ((each, alliance.level_of(each)) for each in member_ids)
    return [each for each, level in found if level is not None and level.id in wanted]


def _fits(fen: int, least: int | None, most: int | None) -> bool:
    return (least is None or fen >= least) and (most is None or fen <= most)


def _prepaid_fen(member_id: UUID) -> int:
    purses = wallet.purses(member_id)
    return sum(purses[account].balance_fen for account in PREPAID)
