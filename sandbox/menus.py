"""The official account's menu (WeChat fact B7)."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import Field

from sandbox import names
from sandbox.answers import Refused, Strict, done, read
from sandbox.records import Meta
from sandbox.tokens import requires_token
from sandbox.world import World, world

TOP, BELOW = 3, 5
TOP_BYTES, BELOW_BYTES = 16, 60
LONGEST_KEY, LONGEST_URL = 128, 1024
ERRCODES = {"button.name": 40018, "button.sub_button.name": 40025}
ERRCODES |= {"button.sub_button.sub_button": 40023}
KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
NEEDS: dict[str, tuple[str, ...]] = dict.fromkeys(KEYED, ("key",)) | {
    "view": ("url",),
    "miniprogram": ("appid", "pagepath", "url"),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
}

blueprint = Blueprint("menus", __name__)


class Entry(Strict):
    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""


class Leaf(Entry):
    """An entry below another one; WeChat's own samples give it an empty list below."""

    sub_button: Annotated[list[Entry], Field(max_length=0)] = []


class Button(Entry):
    sub_button: list[Leaf] = []


class Menu(Strict):
    button: list[Button]


@blueprint.post("/cgi-bin/menu/create")
@requires_token("oa")
def create() -> Response:
    """Up to three entries, each with up to five below it."""
    here, wish = world(), read(Menu, ERRCODES)
    if not 1 <= len(wish.button) <= TOP:
        raise Refused(40016, "invalid button size")
    for button in wish.button:
        _check_top(here, button)
    told = {"button": [button.model_dump(exclude_unset=True) for button in wish.button]}
    with here.state.change():
        here.state.meta.put(Meta("menu", told))
        here.state.meta.put(Meta("menu_id", names.digits(9)))
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


def _check_top(here: World, button: Button) -> None:
    """Raises Refused for what WeChat would not accept: 40016 to 40028 by what is wrong."""
    if not 1 <= len(button.name.encode()) <= TOP_BYTES:
        raise Refused(40018, "invalid button name size")
    if len(button.sub_button) > BELOW:
        raise Refused(40023, "invalid sub button size")
    for entry in button.sub_button:
        if not 1 <= len(entry.name.encode()) <= BELOW_BYTES:
            raise Refused(40025, "invalid sub button name size")
        _check_action(here, entry, {"type": 40024, "key": 40026, "url": 40027})
    if not button.sub_button:
        _check_action(here, button, {"type": 40017, "key": 40019, "url": 40020})


def _check_action(here: World, entry: Entry, errcodes: dict[str, int]) -> None:
    if entry.type not in NEEDS:
        raise Refused(errcodes["type"], "invalid button type")
    for name in NEEDS[entry.type]:
        if not getattr(entry, name):
            raise Refused(errcodes["type"], f"invalid button type: {name} is missing")
    if len(entry.key.encode()) > LONGEST_KEY:
        raise Refused(errcodes["key"], "invalid button key size")
    is_address = not entry.url or entry.url.startswith(("http://", "https://"))
    if len(entry.url.encode()) > LONGEST_URL or not is_address:
        raise Refused(errcodes["url"], "invalid button url size")
    if entry.type == "miniprogram" and entry.appid != here.accounts.mini_app_id:
        raise Refused(40013, "invalid appid")


def entries(here: World) -> list[dict[str, Any]]:
    """The entries of the first row, for the page."""
    menu = here.state.meta.get("menu")
    found: list[dict[str, Any]] = menu.value["button"] if menu else []
    return found
