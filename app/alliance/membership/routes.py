"""What a membership page asks for. Holds no rule."""

from __future__ import annotations

from typing import Any, Literal

from app.alliance.membership import service
from app.alliance.membership.texts import VERSION
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.schemas import Body, Moment, ShortText, View

blueprint = api_blueprint("membership", __name__)
Fields = dict[str, Any]


class IntroductionView(View):
    """What everybody may know: the present text in both languages, and amounts in fen."""

    version: str
    text: str
    text_en: str
    top_up_minimum_fen: int
    top_up_maximum_fen: int
    card_limit_fen: int
    card_limit_unnamed_fen: int
    refund_days: int


class TermsRequest(Body):
    """Which version was shown and consented to, and where."""

    version: ShortText
    door: Literal["web_page", "mini_program", "official_account"] = "web_page"


class TermsView(View):
    """Whether the member consented to the present version, and when."""

    version: str
    is_consented: bool
    consented_at: Moment | None


@blueprint.get("/membership")
@blueprint.output(IntroductionView)
@auth.public
def show_membership() -> Fields:
    """What membership and prepaid money are: text, limits, days."""
    return service.introduction()


@blueprint.get("/me/membership-terms")
@blueprint.output(TermsView)
@auth.member
def show_my_terms() -> Fields:
    """Whether the signed-in member consented to the present text."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(service.consented(member_id)))


@blueprint.put("/me/membership-terms")
@blueprint.input(TermsRequest, arg_name="body")
@blueprint.output(TermsView)
@auth.member
def consent_to_terms(body: TermsRequest) -> Fields:
    """Note that the signed-in member consents to the present text."""
    member_id = auth.principal().id
    return in_transaction(lambda: _shown(service.consent(member_id, body.version, body.door)))


def _shown(row: Any) -> Fields:
    return {
        "version": VERSION,
        "is_consented": row is not None,
        "consented_at": row.consented_at if row else None,
    }
