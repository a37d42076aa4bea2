"""Draws by members, and the public data by which anyone checks them. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.benefits.lottery import claims, reading, service
from app.benefits.lottery.schemas import (
    CheckedDraw,
    ClaimRequest,
    DrawPage,
    DrawQuery,
    DrawRequest,
    DrawView,
    MadeDraw,
    PublicDrawPage,
    PublicDrawQuery,
    PublicLottery,
)
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import PUBLIC_LOOK, limiter

blueprint = api_blueprint("lottery", __name__)
Fields = dict[str, Any]


@blueprint.post("/draws")
@blueprint.input(DrawRequest, arg_name="body")
@blueprint.output(MadeDraw, status_code=201)
@idempotent(money=True)
@auth.member
def make_draw(body: DrawRequest) -> Response:
    """Draw for the next chance; a prize in money or experience gold is paid at once."""
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        made = service.draw(body.campaign_id, member_id, body.nonce)
        told = MadeDraw(**reading.shown(made.row), chances_left=made.chances_left)
        return 201, told.model_dump(mode="json", exclude={"request_id"})

    return idempotency.execute(work)


@blueprint.post("/draws/<uuid:draw_id>/claim")
@blueprint.input(ClaimRequest, arg_name="body")
@blueprint.output(DrawView)
@idempotent(money=True)
@auth.member
def claim_prize(draw_id: UUID, body: ClaimRequest) -> Response:
    """Claim goods that were won: an order that the campaign has paid is made. Where they are not to
    be had, their value can be taken in money."""
    member_id = auth.principal().id
    receiver = body.receiver.model_dump() if body.receiver else None

    def work() -> tuple[int, Fields]:
        row = claims.claim(draw_id, member_id, body.delivery, receiver)
        told = DrawView.model_validate(reading.shown(row))
        return 200, told.model_dump(mode="json", exclude={"request_id"})

    return idempotency.execute(work)


@blueprint.get("/me/draws")
@blueprint.input(DrawQuery, location="query", arg_name="query")
@blueprint.output(DrawPage)
@auth.member
def list_own_draws(query: DrawQuery) -> Fields:
    """One's own draws, the newest first."""
    member_id = auth.principal().id
    wanted = (member_id, query.campaign_id, query.after, query.limit)
    return in_transaction(lambda: reading.own_draws(*wanted))


@blueprint.get("/me/draws/<uuid:draw_id>")
@blueprint.output(DrawView)
@auth.member
def show_own_draw(draw_id: UUID) -> Fields:
    """One of one's own draws; of goods, how their claim stands."""
    member_id = auth.principal().id
    return in_transaction(lambda: reading.own_draw(draw_id, member_id))


@blueprint.get("/lotteries/<uuid:campaign_id>")
@blueprint.output(PublicLottery)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_lottery(campaign_id: UUID) -> Fields:
    """The rules, the commitment and the head of the chain; the seed when draws are closed."""
    return in_transaction(lambda: reading.public(campaign_id))


@blueprint.get("/lotteries/<uuid:campaign_id>/draws")
@blueprint.input(PublicDrawQuery, location="query", arg_name="query")
@blueprint.output(PublicDrawPage)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def list_draws(campaign_id: UUID, query: PublicDrawQuery) -> Fields:
    """All draws in their order, without who made them."""

    def work() -> Fields:
        found = reading.public_draws(campaign_id, query.after, query.limit)
        return PublicDrawPage.model_validate(found).model_dump()

    return in_transaction(work)


@blueprint.get("/lotteries/<uuid:campaign_id>/draws/<int:number>")
@blueprint.output(CheckedDraw)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def check_draw(campaign_id: UUID, number: int) -> Fields:
    """One draw with what it follows from, to be computed again by anyone."""
    return in_transaction(lambda: reading.checked(campaign_id, number))
