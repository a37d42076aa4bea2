"""What members and staff may see of notices, and the member's own code."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.notices import service
from app.notices.schemas import InviteCode, NoticeList, NoticesAsked, StaffNoticeList

blueprint = api_blueprint("notices", __name__)


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
