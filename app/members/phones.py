"""Phone numbers (手机号): given by the member, verified by WeChat (fact C3), with consent.

Encrypted; found by a keyed hash, so that a number is one person's. Shown only in part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.config import settings
from app.core.crypto import blind_index, decrypt, encrypt
from app.core.db import db, in_transaction
from app.core.world import now
from app.members import identities, reviews
from app.members.errors import MiniProgramNeeded, PhoneTaken
from app.members.models import Phone
from app.members.reading import rows
from app.wechat import client as wechat

SHOWN_BEFORE, SHOWN_AFTER = 3, 4
MAINLAND = "86"


@dataclass(frozen=True, slots=True)
class GivenPhone:
    """A member's number as it may be shown, when WeChat verified it and when they consented."""

    masked: str
    country_code: str
    verified_at: datetime
    consented_at: datetime


def take(member_id: UUID, code: str) -> GivenPhone:
    """Asks WeChat for the number behind a code and keeps it; the member has consented.

    Uses the network: not within a unit of work. Raises MiniProgramNeeded, PhoneTaken (then staff
    see the two members), and what `wechat.phone_number` raises.
    """
    openid = identities.openid_of(member_id, settings().wechat_mini_app_id)
    if openid is None:
        raise MiniProgramNeeded()
    found = wechat.phone_number(code, openid)
    other_id = in_transaction(lambda: _keep(member_id, found.country_code, found.number))
    if other_id != member_id:
        raise PhoneTaken()
    given = phone_of(member_id)
    assert given is not None
    return given


def phone_of(member_id: UUID) -> GivenPhone | None:
    """The member's number, the newest if a merge brought several; None if they gave none."""
    found = rows(
        select(Phone.key, Phone.number, Phone.country_code, Phone.verified_at, Phone.consented_at)
        .where(Phone.member_id == member_id)
        .order_by(Phone.verified_at.desc())
        .limit(1)
    )
    if not found:
        return None
    row = found[0]
    number = decrypt(row.number, number_context(row.key))
    return GivenPhone(masked(number), row.country_code, row.verified_at, row.consented_at)


def numbers_of(member_id: UUID) -> list[str]:
    """The member's numbers of the mainland in clear, to be compared with; never shown or logged."""
    mine = (Phone.member_id == member_id) & (Phone.country_code == MAINLAND)
    return [
        decrypt(row.number, number_context(row.key))
        for row in rows(select(Phone.key, Phone.number).where(mine))
    ]


def member_with(country_code: str, number: str) -> UUID | None:
    """Whose number this is, or None."""
    found = rows(select(Phone.member_id).where(Phone.key == phone_key(country_code, number)))
    return found[0].member_id if found else None


def keys_of(member_id: UUID) -> list[bytes]:
    """The keyed hashes of the numbers that WeChat verified for the member."""
    return [row.key for row in rows(select(Phone.key).where(Phone.member_id == member_id))]


def forget(member_id: UUID) -> None:
    """Deletes a member's numbers, in the current unit of work."""
    gone = delete(Phone).where(Phone.member_id == member_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def masked(number: str) -> str:
    """A number with its middle hidden: 138****0000; a short one is hidden entirely."""
    hidden = len(number) - SHOWN_BEFORE - SHOWN_AFTER
    if hidden < 1:
        return "*" * len(number)
    return number[:SHOWN_BEFORE] + "*" * hidden + number[-SHOWN_AFTER:]


def phone_key(country_code: str, number: str) -> bytes:
    """The keyed hash (32 bytes) under which a number is registered."""
    return blind_index(f"+{country_code}{number}", "members.phone")


def _keep(member_id: UUID, country_code: str, number: str) -> UUID:
    """Keeps the number as the member's only one; whose it is."""
    key, moment = phone_key(country_code, number), now()
    values = {
        "key": key,
        "member_id": member_id,
        "number": encrypt(number, number_context(key)),
        "country_code": country_code,
        "consented_at": moment,
        "verified_at": moment,
    }
    again = {"consented_at": moment, "verified_at": moment}
    statement = insert(Phone).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[Phone.key], set_=again, where=Phone.member_id == member_id
    )
    owner_id: UUID | None = db.session.scalar(statement.returning(Phone.member_id))
    if owner_id is None:
        owner_id = db.session.scalars(select(Phone.member_id).where(Phone.key == key)).one()
        proof = {"kind": "phone", "key": key.hex()}
        reviews.mark_same_person(member_id, owner_id, why="the same phone number", proof=proof)
        return owner_id
    others = delete(Phone).where(Phone.member_id == member_id, Phone.key != key)
    db.session.execute(others.execution_options(synchronize_session=False))
    return owner_id


def number_context(key: bytes) -> str:
    """What a number's cipher text is bound to."""
    return f"members_phone/number/{key.hex()}"
