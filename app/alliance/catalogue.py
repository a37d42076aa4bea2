"""Merchants, stores, salespeople and contracts: written by the operator, read by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from app.alliance import terms
from app.alliance.closure.errors import MerchantClosed
from app.alliance.closure.reading import is_closed
from app.alliance.contracts.models import ContractOffer
from app.alliance.contracts.reading import is_agreed
from app.alliance.errors import (
    ContractEnded,
    ContractUnknown,
    MerchantUnknown,
    RecommenderInvalid,
    SalespersonUnknown,
    StoreUnknown,
)
from app.alliance.joining import names
from app.alliance.models import Contact, Contract, Merchant, Salesperson, Store
from app.alliance.policies import versions
from app.alliance.stores import categories
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of, new_id, now, start_of_beijing_day
from app.members import service as members

PAGE = 50


@dataclass(frozen=True, slots=True)
class Recommender:
    """Who brought a merchant: `kind` is member, salesperson or merchant."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a contract version says. Rates in basis points; days both included; cycles in working
    days, None: those of the settings."""

    merchant_id: UUID
    policy_id: UUID
    concession_bp: int
    starts_on: date
    ends_on: date | None
    experience_cap_bp: int
    is_bonus_included: bool
    payment_maximum_fen: int | None
    advance_bp: int = 0
    advance_limit_fen: int = 0
    advance_deposit_fen: int = 0
    settlement_fee_bp: int = 0
    is_channel_fee_borne: bool = False
    settlement_working_days: int | None = None
    experience_working_days: int | None = None
    member_discount_bp: int = 0


def add_salesperson(name: str, member_id: UUID | None = None) -> Salesperson:
    """Authorises a salesperson, in the current unit. Raises members' MemberUnknown."""
    if member_id is not None:
        members.profile(member_id)
    identity = new_id()
    return _add(
        Salesperson(
            bucket=bucket_of(identity),
            id=identity,
            name=name,
            member_id=member_id,
            is_active=True,
            created_at=now(),
        )
    )


def add_merchant(
    name: str,
    salesperson_id: UUID | None = None,
    recommender: Recommender | None = None,
    licence_number: str | None = None,
) -> Merchant:
    """Adds a merchant, in the current unit. Raises SalespersonUnknown, RecommenderInvalid."""
    if salesperson_id is not None:
        salesperson(salesperson_id)
    if recommender is not None:
        _must_exist(recommender)
    identity = new_id()
    names.note(identity, name)
    return _add(
        Merchant(
            bucket=bucket_of(identity),
            id=identity,
            name=name,
            licence_number=licence_number,
            salesperson_id=salesperson_id,
            recommender_kind=recommender.kind if recommender else None,
            recommender_id=recommender.id if recommender else None,
            created_at=now(),
        )
    )


def _must_exist(recommender: Recommender) -> None:
    look_up = {"member": members.profile, "salesperson": salesperson, "merchant": merchant}
    try:
        look_up[recommender.kind](recommender.id)
    except (members.MemberUnknown, SalespersonUnknown, MerchantUnknown) as error:
        raise RecommenderInvalid() from error


def add_store(merchant_id: UUID, name: str, address: str, category: str) -> Store:
    """Opens a store of a merchant, in the merchant's bucket; `category` is a code or its name.

    Raises MerchantUnknown, MerchantClosed, CategoryUnknown.
    """
    _must_be_in_business(merchant_id)
    kind = categories.find(category)
    bucket = bucket_of(merchant_id)
    terms.changed()
    return _add(
        Store(
            bucket=bucket,
            id=new_id(bucket),
            merchant_id=merchant_id,
            name=name,
            address=address,
            category=kind.name,
            category_code=kind.code,
            created_at=now(),
        )
    )


def add_contract(new: NewContract, author: UUID) -> Contract:
    """Writes the next version of a merchant's contract, signed on paper: from its first day on it
    takes the place of the versions before. Raises MerchantUnknown, MerchantClosed, PolicyUnknown,
    PolicyWithdrawn.
    """
    row = write_contract(new, author)
    withdraw_offers(new.merchant_id, author)
    supersede(row)
    return row


def withdraw_offers(merchant_id: UUID, staff_id: UUID) -> None:
    """Takes back what is on offer to a merchant, for a later version, in the current unit."""
    mine = (
        ContractOffer.bucket == bucket_of(merchant_id),
        ContractOffer.merchant_id == merchant_id,
    )
    said = {
        "answer": "withdrawn",
        "answered_kind": "staff",
        "answered_by": staff_id,
        "reason": "a later version took its place",
        "answered_at": now(),
    }
    gone = update(ContractOffer).where(*mine, ContractOffer.answer.is_(None)).values(said)
    db.session.execute(gone.execution_options(synchronize_session="fetch"))


