"""The public page of the queue: what came into its pool and went out, and who waits, unnamed."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import render_template, request

from app.benefits import service as benefits
from app.core import auth
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.limits import PUBLIC_LOOK, limiter
from app.core.units import money
from app.core.world import BEIJING

blueprint = APIBlueprint("queue_page", __name__, template_folder="templates", tag="Queue page")
DAYS = 31
_PAGE: Any = {200: {"description": "A page", "content": {"text/html": {}}}}


@blueprint.get("/queue")
@blueprint.doc(responses=_PAGE)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_queue() -> str:
    """The queue for everybody: day by day what came in, went out and is left."""
    before = _day(request.args.get("before"))

    def work() -> str:
        return render_template(
            "queue.html",
            pool=benefits.queue_pool(before, DAYS),
            is_first=before is None,
            money=money,
            zone=BEIJING,
        )

    return in_transaction(work)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound() from None
