"""Becoming a member, leaving the official account, and coming back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from app.core import outbox
from app.core.db import TryAgain, db
from app.core.world import bucket_of, new_id
from app.members import bindings, identities, phones
from app.members.bindings import Bound, Introduction
from app.members.errors import (
    AlreadyBound,
    BindingLoop,
    MemberMerged,
    MemberUnknown,
    RecommenderUnknown,
    SelfBinding,
)
from app.members.identities import Person
from app.members.models import Member
from app.members.reading import rows

JOINED, SAME_PERSON = "member.joined", "member.same_person"


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering came to.

    `is_new` is true for exactly one registration of a person. `binding` is what holds now.
    `is_newly_bound` tells whether this very introduction made it; if not, and there was one,
    `refusal` is the code of the reason: already_bound, self_binding, binding_loop or
    recommender_unknown.
    """

    member_id: UUID
    is_new: bool
    binding: Bound | None
    is_newly_bound: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as others may see them: no personal data."""

    member_id: UUID
    state: str
    joined_at: datetime


def register(
    app_id: str,
    openid: str,
    unionid: str | None,
    channel: str,
    introduction: Introduction | None,
    at: datetime,
    *,
    scanned_at: datetime | None = None,
) -> Registered:
    """Makes sure that a person is one member and, if nobody brought them yet, binds them.

    In the current unit of work; database only. Parallel registrations of one person wait for
    the first and find its member; raises TryAgain (the unit is run again) where they met. A new
    member is told to the readers of JOINED.
    A binding that is refused does not keep anybody from being a member: see `Registered`.
    """
    person = Person(app_id, openid, unionid)
    member_id, is_new = _member_for(person, at)
    if is_new:
        _write_member(member_id, channel, at)
    if introduction is None:
        return Registered(member_id, is_new, bindings.binding(member_id), False, None)
    put = bindings.write if is_new else bindings.bind
    try:
        bound = put(member_id, introduction, channel, scanned_at or at)
    except (AlreadyBound, SelfBinding, BindingLoop, RecommenderUnknown) as refusal:
        return Registered(member_id, is_new, bindings.binding(member_id), False, refusal.code)
    except MemberMerged:  # since this unit found them: it finds the other one anew
        raise TryAgain() from None
    return Registered(member_id, is_new, bound, True, None)


def profile(member_id: UUID) -> Profile:
    """The member's state and moment of joining (UTC). Raises MemberUnknown."""
    found = rows(select(Member.id, Member.state, Member.joined_at).where(_row(member_id)))
    if not found:
        raise MemberUnknown()
    return Profile(*tuple(found[0]))


def note_follow(member_id: UUID, app_id: str, openid: str, at: datetime) -> bool:
    """Notes in the current unit that a member follows (again) since `at`; locks the member.

    True if they had left before. An older event than the last one noted changes nothing.
    Raises MemberUnknown.
    """
    before = _state(member_id)
    if before.state == "following" or (before.state_at and before.state_at > at):
        return False
    _set_state(member_id, "following", at)
    if before.state == "unfollowed":
        identities.restore(Person(app_id, openid), at)
    return bool(before.state == "unfollowed")


def note_unfollow(app_id: str, openid: str, at: datetime) -> UUID | None:
    """Notes in the current unit that a person left at `at`, and deletes their openid there and
    their phone number.

    What stays is the keyed hash, so that a re-follow finds the same member and neither grants
    nor binds again (WeChat fact A6; docs/privacy.md). The member, or None if unknown.
    """
    member_id = identities.find(app_id, openid)
    if member_id is None:
        return None
    before = _state(member_id)
    if before.state_at is None or before.state_at <= at:
        _set_state(member_id, "unfollowed", at)
        identities.forget(app_id, openid)
        phones.forget(member_id)
    return member_id


def attach(member_id: UUID, app_id: str, openid: str, at: datetime) -> UUID:
    """Notes in the current unit that a person is that member, as their own payment proves.

    The member they are now: another one if they were known before. Raises TryAgain.
    """
    known = identities.find(app_id, openid)
    if known is not None:
        return known
    present_id = bindings.present(member_id)  # whoever paid may have been merged since
    identities.link(Person(app_id, openid), present_id, at)
    return present_id


def same_person(member_id: UUID, other_id: UUID, proof: dict[str, str]) -> None:
    """Has two members brought together after the current unit; see merging.py."""
    payload = {"member_id": str(member_id), "other_id": str(other_id), "proof": proof}
    outbox.emit(SAME_PERSON, payload, bucket=bucket_of(member_id))


def learn_unionid(key: bytes, member_id: UUID, unionid: str, at: datetime) -> None:
    """Notes in the current unit what WeChat told about an identity later than it registered.

    If the unionid is another member's already, the two are one person: SAME_PERSON is emitted.
    """
    identities.mark_told(key, at)
    _claim(unionid, member_id, at)


def _member_for(person: Person, at: datetime) -> tuple[UUID, bool]:
    known = identities.find(person.app_id, person.openid)
    if known is not None:
        identities.restore(person, at)
        if person.unionid:
            key = identities.identity_key(person.app_id, person.openid)
            learn_unionid(key, known, person.unionid, at)
        return known, False
    fresh = new_id()
    owner = identities.claim_unionid(person.unionid, fresh, at) if person.unionid else fresh
    identities.link(person, owner, at)
    return owner, owner == fresh


def _claim(unionid: str, member_id: UUID, at: datetime) -> None:
    owner = identities.claim_unionid(unionid, member_id, at)
    if owner != member_id:
        proof = {"kind": "unionid", "key": identities.union_key(unionid).hex()}
        same_person(member_id, owner, proof)


def _write_member(member_id: UUID, channel: str, at: datetime) -> None:
    db.session.add(
        Member(
            bucket=bucket_of(member_id),
            id=member_id,
            state="not_following",
            joined_at=at,
            joined_by=channel,
        )
    )
    db.session.flush()
    outbox.emit(JOINED, {"member_id": str(member_id)}, bucket=bucket_of(member_id))


def _state(member_id: UUID) -> Row[str, datetime | None, UUID | None]:
    wanted = select(Member.state, Member.state_at, Member.merged_into).where(_row(member_id))
    found = db.session.execute(wanted.with_for_update(key_share=True)).first()
    if found is None:
        raise MemberUnknown()
    if found.merged_into is not None:  # since this unit found them: it finds the other one anew
        raise TryAgain()
    return found


def _set_state(member_id: UUID, state: str, at: datetime) -> None:
    changed = update(Member).where(_row(member_id)).values(state=state, state_at=at)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _row(member_id: UUID) -> ColumnElement[bool]:
    return (Member.bucket == bucket_of(member_id)) & (Member.id == member_id)
