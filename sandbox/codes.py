"""Codes to scan: parametric codes of the official account, codes of the mini-program."""

from __future__ import annotations

import io
import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

import qrcode
from flask import Blueprint, Response, jsonify, request
from PIL import Image
from pydantic import Field

from sandbox import names
from sandbox.answers import Refused, Strict, read
from sandbox.console import console
from sandbox.records import MiniCode, Ticket
from sandbox.tokens import requires_token
from sandbox.world import World, world

TICKET_URL = "http://weixin.qq.com/q/"
MINI_URL = "https://mp.weixin.qq.com/a/~"
LONGEST_SECONDS = 2_592_000
DEFAULT_SECONDS = 60
MINI_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
PICTURE_SIDE = 430
HOME_PAGE = "pages/index/index"
MINI_ERRCODES = {"scene": 40169, "page": 41030} | dict.fromkeys(
    ("check_path", "env_version", "width", "auto_color", "line_color", "is_hyaline"), 40097
)

blueprint = Blueprint("codes", __name__)


class Scene(Strict):
    scene_id: int | None = None
    scene_str: str | None = None


class ActionInfo(Strict):
    scene: Scene


class CreateRequest(Strict):
    expire_seconds: Annotated[int, Field(ge=1)] = DEFAULT_SECONDS
    action_name: str
    action_info: ActionInfo


class Colour(Strict):
    r: int | str = 0
    g: int | str = 0
    b: int | str = 0


class MiniCodeRequest(Strict):
    scene: Annotated[str, Field(min_length=1, max_length=32)]
    page: str = ""
    check_path: bool = True
    env_version: Literal["release", "trial", "develop"] = "release"
    width: Annotated[int, Field(ge=280, le=1280)] = PICTURE_SIDE
    auto_color: bool = False
    line_color: Colour = Colour()
    is_hyaline: bool = False


@blueprint.post("/cgi-bin/qrcode/create")
@requires_token("oa")
def create() -> Response:
    """A temporary or permanent code with a scene (WeChat fact B3)."""
    errcodes = {"expire_seconds": 40052, "action_name": 40054, "action_info": 40053}
    here, wish = world(), read(CreateRequest, errcodes)
    scene = _scene(wish)
    temporary = not wish.action_name.startswith("QR_LIMIT")
    seconds = min(wish.expire_seconds, LONGEST_SECONDS) if temporary else None
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
    here, wish = world(), read(MiniCodeRequest, MINI_ERRCODES)
    scene, page, width = wish.scene, wish.page or HOME_PAGE, wish.width
    if scene.startswith("scancode_time"):
        raise Refused(85096, "not allow include scancode_time field")
    if not MINI_SCENE.fullmatch(scene):
        raise Refused(40129, "invalid scene")
    if page.startswith("/") or "?" in page:
        raise Refused(41030, "invalid page")
    if wish.page and wish.check_path:
        check_page(here, page, 41030)
    content = f"{MINI_URL}{here.accounts.mini_app_id}?page={quote(page)}&scene={quote(scene, '')}"
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


def check_page(here: World, page: str, errcode: int) -> None:
    """Raises Refused for a page the published mini-program does not have.

    While the console names no pages, every page counts as published.
    """
    published = console(here).mini_pages
    if page and published and page not in published:
        raise Refused(errcode, "invalid page")


def _scene(wish: CreateRequest) -> str:
    """The scene as text. Raises Refused 40053, 40054 for what WeChat would not accept."""
    scene = wish.action_info.scene
    if wish.action_name in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
        text = scene.scene_str or ""
        if not 1 <= len(text) <= 64:
            raise Refused(40053, "invalid action info")
        return text
    ceiling = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}.get(wish.action_name)
    if ceiling is None:
        raise Refused(40054, "invalid action name")
    if scene.scene_id is None or not 1 <= scene.scene_id <= ceiling:
        raise Refused(40053, "invalid action info")
    return str(scene.scene_id)


def find_ticket(here: World, content: str) -> Ticket | None:
    """The official account's code with this content: its url, or the ticket itself."""
    return here.state.tickets.find(content) or here.state.tickets.get(content)
