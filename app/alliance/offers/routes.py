"""Offers: published by merchants, reviewed by the operator, found by members. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance import catalogue
from app.alliance.access import is_platform
from app.alliance.offers import finding, pictures, review, writing
from app.alliance.offers.errors import PictureUnknown
from app.alliance.offers.finding import Search, Shown
from app.alliance.offers.models import Offer, OfferVersion
from app.alliance.offers.schemas import (
    ManagedOffer,
    ManagedOffers,
    ManagedQuery,
    OfferHistory,
    OfferRequest,
    OffersView,
    OfferView,
    PictureView,
    ReasonRequest,
    ReviewRequest,
    SearchQuery,
    StepView,
    StockRequest,
    VersionRequest,
    VersionView,
    WordingRequest,
)
from app.alliance.offers.writing import Wording
from app.core import auth, idempotency
from app.core.api import JPEG, api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import caller_asked, limiter

blueprint = api_blueprint("offers", __name__)
Fields = dict[str, Any]
OWNER, SELLERS = ("merchant_owner",), ("merchant_owner", "cashier")
PLATFORM = ("operator", "support")
UPLOADS, UPLOADS_OF_ONE, PICTURES = "120 per minute", "60 per minute", "1200 per minute"
CACHE_SECONDS = 3_600
_KINDS = ("image/jpeg", "image/png", "image/webp")


def _of(row: Offer) -> Fields:
    return _managed((row, writing.version(row, row.latest_version)))


def _managed(found: Shown) -> Fields:
    row, latest = found
    names = ("id", "merchant_id", "store_id", "kind", "status", "shown_version", "stock", "sold",
             "created_at")  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    return ManagedOffer.model_validate(told | {"latest": _version(latest)}).model_dump()


def _version(row: OfferVersion) -> VersionView:
    return VersionView.model_validate(row)


def _shown(found: Shown) -> Fields:
    row, wording = found
    told = {name: getattr(wording, name) for name in Wording.__slots__}
    return told | {
        "id": row.id,
        "merchant_id": row.merchant_id,
        "store_id": row.store_id,
        "store_name": catalogue.store(row.store_id).name,
        "kind": row.kind,
        "version": wording.version,
        "left": row.stock,
    }


def _wording(body: WordingRequest) -> Wording:
    return Wording(**{name: getattr(body, name) for name in Wording.__slots__})


@blueprint.post("/offers/pictures")
@blueprint.output(PictureView, status_code=201)
@auth.staff(*OWNER)
@limiter.limit(UPLOADS)
@limiter.limit(UPLOADS_OF_ONE, key_func=caller_asked)
def upload_picture() -> Fields:
    """Send a picture (JPEG, PNG or WebP, at most 4 MiB) as the body; it is drawn anew."""
    request.max_content_length = pictures.LARGEST_BYTES
    merchant_id = auth.principal().merchant_id
    if merchant_id is None:
        raise PictureUnknown()
    in_transaction(lambda: pictures.must_have_room(merchant_id))
    jpeg, width, height = pictures.drawn(request.get_data(cache=False))
    return in_transaction(lambda: pictures.keep(merchant_id, jpeg, width, height))


@blueprint.get("/offer-pictures/<uuid:merchant_id>/<string:name>.jpg")
@blueprint.doc(responses=JPEG)
@auth.public
@limiter.limit(PICTURES)
def show_picture(merchant_id: UUID, name: str) -> Response:
    """A picture that a displayed offer or a store shows."""
    return _picture(merchant_id, name, is_staff=False)


@blueprint.get("/offers/pictures/<uuid:merchant_id>/<string:name>.jpg")
@blueprint.doc(responses=JPEG)
@auth.staff(*SELLERS, *PLATFORM)
def preview_picture(merchant_id: UUID, name: str) -> Response:
    """A picture, also before review: the merchant's own, or any for the platform."""
    caller = auth.principal()
    if not is_platform(caller) and caller.merchant_id != merchant_id:
        raise PictureUnknown()
    return _picture(merchant_id, name, is_staff=True)


def _picture(merchant_id: UUID, name: str, *, is_staff: bool) -> Response:
    jpeg = in_transaction(lambda: pictures.content(merchant_id, name, is_staff=is_staff))
    response = Response(jpeg, content_type="image/jpeg")
    kept_by = "private" if is_staff else "public"
    response.headers["Cache-Control"] = f"{kept_by}, max-age={CACHE_SECONDS}"
    response.set_etag(name)
    return response.make_conditional(request)


@blueprint.post("/offers")
@blueprint.input(OfferRequest, arg_name="body")
@blueprint.output(ManagedOffer, status_code=201)
@idempotent(money=False)
@auth.staff(*OWNER)
def add_offer(body: OfferRequest) -> Response:
    """Write an offer of a store of the caller's as a draft; submit it for review next."""
    caller = auth.principal()

    def work() -> tuple[int, Fields]:
        made = writing.add(caller, body.store_id, body.kind, body.stock, _wording(body))
        return 201, ManagedOffer.model_validate(_of(made)).model_dump(mode="json")

    return idempotency.execute(work)


