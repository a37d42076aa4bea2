"""Giving one's real name, and what others in the product may know of it.

An ID number is one person's: whoever gives one that another member has is reported to staff, who
bring the two together or not (`reviews`); nothing is merged by itself. Names and cards may change,
each change is a new version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Update, select, update

from app.core.config import settings
from app.core.crypto import blind_index, decrypt, encrypt
from app.core.db import db, in_transaction
from app.core.errors import AppError
from app.core.world import beijing_day, bucket_of, new_id, now
from app.members import bindings, phones, reviews
from app.members.errors import MemberMerged, MemberUnknown, PhoneTaken
from app.members.models import Member
from app.members.reading import rows
from app.members.real_name import claims, rules
from app.members.real_name.consent import VERSION
from app.members.real_name.errors import (
    CardTaken,
    ConsentOutdated,
    IdNumberFixed,
    IdNumberTaken,
    TooYoung,
)
from app.members.real_name.models import BankCard
from app.members.real_name.models import RealName as Version

SAME = {
    "phone": "the same phone number",
    "id_number": "the same ID number",
    "card": "the same bank card",
}
COLUMNS = (
    Version.id,
    Version.name,
    Version.id_number,
    Version.phone,
    Version.consent_version,
    Version.consent_door,
    Version.recorded_at,
    BankCard.id.label("card_id"),
    BankCard.number,
    BankCard.bank_name,
    BankCard.changed_at,
)


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class Given:
    """What a member gives, in normal form (`rules`). Without a card the present one stays."""

    name: str
    id_number: str
    phone: str
    card_number: str | None
    bank_name: str | None
    consent_version: str
    consent_door: str


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class RealName:
    """Who a member is by law, for the rooms that pay them. Clear text: never logged or stored.

    `confirmed_at` (UTC): since when name, ID number and phone are these; `card_changed_at`: since
    when the card is this one. `card_index` is a keyed hash of the card, the same for good.
    """

    name: str
    card_last_four: str | None
    card_index: bytes | None
    card_changed_at: datetime | None
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class Card:
    """A bank card as a bank's file names it, and since when (UTC) it is this one. Clear text:
    never logged or stored."""

    holder: str
    number: str
    bank: str
    since: datetime


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class Plain:
    """Everything a member gave, in clear. For whoever has a reason on record."""

    version_id: UUID
    card_id: UUID | None
    name: str
    id_number: str
    phone: str
    card_number: str | None
    bank_name: str | None
    consent_version: str
    consent_door: str
    recorded_at: datetime
    card_changed_at: datetime | None


class _OfAnother(Exception):
    """What was given is another member's: nothing is kept of it, and staff are told."""

    def __init__(self, member_id: UUID, kind: str, refusal: PhoneTaken | CardTaken) -> None:
        super().__init__(kind)
        self.member_id, self.kind, self.refusal = member_id, kind, refusal


def give(member_id: UUID, given: Given) -> None:
    """Keeps a member's real name as a new version; the same once more changes nothing.

    Raises ConsentOutdated, TooYoung, IdNumberFixed, IdNumberTaken, PhoneTaken and CardTaken (then
    staff see the two members), MemberMerged, MemberUnknown. Locks the member.
    """
    if given.consent_version != VERSION:
        raise ConsentOutdated(version=VERSION)
    if rules.age(given.id_number, beijing_day(now())) < settings().real_name_minimum_age:
        raise TooYoung()
    refusal: AppError | None
    try:
        refusal = in_transaction(lambda: _give(member_id, given))
    except _OfAnother as found:
        other_id, kind, refusal = found.member_id, found.kind, found.refusal
        in_transaction(lambda: _report(member_id, other_id, kind))
    if refusal is not None:
        raise refusal


def real_name_of(member_id: UUID) -> RealName | None:
    """The member's real name, or None if they gave none. Of a merged member: whom they became."""
    plain = plain_of(bindings.today(member_id))
    if plain is None:
        return None
    number = plain.card_number
    return RealName(
        name=plain.name,
        card_last_four=number[-4:] if number else None,
        card_index=blind_index(number, "members.card") if number else None,
        card_changed_at=plain.card_changed_at,
        confirmed_at=plain.recorded_at,
    )


def bank_card_of(member_id: UUID) -> Card | None:
    """Where the member is paid by a bank: the card of their real name, if they named its bank too.
    Of a merged member: whom they became."""
    plain = plain_of(bindings.today(member_id))
    if plain is None or plain.card_number is None or not plain.bank_name:
        return None
    since = plain.card_changed_at or plain.recorded_at
    return Card(plain.name, plain.card_number, plain.bank_name, since)


def plain_of(member_id: UUID) -> Plain | None:
    """Everything the member gave and that holds today, decrypted; None if nothing."""
    card_of = (BankCard.member_id == Version.member_id) & BankCard.replaced_at.is_(None)
    found = rows(
        select(*COLUMNS)
        .outerjoin(BankCard, card_of)
        .where(Version.member_id == member_id, Version.replaced_at.is_(None))
    )
    return _opened(found[0]) if found else None


def context(table: str, column: str, row_id: UUID) -> str:
    """What a cipher text of this room is bound to."""
    return f"{table}/{column}/{row_id}"


