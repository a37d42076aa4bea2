"""Codes to scan: parametric codes of the official account, codes of the mini-program."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import quote

import qrcode
from flask import Blueprint, Response, jsonify, request
from PIL import Image

from sandbox import names
from sandbox.answers import Refused, json_body
from sandbox.records import MiniCode, Ticket
from sandbox.tokens import requires_token
from sandbox.world import World, world

TICKET_URL = "http://weixin.qq.com/q/"
MINI_URL = "https://mp.weixin.qq.com/a/~"
LONGEST_SECONDS = 2_592_000
DEFAULT_SECONDS = 60
MINI_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
PICTURE_SIDE = 430

blueprint = Blueprint("codes", __name__)


@blueprint.post("/cgi-bin/qrcode/create")
@requires_token("oa")
def create() -> Response:
    """A temporary or permanent code with a scene (WeChat fact B3)."""
    here, body = world(), json_body()
    scene = _scene(body)
    temporary = not str(body["action_name"]).startswith("QR_LIMIT")
    seconds = _seconds(body) if temporary else None
    now = here.clock.now()
    ticket = Ticket(
        id="gQ" + names.letters(92) + "==",
        scene=scene,
        url=TICKET_URL + "02" + names.letters(22),
        created_at=now,
        expires_at=None if seconds is None else now + seconds,
    )
    with here.state.change():
        here.state.tickets.put(ticket)
    answer: dict[str, Any] = {"ticket": ticket.id, "url": ticket.url}
    if seconds is not None:
        answer["expire_seconds"] = seconds
    return jsonify(answer)


@blueprint.get("/cgi-bin/showqrcode")
def show() -> Response:
    """The picture of a ticket; 404 for one that does not exist or is over."""
    here = world()
    ticket = here.state.tickets.get(request.args.get("ticket", ""))
    if ticket is None or is_over(ticket, here.clock.now()):
        return Response("", 404)
    return Response(picture(ticket.url, "JPEG", PICTURE_SIDE), mimetype="image/jpg")


@blueprint.post("/wxa/getwxacodeunlimit")
@requires_token("mini")
def mini_program() -> Response:
    """A mini-program code, drawn as an ordinary QR code (WeChat fact C4)."""
    here, body = world(), json_body()
    scene, page = body.get("scene"), body.get("page") or "pages/index/index"
    if not isinstance(scene, str) or not 1 <= len(scene) <= 32:
        raise Refused(40169, "invalid length for scene, or the data is not json string")
    if not MINI_SCENE.fullmatch(scene):
        raise Refused(40129, "invalid scene")
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise Refused(41030, "invalid page")
    width = body.get("width", PICTURE_SIDE)
    if type(width) is not int or not 280 <= width <= 1280:
        raise Refused(40097, "invalid args")
    content = f"{MINI_URL}{here.accounts.mini_app_id}?page={quote(page)}&scene={quote(scene)}"
    with here.state.change():
        here.state.mini_codes.put(
            MiniCode(names.new_id("mini"), scene, page, content, here.clock.now())
        )
    return Response(picture(content, "PNG", width), mimetype="image/png")


def is_over(ticket: Ticket, now: float) -> bool:
    """Whether a temporary code can no longer be scanned."""
    return ticket.expires_at is not None and ticket.expires_at <= now


def picture(content: str, form: str, side: int) -> bytes:
    """The code as a square picture of `side` pixels, PNG or JPEG."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(content)
    code.make(fit=True)
    modules = code.get_matrix()
    image = Image.new("L", (len(modules), len(modules)), 255)
    image.putdata([0 if dark else 255 for row in modules for dark in row])
    sharp = image.resize((side, side), Image.Resampling.NEAREST).convert("RGB")
    buffer = io.BytesIO()
    sharp.save(buffer, form)
    return buffer.getvalue()


def _scene(body: dict[str, Any]) -> str:
    """The scene as text. Raises Refused 40053, 40054 for what WeChat would not accept."""
    action, info = body.get("action_name"), body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refused(40053, "invalid action info")
    if action in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise Refused(40053, "invalid action info")
        return text
    number = scene.get("scene_id")
    ceiling = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}.get(str(action))
    if ceiling is None:
        raise Refused(40054, "invalid action name")
    if type(number) is not int or not 1 <= number <= ceiling:
        raise Refused(40053, "invalid action info")
    return str(number)


def _seconds(body: dict[str, Any]) -> int:
    seconds = body.get("expire_seconds", DEFAULT_SECONDS)
    if type(seconds) is not int or seconds < 1:
        raise Refused(40052, "invalid expire seconds")
    return min(seconds, LONGEST_SECONDS)


def find_ticket(here: World, content: str) -> Ticket | None:
    """The official account's code with this content: its url, or the ticket itself."""
    return here.state.tickets.find(content) or here.state.tickets.get(content)
