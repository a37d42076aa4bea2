"""What staff do and see of netting: the platform all, a merchant its own. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select

from app.alliance.access import is_platform
from app.alliance.errors import MerchantUnknown
from app.alliance.netting import running
from app.alliance.netting.models import Netting
from app.alliance.netting.schemas import (
    NettingPage,
    NettingRequest,
    NettingView,
    OwnNettingView,
)
from app.alliance.settlement import files, spreadsheets
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.core.idempotency import execute, idempotent

blueprint = api_blueprint("nettings", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support")
COLUMNS = ("发卡商家", "收款商家", "消费本金(元)", "退回本金(元)")
POSITIONS = (
    "商家", "本店自用(元)", "应收(元)", "应付(元)", "净额(元)", "货款收回预支(元)",
    "保证金收回预支(元)", "到账(元)",
)  # fmt: skip


@blueprint.post("/nettings")
@blueprint.input(NettingRequest, arg_name="body")
@blueprint.output(NettingView, status_code=201)
@idempotent(money=False)
@auth.staff("finance")
def run_netting(body: NettingRequest) -> Response:
    """Net who sold against whose top-ups in a period that is over. It moves no money itself."""
    author = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = running.run(body.begins_on, body.ends_on, author)
        return 201, NettingView.model_validate(running.report(row, None)).model_dump(mode="json")

    return execute(work)


@blueprint.get("/nettings")
@blueprint.output(NettingPage)
@auth.staff(*READERS, "merchant_owner")
def list_nettings() -> Fields:
    """The last 50 nettings, newest first."""
    newest = select(Netting).order_by(Netting.ends_on.desc()).limit(50)
    return in_transaction(lambda: {"nettings": list(db.session.scalars(newest))})


@blueprint.get("/nettings/<uuid:netting_id>")
@blueprint.output(NettingView)
@auth.staff(*READERS)
def show_netting(netting_id: UUID) -> Fields:
    """A netting: the whole matrix and every merchant's position."""
    return in_transaction(lambda: running.report(running.find(netting_id), None))


@blueprint.get("/nettings/<uuid:netting_id>/mine")
@blueprint.output(OwnNettingView)
@auth.staff("merchant_owner")
def show_own_netting(netting_id: UUID) -> Fields:
    """A merchant's own row and column of a netting."""
    mine = _mine()
    return in_transaction(lambda: running.report(running.find(netting_id), mine))


@blueprint.get("/nettings/<uuid:netting_id>/matrix.csv")
@blueprint.doc(responses={200: {"description": "CSV", "content": {files.CSV: {}}}})
@auth.staff(*READERS, "merchant_owner")
def export_netting(netting_id: UUID) -> Response:
    """The same for spreadsheets: a merchant gets its own row and column."""
    merchant_id = None if is_platform(auth.principal()) else _mine()

    def work() -> Response:
        row = running.find(netting_id)
        found = running.report(row, merchant_id)
        name = f"JC{row.begins_on:%Y%m%d}-{row.ends_on:%Y%m%d}.csv"
        return files.spreadsheet(name, spreadsheets.table(_rows(found)))

    return in_transaction(work)


def _mine() -> UUID:
    merchant_id = auth.principal().merchant_id
    if merchant_id is None:
        raise MerchantUnknown()
    return merchant_id


def _rows(found: Fields) -> list[list[str]]:
    cells, positions = found["cells"], found["positions"]
    known = {each.issuer_id for each in cells} | {each.seller_id for each in cells}
    names = running.names_of(known | {each.merchant_id for each in positions})
    shown = {each: spreadsheets.plain_text(name) for each, name in names.items()}
    rows = [list(COLUMNS)]
    for cell in cells:
        amounts = map(spreadsheets.amount, (cell.spent_fen, cell.refunded_fen))
        rows.append([shown[cell.issuer_id], shown[cell.seller_id], *amounts])
    rows.append(list(POSITIONS))
    for each in positions:
        fens = (each.own_fen, each.receivable_fen, each.payable_fen, each.net_fen,
                each.from_pending_fen, each.from_deposit_fen, each.moves_fen)  # fmt: skip
        rows.append([shown[each.merchant_id], *map(spreadsheets.amount, fens)])
    return rows
