"""Whole lists as files: asked for, followed, taken and removed by whom they belong to. No rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app

from app.core import auth, spreadsheets
from app.core.api import api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.pages.exporting import keeping
from app.pages.exporting.models import Export
from app.pages.exporting.schemas import (
    ListExportPage,
    ListExportRequest,
    ListExportsQuery,
    ListExportView,
)

blueprint = api_blueprint("exports", __name__)
Fields = dict[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": spreadsheets.CSV, "xlsx": XLSX}


@blueprint.post("/exports")
@blueprint.input(ListExportRequest, arg_name="body")
@blueprint.output(ListExportView, status_code=202)
@idempotent(money=False)
@auth.staff(*sorted(auth.PLATFORM_ROLES))
def ask_for_export(body: ListExportRequest) -> Response:
    """Ask for a whole list as a file, written in the background."""
    caller, wish = auth.principal(), (body.listing, body.format, body.language, body.filters)
    return execute(lambda: (202, _shown(keeping.ask(caller, *wish))))


@blueprint.get("/exports")
@blueprint.input(ListExportsQuery, location="query", arg_name="query")
@blueprint.output(ListExportPage)
@auth.staff(*sorted(auth.PLATFORM_ROLES))
def list_exports(query: ListExportsQuery) -> Fields:
    """The caller's own exports, newest first, a page at a time."""
    mine = (auth.principal().id, query.before, query.limit)
    return in_transaction(lambda: {"exports": [_shown(row) for row in keeping.page(*mine)]})


@blueprint.get("/exports/<uuid:export_id>")
@blueprint.output(ListExportView)
@auth.staff(*sorted(auth.PLATFORM_ROLES))
def show_export(export_id: UUID) -> Fields:
    """How far one of the caller's exports is."""
    staff_id = auth.principal().id
    return in_transaction(lambda: _shown(keeping.find(export_id, staff_id)))


@blueprint.get("/exports/<uuid:export_id>/file")
@blueprint.doc(responses={200: {"description": "A file", "content": {"text/csv": {}}}})
@auth.staff(*sorted(auth.PLATFORM_ROLES))
@reveals
def take_file(export_id: UUID) -> Response:
    """The file of one of the caller's exports, until it expires. Each taking is recorded."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    row, parts = keeping.file(app, export_id, auth.principal())
    answer = Response(parts, content_type=TYPES[row.format])
    answer.content_length = row.size_bytes
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.listing}.{row.format}"'
    return answer


@blueprint.delete("/exports/<uuid:export_id>")
@blueprint.output(ListExportView)
@auth.staff(*sorted(auth.PLATFORM_ROLES))
def remove_export(export_id: UUID) -> Fields:
    """Cancel an export of the caller's that is being written, or delete its file."""
    staff_id = auth.principal().id
    return in_transaction(lambda: _shown(keeping.remove(export_id, staff_id)))


def _shown(row: Export) -> Fields:
    return ListExportView.model_validate(row).model_dump(mode="json")
