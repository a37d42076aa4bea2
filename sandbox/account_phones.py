"""What a person does in the official account's chat besides writing (WeChat facts A6, B7)."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

from PIL import Image

from sandbox import chat, names, phones, push
from sandbox.impossible import Impossible
from sandbox.mini_records import Picture
from sandbox.records import Phone, Push
from sandbox.windows import open_window
from sandbox.world import World

LARGEST_SIDE = 1280
SCANNING = ("scancode_push", "scancode_waitmsg")
PICTURES = ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
HERE = {"latitude": 31.2304, "longitude": 121.4737, "label": "上海市人民广场"}


def tap_entry(here: World, phone: Phone, name: str, content: str, base: str) -> dict[str, Any]:
    """Tap the entry of the menu with this name; what it opened, and its push.

    `content` is what a scanning entry scans, `base` the address pictures are fetched from.
    Raises Impossible for an entry the menu does not have.
    """
    must_follow(phone)
    entry = _entry(here, name)
    kind = str(entry["type"])
    if kind == "click":
        return _told(phones.tap_menu(here, phone, entry["key"]))
    if kind in SCANNING:
        return _told(_scan_entry(here, phone, entry, content))
    if kind in PICTURES:
        return _told(_picture_entry(here, phone, entry, base))
    if kind == "location_select":
        return _told(_location_entry(here, phone, entry))
    with here.state.change():
        if kind == "view":
            sent = _menu_event(here, phone, "VIEW", entry["url"])
        elif kind == "miniprogram":
            sent = _menu_event(here, phone, "view_miniprogram", entry["pagepath"])
        else:
            chat.say(here, phone.id, "account", kind, f"[{entry['name']}]")
            return {"kind": kind}
    push.deliver(here, sent.id)
    if kind == "view":
        return _told(sent) | {"kind": "link", "content": entry["url"]}
    opened = {"kind": "mini_program", "page": entry["pagepath"], "query": {}}
    return _told(sent) | phones.login(here, phone) | opened


def tell_location(here: World, phone: Phone, place: dict[str, Any]) -> Push:
    """Enter the chat with the account allowed to know where this is (event LOCATION)."""
    must_follow(phone)
    latitude, longitude = _degrees(place)
    with here.state.change():
        fields = {"Latitude": latitude, "Longitude": longitude, "Precision": 30.0}
        sent = push.event(here, phone, "LOCATION", **fields)
        chat.say(here, phone.id, "system", "location", "上报了地理位置")
    push.deliver(here, sent.id)
    return sent


def send_location(here: World, phone: Phone, place: dict[str, Any]) -> Push:
    """Send a place as a message."""
    must_follow(phone)
    latitude, longitude = _degrees(place)
    label = str(place.get("label") or HERE["label"])
    with here.state.change():
        sent = _location_message(here, phone, latitude, longitude, label)
    push.deliver(here, sent.id)
    return sent


def send_picture(here: World, phone: Phone, image: Image.Image | None, base: str) -> Push:
    """Send a picture as a message; without one, a plain one."""
    must_follow(phone)
    with here.state.change():
        sent = _picture_message(here, phone, _keep(here, image), base)
    push.deliver(here, sent.id)
    return sent


def send_voice(here: World, phone: Phone) -> Push:
    """Send a short voice message; its sound cannot be fetched here."""
    must_follow(phone)
    with here.state.change():
        chat.say(here, phone.id, "me", "voice", "[语音 3″]")
        open_window(here, phone, "message")
        fields = {"MsgType": "voice", "MediaId": names.letters(64), "Format": "amr"}
        sent = push.create(here, phone, "voice", fields | {"MsgId": names.message_id()})
    push.deliver(here, sent.id)
    return sent


def follow_after_paying(here: World, phone: Phone) -> Push:
    """Follow by the button on the page after a payment: EventKey names it and is no scene."""
    with here.state.lock:
        paid = [
            order
            for openid in (phone.mini_openid, phone.openid)
            for order in here.state.orders.group(openid)
            if order.paid_at
        ]
    if not paid:
        raise Impossible("not_paid", "还没有付过款")
    number = max(paid, key=lambda order: order.paid_at).transaction_id
    return phones.follow(here, phone, event_key=f"last_trade_no_{number}")


def picture_bytes(here: World, name: str) -> bytes | None:
    """A picture somebody sent, as JPEG."""
    found = here.state.pictures.get(name)
    return base64.b64decode(found.data) if found else None


def must_follow(phone: Phone) -> None:
    """Raises Impossible for who does not follow."""
    if not phone.follows:
        raise Impossible("not_following", "还没有关注这个公众号")


def _entry(here: World, name: str) -> dict[str, Any]:
    menu = here.state.meta.get("menu")
    for button in menu.value["button"] if menu else []:
        for entry in button.get("sub_button") or [button]:
            if entry["name"] == name:
                return dict(entry)
    raise Impossible("unknown_entry", "菜单里没有这一项")


def _menu_event(here: World, phone: Phone, event: str, key: str) -> Push:
    menu_id = here.state.meta.get("menu_id")
    number = str(menu_id.value) if menu_id else "0"
    return push.event(here, phone, event, EventKey=key, MenuId=number)


def _scan_entry(here: World, phone: Phone, entry: dict[str, Any], content: str) -> Push:
    if not content:
        raise Impossible("no_code", "没有识别到二维码")
    with here.state.change():
        open_window(here, phone, "menu")
        info = {"ScanType": "qrcode", "ScanResult": content}
        sent = push.event(here, phone, entry["type"], EventKey=entry["key"], ScanCodeInfo=info)
    push.deliver(here, sent.id)
    return sent


def _picture_entry(here: World, phone: Phone, entry: dict[str, Any], base: str) -> Push:
    with here.state.change():
        kept = _keep(here, None)
        digest = hashlib.md5(base64.b64decode(kept.data), usedforsecurity=False).hexdigest()
        info = {"Count": 1, "PicList": {"item": {"PicMd5Sum": digest}}}
        sent = push.event(here, phone, entry["type"], EventKey=entry["key"], SendPicsInfo=info)
        message = _picture_message(here, phone, kept, base)
    push.deliver(here, sent.id)
    push.deliver(here, message.id)
    return sent


def _location_entry(here: World, phone: Phone, entry: dict[str, Any]) -> Push:
    latitude, longitude = _degrees(HERE)
    label = str(HERE["label"])
    with here.state.change():
        info = {
            "Location_X": str(latitude),
            "Location_Y": str(longitude),
            "Scale": "15",
            "Label": label,
            "Poiname": "",
        }
        sent = push.event(here, phone, entry["type"], EventKey=entry["key"], SendLocationInfo=info)
        message = _location_message(here, phone, latitude, longitude, label)
    push.deliver(here, sent.id)
    push.deliver(here, message.id)
    return sent


def _location_message(
    here: World, phone: Phone, latitude: float, longitude: float, label: str
) -> Push:
    chat.say(here, phone.id, "me", "location", f"📍 {label}")
    open_window(here, phone, "message")
    fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": 16, "Label": label}
    told = {"MsgType": "location"} | fields | {"MsgId": names.message_id()}
    return push.create(here, phone, "location", told)


def _picture_message(here: World, phone: Phone, kept: Picture, base: str) -> Push:
    chat.say(here, phone.id, "me", "image", "[图片]", picture=kept.id)
    open_window(here, phone, "message")
    fields = {"MsgType": "image", "PicUrl": f"{base}page/pictures/{kept.id}"}
    told = fields | {"MediaId": names.letters(64), "MsgId": names.message_id()}
    return push.create(here, phone, "image", told)


def _keep(here: World, image: Image.Image | None) -> Picture:
    """Keep a picture, no larger than WeChat would. Only within `State.change()`."""
    shown = image or Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    shown.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    buffer = io.BytesIO()
    shown.convert("RGB").save(buffer, "JPEG", quality=82)
    kept = Picture(names.letters(24), base64.b64encode(buffer.getvalue()).decode())
    return here.state.pictures.put(kept)


def _degrees(place: dict[str, Any]) -> tuple[float, float]:
    """Raises Impossible for a place that is nowhere."""
    found = [place.get(name, HERE[name]) for name in ("latitude", "longitude")]
    for value, most in zip(found, (90, 180), strict=True):
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
            raise Impossible("bad_place", "经纬度不正确")
    return float(found[0]), float(found[1])


def _told(sent: Push) -> dict[str, Any]:
    return {"kind": "push", "push": push.as_json(sent)}
