"""Whole lists as files: asked for, followed while they are written, taken and removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from app.core import auth
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import language, t

blueprint = frame.pages("background_exports", __name__)
HERE = "/console/exports"
READERS = tuple(sorted(auth.PLATFORM_ROLES))
AREA = Area(blueprint, (entry(HERE, "导出文件", "总览", *READERS),))
OPEN = ("waiting", "running")
FILTER = "filter-"
SHOWN = 20


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_exports() -> Response:
    """The visitor's exports, newest first, with their progress."""
    return frame.render("console/exports.html", **_page())


@blueprint.get(f"{HERE}/progress")
@sessions.page(*READERS)
def show_progress() -> Response:
    """The part of the page that renews itself; the whole page anew once nothing is written."""
    found = _page()
    if not found["is_open"]:
        return frame.reload()
    return frame.render("console/exports_progress.html", **found)


@blueprint.post(HERE)
@sessions.page(*READERS)
def ask() -> Response | str:
    """Ask for a whole list as a file."""
    filters = {
        name.removeprefix(FILTER): value
        for name, value in request.form.items()
        if name.startswith(FILTER) and value
    }
    wish = forms.body(text=("listing", "format")) | {"language": language(), "filters": filters}
    answer = calls.send("POST", "/exports", wish, key=forms.key())
    done = t("已开始导出，完成后可在此下载")
    return frame.act(answer, then=HERE, done=done, again=list_exports)


@blueprint.post(f"{HERE}/<uuid:export_id>/remove")
@sessions.page(*READERS)
def remove(export_id: UUID) -> Response | str:
    """Cancel what is being written, or delete the file."""
    answer = calls.send("DELETE", f"/exports/{export_id}")
    is_cancelled = answer.body.get("status") == "cancelled"
    done = t("已取消导出") if is_cancelled else t("文件已删除")
    return frame.act(answer, then=HERE, done=done, again=list_exports)


@blueprint.get(f"{HERE}/<uuid:export_id>/file")
@sessions.page(*READERS)
def take(export_id: UUID) -> Response:
    """The file, part after part."""
    headers, parts = calls.stream(f"/exports/{export_id}/file")
    response = Response(parts, content_type=headers["Content-Type"])
    response.headers.update(frame.HEADERS)
    for name in ("Content-Disposition", "Content-Length"):
        response.headers[name] = headers[name]
    return response


def _page() -> dict[str, Any]:
    before = forms.identity(forms.asked("before"))
    rows = calls.read("/exports", before=before, limit=SHOWN)["exports"]
    return {
        "rows": rows,
        "is_open": any(row["status"] in OPEN for row in rows),
        "open_states": OPEN,
        "following": {"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        "first": {} if before else None,
    }
