"""The registry: which member a WeChat identity belongs to. Openids and unionids are found by
keyed hashes, so that the same person is never two rows, however many register at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Update, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.config import settings
from app.core.crypto import blind_index, decrypt, encrypt
from app.core.db import TryAgain, db
from app.members.models import Identity, Member, Phone, UnionIdentity
from app.members.reading import rows


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as WeChat names them in one app of ours; the unionid where WeChat told it."""

    app_id: str
    openid: str
    unionid: str | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """A follower whose unionid is not known."""

    key: bytes
    member_id: UUID
    openid: str


def identity_key(app_id: str, openid: str) -> bytes:
    """The keyed hash (32 bytes) under which a person of one app is registered."""
    return blind_index(f"{app_id}\n{openid}", "members.openid")


def union_key(unionid: str) -> bytes:
    """The keyed hash (32 bytes) under which a person across all apps is registered."""
    return blind_index(unionid, "members.unionid")


def find(app_id: str, openid: str) -> UUID | None:
    """The member of an openid, or None."""
    key = identity_key(app_id, openid)
    found = rows(select(Identity.member_id).where(Identity.key == key))
    return found[0].member_id if found else None


def link(person: Person, member_id: UUID, at: datetime) -> None:
    """Registers the openid for the member. Raises TryAgain if another unit was faster."""
    key = identity_key(person.app_id, person.openid)
    row = insert(Identity).values(
        key=key,
        app_id=person.app_id,
        member_id=member_id,
        openid=_seal(key, person.openid),
        linked_at=at,
        asked_at=at if person.unionid else None,
        unionid_at=at if person.unionid else None,
    )
    if not db.session.scalar(row.on_conflict_do_nothing().returning(Identity.member_id)):
        raise TryAgain()


def claim_unionid(unionid: str, member_id: UUID, at: datetime) -> UUID:
    """Registers the unionid for the member unless it has one; the member it belongs to.

    Waits for a unit that registers the same unionid at this moment.
    """
    key = union_key(unionid)
    row = insert(UnionIdentity).values(key=key, member_id=member_id, linked_at=at)
    made = row.on_conflict_do_nothing().returning(UnionIdentity.member_id)
    return (
        db.session.scalar(made)
        or db.session.scalars(select(UnionIdentity.member_id).where(UnionIdentity.key == key)).one()
    )


def restore(person: Person, at: datetime) -> None:
    """Keeps the openid of a person again who had been forgotten; their hash had stayed.

    Unless they left after `at`: a letter that comes late brings nothing back. WeChat is asked
    anew who they are: while they were away it did not tell.
    """
    key = identity_key(person.app_id, person.openid)
    has_left = exists().where(
        Member.id == Identity.member_id, Member.state == "unfollowed", Member.state_at > at
    )
    forgotten = (Identity.key == key) & Identity.openid.is_(None) & ~has_left
    values = {"openid": _seal(key, person.openid), "asked_at": None}
    db.session.execute(_quietly(update(Identity).where(forgotten).values(values)))


def forget(app_id: str, openid: str) -> None:
    """Deletes the openid and leaves only its keyed hash (WeChat fact A6)."""
    known = Identity.key == identity_key(app_id, openid)
    db.session.execute(_quietly(update(Identity).where(known).values(openid=None)))


def openid_of(member_id: UUID, app_id: str) -> str | None:
    """The member's openid in one app, or None if unknown or forgotten."""
    found = rows(
        select(Identity.key, Identity.openid)
        .where(Identity.member_id == member_id, Identity.app_id == app_id)
        .where(Identity.openid.is_not(None))
        .order_by(Identity.linked_at.desc())
        .limit(1)
    )
    return decrypt(str(found[0].openid), openid_context(found[0].key)) if found else None


def linked_at(member_id: UUID, app_id: str) -> datetime | None:
    """When (UTC) the openid that `openid_of` tells became the member's; None without one."""
    found = rows(
        select(Identity.linked_at)
        .where(Identity.member_id == member_id, Identity.app_id == app_id)
        .where(Identity.openid.is_not(None))
        .order_by(Identity.linked_at.desc())
        .limit(1)
    )
    return found[0].linked_at if found else None


def unasked(limit: int) -> list[Unasked]:
    """Up to `limit` followers whose unionid WeChat was not asked for yet, newest first."""
    found = rows(
        select(Identity.key, Identity.member_id, Identity.openid)
        .where(Identity.asked_at.is_(None), Identity.openid.is_not(None))
        .where(Identity.app_id == settings().wechat_oa_app_id)
        .order_by(Identity.linked_at.desc())
        .limit(limit)
    )
    return _unasked(found)


def mark_asked(key: bytes, at: datetime) -> None:
    """Remembers that WeChat was asked for the unionid of this identity."""
    db.session.execute(_quietly(update(Identity).where(Identity.key == key).values(asked_at=at)))


def mark_told(key: bytes, at: datetime) -> None:
    """Remembers that WeChat told the unionid of this identity; the second time changes nothing."""
    unknown = (Identity.key == key) & Identity.unionid_at.is_(None)
    values = {"asked_at": at, "unionid_at": at}
    db.session.execute(_quietly(update(Identity).where(unknown).values(values)))


def take_unknown(before: datetime, at: datetime, limit: int) -> list[bytes]:
    """Up to `limit` followers of whom WeChat told no unionid when it was asked before `before`;
    they count as asked at `at`, so that nobody else takes them."""
    due = (
        select(Identity.key)
        .where(Identity.unionid_at.is_(None), Identity.asked_at < before)
        .where(Identity.openid.is_not(None), Identity.app_id == settings().wechat_oa_app_id)
        .order_by(Identity.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = update(Identity).where(Identity.key.in_(due.scalar_subquery())).values(asked_at=at)
    return list(db.session.scalars(_quietly(taken.returning(Identity.key))))  # type: ignore[arg-type]


def without_unionid(keys: Sequence[bytes]) -> list[Unasked]:
    """Those of some identities whose unionid is not known and whose openid is."""
    unknown = (Identity.unionid_at.is_(None), Identity.openid.is_not(None))
    wanted = select(Identity.key, Identity.member_id, Identity.openid)
    return _unasked(rows(wanted.where(Identity.key.in_(keys), *unknown)))


def move_all(from_id: UUID, to_id: UUID) -> list[str]:
    """Hands every identity and number of one member to another; their keys (hexadecimal)."""
    keys: list[str] = []
    for table in (Identity, UnionIdentity, Phone):
        moved = update(table).where(table.member_id == from_id).values(member_id=to_id)
        found = db.session.scalars(_quietly(moved.returning(table.key)))  # type: ignore[arg-type]
        keys += [key.hex() for key in found]
    return keys


def move_back(keys: list[str], from_id: UUID, to_id: UUID) -> None:
    """Undoes `move_all` for those identities that still are the one's."""
    wanted = [bytes.fromhex(key) for key in keys]
    for table in (Identity, UnionIdentity, Phone):
        theirs = (table.key.in_(wanted)) & (table.member_id == from_id)
        db.session.execute(_quietly(update(table).where(theirs).values(member_id=to_id)))


def _unasked(found: Sequence[Row[Any]]) -> list[Unasked]:
    return [
        Unasked(row.key, row.member_id, decrypt(row.openid, openid_context(row.key)))
        for row in found
    ]


def _quietly(statement: Update) -> Update:
    return statement.execution_options(synchronize_session=False)


def _seal(key: bytes, openid: str) -> str:
    return encrypt(openid, openid_context(key))


def openid_context(key: bytes) -> str:
    """What an identity's cipher text is bound to."""
    return f"members_identity/openid/{key.hex()}"
