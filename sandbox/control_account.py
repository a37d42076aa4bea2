"""The control API of what a person does in the official account's chat (under /__ctl/phones)."""

from __future__ import annotations

import io

from flask import Blueprint, Response, jsonify, request
from PIL import Image, UnidentifiedImageError

from sandbox import account_phones, mini_phones, phones, push
from sandbox.control import body
from sandbox.impossible import Impossible
from sandbox.records import Push
from sandbox.world import world

blueprint = Blueprint("control_account", __name__)
PHONE = "/__ctl/phones/<phone_id>"


@blueprint.post(f"{PHONE}/menu-entry")
def menu_entry(phone_id: str) -> Response:
    """Tap the entry {"name"}; {"content"} is what a scanning entry scans."""
    here, wish = world(), body()
    name, content = str(wish.get("name") or ""), str(wish.get("content") or "")
    phone = phones.find(here, phone_id)
    return jsonify(account_phones.tap_entry(here, phone, name, content, request.host_url))


@blueprint.post(f"{PHONE}/location")
def location(phone_id: str) -> Response:
    """Let the account know where this is: {"latitude"?, "longitude"?}."""
    here = world()
    return _pushed(account_phones.tell_location(here, phones.find(here, phone_id), body()))


@blueprint.post(f"{PHONE}/send-location")
def send_location(phone_id: str) -> Response:
    """Send a place: {"latitude"?, "longitude"?, "label"?}."""
    here = world()
    return _pushed(account_phones.send_location(here, phones.find(here, phone_id), body()))


@blueprint.post(f"{PHONE}/image")
def image(phone_id: str) -> Response:
    """Send a picture (multipart field `image`), or a plain one without it."""
    here = world()
    phone, picture = phones.find(here, phone_id), read_picture() if request.files else None
    return _pushed(account_phones.send_picture(here, phone, picture, request.host_url))


@blueprint.post(f"{PHONE}/voice")
def voice(phone_id: str) -> Response:
    here = world()
    return _pushed(account_phones.send_voice(here, phones.find(here, phone_id)))


@blueprint.post(f"{PHONE}/follow-after-paying")
def follow_after_paying(phone_id: str) -> Response:
    """Follow by the button shown after a payment."""
    here = world()
    return _pushed(account_phones.follow_after_paying(here, phones.find(here, phone_id)))


@blueprint.post(f"{PHONE}/revoke")
def revoke(phone_id: str) -> Response:
    """Withdraw what was allowed, or give up the WeChat account: {"cancel": true}."""
    here, cancels = world(), body().get("cancel") is True
    return _pushed(mini_phones.revoke(here, phones.find(here, phone_id), cancels))


@blueprint.post("/__ctl/console/restrict-trade")
def restrict_trade() -> Response:
    """WeChat restricts the mini-program's payments (event wxa_trade_controlled)."""
    here = world()
    with here.state.change():
        text = "小程序需接入订单发货管理，请尽快处理"
        sent = push.mini_event(here, None, "wxa_trade_controlled", msg=text)
    push.deliver(here, sent.id)
    return _pushed(sent)


@blueprint.get("/page/pictures/<name>")
def picture(name: str) -> Response:
    """A picture somebody sent: what PicUrl names."""
    found = account_phones.picture_bytes(world(), name)
    if found is None:
        return Response("", 404)
    return Response(found, mimetype="image/jpeg")


def read_picture() -> Image.Image:
    """The uploaded picture. Raises Impossible."""
    upload = next(iter(request.files.values()))
    try:
        return Image.open(io.BytesIO(upload.read())).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise Impossible("no_picture", "这不是图片") from error


def _pushed(sent: Push) -> Response:
    return jsonify({"push": push.as_json(sent)})
