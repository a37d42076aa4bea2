"""Who may call: each view carries exactly one of these decisions, or the house test fails."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, g, request
from sqlalchemy import select, update

from app.core import last_seen, packing
from app.core.combining import Combiner
from app.core.config import settings
from app.core.db import db, read_plain
from app.core.doors import Entrance
from app.core.errors import AppError
from app.core.models import Session
from app.core.world import beijing_day, now

View = TypeVar("View", bound=Callable[..., Any])
PLATFORM_ROLES = frozenset({"operator", "finance", "reviewer", "support"})
MERCHANT_ROLES = frozenset({"merchant_owner", "cashier"})
STAFF_ROLES = PLATFORM_ROLES | MERCHANT_ROLES | {"salesperson", "runner"}
MEMBER_CACHE_SECONDS = 5.0
MEMBER_CACHE_SIZE = 10_000


class NotSignedIn(AppError):
    """There is no bearer token, or it is unknown, expired or revoked."""

    status, code = 401, "not_signed_in"
    title, message = "Sign in first", "请先登录"


class NotAllowed(AppError):
    """The caller is known but may not do this."""

    status, code = 403, "not_allowed"
    title, message = "You may not do this", "没有权限进行此操作"


class PasswordChangeNeeded(AppError):
    """The account's password or second factor was given by somebody else: its holder has to set
    their own first."""

    status, code = 403, "password_change_needed"
    title = "Choose a password and a second factor of your own first"
    message = "请先设置自己的密码和动态码"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling. `merchant_id` and `store_ids` narrow what merchant staff may touch."""

    kind: str
    id: UUID
    roles: frozenset[str]
    merchant_id: UUID | None = None
    store_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A bearer token (shown once) and the UTC moment at which it ends."""

    token: str
    expires_at: datetime


def principal() -> Principal:
    """The caller of the current request; raises NotSignedIn where the view is public."""
    found: Principal | None = g.get("principal")
    if found is None:
        raise NotSignedIn()
    return found


def open_session(caller: Principal, entrance: Entrance | None = None) -> OpenedSession:
    """Writes a session for the caller in the current unit of work; SESSION_HOURS long.

    `entrance`: where it is opened, for the member to know it by.
    """
    token = secrets.token_urlsafe(32)
    moment = now()
    expires_at = moment + timedelta(hours=settings().session_hours)
    db.session.add(
        Session(
            token_hash=_hash(token),
            kind=caller.kind,
            subject_id=caller.id,
            roles=sorted(caller.roles),
            merchant_id=caller.merchant_id,
            store_ids=sorted(caller.store_ids),
            created_at=moment,
            expires_at=expires_at,
            door=entrance.door if entrance else None,
            device=entrance.device if entrance else None,
            seen_on=beijing_day(moment) if entrance else None,
        )
    )
    return OpenedSession(token, expires_at)


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A session by its name: the hash of its token, which opens nothing."""

    name: bytes
    subject_id: UUID
    expires_at: datetime


def current_session() -> HeldSession:
    """The session of the current request, in the current unit of work. Raises NotSignedIn."""
    found = held_session(session_name())
    if found is None:
        raise NotSignedIn()
    return found


def session_name() -> bytes:
    """The name of the current request's session. Raises NotSignedIn without a token."""
    return _hash(_token())


def held_session(name: bytes) -> HeldSession | None:
    """An open session of that name, straight from the database, in the current unit of work."""
    row = db.session.execute(
        select(Session.subject_id, Session.expires_at).where(
            Session.token_hash == name, Session.expires_at > now(), Session.revoked_at.is_(None)
        )
    ).first()
    return HeldSession(name, row.subject_id, row.expires_at) if row else None


