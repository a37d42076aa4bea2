"""The statement of a settlement as a page, for who got its link in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import Response, make_response, render_template, request

from app.alliance import service as alliance
from app.core import auth
from app.core.db import in_transaction
from app.core.errors import AppError
from app.core.units import money
from app.core.world import BEIJING
from app.notices import service as notices

blueprint = APIBlueprint("statements", __name__, template_folder="templates", tag="Statements")
LINES = 200
# The address itself lets its reader in: it must not travel on, nor be kept or found.
GUARDED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a statement's lines."""

    settlement: alliance.SettlementFacts
    merchant_name: str
    lines: Sequence[alliance.StatementLine]
    number: int
    count: int


@blueprint.get("/statements/<token>")
@blueprint.doc(responses={200: {"description": "A page", "content": {"text/html": {}}}})
@auth.public
def show_statement(token: str) -> Response:
    """A settlement's statement, for the merchant's contact whose notice links to it.

    A refusal is a page for a browser, and problem+json for who asks for anything else.
    """
    try:
        page = in_transaction(lambda: _page(token, _wanted()))
    except AppError as refusal:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        return _answer("statement_over.html", refusal.status, refusal=refusal)
    return _answer("statement.html", 200, page=page, path=request.path)


@blueprint.get("/statements/<token>/statement.<any(pdf, csv):kind>")
@blueprint.doc(responses={200: {"description": "A file", "content": {"application/pdf": {}}}})
@auth.public
def show_statement_file(token: str, kind: str) -> Response:
    """The same statement for printing or for spreadsheets, behind the same link."""

    def work() -> Response:
        return alliance.statement_file(notices.statement(token).id, kind)

    response = in_transaction(work)
    response.headers.update(GUARDED)
    return response


def _page(token: str, number: int) -> Page:
    settlement = notices.statement(token)
    count = max(1, -(-settlement.line_count // LINES))
    number = min(number, count)
    lines = alliance.statement_lines(settlement.id, (number - 1) * LINES, LINES)
    name = alliance.merchant(settlement.merchant_id).name
    return Page(settlement, name, lines, number, count)


def _wanted() -> int:
    number = request.args.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) < 7
    return max(1, int(number)) if is_number else 1


def _answer(template: str, status: int, **facts: Any) -> Response:
    response = make_response(
        render_template(template, money=money, kind=alliance.line_kind, zone=BEIJING, **facts)
    )
    response.status_code = status
    response.headers.update(GUARDED)
    return response
