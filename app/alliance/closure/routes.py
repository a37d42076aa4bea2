"""Where staff pause and close merchants and stores. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from app.alliance import catalogue, naming, terms
from app.alliance.access import is_platform
from app.alliance.closure import reading, service, winding_up
from app.alliance.closure.models import Closure, Pause
from app.alliance.closure.rules import Standing
from app.alliance.closure.schemas import (
    ClosureDecision,
    ClosureHistory,
    ClosurePage,
    ClosureQuery,
    ClosureRequest,
    ClosureStepView,
    ClosureView,
    MerchantStanding,
    PausePage,
    PauseQuery,
    PauseRequest,
    PauseView,
    ShortagePage,
    StandingReason,
)
from app.alliance.errors import MerchantUnknown
from app.alliance.models import Store
from app.alliance.schemas import PageQuery
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.world import beijing_day, bucket_of, now

blueprint = api_blueprint("closure", __name__)
Fields = dict[str, Any]
READERS = tuple(sorted(auth.PLATFORM_ROLES))


def _changed(work: Callable[[], Fields]) -> Fields:
    """Commits a change, and answers when no process sells as before it."""
    done = in_transaction(work)
    terms.let_go_round()
    return done


def _pause(row: Pause) -> Fields:
    return PauseView.model_validate(row).model_dump()


def _closure(row: Closure) -> Fields:
    return ClosureView.model_validate(row).model_dump()


def _named(rows: Sequence[Closure]) -> list[Fields]:
    merchants = naming.of_merchants(row.merchant_id for row in rows)
    places = naming.of_stores(
        each for row in rows for each in (row.store_id, row.fallback_store_id)
    )
    return [
        _closure(row)
        | {
            "merchant_name": merchants[row.merchant_id],
            "store_name": places.get(row.store_id),
            "fallback_store_name": places.get(row.fallback_store_id),
        }
        for row in rows
    ]


@blueprint.post("/merchants/<uuid:merchant_id>/pauses")
@blueprint.input(PauseRequest, arg_name="body")
@blueprint.output(PauseView, status_code=201)
@auth.staff("operator")
def pause(merchant_id: UUID, body: PauseRequest) -> Fields:
    """Pause a store or a merchant: with the answer no payment and no top-up begins there."""
    staff_id = auth.principal().id
    return _changed(
        lambda: _pause(service.pause(merchant_id, body.store_id, body.reason, staff_id))
    )


@blueprint.post("/pauses/<uuid:pause_id>/resumption")
@blueprint.input(StandingReason, arg_name="body")
@blueprint.output(PauseView)
@auth.staff("operator")
def resume(pause_id: UUID, body: StandingReason) -> Fields:
    """End a pause."""
    staff_id = auth.principal().id
    return _changed(lambda: _pause(service.resume(pause_id, body.reason, staff_id)))


@blueprint.get("/pauses")
@blueprint.input(PauseQuery, location="query", arg_name="query")
@blueprint.output(PausePage)
@auth.staff(*READERS)
def list_pauses(query: PauseQuery) -> Fields:
    """Pauses, a page at a time."""
    wanted: list[ColumnElement[bool]] = []
    if query.is_open is not None:
        wanted.append(Pause.resumed_at.is_(None) == query.is_open)
    if query.merchant_id is not None:
        wanted.append(Pause.merchant_id == query.merchant_id)
    return {"pauses": catalogue.page(Pause, query.after, *wanted)}


@blueprint.post("/merchants/<uuid:merchant_id>/closures")
@blueprint.input(ClosureRequest, arg_name="body")
@blueprint.output(ClosureView, status_code=201)
@auth.staff("operator")
def request_closure(merchant_id: UUID, body: ClosureRequest) -> Fields:
    """Ask that a store or a merchant be closed from a day on. Somebody else decides."""
    wish = (body.store_id, body.closes_on, body.reason, auth.principal().id, body.fallback_store_id)
    return in_transaction(lambda: _closure(service.request(merchant_id, *wish)))


@blueprint.post("/closures/<uuid:closure_id>/decision")
@blueprint.input(ClosureDecision, arg_name="body")
@blueprint.output(ClosureView)
@auth.staff("operator", "reviewer")
def decide_closure(closure_id: UUID, body: ClosureDecision) -> Fields:
    """Decide about a closure, or about undoing it, that somebody else asked for."""
    staff_id = auth.principal().id

    def work() -> Fields:
        is_approved = body.is_approved
        return _closure(service.decide(closure_id, staff_id, body.reason, is_approved=is_approved))

    return _changed(work)


@blueprint.post("/closures/<uuid:closure_id>/undo")
@blueprint.input(StandingReason, arg_name="body")
@blueprint.output(ClosureView)
@auth.staff("operator")
def undo_closure(closure_id: UUID, body: StandingReason) -> Fields:
    """Withdraw one's own request, or ask that a decided closure be undone before its day."""
    staff_id = auth.principal().id
    return in_transaction(lambda: _closure(service.undo(closure_id, staff_id, body.reason)))


