"""Codes to pay by: issued by stores, read by whoever scans them. Holds no rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.alliance.paying import amounts
from app.alliance.paying.schemas import (
    AmountCodeQuery,
    AmountCodeRequest,
    AmountCodesView,
    AmountCodeView,
    ScannedCodeView,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.limits import limiter

blueprint = api_blueprint("amount codes", __name__)
Fields = dict[str, Any]
TILL = ("merchant_owner", "cashier")
READINGS = "600 per minute"


@blueprint.post("/amount-codes")
@blueprint.input(AmountCodeRequest, arg_name="body")
@blueprint.output(AmountCodeView, status_code=201)
@auth.staff(*TILL)
def issue_amount_code(body: AmountCodeRequest) -> Fields:
    """Issue a code of the caller's store by which members pay this amount; `token` is its scene."""
    caller = auth.principal()
    valid_for = timedelta(minutes=body.valid_minutes) if body.valid_minutes else None
    return in_transaction(
        lambda: amounts.issue(
            caller,
            body.store_id,
            body.amount_fen,
            description=body.description,
            is_single=body.is_single,
            valid_for=valid_for,
        )
    )


@blueprint.get("/amount-codes")
@blueprint.input(AmountCodeQuery, location="query", arg_name="query")
@blueprint.output(AmountCodesView)
@auth.staff(*TILL)
def list_amount_codes(query: AmountCodeQuery) -> Fields:
    """The amount codes of a store of the caller's, a page at a time."""
    caller = auth.principal()
    found = in_transaction(lambda: amounts.of_store(caller, query.store_id, query.after))
    return {"codes": found}


@blueprint.get("/amount-codes/<uuid:code_id>")
@blueprint.output(AmountCodeView)
@auth.staff(*TILL)
def show_amount_code(code_id: UUID) -> Fields:
    """An amount code of the caller's store, and whether it was used."""
    caller = auth.principal()
    return in_transaction(lambda: amounts.look(caller, code_id))


@blueprint.post("/amount-codes/<uuid:code_id>/end")
@blueprint.output(AmountCodeView)
@auth.staff(*TILL)
def end_amount_code(code_id: UUID) -> Fields:
    """Let nobody pay by a code any more."""
    caller = auth.principal()
    return in_transaction(lambda: amounts.end(caller, code_id))


@blueprint.get("/codes/<string:token>/payment")
@blueprint.output(ScannedCodeView)
@auth.public
@limiter.limit(READINGS)
def read_code(token: str) -> Fields:
    """What paying by a scanned code comes to: where, and how much if the merchant fixed it."""
    return in_transaction(lambda: amounts.read(token))
