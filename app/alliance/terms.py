"""Under which terms a store sells: stores and contracts, cached in the process.

The cache holds only while the catalogue's number was seen unchanged less than LEASE_SECONDS ago.
Whoever changes the catalogue waits that long before answering (`let_go_round`), so that nobody
sells under old terms once a change has been confirmed to its author. The unit that makes a change
reads past the cache: what it sees may never be committed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID
from weakref import WeakSet

from sqlalchemy import select, text
from sqlalchemy.orm import SessionTransaction

from app.alliance.closure.errors import StoreClosed, StorePaused
from app.alliance.closure.reading import standing_of
from app.alliance.closure.rules import OPEN, Standing
from app.alliance.contracts.reading import is_agreed
from app.alliance.errors import ContractNotInForce, PolicyUnknown, StoreUnknown
from app.alliance.models import Contract, SplitPolicy, Store
from app.alliance.policies.models import PolicyRelease
from app.alliance.profit_sharing.models import PayoutChannel
from app.alliance.rules import Party, Policy
from app.core.db import db, in_transaction, read, read_plain
from app.core.world import PLATFORM_ID, beijing_day, bucket_of
from app.wallet.service import PayoutWay

Made = TypeVar("Made")
LEASE_SECONDS = 0.2
MOST_STORES = 20_000


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """An immutable contract version; days are business days (Asia/Shanghai), both included."""

    id: UUID
    version: int
    policy_id: UUID
    concession_bp: int
    is_bonus_included: bool
    experience_cap_bp: int
    payment_maximum_fen: int | None
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    advance_bp: int = 0
    advance_limit_fen: int = 0
    advance_deposit_fen: int = 0
    member_discount_bp: int = 0
    releases: tuple[tuple[datetime, UUID], ...] = ()

    def policy_at(self, moment: datetime) -> UUID:
        """The split policy of a sale at this moment (UTC): the later version of the contract's
        family that took effect last, else the one that the contract names."""
        begun = [policy_id for since, policy_id in self.releases if since <= moment]
        return begun[-1] if begun else self.policy_id

    def is_in_force(self, moment: datetime) -> bool:
        """Whether it covers this moment (UTC)."""
        day = beijing_day(moment)
        has_begun = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return has_begun and (self.ended_at is None or moment < self.ended_at)


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """A store, its merchant, and the merchant's contracts, newest first. Whether what WeChat pays
    there is split (`is_shared`), and whether it takes money at all (`standing`)."""

    store_id: UUID
    merchant_id: UUID
    name: str
    contracts: tuple[ContractTerms, ...]
    is_shared: bool = False
    category_code: str = "other"
    standing: Standing = OPEN

    def in_force(self, moment: datetime) -> ContractTerms:
        """The newest contract that covers this moment (UTC). Raises ContractNotInForce."""
        for contract in self.contracts:
            if contract.is_in_force(moment):
                return contract
        raise ContractNotInForce()

    def selling(self, moment: datetime) -> ContractTerms:
        """The contract under which it takes money at this moment (UTC). Raises StoreClosed,
        StorePaused, ContractNotInForce."""
        if self.standing.is_closed(moment):
            raise StoreClosed(closed_at=str(self.standing.closes_at))
        if self.standing.is_paused:
            raise StorePaused()
        return self.in_force(moment)


class _Cache:
    """What was read since the catalogue's number was last seen to change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = -1
        self._seen_at = float("-inf")
        self._stores: dict[UUID, StoreTerms] = {}

    def get(self, store_id: UUID) -> StoreTerms:
        if time.monotonic() - self._seen_at >= LEASE_SECONDS:
            self._look()
        stores = self._stores
        found = stores.get(store_id)
        if found is None:
            found = _load(store_id)
            if len(stores) < MOST_STORES:
                stores[store_id] = found
        return found

    def _look(self) -> None:
        with self._lock:
            asked_at = time.monotonic()
            if asked_at - self._seen_at < LEASE_SECONDS:
                return
            version = read_plain(_VERSION, (0,))[0][0]
            if version != self._version:
                self._stores = {}
                self._version = version
            self._seen_at = asked_at

    def clear(self) -> None:
        self._seen_at = float("-inf")


_VERSION = "SELECT version FROM alliance_catalogue WHERE bucket = %s"
_cache = _Cache()
_changing: WeakSet[SessionTransaction] = WeakSet()
_policies: dict[UUID, Policy] = {}


def of_store(store_id: UUID) -> StoreTerms:
    """The store and its merchant's contracts. Raises StoreUnknown."""
    return _load(store_id) if _is_changing() else _cache.get(store_id)


def _is_changing() -> bool:
    """Whether the current unit has changed the catalogue. Where there is no session, and payments
    make none, there is no unit."""
    has_session = db.session.registry.has()
    return has_session and db.session().get_transaction() in _changing


