"""One's own places, and the pool for everybody. Holds no rule."""

from __future__ import annotations

from typing import Any

from app.benefits.queue_subsidy import reading
from app.benefits.queue_subsidy.schemas import OwnQueueQuery, OwnQueueView, PoolQuery, PoolView
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import PUBLIC_LOOK, limiter

blueprint = api_blueprint("queue", __name__)
Fields = dict[str, Any]


@blueprint.get("/me/queue")
@blueprint.input(OwnQueueQuery, location="query", arg_name="query")
@blueprint.output(OwnQueueView)
@auth.member
def show_own_queue(query: OwnQueueQuery) -> Fields:
    """The member's places in the queue: position, amount, and an estimate that is no promise."""
    member_id = auth.principal().id

    def work() -> Fields:
        return reading.own(member_id, query.after, query.limit, is_waiting=query.is_waiting)

    return in_transaction(work)


@blueprint.get("/queue-pool")
@blueprint.input(PoolQuery, location="query", arg_name="query")
@blueprint.output(PoolView)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_queue_pool(query: PoolQuery) -> Fields:
    """What came into the queue's pool and went out of it day by day, and who waits: no names."""
    return in_transaction(lambda: reading.pool(query.before, query.limit))
