"""What WeChat gives for a token is fetched by one at a time, in all processes together.

Whoever comes first notes it on the token's row for a short while and asks WeChat with nothing
locked; the others wait for the answer. If the first one dies, the next goes on after the lease.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, in_transaction
from app.core.world import now
from app.qr.models import Code
from app.qr.token import Scene, registry_key
from app.wechat.client import WeChatUnavailable

T = TypeVar("T")
Changes = dict[str, Any]
LEASE = timedelta(seconds=20)
PATIENCE_SECONDS = 12.0
PAUSE_SECONDS = 0.05


def once(
    token: str,
    scene: Scene,
    *,
    stored: Callable[[], T | None],
    fetch: Callable[[], T],
    changes: Callable[[T], Changes],
) -> T:
    """What is `stored` and good, or else what `fetch` gets from WeChat, kept as `changes` says.

    Not within a unit of work. Raises what `fetch` raises; WeChatUnavailable when somebody else
    asks and gets no answer.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        if in_transaction(lambda: _claim(token, scene)):
            return _fetched(token, stored, fetch, changes)
        time.sleep(PAUSE_SECONDS)
        found = stored()
        if found is not None:
            return found
        if time.monotonic() > until:
            raise WeChatUnavailable("somebody else asks and gets no answer")


def _fetched(
    token: str,
    stored: Callable[[], T | None],
    fetch: Callable[[], T],
    changes: Callable[[T], Changes],
) -> T:
    kept: Changes = {}
    try:
        found = stored()  # whoever had the lease before may have just finished
        if found is None:
            found = fetch()
            kept = changes(found)
        return found
    finally:
        in_transaction(lambda: _release(token, kept))


def _claim(token: str, scene: Scene) -> bool:
    moment = now()
    values = {
        "key": registry_key(token),
        "token": token,
        "kind": scene.kind.value,
        "subject_id": scene.subject_id,
        "issued_at": moment,
        "fetching_until": moment + LEASE,
    }
    statement = insert(Code).values(values)
    free = or_(Code.fetching_until.is_(None), Code.fetching_until <= moment)
    claimed = statement.on_conflict_do_update(
        index_elements=[Code.key], set_={"fetching_until": moment + LEASE}, where=free
    )
    return db.session.scalar(claimed.returning(Code.key)) is not None


def _release(token: str, changes: Changes) -> None:
    released = update(Code).where(Code.key == registry_key(token))
    values = released.values(fetching_until=None, **changes)
    db.session.execute(values.execution_options(synchronize_session=False))
