"""`Explain this fen`, for whoever the fen belongs to. Holds no rule."""

from __future__ import annotations

from typing import Any

from app.alliance.explaining import service
from app.alliance.explaining.schemas import ExplanationView
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("explanations", __name__)


@blueprint.get("/entries/<entry_id>/explanation")
@blueprint.output(ExplanationView)
@auth.member_or_staff("operator", "finance", "support", "merchant_owner")
def explain_entry(entry_id: str) -> dict[str, Any]:
    """Why an entry is what it is: from the fen to its sale, rule, version, party and evidence.

    `entry_id` is that of a line of a statement, or a journal's id for all entries of one's own.
    """
    caller = auth.principal()
    return in_transaction(lambda: service.explain(caller, entry_id))
