"""Electronic receipts of transfers: asked for, made a little later, fetched as PDF (fact D9)."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

from flask import Blueprint, Response, jsonify, request
from PIL import Image, ImageDraw

from sandbox import names
from sandbox.clock import beijing_text
from sandbox.pay import schemas, transfer_schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.pay_records import BillFile, Receipt
from sandbox.records import Transfer
from sandbox.world import World, world

PATH = "/v3/fund-app/mch-transfer/elecsign"
DOWNLOAD = "/v3/transferdownload/elecvoucherfile"
MADE_SECONDS = 5.0
URL_SECONDS = 600.0
PAGE = (800, 400)

blueprint = Blueprint("receipts", __name__)


@blueprint.post(f"{PATH}/out-bill-no")
def ask() -> Response:
    """Ask for the receipt of a paid transfer; once more is the same receipt."""
    here = world()
    wish = schemas.read(transfer_schemas.ReceiptByNumber, request.get_data())
    return _begin(here, here.state.transfers.get(wish.out_bill_no))


@blueprint.post(f"{PATH}/transfer-bill-no")
def ask_by_bill() -> Response:
    """The same by WeChat's number."""
    here = world()
    wish = schemas.read(transfer_schemas.ReceiptByBill, request.get_data())
    return _begin(here, _by_bill(here, wish.transfer_bill_no))


@blueprint.get(f"{PATH}/out-bill-no/<number>")
def query(number: str) -> Response:
    """Its state; an address for ten minutes when it is made."""
    return _shown(world(), world().state.receipts.get(number))


@blueprint.get(f"{PATH}/transfer-bill-no/<number>")
def query_by_bill(number: str) -> Response:
    """The same by WeChat's number."""
    here = world()
    bill = _by_bill(here, number)
    return _shown(here, here.state.receipts.get(bill.id) if bill else None)


@blueprint.get(DOWNLOAD)
def download() -> Response:
    """The PDF; its answer is not signed."""
    here = world()
    found = here.state.bill_files.get(request.args.get("token", ""))
    if found is None or not found.pdf or found.expires_at <= here.clock.now():
        raise PayError(404, "RESOURCE_NOT_EXISTS", "回单下载地址不存在或已失效")
    return Response(base64.b64decode(found.text), mimetype="application/pdf")


def _begin(here: World, bill: Transfer | None) -> Response:
    if bill is None:
        raise PayError(404, "NOT_FOUND", "记录不存在")
    if bill.state != "SUCCESS":
        raise invalid_request("仅转账成功的单据可申请电子回单")
    with here.state.change():
        receipt = here.state.receipts.get(bill.id)
        if receipt is None:
            receipt = Receipt(bill.id, _drawn(here, bill), here.clock.now())
            here.state.receipts.put(receipt)
    return jsonify(state=_state(here, receipt), create_time=beijing_text(receipt.created_at))


def _shown(here: World, receipt: Receipt | None) -> Response:
    if receipt is None:
        raise PayError(404, "NOT_FOUND", "电子回单不存在，请先申请")
    body: dict[str, Any] = {
        "state": _state(here, receipt),
        "create_time": beijing_text(receipt.created_at),
        "update_time": beijing_text(receipt.created_at),
    }
    if body["state"] == "FINISHED":
        token = names.letters(48)
        expires_at = here.clock.now() + URL_SECONDS
        with here.state.change():
            here.state.bill_files.put(BillFile(token, receipt.pdf, False, expires_at, pdf=True))
        url = f"{request.host_url.rstrip('/')}{DOWNLOAD}?token={token}&source=elecsign"
        digest = hashlib.sha256(base64.b64decode(receipt.pdf)).hexdigest().upper()
        body |= {
            "update_time": beijing_text(receipt.created_at + MADE_SECONDS),
            "hash_type": "SHA256",
            "hash_value": digest,
            "download_url": url,
        }
    return jsonify(body)


def _state(here: World, receipt: Receipt) -> str:
    made = here.clock.now() >= receipt.created_at + MADE_SECONDS
    return "FINISHED" if made else "GENERATING"


def _drawn(here: World, bill: Transfer) -> str:
    """One page with the numbers of the transfer, as base64."""
    page = Image.new("1", PAGE, 1)
    lines = (
        "WeChat Pay sandbox - transfer receipt",
        f"merchant {here.accounts.mch_id}",
        f"out_bill_no {bill.id}",
        f"transfer_bill_no {bill.transfer_bill_no}",
        f"amount CNY {bill.amount_fen / 100:.2f}",
        f"paid at {beijing_text(bill.updated_at)}",
    )
    ImageDraw.Draw(page).multiline_text((40, 40), "\n".join(lines), fill=0, spacing=12)
    file = io.BytesIO()
    page.save(file, "PDF")
    return base64.b64encode(file.getvalue()).decode()


def _by_bill(here: World, number: str) -> Transfer | None:
    bill = here.state.transfers.find(number)
    return bill if bill and bill.transfer_bill_no == number else None
