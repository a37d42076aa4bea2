"""Where applicants upload pictures and see them, and staff look at them. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance.joining import pictures, reviewing
from app.alliance.joining.schemas import ApplicationPictureQuery, ApplicationPictureView
from app.alliance.offers import pictures as drawing
from app.core import auth
from app.core.api import JPEG, api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.limits import caller_asked, limiter

blueprint = api_blueprint("joining pictures", __name__)
Fields = dict[str, Any]
REVIEWERS = ("operator", "reviewer")
UPLOADS, UPLOADS_OF_ONE, PICTURES = "60 per minute", "20 per minute", "600 per minute"


@blueprint.post("/me/merchant-applications/pictures")
@blueprint.input(ApplicationPictureQuery, location="query", arg_name="query")
@blueprint.output(ApplicationPictureView, status_code=201)
@auth.member
@limiter.limit(UPLOADS)
@limiter.limit(UPLOADS_OF_ONE, key_func=caller_asked)
def send_application_picture(query: ApplicationPictureQuery) -> Fields:
    """Send a picture (JPEG, PNG or WebP, at most 4 MiB) as the body, to be named in an application;
    it is drawn anew."""
    request.max_content_length = drawing.LARGEST_BYTES
    member_id = auth.principal().id
    in_transaction(lambda: pictures.must_have_room(member_id))
    drawn = drawing.drawn(request.get_data(cache=False))

    def work() -> Fields:
        row = pictures.keep(member_id, query.kind, *drawn)
        return ApplicationPictureView.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.get("/me/merchant-applications/pictures/<uuid:picture_id>.jpg")
@blueprint.doc(responses=JPEG)
@auth.member
@limiter.limit(PICTURES)
def show_own_application_picture(picture_id: UUID) -> Response:
    """A picture that the signed-in member has sent for an application."""
    member_id = auth.principal().id
    return _picture(lambda: pictures.own_content(picture_id, member_id))


@blueprint.get("/merchant-applications/pictures/<uuid:picture_id>.jpg")
@blueprint.doc(responses=JPEG)
@auth.staff(*REVIEWERS, "finance")
@limiter.limit(PICTURES)
@reveals
def show_application_picture(picture_id: UUID) -> Response:
    """A picture that goes with an application; who looks at it is kept. Finance, who confirm the
    bank account, see licence and permits of a merchant that was let in."""
    caller = auth.principal()
    is_reviewer = bool(caller.roles & set(REVIEWERS))
    return _picture(lambda: reviewing.look_at(picture_id, caller.id, is_reviewer=is_reviewer))


def _picture(content: Callable[[], bytes]) -> Response:
    response = Response(in_transaction(content), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response
