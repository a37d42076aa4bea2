"""A staff member's own sessions: which are open, ending them, and confirming one before what is
dangerous (step-up: password and second factor once more)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from sqlalchemy import select, update

from app.core import auth, idempotency, sessions, staff
from app.core.config import settings
from app.core.db import db, read
from app.core.errors import AppError
from app.core.models import Session, StaffAccount
from app.core.world import now

View = TypeVar("View", bound=Callable[..., Any])
_MYSELF = select(
    Session.token_hash,
    Session.created_at,
    Session.confirmed_at,
    Session.expires_at,
    StaffAccount.username,
    StaffAccount.must_change_password.label("must_change"),
    StaffAccount.must_enrol_factor.label("must_enrol"),
).join_from(Session, StaffAccount, StaffAccount.id == Session.subject_id, isouter=True)


class ConfirmationNeeded(AppError):
    """The action is dangerous, and the session was neither opened nor confirmed lately."""

    status, code = 403, "confirmation_needed"
    title = "Confirm with password and second factor first"
    message = "此操作须再次输入密码和动态码确认"


def confirmed(view: View) -> View:
    """The view runs only for a session opened or confirmed within STEP_UP_MINUTES.

    Stands below the decision who may call. Raises ConfirmationNeeded, but not for what was
    answered once with the same key: that is answered again and does nothing.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            require_confirmed()
        except ConfirmationNeeded:
            if "Idempotency-Key" not in request.headers or idempotency.replayed() is None:
                raise
        return view(*args, **kwargs)

    guarded.step_up = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def require_confirmed() -> None:
    """Raises ConfirmationNeeded unless the session was opened or confirmed within
    STEP_UP_MINUTES; by itself for actions that are dangerous only sometimes."""
    if not auth.is_fresh(settings().step_up_minutes):
        raise ConfirmationNeeded()


def myself() -> dict[str, Any]:
    """Who is calling and by which session: one statement, since every page of a console asks.
    Raises NotSignedIn."""
    caller, name = auth.principal(), auth.session_name()
    mine = (Session.token_hash == name, Session.expires_at > now(), Session.revoked_at.is_(None))
    found = read(_MYSELF.where(*mine))
    if not found:
        raise auth.NotSignedIn()
    row = found[0]
    return {
        "staff_id": caller.id,
        "username": row.username,
        "must_change_password": not caller.roles if row.username is None else row.must_change,
        "must_enrol_factor": bool(row.must_enrol),
        "roles": sorted(caller.roles),
        "merchant_id": caller.merchant_id,
        "store_ids": sorted(caller.store_ids),
        "session": _shown(row, name),
    }


def open_ones(subject_id: UUID) -> list[dict[str, Any]]:
    """Somebody's open sessions, newest first, in the current unit of work."""
    current = auth.current_session().name
    return [_shown(row, current) for row in sessions.open_rows("staff", subject_id)]


def end_current() -> None:
    """Ends the session of this request in the current unit of work."""
    sessions.end(Session.token_hash == auth.current_session().name)


def end_others() -> None:
    """Ends the caller's sessions but this one, in the current unit of work."""
    held = auth.current_session()
    sessions.end(Session.token_hash != held.name, *sessions.is_open("staff", held.subject_id))


def confirm(password: str, code: str) -> datetime:
    """Notes, in units of its own, that the caller proved who they are once more; when.

    Raises staff's WrongCredentials.
    """
    moment = now()

    def work() -> datetime:
        db.session.execute(
            update(Session)
            .where(Session.token_hash == auth.current_session().name)
            .values(confirmed_at=moment)
            .execution_options(synchronize_session=False)
        )
        return moment

    return staff.prove(auth.principal().id, password, code, work)


def _shown(row: Any, current: bytes) -> dict[str, Any]:
    return {
        "name": sessions.name_of(row.token_hash),
        "opened_at": row.created_at,
        "confirmed_at": row.confirmed_at,
        "expires_at": row.expires_at,
        "is_current": row.token_hash == current,
    }
