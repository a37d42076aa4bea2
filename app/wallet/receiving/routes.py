"""What a member does with their leave to be paid without confirming. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.schemas import Moment, View
from app.members import service as members
from app.wallet.receiving import leaves
from app.wallet.receiving.models import ReceivingLeave
from app.wallet.receiving.rules import LeaveState
from app.wallet.schemas import Confirmation
from app.wechat import client as wechat

blueprint = api_blueprint("receiving", __name__)
Fields = dict[str, Any]


class LeaveView(View):
    """A leave; `confirmation` is what `wx.requestMerchantTransfer` is called with to give it."""

    id: UUID
    status: LeaveState
    is_given_up: bool
    close_reason: str | None
    created_at: Moment
    given_at: Moment | None
    closed_at: Moment | None
    confirmation: Confirmation | None


@blueprint.post("/me/receiving-leave")
@blueprint.output(LeaveView)
@auth.member
def ask_for_leave() -> Fields:
    """Have WeChat ask the signed-in member to receive withdrawals without confirming each."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(leaves.ask(member_id)))


@blueprint.get("/me/receiving-leave")
@blueprint.output(LeaveView)
@auth.member
def show_leave() -> Fields:
    """The signed-in member's last leave."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(leaves.latest(member_id)))


@blueprint.delete("/me/receiving-leave")
@blueprint.output(LeaveView)
@auth.member
def give_leave_up() -> Fields:
    """Take it back: withdrawals sent from now on are confirmed on the phone again."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(leaves.give_up(member_id)))


def _shown(row: ReceivingLeave) -> Fields:
    app_id = settings().wechat_mini_app_id
    openid = members.openid_of(row.member_id, app_id)
    confirmation = None
    if row.package_info is not None and openid is not None and not row.is_given_up:
        confirmation = wechat.transfer_confirmation(row.package_info, app_id, openid)
    return {
        "id": row.id,
        "status": row.state,
        "is_given_up": row.is_given_up,
        "close_reason": row.close_reason,
        "created_at": row.created_at,
        "given_at": row.given_at,
        "closed_at": row.closed_at,
        "confirmation": confirmation,
    }
