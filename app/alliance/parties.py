"""Who earns from a sale: the payer, those who brought payer and merchant, the home store.

Looked up when a sale is distributed, for a whole batch at once; written on each share, so that
later corrections leave past shares alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from blinker import Signal
from sqlalchemy import select

from app.alliance import terms
from app.alliance.closure.reading import closings_of
from app.alliance.models import Contact, Merchant, Sale, Salesperson, Store
from app.alliance.rules import Earner, Party, Policy
from app.core.db import db
from app.core.world import PLATFORM_ID
from app.ledger.service import Account
from app.members import service as members

FUND_ACCOUNTS = {
    Party.OPERATIONS: Account.OPERATIONS,
    Party.CAMPAIGN_FUND: Account.CAMPAIGN_FUND,
    Party.CHARITY: Account.CHARITY,
    Party.QUEUE_POOL: Account.QUEUE_POOL,
}


promoter_asked = Signal(
    "receiver(sender, sale_ids: list[UUID]) -> dict[UUID, UUID]: by sale, the member who promoted"
    " what was bought, in the current unit of work"
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The account a share goes to."""

    owner_id: UUID
    account: Account


def earners_of(
    sales: Sequence[Sale], tried: Policy | None = None
) -> dict[UUID, dict[Party, Earner]]:
    """By sale id, the parties that exist for each sale, in the current unit of work.

    A merchant or store that was closed when the sale was paid is none: the policy's fallback has
    its share. Promoters are asked for where a sale's own policy names them, or one that is `tried`.
    """
    bindings = members.bindings_of({sale.payer_id for sale in sales})
    merchants = _merchants({sale.merchant_id for sale in sales})
    homes = _merchants_of_stores(
        bound.home_store_id for bound in bindings.values() if bound.home_store_id
    )
    recommenders = {bound.recommender_id for bound in bindings.values()}
    recommenders |= {seller.recommender_id for seller in merchants.values()} - {None}
    closed = closings_of(recommenders | set(homes.values()))
    owners: dict[UUID, dict[Party, UUID]] = {}
    for sale in sales:
        moment = sale.paid_at
        found = {Party.CONSUMER: sale.payer_id}
        if not sale.is_merchants_purchase:  # nobody's code brought a merchant here as a customer
            found[Party.RECOMMENDER] = PLATFORM_ID
        bound = bindings.get(sale.payer_id)
        if bound is not None:
            found[Party.RECOMMENDER] = bound.recommender_id
            home_id = homes.get(bound.home_store_id)
            if home_id and not closed.has_closed(home_id, bound.home_store_id, moment):
                found[Party.HOME_STORE] = home_id
        seller = merchants[sale.merchant_id]
        if seller.recommender_id is not None:
            found[Party.MERCHANT_RECOMMENDER] = seller.recommender_id
        for party in (Party.RECOMMENDER, Party.MERCHANT_RECOMMENDER):
            if party in found and closed.has_closed(found[party], None, moment):
                del found[party]
        if seller.salesperson_id is not None:
            found[Party.SALESPERSON] = seller.salesperson_id
        owners[sale.id] = found
    for sale_id, promoter_id in _promoters(sales, tried).items():
        owners[sale_id][Party.PROMOTER] = promoter_id
    return _with_persons(owners)


def receiver_of(party: Party, earners: dict[Party, Earner]) -> Receiver:
    """Where the share of a receiving party goes; a member brought by the platform: operations."""
    if party in FUND_ACCOUNTS:
        return Receiver(PLATFORM_ID, FUND_ACCOUNTS[party])
    owner_id = earners[party].owner_id
    if owner_id == PLATFORM_ID:
        return Receiver(PLATFORM_ID, Account.OPERATIONS)
    return Receiver(owner_id, Account.REBATE_PENDING)


def _promoters(sales: Sequence[Sale], tried: Policy | None) -> dict[UUID, UUID]:
    is_tried = tried is not None and bool(tried.shares_bp.get(Party.PROMOTER))
    wanted = [
        sale.id
        for sale in sales
        if is_tried or terms.policy(sale.policy_id).shares_bp.get(Party.PROMOTER)
    ]
    found: dict[UUID, UUID] = {}
    if wanted:
        for _, answer in promoter_asked.send("alliance", sale_ids=wanted):
            found |= answer
    return found


def _merchants(merchant_ids: set[UUID]) -> dict[UUID, Merchant]:
    found = db.session.scalars(select(Merchant).where(Merchant.id.in_(merchant_ids)))
    return {merchant.id: merchant for merchant in found}


def _merchants_of_stores(store_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    found = db.session.execute(
        select(Store.id, Store.merchant_id).where(Store.id.in_(set(store_ids)))
    )
    return {row.id: row.merchant_id for row in found}


def _with_persons(owners: dict[UUID, dict[Party, UUID]]) -> dict[UUID, dict[Party, Earner]]:
    everybody = {owner for found in owners.values() for owner in found.values()}
    same = _same_persons(everybody)
    earners = {}
    for sale_id, found in owners.items():
        persons = _joined(set(found.values()), same)
        earners[sale_id] = {party: Earner(owner, persons[owner]) for party, owner in found.items()}
    return earners


def _same_persons(owner_ids: set[UUID]) -> list[tuple[UUID, UUID]]:
    contacts = select(Contact.merchant_id, Contact.member_id).where(
        Contact.merchant_id.in_(owner_ids), Contact.member_id.in_(owner_ids)
    )
    salespeople = select(Salesperson.id, Salesperson.member_id).where(
        Salesperson.id.in_(owner_ids), Salesperson.member_id.in_(owner_ids)
    )
    pairs = [*db.session.execute(contacts), *db.session.execute(salespeople)]
    return [(one, other) for one, other in pairs]


def _joined(owner_ids: set[UUID], same: list[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """For each owner one id that stands for the person behind it, within one sale."""
    persons = {owner: owner for owner in owner_ids}
    for one, other in same:
        if one in persons and other in persons:
            old, new = persons[other], persons[one]
            persons = {owner: new if to == old else to for owner, to in persons.items()}
    return persons