def revoke_sessions(subject_id: UUID) -> None:
    """Ends all sessions of a subject in the current unit of work.

    Staff feel it at once, members within MEMBER_CACHE_SECONDS.
    """
    db.session.execute(
        update(Session)
        .where(Session.subject_id == subject_id, Session.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def end_session() -> None:
    """Ends the session of the current request in the current unit of work: signing out.

    A process that saw a member's session before notices within MEMBER_CACHE_SECONDS.
    """
    mine = (Session.token_hash == session_name(), Session.revoked_at.is_(None))
    db.session.execute(update(Session).where(*mine).values(revoked_at=now()))


def end_opened(token: str) -> None:
    """Ends the session that a token opens, in the current unit of work; staff's at once."""
    db.session.execute(
        update(Session).where(Session.token_hash == _hash(token)).values(revoked_at=now())
    )


def move_sessions(from_id: UUID, to_id: UUID) -> int:
    """Hands a subject's open sessions to another, in the current unit of work; how many.

    A process that saw one before notices within MEMBER_CACHE_SECONDS.
    """
    moved = db.session.execute(
        update(Session)
        .where(Session.subject_id == from_id, Session.revoked_at.is_(None))
        .values(subject_id=to_id)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def is_fresh(minutes: int) -> bool:
    """Whether the caller's session was opened, or confirmed with password and second factor,
    within the last minutes, and is not revoked."""
    token = request.headers.get("Authorization", "").partition(" ")[2]
    rows = read_plain(_PROVED, (_hash(token),))
    return bool(rows) and now() - rows[0][0] <= timedelta(minutes=minutes)


def public(view: View) -> View:
    """Anybody may call."""
    return _decided(view, "public", lambda: None)


def signed_by_wechat(view: View) -> View:
    """Only WeChat may call: the view itself verifies the signature before anything else."""
    return _decided(view, "wechat-signature", lambda: None)


def member(view: View) -> View:
    """A signed-in member may call, for what is theirs."""
    return _decided(view, "member", lambda: _require("member", frozenset({"member"})))


def staff(*roles: str) -> Callable[[View], View]:
    """Signed-in staff with at least one of the roles may call."""
    wanted = _known(roles)
    decision = "staff:" + ",".join(sorted(wanted))
    return lambda view: _decided(view, decision, lambda: _require("staff", wanted))


def any_staff(view: View) -> View:
    """Signed-in staff may call for themselves, also before they have chosen a password."""

    def check() -> None:
        caller = _caller()
        if caller.kind != "staff":
            raise NotAllowed()
        g.principal = caller

    return _decided(view, "staff", check)


def member_or_staff(*roles: str) -> Callable[[View], View]:
    """A signed-in member, or staff with at least one of the roles, may call; the view narrows
    down to what is theirs by `principal().kind`."""
    wanted = _known(roles)
    decision = "member or staff:" + ",".join(sorted(wanted))

    def check() -> None:
        caller = _complete(_caller())
        if not caller.roles & (wanted if caller.kind == "staff" else {"member"}):
            raise NotAllowed()
        g.principal = caller

    return lambda view: _decided(view, decision, check)


def _known(roles: tuple[str, ...]) -> frozenset[str]:
    unknown = set(roles) - STAFF_ROLES
    if unknown or not roles:
        raise ValueError(f"unknown staff roles: {sorted(unknown)}")
    return frozenset(roles)


def decide() -> None:
    """Asks the decision of the view that is about to run, before its body is looked at: whoever
    may not call learns nothing about what a good request would be. Raises its refusals."""
    g.caller = g.principal = g.decided = g.looked_up = None
    view = current_app.view_functions.get(request.endpoint or "")
    check = getattr(view, "auth_check", None)
    if check is not None and request.method != "OPTIONS":
        check()
        g.decided = check
        if g.looked_up is not None:  # only for who may call: a refusal changes nothing
            last_seen.note(*g.looked_up)


def _decided(view: View, decision: str, check: Callable[[], None]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if g.get("decided") is not check:
            check()
        return view(*args, **kwargs)

    guarded.auth_decision = decision  # type: ignore[attr-defined]
    guarded.auth_check = check  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _require(kind: str, roles: frozenset[str]) -> None:
    caller = _complete(_caller())
    if caller.kind != kind or not caller.roles & roles:
        raise NotAllowed()
    g.principal = caller


def _complete(caller: Principal) -> Principal:
    if not caller.roles:
        raise PasswordChangeNeeded()
    return caller


def known_caller() -> Principal | None:
    """Who sent the current request, whether they may do what they ask or not; None for nobody."""
    found: Principal | None = g.get("caller")
    return found


@contextmanager
def looked_up_once(found: dict[bytes, Principal]) -> Iterator[None]:
    """What is asked within, by requests of this process to itself, looks each session up once and
    keeps it in `found`: for what one page reads, never for what changes something."""
    kept = _kept.set(found)
    try:
        yield
    finally:
        _kept.reset(kept)


def _caller() -> Principal:
    name = _hash(_token())
    kept = _kept.get()
    found = kept.get(name) if kept is not None else None
    found = found or _members.get(name) or _look_up(name)
    if kept is not None:
        kept[name] = found
    g.caller = found
    return found


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn()
    return token


_kept: ContextVar[dict[bytes, Principal] | None] = ContextVar("kept_sessions", default=None)
_SESSIONS = """
    SELECT token_hash, kind, subject_id, roles, merchant_id, store_ids, seen_on FROM core_session
    WHERE token_hash = ANY(%s) AND expires_at > %s AND revoked_at IS NULL
"""


_PROVED = """
    SELECT greatest(created_at, confirmed_at) FROM core_session
    WHERE token_hash = %s AND revoked_at IS NULL
"""


_Found = tuple[Principal, date | None]


def _look_up(token_hash: bytes) -> Principal:
    found = _lookups.run(token_hash)
    if found is None:
        raise NotSignedIn()
    caller, seen_on = found
    if caller.kind == "member":
        _members.put(token_hash, caller)
        g.looked_up = (token_hash, seen_on)
    return caller


def _look_up_all(token_hashes: Sequence[bytes]) -> list[_Found | None]:
    """The callers of many threads' requests, each as the database has it now, and when each
    session was last seen."""
    found = {
        bytes(name): (
            Principal(kind, subject_id, frozenset(roles), merchant_id, frozenset(stores)),
            seen_on,
        )
        for name, kind, subject_id, roles, merchant_id, stores, seen_on in read_plain(
            _SESSIONS, (packing.bytestrings(token_hashes), now())
        )
    }
    return [found.get(token_hash) for token_hash in token_hashes]


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


class _MemberCache:
    """Members' sessions for a few seconds, so that a payment spares one round trip."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[float, Principal]] = {}

    def get(self, token_hash: bytes) -> Principal | None:
        until, found = self._found.get(token_hash, (0.0, None))
        return found if until > time.monotonic() else None

    def put(self, token_hash: bytes, found: Principal) -> None:
        if len(self._found) >= MEMBER_CACHE_SIZE:
            self._found.clear()
        self._found[token_hash] = (time.monotonic() + MEMBER_CACHE_SECONDS, found)


_members = _MemberCache()
_lookups: Combiner[bytes, _Found | None] = Combiner(_look_up_all)
