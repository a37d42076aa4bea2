"""Offering a version of a contract to its merchant, and what the merchant says to it.

What is offered binds nobody: it is in force on its days once the merchant has accepted exactly
those terms (their hash is kept). Then the version before ends where it begins.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue
from app.alliance.catalogue import NewContract
from app.alliance.contracts.errors import OfferAnswered, OfferOver, TermsDiffer
from app.alliance.contracts.models import ContractOffer
from app.alliance.errors import ContractUnknown
from app.alliance.joining.models import Application
from app.alliance.models import Contact, Contract
from app.core import outbox
from app.core.auth import Principal
from app.core.db import db, one_at_a_time
from app.core.world import beijing_day, bucket_of, now
from app.members import service as members

OFFERED = "contract.offered"
NOT_TERMS = frozenset({"bucket", "ended_at", "created_by", "created_at"})
PAGE = 50


@dataclass(frozen=True, slots=True)
class Version:
    """A version and how the merchant stands to it: signed (on paper), offered, accepted, declined
    or withdrawn."""

    contract: Contract
    offer: ContractOffer | None

    @property
    def acceptance(self) -> str:
        """See the class."""
        if self.offer is None:
            return "signed"
        return self.offer.answer or "offered"


def offer(new: NewContract, author: UUID) -> Version:
    """Writes the next version and offers it to the merchant, in the current unit of work; an open
    offer before it is withdrawn. Raises what `catalogue.add_contract` raises."""
    row = catalogue.write_contract(new, author)
    catalogue.withdraw_offers(new.merchant_id, author)
    made = ContractOffer(
        bucket=row.bucket,
        contract_id=row.id,
        merchant_id=row.merchant_id,
        terms_hash=terms_hash(row),
        offered_by=author,
        created_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    outbox.emit(OFFERED, {"contract_id": str(row.id)}, bucket=row.bucket)
    return Version(row, made)


def answer(
    contract_id: UUID, caller: Principal, terms: str, reason: str | None, *, is_accepted: bool
) -> Version:
    """What a merchant says to an offer whose terms have this hash, in the current unit of work.

    Locks the offer and, accepting, the merchant's contracts. Raises ContractUnknown unless the
    caller may sign for the merchant, OfferAnswered, TermsDiffer, OfferOver.
    """
    found = _locked(contract_id)
    if not may_sign(caller, found.contract.merchant_id):
        raise ContractUnknown()
    made = _waiting(found)
    if made.terms_hash != terms:
        raise TermsDiffer(terms_hash=made.terms_hash)
    last_day = found.contract.ends_on
    if is_accepted and last_day is not None and last_day < beijing_day(now()):
        raise OfferOver()
    _note(made, "accepted" if is_accepted else "declined", caller.kind, caller.id, reason)
    if is_accepted:
        catalogue.supersede(found.contract)
    return found


def withdraw(contract_id: UUID, staff_id: UUID, reason: str) -> Version:
    """Takes back an offer that was not answered, in the current unit of work. Locks it. Raises
    ContractUnknown, OfferAnswered."""
    found = _locked(contract_id)
    _note(_waiting(found), "withdrawn", "staff", staff_id, reason)
    return found


def versions(merchant_id: UUID, before: int | None) -> list[Version]:
    """A page of a merchant's versions, the newest first, below a version's number, in the current
    unit of work. Raises MerchantUnknown."""
    catalogue.merchant(merchant_id)
    mine = (Contract.bucket == bucket_of(merchant_id), Contract.merchant_id == merchant_id)
    wanted = select(Contract).where(*mine).order_by(Contract.version.desc()).limit(PAGE)
    if before is not None:
        wanted = wanted.where(Contract.version < before)
    rows = db.session.scalars(wanted).all()
    offers = _offers(rows)
    return [Version(row, offers.get(row.id)) for row in rows]


def may_sign(caller: Principal, merchant_id: UUID) -> bool:
    """Whether the caller signs for a merchant: its owner, a contact who may take its money out, or
    the contact who applied for it, in the current unit of work."""
    if caller.kind == "staff":
        return "merchant_owner" in caller.roles and caller.merchant_id == merchant_id
    key = (bucket_of(merchant_id), merchant_id)
    who = (members.today(caller.id), caller.id)
    contacts = [found for each in who if (found := db.session.get(Contact, (*key, each)))]
    if any(contact.may_withdraw for contact in contacts):
        return True
    applied = select(Application.id).where(
        Application.merchant_id == merchant_id, Application.member_id.in_(who)
    )
    return bool(contacts) and db.session.scalar(applied) is not None


def terms_hash(row: Contract) -> str:
    """SHA-256 (hex) over every term of a version, by name, as JSON with sorted names."""
    named = {
        column.name: getattr(row, column.name)
        for column in Contract.__table__.columns
        if column.name not in NOT_TERMS
    }
    return sha256(json.dumps(named, sort_keys=True, default=str).encode()).hexdigest()


def find(contract_id: UUID) -> Version:
    """In the current unit of work. Raises ContractUnknown."""
    key = (bucket_of(contract_id), contract_id)
    row = db.session.get(Contract, key)
    if row is None:
        raise ContractUnknown()
    return Version(row, db.session.get(ContractOffer, key))


def _offers(rows: Sequence[Contract]) -> dict[UUID, ContractOffer]:
    if not rows:
        return {}
    chosen = ContractOffer.contract_id.in_([row.id for row in rows])
    mine = ContractOffer.bucket == rows[0].bucket
    return {
        made.contract_id: made
        for made in db.session.scalars(select(ContractOffer).where(mine, chosen))
    }


def _locked(contract_id: UUID) -> Version:
    """Locks the merchant's contracts first, as whoever writes a version does."""
    one_at_a_time(f"alliance/contract/{find(contract_id).contract.merchant_id}")
    key = (bucket_of(contract_id), contract_id)
    made = db.session.get(ContractOffer, key, with_for_update=True, populate_existing=True)
    return Version(find(contract_id).contract, made)


def _waiting(found: Version) -> ContractOffer:
    if found.offer is None or found.offer.answer is not None:
        raise OfferAnswered(acceptance=found.acceptance)
    return found.offer


def _note(made: ContractOffer, said: str, kind: str, who: UUID, reason: str | None) -> None:
    made.answer, made.answered_kind, made.answered_by = said, kind, who
    made.reason, made.answered_at = reason, now()
    db.session.flush()
