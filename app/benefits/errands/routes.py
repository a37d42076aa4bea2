"""Errands, as those who post and those who run them use them. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance import service as alliance
from app.benefits.errands import (
    codes,
    ending,
    nearby,
    pictures,
    posting,
    runners,
    running,
    views,
)
from app.benefits.errands.models import Errand
from app.benefits.errands.nearby import Around
from app.benefits.errands.posting import Wish
from app.benefits.errands.running import Proof
from app.benefits.errands.schemas import (
    AssignRequest,
    ErrandPage,
    ErrandPicture,
    ErrandQuery,
    ErrandRequest,
    ErrandView,
    NearbyErrands,
    NearbyQuery,
    ProofRequest,
    RatingRequest,
    ReasonRequest,
    RunnerView,
)
from app.core import auth, idempotency
from app.core.api import JPEG, api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import caller_asked, limiter
from app.core.proofs import may_be_asked

blueprint = api_blueprint("errands", __name__)
Fields = dict[str, Any]
OWNER, PLATFORM = "merchant_owner", ("operator", "support")
UPLOADS, UPLOADS_OF_ONE, PICTURES = "60 per minute", "20 per minute", "600 per minute"


@blueprint.post("/errands/pictures")
@blueprint.output(ErrandPicture, status_code=201)
@auth.member_or_staff(OWNER)
@limiter.limit(UPLOADS)
@limiter.limit(UPLOADS_OF_ONE, key_func=caller_asked)
def send_errand_picture() -> Fields:
    """Send a picture (JPEG, PNG or WebP, at most 4 MiB) as the body; it is drawn anew."""
    request.max_content_length = alliance.LARGEST_PICTURE_BYTES
    owner_id = posting.caller_id(auth.principal())
    in_transaction(lambda: pictures.must_have_room(owner_id))
    drawn = alliance.drawn_picture(request.get_data(cache=False))

    def work() -> Fields:
        return ErrandPicture.model_validate(pictures.keep(owner_id, *drawn)).model_dump()

    return in_transaction(work)


@blueprint.get("/errands/pictures/<uuid:picture_id>.jpg")
@blueprint.doc(responses=JPEG)
@auth.member_or_staff(OWNER, *PLATFORM)
@limiter.limit(PICTURES)
@reveals
def show_errand_picture(picture_id: UUID) -> Response:
    """A picture, for those whom its errand concerns."""
    caller = auth.principal()
    jpeg = in_transaction(lambda: pictures.content(caller, picture_id))
    return Response(jpeg, content_type="image/jpeg")


@blueprint.post("/errands")
@blueprint.input(ErrandRequest, arg_name="body")
@blueprint.output(ErrandView, status_code=201)
@idempotent(money=True)
@may_be_asked
@auth.member_or_staff(OWNER)
def post_errand(body: ErrandRequest) -> Response:
    """Post an errand: its reward is put aside at once.

    Above `PAYMENT_FREE_FEN` a member proves themselves: `Payment-Pin`, or `Login-Code`.
    """
    caller = auth.principal()
    if caller.kind == "member":
        alliance.require_confirmed(caller.id, body.reward_fen)
    wish = Wish(**body.model_dump())
    return _executed(lambda: posting.post(caller, wish), 201)


@blueprint.get("/errands")
@blueprint.input(ErrandQuery, location="query", arg_name="query")
@blueprint.output(ErrandPage)
@auth.member
def list_errands(query: ErrandQuery) -> Fields:
    """The member's own errands: posted, or run."""
    member_id, page = auth.principal().id, query.model_dump(exclude={"role"})
    mine = views.posted_by if query.role == "posted" else views.run_by
    return in_transaction(lambda: views.page(mine(member_id), **page))


@blueprint.get("/errands/nearby")
@blueprint.input(NearbyQuery, location="query", arg_name="query")
@blueprint.output(NearbyErrands)
@auth.member
def list_nearby_errands(query: NearbyQuery) -> Fields:
    """Open errands around a place, the nearest first, for approved runners."""
    member_id, wish = auth.principal().id, Around(**query.model_dump())

    def work() -> Fields:
        running.approved(member_id)
        found, following = nearby.search(member_id, wish)
        return {"errands": views.opened(found), "next": following}

    return in_transaction(work)


@blueprint.get("/errands/<uuid:errand_id>")
@blueprint.output(ErrandView)
@auth.member_or_staff(OWNER, *PLATFORM)
@reveals
def show_errand(errand_id: UUID) -> Fields:
    """An errand, for its poster, its runner and the platform."""
    caller = auth.principal()
    return in_transaction(lambda: views.whole(caller, views.seen(caller, errand_id)))


