"""Taking a payment: by the code a member shows, and what becomes of it."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import UUID

import qrcode
from flask import Response, g, request
from qrcode.image.svg import SvgPathImage

from app.core.errors import NotFound
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("till", __name__)
AREA = Area(blueprint, (entry("/shop", "收款", "收银", *stores.STAFF),))
WECHAT_CODE = re.compile(r"1[0-5]\d{16}")
OPEN = ("confirming", "awaiting")
PAID = ("paid", "refunded")


@blueprint.get("/shop")
@sessions.page(*stores.STAFF)
def show_till() -> Response:
    """The till: an amount, and the code of who pays it."""
    found = stores.managed()
    response = frame.render("shop/till.html", stores=found, chosen=stores.chosen(found))
    return with_camera(response)


@blueprint.post("/shop/payments")
@sessions.page(*stores.STAFF)
def take() -> Response | str:
    """Take the amount by a member's payment code."""
    wish = forms.body(text=("code", "store_id", "trade_type"), fen=("amount_fen",))
    wish["code"] = re.sub(r"\D", "", str(wish.get("code", "")))
    if WECHAT_CODE.fullmatch(wish["code"]):
        return _wechat_first()
    answer = calls.send("POST", "/payments/by-code", wish, key=forms.key())
    if answer.is_refused:
        return frame.act(answer, then="/shop", done="", again=show_till)
    body = answer.body
    response = frame.onwards(f"/shop/payments/{body['id']}", _said(body["status"]))
    stores.remember(response, body["store_id"])
    return response


@blueprint.get("/shop/payments/<uuid:payment_id>/standing")
@sessions.page(*stores.STAFF)
def show_standing(payment_id: UUID) -> Response:
    """What has become of an open payment; once it is decided, the whole page is loaded anew."""
    row = calls.read(f"/payments/{payment_id}")
    if row["status"] not in OPEN:
        return frame.reload()
    return frame.render("shop/standing.html", row=row, code=_picture(row))


@blueprint.get("/shop/payments/<uuid:payment_id>")
@sessions.page(*stores.STAFF)
def show_payment(payment_id: UUID) -> Response:
    """A payment: how it stands, its receipt and split, refunding it."""
    row = calls.read(f"/payments/{payment_id}")
    names = {each["id"]: each["name"] for each in stores.managed()}
    if row["store_id"] not in names:  # a purchase of the own merchant elsewhere
        raise NotFound()
    is_paid = row["status"] in PAID
    response = frame.render(
        "shop/payment.html",
        row=row,
        receipt=calls.read(f"/payments/{payment_id}/receipt") if is_paid else None,
        store_name=names[row["store_id"]],
        left_fen=row["amount_fen"] - row["refunded_fen"] if is_paid else 0,
        code=_picture(row),
        here=f"/shop/payments/{payment_id}",
    )
    return with_camera(response) if row["status"] == "awaiting" else response


@blueprint.post("/shop/payments/<uuid:payment_id>/refunds")
@sessions.page(*stores.STAFF)
def refund(payment_id: UUID) -> Response | str:
    """Give back all that is left, or a part."""
    wish = forms.body(text=("reason",), fen=("amount_fen",))
    if wish.get("amount_fen") == 0:
        return _nothing_asked(payment_id)
    answer = calls.send("POST", f"/payments/{payment_id}/refunds", wish, key=forms.key())
    waits = answer.body.get("status") == "waiting_funds"
    done = t("退款已登记，待商户资金到位后退回") if waits else t("已退款，各部分退回原处")
    return _after(payment_id, answer, done)


@blueprint.post("/shop/payments/<uuid:payment_id>/cancel")
@sessions.page(*stores.STAFF)
def cancel(payment_id: UUID) -> Response | str:
    """Give up a payment that is still open."""
    answer = calls.send("POST", f"/payments/{payment_id}/cancel", {}, key=forms.key())
    return _after(payment_id, answer, t("已取消，未收款"))


@blueprint.post("/shop/payments/<uuid:payment_id>/wechat-code")
@sessions.page(*stores.STAFF)
def charge(payment_id: UUID) -> Response | str:
    """Charge WeChat's part by the code that WeChat shows."""
    wish = {"auth_code": re.sub(r"\D", "", forms.text("code"))}
    answer = calls.send("POST", f"/payments/{payment_id}/wechat-code", wish, key=forms.key())
    return _after(payment_id, answer, "" if answer.is_refused else _said(answer.body["status"]))


def with_camera(response: Response) -> Response:
    """The page may ask for the camera; no other page of the console may."""
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


def _after(payment_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    return frame.act(
        answer,
        then=f"/shop/payments/{payment_id}",
        done=done,
        again=lambda: show_payment(payment_id),
    )


def _said(status: str) -> str:
    if status == "paid":
        return t("收款成功")
    return t("等待顾客确认") if status == "confirming" else t("等待微信支付")


def _wechat_first() -> Response:
    message = t("这是微信付款码。请先扫会员付款码，不足部分再扫微信付款码。")
    g.refusal = frame.Refusal("/shop/payments", 422, "payment_code_invalid", message)
    response = show_till()
    response.status_code = 422
    return response


def _nothing_asked(payment_id: UUID) -> Response:
    message = t("退款金额须大于 0。要全部退回，请把金额留空。")
    g.refusal = frame.Refusal(request.path, 422, "invalid_request", message)
    response = show_payment(payment_id)
    response.status_code = 422
    return response


def _picture(row: dict[str, Any]) -> str:
    """The QR code that the payer scans with WeChat, as an address of data; "" without one."""
    text = (row.get("wechat_pay_parameters") or {}).get("code_url")
    if not text:
        return ""
    drawn = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(drawn)
    return "data:image/svg+xml;base64," + b64encode(drawn.getvalue()).decode()
