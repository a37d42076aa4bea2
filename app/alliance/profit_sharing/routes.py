"""What staff say of how merchants are paid. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import catalogue, terms
from app.alliance.netting import running
from app.alliance.profit_sharing import channels, proposals, receivers
from app.alliance.profit_sharing.models import SharingReceiver
from app.alliance.profit_sharing.proposals import NewReceiver
from app.alliance.profit_sharing.schemas import (
    ChannelHistory,
    ChannelRequest,
    ChannelView,
    ProposedReceiverView,
    ReceiverDecision,
    ReceiverPage,
    ReceiverQuery,
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
    """Say who is to get a merchant's part of split payments, for somebody else of finance to
    confirm (`/sharing-receiver-proposals/{id}/decision`); nothing goes there before."""
    author = auth.principal().id
    new = NewReceiver(body.account, body.member_id, body.name, body.relation)

    def work() -> Fields:
        row = proposals.propose(merchant_id, new, author)
        return ReceiverView.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.get("/sharing-receiver-proposals")
@blueprint.input(ReceiverQuery, location="query", arg_name="query")
@blueprint.output(ReceiverPage)
@auth.staff("finance")
def list_receiver_proposals(query: ReceiverQuery) -> Fields:
    """Who is to get merchants' parts, a page at a time; names are never shown."""

    def work() -> Fields:
        rows = proposals.listed(query.status, query.after)
        names = running.names_of({row.merchant_id for row in rows})
        return {"proposals": [_proposed(row, names[row.merchant_id]) for row in rows]}

    return in_transaction(work)


@blueprint.post("/sharing-receiver-proposals/<uuid:receiver_id>/decision")
@blueprint.input(ReceiverDecision, arg_name="body")
@blueprint.output(ProposedReceiverView)
@auth.staff("finance")
@staff_sessions.confirmed
def decide_receiver(receiver_id: UUID, body: ReceiverDecision) -> Fields:
    """Let the merchant's part go to a proposed receiver, or not; WeChat Pay is told."""
    wish = (receiver_id, auth.principal().id, body.reason)

    def work() -> Fields:
        row = proposals.decide(*wish, is_confirmed=body.is_confirmed)
        return _proposed(row, catalogue.merchant(row.merchant_id).name)

    return in_transaction(work)


def _proposed(row: SharingReceiver, merchant_name: str) -> Fields:
    names = ProposedReceiverView.model_fields.keys() - {"merchant_name", "current"}
    before = receivers.current(row.merchant_id) if row.state == "proposed" else None
    return {name: getattr(row, name) for name in names} | {
        "merchant_name": merchant_name,
        "current": before and ReceiverView.model_validate(before).model_dump(),
    }


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
