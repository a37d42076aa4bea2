"""Looking for what staff did, by operators; by a merchant's owner, what the own staff did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response, current_app, stream_with_context
from pydantic import AwareDatetime, Field

from app.core import auth
from app.core.api import PREFIX, api_blueprint
from app.core.audit import reading
from app.core.audit.reading import Wanted
from app.core.openapi import routes_by_path
from app.core.schemas import Body, Moment, View
from app.core.spreadsheets import CSV, more, plain_text, table

blueprint = api_blueprint("audit", __name__)
Fields = dict[str, Any]
TITLES = "lianhui_action_titles"
Outcome = Literal["done", "repeated", "refused", "failed"]
COLUMNS = (
    "at", "staff_id", "username", "roles", "merchant_id", "action", "path", "object_ids",
    "outcome", "code", "reason", "detail", "request_id", "id",
)  # fmt: skip
FILE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "CSV", "content": {CSV: {}}}
}


class AuditFilter(Body):
    """What to look for: `from` on, before `to`; `action` as it begins, e.g. `POST /withdrawals`."""

    actor: UUID | None = None
    action: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    object: UUID | None = None
    outcome: Outcome | None = None
    since: Annotated[AwareDatetime | None, Field(alias="from")] = None
    until: Annotated[AwareDatetime | None, Field(alias="to")] = None


class AuditQuery(AuditFilter):
    """A page of it, after the `next_cursor` of the page before."""

    cursor: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AuditRecord(View):
    """One action: who (`staff_id` null: nobody known tried to sign in), in which roles, what, on
    which objects, and what came of it. `title` says what the route does."""

    id: UUID
    at: Moment
    request_id: UUID | None
    staff_id: UUID | None
    username: str | None
    roles: list[str]
    merchant_id: UUID | None
    action: str
    title: str | None
    path: str
    object_ids: list[UUID]
    outcome: Outcome
    code: str | None
    reason: str | None
    detail: Fields


class AuditPage(View):
    """Records, newest first; `next_cursor` is null at the end."""

    records: list[AuditRecord]
    next_cursor: str | None


@blueprint.get("/audit")
@blueprint.input(AuditQuery, location="query", arg_name="query")
@blueprint.output(AuditPage)
@auth.staff("operator", "merchant_owner")
def search_audit(query: AuditQuery) -> Fields:
    """What staff did, newest first; a merchant's owner sees the own staff's."""
    rows = reading.page(_wanted(query, query.cursor), query.limit)
    titles = _titles()
    records = [{**row._mapping, "title": titles.get(row.action)} for row in rows]
    is_full = len(rows) == query.limit
    return {"records": records, "next_cursor": reading.cursor(rows[-1]) if is_full else None}


@blueprint.get("/audit.csv")
@blueprint.input(AuditFilter, location="query", arg_name="query")
@blueprint.doc(responses=FILE)
@auth.staff("operator", "merchant_owner")
def export_audit(query: AuditFilter) -> Response:
    """All that was looked for, for spreadsheets."""
    wanted = _wanted(query, None)
    parts = stream_with_context(_lines(wanted))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(parts, content_type=CSV, headers=headers)


def _wanted(query: AuditFilter, cursor: str | None) -> Wanted:
    caller = auth.principal()
    is_operator = "operator" in caller.roles
    if not is_operator and caller.merchant_id is None:
        raise auth.NotAllowed()
    return Wanted(
        actor=query.actor,
        action=query.action,
        object_id=query.object,
        outcome=query.outcome,
        since=query.since,
        until=query.until,
        merchant_id=None if is_operator else caller.merchant_id,
        cursor=cursor,
    )


def _lines(wanted: Wanted) -> Iterator[bytes]:
    yield table([COLUMNS])
    for row in reading.every(wanted):
        yield more([[_cell(getattr(row, name)) for name in COLUMNS]])


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return plain_text(" ".join(map(str, value)))
    if isinstance(value, dict):
        return plain_text(" ".join(f"{name}={told}" for name, told in sorted(value.items())))
    return "" if value is None else plain_text(str(value))


def _titles() -> dict[str, str]:
    """What each route does, in the words of the API's description: read once, routes stay."""
    found: dict[str, str] | None = current_app.extensions.get(TITLES)
    if found is None:
        found = current_app.extensions[TITLES] = {
            f"{method.upper()} {path.removeprefix(PREFIX)}": _first_line(view.__doc__)
            for (path, method), view in routes_by_path(current_app).items()
        }
    return found


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