def erase(member_id: UUID) -> None:
    """Deletes what a member gave, all versions, in the current unit of work.

    What stays: that there was something, since when and until when, with which consent.
    """
    moment = now()
    claims.release_all(member_id)
    for table, blank in (
        (Version, {"name": None, "id_number": None, "phone": None}),
        (BankCard, {"number": None, "bank_name": None}),
    ):
        theirs = update(table).where(table.member_id == member_id)
        _quietly(theirs.values(blank))
        _quietly(theirs.where(table.replaced_at.is_(None)).values(replaced_at=moment))


def _give(member_id: UUID, given: Given) -> IdNumberTaken | PhoneTaken | None:
    """A refusal that is returned is one of which staff are told with this unit."""
    _lock(member_id)
    moment = now()
    other_id = phones.member_with("86", given.phone)
    if other_id is not None and other_id != member_id:
        _report(member_id, other_id, "phone")
        return PhoneTaken()
    before = plain_of(member_id)
    if before is not None and before.id_number != given.id_number:
        raise IdNumberFixed()
    is_known = before is not None and _of_person(before) == _of_person(given)
    version_id = before.version_id if before and is_known else new_id(bucket_of(member_id))
    owner_id = claims.claim("id_number", given.id_number, member_id, version_id, moment)
    if owner_id != member_id:
        claims.withdraw(version_id)
        _report(member_id, owner_id, "id_number")
        return IdNumberTaken()
    owner_id = claims.claim("phone", given.phone, member_id, version_id, moment)
    if owner_id != member_id:
        raise _OfAnother(owner_id, "phone", PhoneTaken())
    claims.release_others("phone", given.phone, member_id)
    if not is_known:
        _write_version(member_id, version_id, given, moment)
    if given.card_number:
        _give_card(member_id, given, given.card_number, before, moment)
    return None


def _give_card(
    member_id: UUID, given: Given, number: str, before: Plain | None, moment: datetime
) -> None:
    present_id = before.card_id if before else None
    is_known = before is not None and before.card_number == number
    is_same = is_known and before is not None and before.bank_name == given.bank_name
    card_id = present_id if present_id and is_same else new_id(bucket_of(member_id))
    owner_id = claims.claim("card", number, member_id, card_id, moment)
    if owner_id != member_id:
        raise _OfAnother(owner_id, "card", CardTaken())
    if is_same:
        return
    _replace(BankCard, member_id, moment)
    # The name of its bank may be put right; the card is still the one of that day.
    since = before.card_changed_at if before and is_known else moment
    row = BankCard(
        id=card_id,
        member_id=member_id,
        number=encrypt(number, context("members_bank_card", "number", card_id)),
        bank_name=given.bank_name,
        consent_version=given.consent_version,
        consent_door=given.consent_door,
        recorded_at=moment,
        changed_at=since,
    )
    db.session.add(row)
    db.session.flush()


def _write_version(member_id: UUID, version_id: UUID, given: Given, moment: datetime) -> None:
    _replace(Version, member_id, moment)
    row = Version(
        id=version_id,
        member_id=member_id,
        name=_sealed("name", given.name, version_id),
        id_number=_sealed("id_number", given.id_number, version_id),
        phone=_sealed("phone", given.phone, version_id),
        consent_version=given.consent_version,
        consent_door=given.consent_door,
        recorded_at=moment,
    )
    db.session.add(row)
    db.session.flush()


def _replace(table: type[Version] | type[BankCard], member_id: UUID, moment: datetime) -> None:
    present = (table.member_id == member_id) & table.replaced_at.is_(None)
    _quietly(update(table).where(present).values(replaced_at=moment))


def _report(member_id: UUID, other_id: UUID, kind: str) -> None:
    """Puts the two on the list for staff. The proof says by what, and holds no hash of it."""
    reviews.mark_same_person(member_id, other_id, why=SAME[kind], proof={"kind": kind})


def _of_person(one: Given | Plain) -> tuple[str, str, str]:
    return one.name, one.id_number, one.phone


def _opened(row: Row[Any]) -> Plain:
    def clear(column: str) -> str:
        return decrypt(getattr(row, column), context("members_real_name", column, row.id))

    number = row.number
    if number is not None:
        number = decrypt(number, context("members_bank_card", "number", row.card_id))
    return Plain(
        version_id=row.id,
        card_id=row.card_id,
        name=clear("name"),
        id_number=clear("id_number"),
        phone=clear("phone"),
        card_number=number,
        bank_name=row.bank_name,
        consent_version=row.consent_version,
        consent_door=row.consent_door,
        recorded_at=row.recorded_at,
        card_changed_at=row.changed_at,
    )


def _sealed(column: str, text: str, version_id: UUID) -> str:
    return encrypt(text, context("members_real_name", column, version_id))


def _lock(member_id: UUID) -> None:
    """One giving of a member at a time, and no merge meanwhile."""
    own = (Member.bucket == bucket_of(member_id)) & (Member.id == member_id)
    statement = select(Member.merged_into).where(own).with_for_update(key_share=True)
    found = db.session.execute(statement).first()
    if found is None:
        raise MemberUnknown()
    if found.merged_into is not None:
        raise MemberMerged()


def _quietly(statement: Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
