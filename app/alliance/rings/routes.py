"""The ring report: read, cleared with a reason, or confirmed. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance.rings import service
from app.alliance.rings.models import Ring
from app.alliance.rings.schemas import RingDecision, RingDetail, RingList, RingQuery, RingStepView
from app.alliance.rings.wording import TITLES
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("rings", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "reviewer", "support")
NAMES = ("id", "rule", "subject_kind", "subject_id", "parties", "figures", "state")
MORE = ("sentence", "sentence_en", "found_at", "seen_at")


@blueprint.get("/rings")
@blueprint.input(RingQuery, location="query", arg_name="query")
@blueprint.output(RingList)
@auth.staff(*READERS)
def list_rings(query: RingQuery) -> Fields:
    """What ring detection found, a page at a time."""

    def work() -> Fields:
        found = service.page(query.state, query.rule, query.after)
        return {"rings": [_shown(each) for each in found]}

    return in_transaction(work)


@blueprint.get("/rings/<uuid:ring_id>")
@blueprint.output(RingDetail)
@auth.staff(*READERS)
def show_ring(ring_id: UUID) -> Fields:
    """One finding with every decision about it."""
    return in_transaction(lambda: _detail(service.ring(ring_id)))


@blueprint.post("/rings/<uuid:ring_id>/decision")
@blueprint.input(RingDecision, arg_name="body")
@blueprint.output(RingDetail)
@auth.staff("operator", "reviewer")
def decide_ring(ring_id: UUID, body: RingDecision) -> Fields:
    """Clear or confirm a finding, or open it again. A confirmed one has withdrawals reviewed."""
    staff_id = auth.principal().id
    return in_transaction(
        lambda: _detail(service.decide(ring_id, body.state, body.reason, staff_id))
    )


def _shown(row: Ring) -> Fields:
    zh, en = TITLES[row.rule]
    return {name: getattr(row, name) for name in NAMES + MORE} | {"title": zh, "title_en": en}


def _detail(row: Ring) -> Fields:
    steps = [RingStepView.model_validate(step).model_dump() for step in service.steps_of(row.id)]
    return _shown(row) | {"steps": steps}