@blueprint.get("/closures")
@blueprint.input(ClosureQuery, location="query", arg_name="query")
@blueprint.output(ClosurePage)
@auth.staff(*READERS)
def list_closures(query: ClosureQuery) -> Fields:
    """Closures, a page at a time."""
    wanted: list[ColumnElement[bool]] = []
    if query.merchant_id is not None:
        wanted.append(Closure.merchant_id == query.merchant_id)
    if query.is_waiting:
        wanted.append(Closure.status.in_(("requested", "undo_requested")))
    return in_transaction(
        lambda: {"closures": _named(catalogue.page(Closure, query.after, *wanted))}
    )


@blueprint.get("/closures/<uuid:closure_id>")
@blueprint.output(ClosureHistory)
@auth.staff(*READERS)
def show_closure(closure_id: UUID) -> Fields:
    """A closure and everything that was done about it."""

    def work() -> Fields:
        found = _named([service.find(closure_id)])[0]
        steps = [ClosureStepView.model_validate(each) for each in service.steps(closure_id)]
        return found | {"steps": [each.model_dump() for each in steps]}

    return in_transaction(work)


@blueprint.get("/closures/shortages")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(ShortagePage)
@auth.staff("operator", "finance")
def list_shortages(query: PageQuery) -> Fields:
    """Merchants with a closed store who owe more than could be collected."""

    def work() -> Fields:
        found, last = winding_up.shortages(query.after)
        names = naming.of_merchants(each.merchant_id for each in found)
        shown = [
            asdict(each) | {"short_fen": each.short_fen, "merchant_name": names[each.merchant_id]}
            for each in found
        ]
        return {"shortages": shown, "next_after": last}

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/standing")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(MerchantStanding)
@auth.staff(*READERS, "merchant_owner")
def show_standing(merchant_id: UUID, query: PageQuery) -> Fields:
    """How a merchant's stores stand; for the platform and for the merchant's owner."""
    caller = auth.principal()
    if not is_platform(caller) and caller.merchant_id != merchant_id:
        raise MerchantUnknown()

    def work() -> Fields:
        catalogue.merchant(merchant_id)
        mine = (Store.bucket == bucket_of(merchant_id), Store.merchant_id == merchant_id)
        stores = catalogue.page(Store, query.after, *mine)
        found = reading.standings_of(merchant_id, [each.id for each in stores])
        shown = [_store(each, found[each.id]) for each in stores]
        return {"merchant_id": merchant_id, "stores": shown}

    return in_transaction(work)


def _store(row: Store, found: Standing) -> Fields:
    moment = now()
    status = "paused" if found.is_paused else "open"
    return {
        "store_id": row.id,
        "name": row.name,
        "status": "closed" if found.is_closed(moment) else status,
        "closes_on": beijing_day(found.closes_at) if found.closes_at else None,
    }