@blueprint.put("/offers/<uuid:offer_id>")
@blueprint.input(WordingRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff(*OWNER)
def change_offer(offer_id: UUID, body: WordingRequest) -> Fields:
    """Write a further version as a draft. What members see stays until it was approved."""
    caller = auth.principal()
    return in_transaction(lambda: _of(writing.change(caller, offer_id, _wording(body))))


@blueprint.post("/offers/<uuid:offer_id>/submit")
@blueprint.input(VersionRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff(*OWNER)
def submit_offer(offer_id: UUID, body: VersionRequest) -> Fields:
    """Ask the operator to review the latest version."""
    caller = auth.principal()
    return in_transaction(lambda: _of(writing.submit(caller, offer_id, body.version)))


@blueprint.post("/offers/<uuid:offer_id>/review")
@blueprint.input(ReviewRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff("operator")
def review_offer(offer_id: UUID, body: ReviewRequest) -> Fields:
    """Approve or reject the version that waits."""
    caller, is_approved = auth.principal(), body.decision == "approve"
    return in_transaction(
        lambda: _of(
            review.decide(
                caller, offer_id, body.version, is_approved=is_approved, reason=body.reason
            )
        )
    )


@blueprint.post("/offers/<uuid:offer_id>/pause")
@blueprint.output(ManagedOffer)
@auth.staff(*SELLERS)
def pause_offer(offer_id: UUID) -> Fields:
    """Sell nothing of it for now."""
    return _switched(offer_id, "paused")


@blueprint.post("/offers/<uuid:offer_id>/resume")
@blueprint.output(ManagedOffer)
@auth.staff(*SELLERS)
def resume_offer(offer_id: UUID) -> Fields:
    """Sell it again."""
    return _switched(offer_id, "resumed")


def _switched(offer_id: UUID, step: str) -> Fields:
    caller = auth.principal()

    def work() -> Fields:
        return _of(writing.switch(caller, writing.own(caller, offer_id), step))

    return in_transaction(work)


@blueprint.post("/offers/<uuid:offer_id>/take-down")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff("operator")
def take_down_offer(offer_id: UUID, body: ReasonRequest) -> Fields:
    """Take an offer from sight, whatever its merchant wants."""
    return _decided(lambda row: writing.switch(auth.principal(), row, "taken_down", body.reason),
                    offer_id)  # fmt: skip


@blueprint.post("/offers/<uuid:offer_id>/restore")
@blueprint.input(ReasonRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff("operator")
def restore_offer(offer_id: UUID, body: ReasonRequest) -> Fields:
    """Undo a taking down: the offer is paused, and its merchant may resume it."""
    return _decided(lambda row: writing.switch(auth.principal(), row, "restored", body.reason),
                    offer_id)  # fmt: skip


def _decided(decide: Callable[[Offer], Offer], offer_id: UUID) -> Fields:
    return in_transaction(lambda: _of(decide(writing.locked(offer_id))))


@blueprint.put("/offers/<uuid:offer_id>/stock")
@blueprint.input(StockRequest, arg_name="body")
@blueprint.output(ManagedOffer)
@auth.staff(*SELLERS)
def set_stock(offer_id: UUID, body: StockRequest) -> Fields:
    """Say how much there is, if nothing was sold since the caller looked."""
    caller, wish = auth.principal(), (body.expected, body.stock)
    return in_transaction(lambda: _of(writing.set_stock(caller, offer_id, *wish)))


@blueprint.get("/offers/managed")
@blueprint.input(ManagedQuery, location="query", arg_name="query")
@blueprint.output(ManagedOffers)
@auth.staff(*SELLERS, *PLATFORM)
def list_managed(query: ManagedQuery) -> Fields:
    """The offers that the caller looks after: a merchant's own, or all for the platform."""
    caller = auth.principal()
    wish = (query.status, query.in_review, query.before, query.limit)
    return {"offers": in_transaction(lambda: [_managed(x) for x in finding.managed(caller, *wish)])}


@blueprint.get("/offers/<uuid:offer_id>/history")
@blueprint.output(OfferHistory)
@auth.staff(*SELLERS, *PLATFORM)
def show_history(offer_id: UUID) -> Fields:
    """An offer with all its versions and steps."""
    caller = auth.principal()

    def work() -> Fields:
        row = writing.seen(caller, offer_id)
        return {
            "offer": _of(row),
            "versions": [_version(each).model_dump() for each in writing.versions(row)],
            "steps": [StepView.model_validate(x).model_dump() for x in writing.steps(row)],
        }

    return in_transaction(work)


@blueprint.get("/offers")
@blueprint.input(SearchQuery, location="query", arg_name="query")
@blueprint.output(OffersView)
@auth.public
def search_offers(query: SearchQuery) -> Fields:
    """Displayed offers, the newest first: by words, category, store or merchant, by pages."""
    wanted = Search(**query.model_dump())
    return {"offers": in_transaction(lambda: [_shown(x) for x in finding.displayed(wanted)])}


@blueprint.get("/offers/<uuid:offer_id>")
@blueprint.output(OfferView)
@auth.public
def show_offer(offer_id: UUID) -> Fields:
    """One displayed offer."""
    return in_transaction(lambda: _shown(finding.one_displayed(offer_id)))
