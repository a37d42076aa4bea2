"""What finance sees of splits and decides where one is in trouble. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.core.idempotency import execute, idempotent
from app.wallet.profit_sharing import splitting
from app.wallet.profit_sharing.models import Split
from app.wallet.profit_sharing.schemas import (
    DecidedSplit,
    DecisionRequest,
    SplitsQuery,
    SplitsView,
    SplitView,
)

blueprint = api_blueprint("splits", __name__)
Fields = dict[str, Any]


@blueprint.get("/splits")
@blueprint.input(SplitsQuery, location="query", arg_name="query")
@blueprint.output(SplitsView)
@auth.staff("finance", "support")
def show_splits(query: SplitsQuery) -> Fields:
    """Splits of payments in one state, oldest first; without a state those in trouble."""

    def work() -> Fields:
        wanted = select(Split).where(Split.state == query.state)
        if query.after is not None:
            wanted = wanted.where(Split.id > query.after)
        found = db.session.scalars(wanted.order_by(Split.id).limit(query.limit))
        return {"splits": [SplitView.model_validate(row).model_dump() for row in found]}

    return in_transaction(work)


@blueprint.post("/splits/<uuid:split_id>/decide")
@blueprint.input(DecisionRequest, arg_name="body")
@blueprint.output(DecidedSplit)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def decide_split(split_id: UUID, body: DecisionRequest) -> Response:
    """Try a split in trouble again under a new number, or give it up, once two people say so."""
    staff_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = splitting.decide(split_id, body.decision, staff_id, body.reason)
        return 200, SplitView.model_validate(row).model_dump(mode="json")

    return execute(work)
