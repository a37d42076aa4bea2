"""Service messages: members' consent, and what staff and merchants do. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.alliance import service as alliance
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.world import now
from app.notices.mailings import consents, running
from app.notices.mailings.models import Mailing
from app.notices.mailings.schemas import (
    MailingConsentRequest,
    MailingConsentView,
    MailingList,
    MailingRequest,
    MailingReview,
    MailingsQuery,
    MailingStop,
    MailingView,
)
from app.notices.texts import offered

blueprint = api_blueprint("mailings", __name__)
Fields = dict[str, Any]
FEWEST_TOLD = 10  # to merchants: fewer might be somebody they know


@blueprint.get("/me/service-messages")
@blueprint.output(MailingConsentView)
@auth.member
def show_my_consent() -> Fields:
    """What the signed-in member is asked to agree to, and whether they do."""
    member_id = auth.principal().id
    return in_transaction(lambda: _consent(member_id))


@blueprint.put("/me/service-messages")
@blueprint.input(MailingConsentRequest, arg_name="body")
@blueprint.output(MailingConsentView)
@auth.member
def change_my_consent(body: MailingConsentRequest) -> Fields:
    """Agree to service messages, or withdraw, at any time."""
    member_id = auth.principal().id

    def work() -> Fields:
        if body.is_consented:
            consents.give(member_id, body.version or "", body.door)
        else:
            consents.withdraw(member_id)
        return _consent(member_id)

    return in_transaction(work)


@blueprint.post("/mailings")
@blueprint.input(MailingRequest, arg_name="body")
@blueprint.output(MailingView, status_code=201)
@auth.staff("operator", "merchant_owner")
def write_mailing(body: MailingRequest) -> Fields:
    """Write a message, or propose one as a merchant; it is counted first, then reviewed."""
    caller = auth.principal()
    segment = body.segment.model_dump(mode="json", exclude_none=True)
    merchant_id = _merchant()

    def work() -> Mailing:
        if merchant_id is not None:
            segment["home_store_ids"] = _own_stores(merchant_id, segment.get("home_store_ids"))
        return running.write(merchant_id, body.title, body.text, segment, caller.id)

    return _shown(work)


@blueprint.get("/mailings")
@blueprint.input(MailingsQuery, location="query", arg_name="query")
@blueprint.output(MailingList)
@auth.staff("operator", "support", "merchant_owner")
def list_mailings(query: MailingsQuery) -> Fields:
    """Messages, newest first; a merchant's owner sees their own."""
    merchant_id = _merchant()

    def work() -> list[Fields]:
        return [_fields(row) for row in running.page(merchant_id, query.before, query.limit)]

    return {"mailings": in_transaction(work)}


@blueprint.get("/mailings/<uuid:mailing_id>")
@blueprint.output(MailingView)
@auth.staff("operator", "support", "merchant_owner")
def show_mailing(mailing_id: UUID) -> Fields:
    """A message as it is sent, how many it is for, and what became of it."""
    merchant_id = _merchant()
    return _shown(lambda: running.find(mailing_id, merchant_id))


@blueprint.post("/mailings/<uuid:mailing_id>/review")
@blueprint.input(MailingReview, arg_name="body")
@blueprint.output(MailingView)
@auth.staff("operator")
def review_mailing(mailing_id: UUID, body: MailingReview) -> Fields:
    """Let a counted message go at a moment, or reject it; somebody else than its writer."""
    staff_id = auth.principal().id
    return _shown(lambda: running.review(mailing_id, staff_id, body.starts_at, body.reason))


@blueprint.post("/mailings/<uuid:mailing_id>/pause")
@blueprint.output(MailingView)
@auth.staff("operator")
def pause_mailing(mailing_id: UUID) -> Fields:
    """Queue no more of a message for now."""
    staff_id = auth.principal().id
    return _shown(lambda: running.pause(mailing_id, staff_id))


@blueprint.post("/mailings/<uuid:mailing_id>/resume")
@blueprint.output(MailingView)
@auth.staff("operator")
def resume_mailing(mailing_id: UUID) -> Fields:
    """Go on with a paused message."""
    staff_id = auth.principal().id
    return _shown(lambda: running.resume(mailing_id, staff_id))


@blueprint.post("/mailings/<uuid:mailing_id>/stop")
@blueprint.input(MailingStop, arg_name="body")
@blueprint.output(MailingView)
@auth.staff("operator")
def stop_mailing(mailing_id: UUID, body: MailingStop) -> Fields:
    """End a message for good; what is not sent yet stays unsent."""
    staff_id = auth.principal().id
    return _shown(lambda: running.stop(mailing_id, staff_id, body.reason))


def _consent(member_id: UUID) -> Fields:
    return {
        "version": consents.VERSION,
        "text": consents.TEXTS[consents.VERSION],
        "is_consented": consents.has(member_id),
    }


def _merchant() -> UUID | None:
    """The merchant for whom the caller acts; None for the platform's staff."""
    caller = auth.principal()
    if caller.roles & auth.PLATFORM_ROLES:
        return None
    if caller.merchant_id is None:
        raise NotFound()
    return caller.merchant_id


def _own_stores(merchant_id: UUID, wanted: list[str] | None) -> list[str]:
    """A merchant writes to members of its own stores, all by default. Raises NotFound."""
    own = [str(each) for each in alliance.stores_of(merchant_id)]
    if not own or not set(wanted or ()) <= set(own):
        raise NotFound()
    return wanted or own


def _shown(change: Callable[[], Mailing]) -> Fields:
    return in_transaction(lambda: _fields(change()))


def _fields(row: Mailing) -> Fields:
    is_merchant = _merchant() is not None
    told = _few if is_merchant else _plain
    fields = {name: getattr(row, name) for name in MailingView.model_fields.keys() - COMPUTED}
    return fields | {
        "shown_as": offered(row.text, row.starts_at or now()).text,
        "counted": told(row.counted),
        "queued": told(row.queued),
        "results": {state: told(count) for state, count in running.results(row).items()},
    }


COMPUTED = {"shown_as", "counted", "queued", "results"}


def _plain(count: int) -> int | None:
    return count


def _few(count: int) -> int | None:
    return count if count == 0 or count >= FEWEST_TOLD else None