@blueprint.post("/errands/<uuid:errand_id>/assign")
@blueprint.input(AssignRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member_or_staff(OWNER)
def assign_errand(errand_id: UUID, body: AssignRequest) -> Response:
    """Ask one runner to take it."""
    caller = auth.principal()
    return _executed(lambda: running.assign(caller, errand_id, body.runner_id))


@blueprint.post("/errands/<uuid:errand_id>/cancel")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=True)
@auth.member_or_staff(OWNER, "operator")
def cancel_errand(errand_id: UUID, body: ReasonRequest) -> Response:
    """Cancel it: all goes back, or, once somebody took it, less their compensation."""
    caller = auth.principal()
    return _executed(lambda: ending.cancel(caller, errand_id, body.reason))


@blueprint.post("/errands/<uuid:errand_id>/confirm")
@blueprint.output(ErrandView)
@idempotent(money=True)
@auth.member_or_staff(OWNER)
def confirm_errand(errand_id: UUID) -> Response:
    """Say that it is done: the runner is paid."""
    caller = auth.principal()
    return _executed(lambda: ending.confirm(caller, errand_id))


@blueprint.post("/errands/<uuid:errand_id>/dispute")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member_or_staff(OWNER)
def dispute_errand(errand_id: UUID, body: ReasonRequest) -> Response:
    """Say that something is wrong: staff decide."""
    caller = auth.principal()
    return _executed(lambda: ending.dispute(caller, errand_id, body.reason))


@blueprint.post("/errands/<uuid:errand_id>/rating")
@blueprint.input(RatingRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member_or_staff(OWNER)
def rate_errand(errand_id: UUID, body: RatingRequest) -> Response:
    """Give the other side stars, once, after its end."""
    caller = auth.principal()
    return _executed(lambda: runners.rate(caller, errand_id, body.stars))


@blueprint.post("/errands/<uuid:errand_id>/take")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member
def take_errand(errand_id: UUID) -> Response:
    """Take an open errand, or accept one that one was asked to take."""
    caller = auth.principal()
    return _executed(lambda: running.take(caller, errand_id))


@blueprint.post("/errands/<uuid:errand_id>/decline")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member
def decline_errand(errand_id: UUID) -> Response:
    """Decline an errand that one was asked to take."""
    caller = auth.principal()
    return _executed(lambda: running.decline(caller, errand_id))


@blueprint.post("/errands/<uuid:errand_id>/give-up")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member
def give_up_errand(errand_id: UUID) -> Response:
    """Give it up before the pick-up; it is counted."""
    caller = auth.principal()
    return _executed(lambda: running.give_up(caller, errand_id))


@blueprint.post("/errands/<uuid:errand_id>/pick-up")
@blueprint.input(ProofRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member
def pick_up_errand(errand_id: UUID, body: ProofRequest) -> Response:
    """Say that it is picked up, with pictures or the code shown there."""
    return _shown(errand_id, "picked_up", body)


@blueprint.post("/errands/<uuid:errand_id>/deliver")
@blueprint.input(ProofRequest, arg_name="body")
@blueprint.output(ErrandView)
@idempotent(money=False)
@auth.member
def deliver_errand(errand_id: UUID, body: ProofRequest) -> Response:
    """Say that it is delivered, with pictures or the code shown there."""
    return _shown(errand_id, "delivered", body)


@blueprint.post("/me/errand-runner")
@blueprint.output(RunnerView, status_code=201)
@idempotent(money=False)
@auth.member
def apply_as_runner() -> Response:
    """Ask to run errands; needs a real name, and somebody of the staff decides."""
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        (shown,) = runners.shown([runners.apply(member_id)])
        return 201, RunnerView.model_validate(shown).model_dump(mode="json", exclude={"request_id"})

    return idempotency.execute(work)


@blueprint.get("/me/errand-runner")
@blueprint.output(RunnerView)
@auth.member
def show_own_runner() -> Fields:
    """How the member stands as a runner."""
    member_id = auth.principal().id
    return in_transaction(lambda: runners.shown([runners.find(member_id)])[0])


def _shown(errand_id: UUID, step: str, body: ProofRequest) -> Response:
    caller, proof = auth.principal(), Proof(body.pictures, body.code)
    codes.count_failure(caller, errand_id, step, body.code)
    return _executed(lambda: running.show(caller, errand_id, step, proof))


def _executed(work: Callable[[], Errand], status: int = 200) -> Response:
    def unit() -> tuple[int, Fields]:
        return status, answer(work())

    return idempotency.execute(unit)


def answer(row: Errand) -> Fields:
    """An errand as the caller sees it, as it is stored with an answer: where to go, codes and words
    are not among it, so that they are read anew each time and last no longer than they should."""
    found = views.whole(auth.principal(), row) | dict.fromkeys(views.PASSING)
    return ErrandView.model_validate(found).model_dump(mode="json", exclude={"request_id"})
