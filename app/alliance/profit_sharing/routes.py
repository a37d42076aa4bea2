"""What staff say of how merchants are paid. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import terms
from app.alliance.profit_sharing import channels, receivers
from app.alliance.profit_sharing.receivers import NewReceiver
from app.alliance.profit_sharing.schemas import (
    ChannelHistory,
    ChannelRequest,
    ChannelView,
    ReceiverRequest,
    ReceiverView,
)
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound

blueprint = api_blueprint("payout channels", __name__)
Fields = dict[str, Any]


@blueprint.put("/merchants/<uuid:merchant_id>/payout-channel")
@blueprint.input(ChannelRequest, arg_name="body")
@blueprint.output(ChannelView)
@auth.staff("finance")
@staff_sessions.confirmed
def choose_channel(merchant_id: UUID, body: ChannelRequest) -> Fields:
    """Choose how a merchant's settled money leaves; each choice is kept."""
    author = auth.principal().id

    def work() -> Fields:
        row = channels.choose(merchant_id, body.channel, author)
        return ChannelView.model_validate(row).model_dump()

    done = in_transaction(work)
    terms.let_go_round()
    return done


@blueprint.get("/merchants/<uuid:merchant_id>/payout-channels")
@blueprint.output(ChannelHistory)
@auth.staff("operator", "finance", "support")
def show_channels(merchant_id: UUID) -> Fields:
    """How a merchant was to be paid, newest first."""

    def work() -> Fields:
        found = channels.history(merchant_id)
        return {"channels": [ChannelView.model_validate(row).model_dump() for row in found]}

    return in_transaction(work)


@blueprint.put("/merchants/<uuid:merchant_id>/sharing-receiver")
@blueprint.input(ReceiverRequest, arg_name="body")
@blueprint.output(ReceiverView)
@auth.staff("finance")
@staff_sessions.confirmed
def name_receiver(merchant_id: UUID, body: ReceiverRequest) -> Fields:
    """Name who gets a merchant's part of split payments; WeChat Pay is told."""
    author = auth.principal().id
    new = NewReceiver(body.account, body.member_id, body.name, body.relation)

    def work() -> Fields:
        row = receivers.name_receiver(merchant_id, new, author)
        return ReceiverView.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/sharing-receiver")
@blueprint.output(ReceiverView)
@auth.staff("operator", "finance", "support")
def show_receiver(merchant_id: UUID) -> Fields:
    """Who gets a merchant's part of split payments."""

    def work() -> Fields:
        row = receivers.current(merchant_id)
        if row is None:
            raise NotFound()
        return ReceiverView.model_validate(row).model_dump()

    return in_transaction(work)
