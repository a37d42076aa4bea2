"""Stores: looked for by everybody, described by their merchants, kept by the operator. No rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.alliance import catalogue, naming, terms
from app.alliance.access import is_platform, is_theirs
from app.alliance.errors import StoreUnknown
from app.alliance.stores import changes, search
from app.alliance.stores.models import StoreChange
from app.alliance.stores.schemas import (
    CreatedStore,
    StoreChangeDecision,
    StoreChangePage,
    StoreChangeQuery,
    StoreChangeRequest,
    StoreChangeView,
    StoreDetail,
    StorePage,
    StorePlaceRequest,
    StorePlaceView,
    StoreQuery,
    StoreRequest,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.qr import service as qr

blueprint = api_blueprint("stores", __name__)
Fields = dict[str, Any]


@blueprint.get("/stores")
@blueprint.input(StoreQuery, location="query", arg_name="query")
@blueprint.output(StorePage)
@auth.public
def list_stores(query: StoreQuery) -> Fields:
    """The stores of the alliance by distance, category, words and whether they are open now."""
    place = None
    if query.latitude is not None and query.longitude is not None:
        place = query.latitude, query.longitude
    wish = search.Wish(
        query.words,
        query.category,
        query.merchant_id,
        place,
        query.within_metres,
        query.is_open,
        query.after,
        query.limit,
    )
    found = search.search(wish)
    return {"stores": found.stores, "next": found.next}


@blueprint.get("/stores/<uuid:store_id>")
@blueprint.output(StoreDetail)
@auth.public
def show_store(store_id: UUID) -> Fields:
    """One store, with its hours."""
    row = catalogue.store(store_id)
    hours = {"weekly_hours": row.weekly_hours, "special_days": row.special_days}
    return asdict(search.shown(row)) | hours


@blueprint.post("/stores")
@blueprint.input(StoreRequest, arg_name="body")
@blueprint.output(CreatedStore, status_code=201)
@auth.staff("operator")
def add_store(body: StoreRequest) -> Fields:
    """Open a store; the answer holds the scene token of its code."""
    author = auth.principal().id

    def work() -> Fields:
        row = catalogue.add_store(body.merchant_id, body.name, body.address, body.category)
        scene = qr.issue(qr.Kind.STORE, row.id, issued_by=author)
        return asdict(search.shown(row)) | {"scene": scene}

    return terms.change(work)


@blueprint.put("/stores/<uuid:store_id>/place")
@blueprint.input(StorePlaceRequest, arg_name="body")
@blueprint.output(StorePlaceView)
@auth.staff("operator")
def put_store_on_map(store_id: UUID, body: StorePlaceRequest) -> Fields:
    """Say where a store is, so that people and the chat find the nearest ones."""
    author = auth.principal().id

    def work() -> Fields:
        row = changes.put_on_map(store_id, body.latitude, body.longitude, author)
        return {"id": row.id, "latitude": row.latitude, "longitude": row.longitude}

    return in_transaction(work)


@blueprint.post("/stores/<uuid:store_id>/changes")
@blueprint.input(StoreChangeRequest, arg_name="body")
@blueprint.output(StoreChangeView, status_code=201)
@auth.staff("operator", "merchant_owner")
def change_store(store_id: UUID, body: StoreChangeRequest) -> Fields:
    """Change what people are told of a store: at once by the operator, proposed by its owner."""
    caller = auth.principal()
    given = body.wanted.model_fields_set
    wanted = body.wanted.model_dump(mode="json", include=given)
    if "operator" in caller.roles:
        return _now(lambda: changes.apply(store_id, wanted, body.note, caller.id))

    def work() -> Fields:
        if not is_theirs(caller, catalogue.store(store_id).merchant_id, store_id):
            raise StoreUnknown()
        return _shown(changes.propose(store_id, wanted, body.note, caller.id))

    return in_transaction(work)


@blueprint.get("/store-changes")
@blueprint.input(StoreChangeQuery, location="query", arg_name="query")
@blueprint.output(StoreChangePage)
@auth.staff("operator", "support", "merchant_owner")
def list_changes(query: StoreChangeQuery) -> Fields:
    """Changes of stores, the newest first: all for the platform, a merchant's own for its owner."""
    caller = auth.principal()
    merchant_id = None if is_platform(caller) else caller.merchant_id
    if merchant_id is None and not is_platform(caller):
        return {"changes": []}
    return in_transaction(lambda: _named(changes.page(merchant_id, query.status, query.after)))


@blueprint.post("/store-changes/<uuid:change_id>/decision")
@blueprint.input(StoreChangeDecision, arg_name="body")
@blueprint.output(StoreChangeView)
@auth.staff("operator")
def decide_change(change_id: UUID, body: StoreChangeDecision) -> Fields:
    """Apply or reject what a merchant proposed."""
    author = auth.principal().id
    return _now(
        lambda: changes.decide(change_id, is_applied=body.is_applied, note=body.note, author=author)
    )


def _now(work: Callable[[], StoreChange]) -> Fields:
    return terms.change(lambda: _shown(work()))


def _named(rows: Sequence[StoreChange]) -> Fields:
    merchants = naming.of_merchants(row.merchant_id for row in rows)
    places = naming.of_stores(row.store_id for row in rows)
    return {
        "changes": [
            _shown(row)
            | {"store_name": places[row.store_id], "merchant_name": merchants[row.merchant_id]}
            for row in rows
        ]
    }


def _shown(row: StoreChange) -> Fields:
    return StoreChangeView.model_validate(row).model_dump()
