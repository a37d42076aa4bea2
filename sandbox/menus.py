"""The official account's menu (WeChat fact B7)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.answers import Refused, done, json_body
from sandbox.records import Meta
from sandbox.tokens import requires_token
from sandbox.world import world

TOP, BELOW = 3, 5
TOP_BYTES, BELOW_BYTES = 16, 60
KEYED = ("click", "scancode_push", "scancode_waitmsg", "location_select")
KEYED += ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(KEYED, ("key",)),
    "view": ("url",),
    "miniprogram": ("appid", "pagepath", "url"),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}

blueprint = Blueprint("menus", __name__)


@blueprint.post("/cgi-bin/menu/create")
@requires_token("oa")
def create() -> Response:
    """Up to three entries, each with up to five below it."""
    here, body = world(), json_body()
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP:
        raise Refused(40017, "invalid button size")
    for button in buttons:
        _check(button, TOP_BYTES)
    with here.state.change():
        here.state.meta.put(Meta("menu", {"button": buttons}))
    return done()


@blueprint.get("/cgi-bin/menu/get")
@requires_token("oa")
def show() -> Response:
    """The menu as it was made."""
    menu = world().state.meta.get("menu")
    if menu is None:
        raise Refused(46003, "menu no exist")
    return jsonify(menu=menu.value)


@blueprint.get("/cgi-bin/menu/delete")
@requires_token("oa")
def delete() -> Response:
    here = world()
    with here.state.change():
        here.state.meta.drop("menu")
    return done()


def _check(button: Any, longest: int) -> None:
    """Raises Refused 40016, 40017 or 40018 for what WeChat would not accept."""
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest:
        raise Refused(40018, "invalid button name size")
    below = button.get("sub_button") or []
    if len(below) > BELOW or (below and longest == BELOW_BYTES):
        raise Refused(40016, "invalid button size")
    for entry in below:
        _check(entry, BELOW_BYTES)
    kind = button.get("type")
    if not below and (kind not in NEEDS or not all(button.get(name) for name in NEEDS[kind])):
        raise Refused(40017, "invalid button type")
