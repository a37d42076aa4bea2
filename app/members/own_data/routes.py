"""Members' own data: told to them, and erased when they ask for it. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import auth, personal_data
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.limits import limiter
from app.core.personal_data import Part
from app.core.world import now
from app.members import reviews
from app.members.freshness import require_fresh
from app.members.own_data import deletion
from app.members.own_data.schemas import (
    DeletionOutlook,
    DeletionRequest,
    DeletionView,
    ExportQuery,
    ExportView,
)
from app.members.real_name.routes import caller

blueprint = api_blueprint("own data", __name__)
Fields = dict[str, Any]
ROWS_AT_ONCE = 200
EXPORTED_BY_ONE = "60 per minute"


@blueprint.get("/me/data-export")
@blueprint.input(ExportQuery, location="query", arg_name="query")
@blueprint.output(ExportView)
@auth.member
@limiter.limit(EXPORTED_BY_ONE, key_func=caller)
def export_my_data(query: ExportQuery) -> Fields:
    """Everything the product holds of the member, in clear, long parts page by page.

    Needs a session of the last ten minutes: a token that got lost does not tell who one is.
    """
    require_fresh()
    member_id = auth.principal().id
    parts = personal_data.parts()
    if query.part is not None and query.part not in parts:
        raise NotFound()
    wanted = list(parts.values()) if query.part is None else [parts[query.part]]
    everyone = reviews.everyone_of(member_id)
    return {
        "member_id": member_id,
        "made_at": now(),
        "parts": [_page(each, everyone, query) for each in wanted],
    }


@blueprint.get("/me/deletion")
@blueprint.output(DeletionOutlook)
@auth.member
def show_my_deletion() -> Fields:
    """What has to end before the member can be erased, and what is lost then; asking changes
    nothing."""
    member_id = auth.principal().id

    def work() -> Fields:
        return {
            "remaining": deletion.remaining(member_id),
            "given_up": deletion.given_up(member_id),
            "days": settings().deletion_days,
        }

    return in_transaction(work)


@blueprint.post("/me/deletion")
@blueprint.input(DeletionRequest, arg_name="body")
@blueprint.output(DeletionView, status_code=202)
@auth.member
def delete_me(body: DeletionRequest) -> Fields:
    """Ask to be erased after some days; signing in before that undoes it.

    Ends all sessions. Needs a session of the last ten minutes.
    """
    require_fresh()
    member_id = auth.principal().id

    def work() -> Fields:
        row = deletion.ask(member_id)
        return {"state": row.state, "asked_at": row.asked_at, "due_at": row.due_at}

    return in_transaction(work)


def _page(part: Part, everyone: list[UUID], query: ExportQuery) -> Fields:
    cursor = query.cursor if query.part is not None else None
    page = personal_data.page(part, everyone, cursor, ROWS_AT_ONCE)
    return {
        "name": part.name,
        "title": part.title,
        "rows": page.rows,
        "next_cursor": page.cursor,
    }