def supersede(row: Contract) -> None:
    """Ends the agreed versions before this one where it begins, or now if that is past, in the
    current unit of work. An earlier end of theirs stays."""
    begins_at = max(start_of_beijing_day(row.starts_on), now())
    former = update(Contract).where(
        Contract.bucket == row.bucket,
        Contract.merchant_id == row.merchant_id,
        Contract.version < row.version,
        (Contract.ended_at.is_(None)) | (Contract.ended_at > begins_at),
        is_agreed(),
    )
    former = former.values(ended_at=begins_at)
    db.session.execute(former.execution_options(synchronize_session="fetch"))
    terms.changed()


def write_contract(new: NewContract, author: UUID) -> Contract:
    """Writes the next version of a merchant's contract; whoever writes it sees to its being
    agreed. One at a time for a merchant. Raises MerchantUnknown, MerchantClosed, PolicyUnknown."""
    _must_be_in_business(new.merchant_id)
    versions.require_usable(new.policy_id)
    bucket = bucket_of(new.merchant_id)
    one_at_a_time(f"alliance/contract/{new.merchant_id}")
    latest = db.session.scalar(
        select(func.max(Contract.version)).where(
            Contract.bucket == bucket, Contract.merchant_id == new.merchant_id
        )
    )
    terms.changed()
    return _add(
        Contract(
            bucket=bucket,
            id=new_id(bucket),
            merchant_id=new.merchant_id,
            version=(latest or 0) + 1,
            policy_id=new.policy_id,
            concession_bp=new.concession_bp,
            is_bonus_included=new.is_bonus_included,
            experience_cap_bp=new.experience_cap_bp,
            payment_maximum_fen=new.payment_maximum_fen,
            advance_bp=new.advance_bp,
            advance_limit_fen=new.advance_limit_fen,
            advance_deposit_fen=new.advance_deposit_fen,
            settlement_fee_bp=new.settlement_fee_bp,
            is_channel_fee_borne=new.is_channel_fee_borne,
            settlement_working_days=new.settlement_working_days,
            experience_working_days=new.experience_working_days,
            member_discount_bp=new.member_discount_bp,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
            created_by=author,
            created_at=now(),
        )
    )


def end_contract(contract_id: UUID) -> Contract:
    """Ends a contract at this moment, before its time. Raises ContractUnknown, ContractEnded."""
    key = (bucket_of(contract_id), contract_id)
    found = db.session.get(Contract, key, with_for_update=True)
    if found is None:
        raise ContractUnknown()
    moment = now()
    if found.ended_at is not None and found.ended_at <= moment:
        raise ContractEnded()
    found.ended_at = moment
    terms.changed()
    db.session.flush()
    return found


def add_contact(merchant_id: UUID, member_id: UUID, *, may_withdraw: bool = False) -> None:
    """Names a member who speaks for a merchant; again changes whether they may take its money out,
    at once: whoever is only staff asks by `contacts.name`. Raises …Unknown."""
    merchant(merchant_id)
    members.profile(member_id)
    key = (bucket_of(merchant_id), merchant_id, member_id)
    found = db.session.get(Contact, key)
    if found is None:
        found = Contact(
            bucket=key[0], merchant_id=merchant_id, member_id=member_id, created_at=now()
        )
        db.session.add(found)
    if may_withdraw and not found.may_withdraw:
        found.trusted_at = now()
    found.may_withdraw, found.trust_asked_by = may_withdraw, None
    db.session.flush()


def contacts(merchant_id: UUID) -> list[UUID]:
    """The members who get a merchant's notices."""
    mine = (Contact.bucket == bucket_of(merchant_id), Contact.merchant_id == merchant_id)
    return list(db.session.scalars(select(Contact.member_id).where(*mine)))


def merchant(merchant_id: UUID) -> Merchant:
    """Raises MerchantUnknown."""
    found = db.session.get(Merchant, (bucket_of(merchant_id), merchant_id))
    if found is None:
        raise MerchantUnknown()
    return found


def salesperson(salesperson_id: UUID) -> Salesperson:
    """Raises SalespersonUnknown."""
    found = db.session.get(Salesperson, (bucket_of(salesperson_id), salesperson_id))
    if found is None:
        raise SalespersonUnknown()
    return found


def store(store_id: UUID) -> Store:
    """Raises StoreUnknown."""
    found = db.session.get(Store, (bucket_of(store_id), store_id))
    if found is None:
        raise StoreUnknown()
    return found


def stores_of(merchant_id: UUID) -> list[UUID]:
    """The ids of a merchant's stores."""
    mine = (Store.bucket == bucket_of(merchant_id), Store.merchant_id == merchant_id)
    return list(db.session.scalars(select(Store.id).where(*mine)))


def page(model: Any, after: UUID | None, *conditions: Any) -> Sequence[Any]:
    """Up to PAGE rows after an id, in the order of their ids."""
    statement: Select[Any] = select(model).where(*conditions).order_by(model.id).limit(PAGE)
    if after is not None:
        statement = statement.where(model.id > after)
    return db.session.scalars(statement).all()


def _must_be_in_business(merchant_id: UUID) -> None:
    merchant(merchant_id)
    if is_closed(merchant_id, now()):
        raise MerchantClosed()


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
