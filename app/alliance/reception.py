"""Receiving somebody who comes with a code, or without one: member, binding, experience gold.

One way for the follow event of the official account and for the mini-program's login. Database
work only, in the current unit, so that whoever scans is a member by the time of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from blinker import Signal

from app.alliance import catalogue, terms
from app.alliance.errors import StoreUnknown
from app.alliance.paying import amounts
from app.alliance.salespeople import service as salespeople
from app.alliance.welcome import service as welcome
from app.core import auth
from app.core.auth import Principal
from app.core.doors import Entrance
from app.core.world import PLATFORM_ID, now
from app.members import service as members
from app.members.service import Bound, Comer, Introduction
from app.qr import service as qr
from app.qr.service import Kind, UnknownScene

Reason = Literal["not_new", "fund_short", "switched_off", "on_consent", "on_first_visit"]
PLATFORM = Introduction("platform", PLATFORM_ID)
came = Signal(
    "receiver(sender, subject_id: UUID, member_id: UUID, at: datetime): somebody came with the"
    " code of a promotion, in the current unit of work; it binds nobody"
)


@dataclass(frozen=True, slots=True)
class HomeStore:
    """The store that somebody belongs to."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining came to. `experience_fen` is what was granted now; if it is 0,
    `experience_reason` says why. `is_newly_bound` tells whether this very code bound them."""

    member_id: UUID
    is_new: bool
    is_newly_bound: bool
    binding: Bound | None
    store: HomeStore | None
    experience_fen: int
    experience_reason: Reason | None


def join(
    app_id: str,
    openid: str,
    unionid: str | None,
    channel: str,
    scene: str | None,
    at: datetime,
    *,
    scanned_at: datetime | None = None,
) -> Joined:
    """Makes sure that somebody is a member, bound to whoever's code they came with.

    In the current unit of work. A code that is unknown, or whose owner is gone or not
    authorised, is no introduction: then the platform has brought them. Who is a member already is
    neither bound again nor granted again, unless this code was scanned first: `scanned_at` tells
    when, if not at this moment. Raises TryAgain where parallel registrations meet.
    """
    introduction = _introduction(scene)
    registered = members.register(
        app_id, openid, unionid, channel, introduction, at, scanned_at=scanned_at
    )
    member_id, binding = registered.member_id, registered.binding
    if binding is None and registered.is_new:
        binding = members.bind(member_id, PLATFORM, channel, at)
    _tell_promotion(scene, member_id, scanned_at or at)
    experience_fen, reason = _welcome_gift(member_id, registered.is_new)
    return Joined(
        member_id=member_id,
        is_new=registered.is_new,
        is_newly_bound=registered.is_newly_bound,
        binding=binding,
        store=_home_store(binding),
        experience_fen=experience_fen,
        experience_reason=reason,
    )


def session_of(member_id: UUID, entrance: Entrance) -> dict[str, Any]:
    """Opens a session for a member in the current unit of work: token and its end.

    Whoever had asked to be erased has come back by that. Raises TryAgain.
    """
    members.come_back(member_id)
    caller = Principal("member", member_id, frozenset({"member"}))
    return asdict(auth.open_session(caller, entrance))


def told(joined: Joined) -> dict[str, Any]:
    """What joining came to, as the person is told."""
    return {
        "member_id": joined.member_id,
        "is_new": joined.is_new,
        "home_store_id": joined.store.id if joined.store else None,
        "home_store_name": joined.store.name if joined.store else None,
        "experience_fen": joined.experience_fen,
        "experience_reason": joined.experience_reason,
    }


def recognise(comers: Sequence[Comer]) -> list[Joined | None]:
    """What `join` would come to for those to whom nothing remains to be done; None for others.

    One round trip for all, outside any unit of work. Writes nothing.
    """
    return [_known(bound) if bound else None for bound in members.settled(comers)]


def _known(bound: Bound) -> Joined:
    store_id = bound.home_store_id
    return Joined(
        member_id=bound.member_id,
        is_new=False,
        is_newly_bound=False,
        binding=bound,
        store=HomeStore(store_id, terms.of_store(store_id).name) if store_id else None,
        experience_fen=0,
        experience_reason="not_new",
    )


def is_promotion(scene: str | None) -> bool:
    """Whether a code looks like that of a promotion: more than a look answers its scan."""
    return scene is not None and scene.startswith(Kind.PROMOTION)


def _tell_promotion(scene: str | None, member_id: UUID, at: datetime) -> None:
    if scene is None or not is_promotion(scene):
        return
    try:
        subject_id = qr.resolve(scene).subject_id
    except UnknownScene:
        return
    came.send("alliance", subject_id=subject_id, member_id=member_id, at=at)


def _introduction(scene: str | None) -> Introduction:
    if scene is None:
        return PLATFORM
    try:
        return _introduced_by(scene)
    except (UnknownScene, StoreUnknown):
        return PLATFORM


def _introduced_by(token: str) -> Introduction:
    scene = qr.resolve(token)
    subject_id = scene.subject_id
    if scene.kind is Kind.STORE:
        return _introduced_by_store(subject_id, token)
    if scene.kind is Kind.AMOUNT:
        store_id = amounts.store_of(subject_id)
        return PLATFORM if store_id is None else _introduced_by_store(store_id, token)
    if scene.kind is Kind.MEMBER:
        if not members.may_recommend("member", subject_id):
            return PLATFORM
        return Introduction("member", subject_id, scene=token)
    if scene.kind is Kind.SALESPERSON:
        if not salespeople.may_bring(subject_id):
            return PLATFORM
        return Introduction("salesperson", subject_id, scene=token)
    return Introduction("platform", PLATFORM_ID, scene=token)


def _introduced_by_store(store_id: UUID, token: str) -> Introduction:
    """A closed store brings nobody any more: its share would have no receiver."""
    store = terms.of_store(store_id)
    if store.standing.is_closed(now()):
        return PLATFORM
    return Introduction("merchant", store.merchant_id, store_id, token)


def _welcome_gift(member_id: UUID, is_new: bool) -> tuple[int, Reason | None]:
    if not is_new:
        return 0, "not_new"
    granted_fen, reason = welcome.on_joining(member_id)
    return granted_fen, cast("Reason | None", reason)


def _home_store(binding: Bound | None) -> HomeStore | None:
    if binding is None or binding.home_store_id is None:
        return None
    store = catalogue.store(binding.home_store_id)
    return HomeStore(store.id, store.name)
