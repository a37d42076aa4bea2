"""Recording what staff do, in one place, whatever view they call.

A request of staff that is not a GET leaves one record, and so does a GET whose view is marked
`reveals`. The record is written in the first unit of work that changes something, so that both
are committed or neither; what changed nothing (a refusal, an answer given again) is recorded
after the answer is known. Only the latter may be lost when the process dies at that moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, has_request_context, request
from redis.exceptions import RedisError
from sqlalchemy import text

from app.core import auth
from app.core.audit.models import Record
from app.core.auth import Principal
from app.core.db import beside_commits, db, in_transaction
from app.core.relay import connect_redis
from app.core.schemas import is_storable
from app.core.world import SYSTEM_ID, new_id, now

View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger()
PREFIX = "/api/v1"
LONGEST_PATH, LONGEST_REASON, MOST_OBJECTS = 200, 500, 20
# What of a request's body says what was decided; none of them can hold personal data.
TOLD = {
    "action", "amount_fen", "channel", "decision", "fields", "is_accepted", "is_applied",
    "is_approved", "is_confirmed", "is_on", "kind", "outcome", "proposal", "roles", "state",
    "target", "version", "way",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_:.+-]{0,63}")
_CHANGED = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")


def reveals(view: View) -> View:
    """Marks a reading view whose answer holds personal data in clear: each call is recorded."""
    view.is_audited = True  # type: ignore[attr-defined]
    return view


def act_as(caller: Principal | None) -> None:
    """Names who acts in the current request, where its view only finds out while it runs (signing
    in), or None for somebody unknown: the request is then recorded as theirs."""
    g.audit_actor, g.is_audited_actor = caller, True


def note(
    action: str, object_ids: list[UUID], detail: dict[str, Any], reason: str | None = None
) -> None:
    """Records an action that is no request (a command), by the system, in the current unit."""
    values: dict[str, Any] = {"staff_id": SYSTEM_ID, "action": action, "path": action}
    db.session.add(_record(object_ids=object_ids, detail=detail, reason=reason, **values))


def install(app: Flask) -> None:
    """Records beside each commit of a request, and after each answer."""
    beside_commits(_before_commit, _after_commit)
    app.before_request(_begin)
    app.after_request(_after_answer)


def _begin() -> None:
    g.audit_actor, g.is_audited_actor = None, False
    g.is_recording = g.is_recorded = False


def _is_audited() -> bool:
    if g.get("is_audited_actor"):
        return True
    known = auth.known_caller()
    if known is None or known.kind != "staff" or not request.path.startswith(PREFIX):
        return False
    return request.method not in ("GET", "HEAD", "OPTIONS") or _is_revealing()


def _is_revealing() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_audited", False))


def _before_commit(result: Any) -> None:
    if not has_request_context() or g.get("is_recorded") or not _is_audited():
        return
    db.session.flush()
    if db.session.scalar(_CHANGED):
        db.session.add(_of_request("done", None, result))
        g.is_recording = True


def _after_commit() -> None:
    if has_request_context() and g.get("is_recording"):
        g.is_recording, g.is_recorded = False, True


def _after_answer(response: Response) -> Response:
    is_refused = response.status_code >= 400
    if not _is_audited() or (g.get("is_recorded") and not is_refused):
        return response
    count = _nobodys_refusals() if is_refused and _is_nobody() else None
    if count is not None and not _is_told(count):
        return response
    try:
        in_transaction(lambda: _add(response, count))
    except Exception as error:  # the action stands, whatever became of its record
        log.error("action_not_recorded", action=_action(), exc_info=error)
    return response


def _is_nobody() -> bool:
    return bool(g.get("is_audited_actor")) and g.audit_actor is None


def _nobodys_refusals() -> int | None:
    """How many there were within this hour, with this one; None while Redis is away."""
    key = f"lianhui:refused_nobody:{now():%Y%m%d%H}"
    try:
        pipeline = connect_redis().pipeline()
        pipeline.incr(key)
        pipeline.expire(key, 2 * 3_600)
        return int(pipeline.execute()[0])
    except RedisError:
        return None


def _is_told(count: int) -> bool:
    """The first of an hour, the tenth, the hundredth …: trying names without end fills no log."""
    return str(count).rstrip("0") == "1"


def _add(response: Response, count: int | None) -> None:
    g.is_recorded = True
    body = response.get_json(silent=True) if response.is_json else None
    code = body.get("code") if isinstance(body, dict) and response.status_code >= 400 else None
    if response.status_code >= 500:
        outcome = "failed"
    elif response.status_code >= 400:
        outcome = "refused"
    else:
        outcome = "repeated" if "Idempotency-Replayed" in response.headers else "done"
    row = _of_request(outcome, code, body)
    if count is not None:
        row.detail = row.detail | {"count": count}
    db.session.add(row)


def _of_request(outcome: str, code: Any, result: Any) -> Record:
    actor = g.audit_actor if g.get("is_audited_actor") else auth.known_caller()
    body = request.get_json(silent=True) if request.is_json else None
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    reason = fields.get("reason")
    has_reason = isinstance(reason, str) and len(reason) <= LONGEST_REASON and is_storable(reason)
    return _record(
        request_id=g.request_id,
        staff_id=actor.id if actor else None,
        roles=sorted(actor.roles) if actor else [],
        merchant_id=actor.merchant_id if actor else None,
        action=_action(),
        path=request.path.removeprefix(PREFIX)[:LONGEST_PATH],
        object_ids=_objects(fields, result),
        outcome=outcome,
        code=code if isinstance(code, str) else None,
        reason=reason if has_reason else None,
        detail={name: fields[name] for name in TOLD & set(fields) if _is_plain(fields[name])},
    )


def _record(**values: Any) -> Record:
    empty: dict[str, Any] = {"request_id": None, "roles": [], "merchant_id": None, "code": None}
    empty |= {"outcome": "done", "reason": None}
    return Record(id=new_id(), at=now(), **(empty | values))


def _action() -> str:
    """The method and the route, as `docs/authorisation.md` names it."""
    rule = request.url_rule.rule if request.url_rule else request.path
    pattern = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
    return f"{request.method} {pattern.removeprefix(PREFIX)}"


def _objects(fields: dict[str, Any], result: Any) -> list[UUID]:
    """What the request was about: ids of its path, of its body, and of what it made."""
    wanted = [value for value in (request.view_args or {}).values() if isinstance(value, UUID)]
    named = [value for name, value in sorted(fields.items()) if name.endswith("_id")]
    if isinstance(result, Response):
        result = result.get_json(silent=True) if result.is_json else None
    if isinstance(result, dict):
        named += [result.get("id"), result.get("staff_id")]
    elif isinstance(result, UUID):
        wanted.append(result)
    found = wanted + [identity for value in named if (identity := _identity(value))]
    return list(dict.fromkeys(found))[:MOST_OBJECTS]


def _identity(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_OBJECTS and all(_is_plain(each) for each in value)
    if isinstance(value, str):
        return WORD.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int)
