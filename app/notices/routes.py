"""What members and staff may see of notices, and the member's own code."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import InvalidRequest
from app.core.world import beijing_day, now
from app.notices import service, taps
from app.notices.schemas import (
    InviteCode,
    NoticeList,
    NoticesAsked,
    StaffNoticeList,
    TapList,
    TapsAsked,
)

blueprint = api_blueprint("notices", __name__)
TAP_DAYS, MOST_TAP_DAYS = 29, 365


@blueprint.get("/me/notices")
@blueprint.output(NoticeList)
@auth.member
def show_my_notices() -> dict[str, Any]:
    """The last 50 things the signed-in member was told, newest first."""
    return {"notices": service.notices_of(auth.principal().id)}


@blueprint.get("/me/invite-code")
@blueprint.output(InviteCode)
@auth.member
def show_my_invite_code() -> dict[str, str]:
    """The signed-in member's own code: whoever scans it first is bound to them."""
    member_id = auth.principal().id
    return asdict(in_transaction(lambda: service.invite_code(member_id)))


@blueprint.get("/notices")
@blueprint.input(NoticesAsked, location="query", arg_name="asked")
@blueprint.output(StaffNoticeList)
@auth.staff("operator", "support")
def show_notices(asked: NoticesAsked) -> dict[str, Any]:
    """Notices of all members, newest first; `state=blocked` shows what did not arrive."""
    found = service.find(asked.state, asked.member_id, asked.before, asked.limit)
    return {"notices": found}


@blueprint.get("/menu/taps")
@blueprint.input(TapsAsked, location="query", arg_name="asked")
@blueprint.output(TapList)
@auth.staff("operator", "support")
def show_menu_taps(asked: TapsAsked) -> dict[str, Any]:
    """How often each entry of the official account's menu was tapped, by Beijing day."""
    last = asked.to or beijing_day(now())
    first = asked.first or last - timedelta(days=TAP_DAYS)
    if not timedelta(0) <= last - first <= timedelta(days=MOST_TAP_DAYS):
        raise InvalidRequest("`from` is not after `to`, and at most a year before it")
    return {"taps": taps.between(first, last)}
