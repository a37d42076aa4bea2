"""The control API of the simulated phones (JSON under /__ctl/phones)."""

from __future__ import annotations

from typing import Any

import zxingcpp
from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, control_wallet, phones, push
from sandbox.control import body
from sandbox.control_account import read_picture
from sandbox.impossible import Impossible
from sandbox.pay import cashier, transfers
from sandbox.records import Phone, Push
from sandbox.world import World, world

blueprint = Blueprint("control_phones", __name__, url_prefix="/__ctl/phones")


@blueprint.post("")
def create() -> tuple[Response, int]:
    """A new person: {"name"?, "unionid"?}; "unionid": false makes one without."""
    wish = body()
    has_unionid = wish.get("unionid") is not False
    phone = phones.create(world(), str(wish.get("name") or ""), has_unionid=has_unionid)
    return jsonify(phones.as_json(phone)), 201


@blueprint.get("")
def listing() -> Response:
    return jsonify(phones=[phones.as_json(phone) for phone in world().state.phones.all()])


@blueprint.get("/<phone_id>")
def show(phone_id: str) -> Response:
    """The phone with its chat, open orders and transfers to confirm."""
    here = world()
    return jsonify(everything(here, phones.find(here, phone_id)))


@blueprint.post("/<phone_id>/follow")
def follow(phone_id: str) -> Response:
    here = world()
    scene = str(body().get("scene") or "")
    return _pushed(phones.follow(here, phones.find(here, phone_id), scene))


@blueprint.post("/<phone_id>/unfollow")
def unfollow(phone_id: str) -> Response:
    here = world()
    return _pushed(phones.unfollow(here, phones.find(here, phone_id)))


@blueprint.post("/<phone_id>/scan")
def scan(phone_id: str) -> Response:
    """Scan {"content"} or an uploaded picture (multipart field `image`)."""
    here = world()
    phone = phones.find(here, phone_id)
    content = _read_picture() if request.files else str(body().get("content") or "")
    if not content:
        raise Impossible("no_code", "没有识别到二维码")
    found = phones.scan(here, phone, content)
    if found["kind"] == "payment":
        found["order"] = cashier.look(here, found["code_url"])
    return jsonify(found | {"content": content})


@blueprint.post("/<phone_id>/text")
def text(phone_id: str) -> Response:
    here = world()
    content = str(body().get("content") or "")
    return _pushed(phones.write(here, phones.find(here, phone_id), content))


@blueprint.post("/<phone_id>/menu")
def menu(phone_id: str) -> Response:
    here = world()
    key = str(body().get("key") or "")
    return _pushed(phones.tap_menu(here, phones.find(here, phone_id), key))


@blueprint.post("/<phone_id>/login")
def login(phone_id: str) -> Response:
    here = world()
    scene = str(body().get("scene") or "")
    return jsonify(phones.login(here, phones.find(here, phone_id), scene))


@blueprint.post("/<phone_id>/pay")
def pay(phone_id: str) -> Response:
    """The parameters of wx.requestPayment or {"code_url"}; {"decline": true} taps cancel."""
    here = world()
    return jsonify(cashier.pay(here, phones.find(here, phone_id), body()))


@blueprint.post("/<phone_id>/confirm-transfer")
def confirm_transfer(phone_id: str) -> Response:
    """{"package_info"}; {"authorize": false} confirms without giving leave for the next ones."""
    here = world()
    phone = phones.find(here, phone_id)
    openids = (phone.mini_openid, phone.openid)
    wish = body()
    package, authorize = str(wish.get("package_info") or ""), wish.get("authorize") is not False
    problem = transfers.confirm(here, openids, package, authorize=authorize)
    if problem:
        raise Impossible("transfer_refused", problem)
    return jsonify(result="confirmed", errMsg="requestMerchantTransfer:ok")


@blueprint.post("/<phone_id>/unionid")
def give_unionid(phone_id: str) -> Response:
    """Give a phone its unionid late."""
    here = world()
    return jsonify(phones.as_json(phones.give_unionid(here, phones.find(here, phone_id))))


@blueprint.post("/<phone_id>/block")
def block(phone_id: str) -> Response:
    """Refuse the account's messages; {"blocked": false} allows them again."""
    here = world()
    blocks = body().get("blocked", True) is not False
    return jsonify(phones.as_json(phones.block(here, phones.find(here, phone_id), blocks)))


def everything(here: World, phone: Phone) -> dict[str, Any]:
    """What the page and a test want to know of one phone."""
    with here.state.lock:
        lines = here.state.chat.group(phone.id)
        bills = [
            books.transfer_json(bill)
            for openid in (phone.mini_openid, phone.openid)
            for bill in here.state.transfers.group(openid)
        ]
        return phones.as_json(phone) | {
            "chat": [chat.as_json(line, phone.openid) for line in lines],
            "open_orders": cashier.open_orders(here, phone),
            "transfers": bills,
            **control_wallet.everything(here, phone),
        }


def _pushed(sent: Push) -> Response:
    return jsonify({"push": push.as_json(sent)})


def _read_picture() -> str:
    found = zxingcpp.read_barcodes(read_picture())
    return found[0].text if found else ""
