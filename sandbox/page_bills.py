"""Bills for a person at the control desk: the same text that WeChat Pay's API offers."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from sandbox.pay import bill_rows, bills
from sandbox.pay.errors import PayError
from sandbox.world import World, world

FUND_KINDS = ("BASIC", "OPERATION", "FEES")

blueprint = Blueprint("page_bills", __name__, url_prefix="/page/bills")


@blueprint.get("/<kind>/<day>")
def show(kind: str, day: str) -> Response | tuple[Response, int]:
    """The bill of a Beijing day (YYYY-MM-DD) as text, without any mistake a fault puts in it."""
    here = world()
    if kind not in (*bill_rows.TRADE_COLUMNS, *FUND_KINDS):
        return jsonify(error="unknown_bill", message="没有这种账单"), 404
    try:
        with here.state.lock:
            text = _text(here, kind, day)
    except PayError as error:
        return jsonify(error=error.body()["code"], message=error.body()["message"]), 409
    except ValueError:
        return jsonify(error="bad_day", message="日期应为 YYYY-MM-DD"), 409
    return Response(text, content_type="text/plain; charset=utf-8")


def _text(here: World, kind: str, day: str) -> str:
    ready_at = bills.ready(here, day)
    if kind in FUND_KINDS:
        rows = bill_rows.fund_rows(here, day, kind)
        return bills.text(here, bill_rows.FUND_COLUMNS, rows, bill_rows.fund_summary)
    rows = bill_rows.trade_rows(here, day, kind, ready_at)
    return bills.text(here, bill_rows.TRADE_COLUMNS[kind], rows, bill_rows.trade_summary)
