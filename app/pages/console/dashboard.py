"""The front page of the operator console."""

from __future__ import annotations

from flask import Response

from app.core.auth import PLATFORM_ROLES
from app.pages.console import frame, sessions
from app.pages.console.areas import Area, entry

blueprint = frame.pages("dashboard", __name__)
AREA = Area(blueprint, (entry("/console", "概览", "总览", *PLATFORM_ROLES),))


@blueprint.get("/console")
@sessions.page(*PLATFORM_ROLES)
def show_dashboard() -> Response:
    """How the alliance is, and what waits for somebody."""
    return frame.render("console/dashboard.html")
