"""Logging in on a page inside WeChat (WeChat fact B10), for one browser and once.

The browser is known by a cookie, its visit by `state`. WeChat sends it back with a code; what the
code says stays on the server, and the page that asked gets its bearer token as the answer to a
request of its own, so that no token ever stands in an address. The first code that was scanned in
this browser is the one that counts, whichever visit came to its end.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from app.alliance import reception
from app.alliance.errors import LoginStateInvalid, SnapshotVisitor, WebLoginMissing
from app.alliance.models import WebVisit
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.doors import Entrance
from app.core.world import now
from app.members import service as members
from app.wechat import client as wechat

RETURN_PATH = "/api/v1/oauth/callback"
CHANNEL = "web_page"
BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
STATE_MINUTES = 10
HAND_OVER_MINUTES = 2
KEEP_DAYS = 1
CLEAR_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes now, and the cookie by which it is known."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """The first code that was scanned in a browser, and when."""

    scene: str | None
    at: datetime


def start(browser: str | None, scene: str | None, return_to: str, *, is_asked: bool) -> Started:
    """Begins a visit. `is_asked` lets WeChat ask for consent, so that it tells the unionid."""
    known = browser if browser and BROWSER.fullmatch(browser) else secrets.token_urlsafe(32)
    state, moment = secrets.token_hex(16), now()
    row = WebVisit(
        state_hash=_hash(state),
        browser_hash=_hash(known),
        scene=scene,
        return_to=return_to,
        created_at=moment,
        expires_at=moment + timedelta(minutes=STATE_MINUTES),
    )
    in_transaction(lambda: db.session.add(row))
    scope: Any = "snsapi_userinfo" if is_asked else "snsapi_base"
    address = wechat.consent_address(settings().base_url.rstrip("/") + RETURN_PATH, state, scope)
    return Started(address, known)


def come_back(browser: str | None, state: str, code: str | None) -> str:
    """Ends a visit; the page to go to. Uses the network: not within a unit of work.

    Without a code the person declined. Raises LoginStateInvalid for a state that is unknown,
    used, too old or another browser's, and what `wechat.web_login` raises.
    """
    state_hash, return_to = in_transaction(lambda: _used(browser, state))
    if not code:
        return return_to
    login = wechat.web_login(code)
    app_id = settings().wechat_oa_app_id
    if _is_nobody(app_id, login):
        in_transaction(lambda: _note(state_hash, {"outcome": "snapshot"}))
        return return_to
    members.recognise(app_id, login.openid, login.unionid)
    in_transaction(lambda: _join(app_id, login, state_hash))
    return return_to


def claim(browser: str | None, entrance: Entrance) -> dict[str, Any]:
    """The session of whoever just came back in this browser, once; in the current unit of work.

    Raises SnapshotVisitor, WebLoginMissing.
    """
    row = db.session.scalar(
        select(WebVisit)
        .where(
            WebVisit.browser_hash == _hash(browser or ""),
            WebVisit.outcome.is_not(None),
            WebVisit.claimed_at.is_(None),
            WebVisit.ended_at > now() - timedelta(minutes=HAND_OVER_MINUTES),
        )
        .order_by(WebVisit.ended_at.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None:
        raise WebLoginMissing()
    if row.outcome == "snapshot" or row.joined is None:
        raise SnapshotVisitor()
    row.claimed_at = now()
    member_id = members.today(UUID(row.joined["member_id"]))
    members.require_present(member_id)
    return reception.session_of(member_id, entrance) | row.joined | {"member_id": member_id}


def clear_old(limit: int = 1000) -> int:
    """Deletes up to `limit` visits older than a day; how many."""
    old = select(WebVisit.state_hash).where(WebVisit.created_at < now() - timedelta(days=KEEP_DAYS))
    gone = delete(WebVisit).where(WebVisit.state_hash.in_(old.limit(limit)))

    def work() -> int:
        found = db.session.execute(gone.execution_options(synchronize_session=False))
        return int(found.rowcount)  # type: ignore[attr-defined]

    return in_transaction(work)


def _used(browser: str | None, state: str) -> tuple[bytes, str]:
    row = db.session.scalar(
        select(WebVisit).where(WebVisit.state_hash == _hash(state)).with_for_update()
    )
    is_theirs = row is not None and hmac.compare_digest(row.browser_hash, _hash(browser or ""))
    if row is None or not is_theirs or row.used_at is not None or row.expires_at <= now():
        raise LoginStateInvalid()
    row.used_at = now()
    return row.state_hash, row.return_to


def _is_nobody(app_id: str, login: wechat.WebLogin) -> bool:
    """Whether openid and unionid are made up for a snapshot page (fact B10).

    WeChat does not always say so: an openid nobody has seen is asked for.
    """
    if login.is_snapshot:
        return True
    if members.member_of(app_id, login.openid) is not None:
        return False
    try:
        wechat.follower(login.openid)
    except wechat.PersonUnknown:
        return True
    return False


def _join(app_id: str, login: wechat.WebLogin, state_hash: bytes) -> None:
    scanned = _first_scan(state_hash)
    joined = reception.join(
        app_id, login.openid, login.unionid, CHANNEL, scanned.scene, now(), scanned_at=scanned.at
    )
    told = {name: str(value) if isinstance(value, UUID) else value
            for name, value in reception.told(joined).items()}  # fmt: skip
    _note(state_hash, {"outcome": "member", "joined": told})
    _settle_scans(state_hash)


def _first_scan(state_hash: bytes) -> Scanned:
    """The first code of this browser whose visits did not come to a login yet."""
    mine = select(WebVisit.browser_hash).where(WebVisit.state_hash == state_hash)
    first = (
        select(WebVisit.scene, WebVisit.created_at)
        .where(WebVisit.browser_hash == mine.scalar_subquery(), WebVisit.credited_at.is_(None))
        .where(WebVisit.scene.is_not(None))
        .order_by(WebVisit.created_at)
        .limit(1)
    )
    row = db.session.execute(first).first()
    return Scanned(row.scene, row.created_at) if row else Scanned(None, now())


def _settle_scans(state_hash: bytes) -> None:
    """What this browser scanned is credited: the next person who uses it begins anew."""
    mine = select(WebVisit.browser_hash).where(WebVisit.state_hash == state_hash)
    settled = update(WebVisit).where(WebVisit.browser_hash == mine.scalar_subquery())
    values = settled.values(credited_at=now())
    db.session.execute(values.execution_options(synchronize_session=False))


def _note(state_hash: bytes, values: dict[str, Any]) -> None:
    noted = update(WebVisit).where(WebVisit.state_hash == state_hash)
    changed = noted.values(ended_at=now(), **values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
