"""The evidence page of a binding: one's own, and for staff anybody's. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance.evidence import service
from app.alliance.evidence.schemas import BindingEvidenceView
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("binding evidence", __name__)


@blueprint.get("/me/binding/evidence")
@blueprint.output(BindingEvidenceView)
@auth.member
def show_my_evidence() -> dict[str, Any]:
    """Who brought one: which code, when, by which channel, and what was before."""
    member_id = auth.principal().id
    return in_transaction(lambda: service.told(member_id, for_staff=False))


@blueprint.get("/members/<uuid:member_id>/binding/evidence")
@blueprint.output(BindingEvidenceView)
@auth.staff("operator", "support", "finance")
def show_evidence_of(member_id: UUID) -> dict[str, Any]:
    """The same of any member, with who issued the code and who corrected what and why."""
    return in_transaction(lambda: service.told(member_id, for_staff=True))