def store_name(store_id: UUID) -> str:
    """The name of a store. Raises StoreUnknown."""
    return of_store(store_id).name


def policy(policy_id: UUID) -> Policy:
    """An immutable split policy. Raises PolicyUnknown. Reads outside any unit."""
    found = _policies.get(policy_id)
    if found is None:
        found = _policies[policy_id] = _load_policy(policy_id)
    return found


def changed() -> None:
    """Notes in the current unit of work that the catalogue changed."""
    db.session.execute(text("UPDATE alliance_catalogue SET version = version + 1 WHERE bucket = 0"))
    transaction = db.session().get_transaction()
    assert transaction is not None
    _changing.add(transaction)


def change(work: Callable[[], Made]) -> Made:
    """Commits a change of the catalogue and waits until no process sells under older terms."""
    done = in_transaction(work)
    let_go_round()
    return done


def let_go_round() -> None:
    """Waits, after the change is committed, until no process can hold the terms before it."""
    _cache.clear()
    time.sleep(LEASE_SECONDS)


def _load(store_id: UUID) -> StoreTerms:
    mine = (Store.bucket == bucket_of(store_id), Store.id == store_id)
    rows = read(select(Store.merchant_id, Store.name, Store.category_code).where(*mine))
    if not rows:
        raise StoreUnknown()
    merchant_id, name, category_code = rows[0]
    contracts = read(
        select(
            Contract.id,
            Contract.version,
            Contract.policy_id,
            Contract.concession_bp,
            Contract.is_bonus_included,
            Contract.experience_cap_bp,
            Contract.payment_maximum_fen,
            Contract.starts_on,
            Contract.ends_on,
            Contract.ended_at,
            Contract.advance_bp,
            Contract.advance_limit_fen,
            Contract.advance_deposit_fen,
            Contract.member_discount_bp,
        )
        .where(Contract.bucket == bucket_of(merchant_id), Contract.merchant_id == merchant_id)
        .where(is_agreed())
        .order_by(Contract.version.desc())
    )
    releases = _releases({row.policy_id for row in contracts})
    terms = tuple(
        ContractTerms(*row, releases=releases.get(row.policy_id, ())) for row in contracts
    )
    return StoreTerms(
        store_id,
        merchant_id,
        name,
        terms,
        is_shared=_is_shared(merchant_id),
        category_code=category_code,
        standing=standing_of(merchant_id, store_id),
    )


def _releases(policy_ids: set[UUID]) -> dict[UUID, tuple[tuple[datetime, UUID], ...]]:
    """By version, the later versions of its family that were published, by when they begin."""
    found: dict[UUID, tuple[tuple[datetime, UUID], ...]] = {}
    later = read(
        select(SplitPolicy.id, PolicyRelease.takes_effect_at, PolicyRelease.policy_id)
        .join(
            PolicyRelease,
            (PolicyRelease.bucket == SplitPolicy.bucket)
            & (PolicyRelease.name == SplitPolicy.name)
            & (PolicyRelease.version > SplitPolicy.version),
        )
        .where(
            SplitPolicy.bucket == bucket_of(PLATFORM_ID),
            SplitPolicy.id.in_(policy_ids),
            PolicyRelease.withdrawn_at.is_(None),
        )
        .order_by(PolicyRelease.takes_effect_at, PolicyRelease.version)
    )
    for row in later:
        found[row.id] = (*found.get(row.id, ()), (row.takes_effect_at, row.policy_id))
    return found


def _is_shared(merchant_id: UUID) -> bool:
    """Whether payments by WeChat are made to be split: the newest payout channel says so."""
    mine = PayoutChannel.bucket == bucket_of(merchant_id), PayoutChannel.merchant_id == merchant_id
    newest = select(PayoutChannel.channel).where(*mine).order_by(PayoutChannel.version.desc())
    return [row.channel for row in read(newest.limit(1))] == [PayoutWay.PROFIT_SHARING]


def _load_policy(policy_id: UUID) -> Policy:
    columns = (SplitPolicy.shares_bp, SplitPolicy.fallbacks, SplitPolicy.one_person_one_share)
    key = (SplitPolicy.bucket == bucket_of(PLATFORM_ID), SplitPolicy.id == policy_id)
    rows = read(select(*columns).where(*key))
    if not rows:
        raise PolicyUnknown()
    shares, fallbacks, is_one = rows[0]
    return policy_from(shares, fallbacks, is_one)


def policy_from(
    shares_bp: Mapping[str, int], fallbacks: Mapping[str, str], is_one_share_per_person: bool
) -> Policy:
    """A split policy from its written form."""
    return Policy(
        MappingProxyType({Party(party): bp for party, bp in shares_bp.items()}),
        MappingProxyType({Party(party): Party(to) for party, to in fallbacks.items()}),
        is_one_share_per_person,
    )
