"""What members may see of themselves, and staff of members."""

from __future__ import annotations

from dataclasses import asdict

from app.core import auth
from app.core.api import api_blueprint
from app.members import service
from app.members.schemas import BindingView, MemberView

blueprint = api_blueprint("members", __name__)


@blueprint.get("/me")
@blueprint.output(MemberView)
@auth.member
def show_me() -> dict[str, object]:
    """The signed-in member."""
    member_id = auth.principal().id
    brought = service.recommended_count(member_id)
    return {**asdict(service.profile(member_id)), "recommended_count": brought}


@blueprint.get("/me/binding")
@blueprint.output(BindingView)
@auth.member
def show_my_binding() -> dict[str, object]:
    """Who brought the signed-in member, and their home store. Permanent."""
    member_id = auth.principal().id
    bound = service.binding(member_id)
    return asdict(bound) if bound else {"member_id": member_id}
