"""The page for a person: simulated phones side by side, and the control desk."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup, escape

from sandbox import books, chat, codes, listing, menus, phones, shipments, subscriptions
from sandbox.clock import BEIJING
from sandbox.control_phones import everything
from sandbox.pay import notices
from sandbox.push import as_json as push_json
from sandbox.records import Phone
from sandbox.world import World, world

FIRST_PHONES, LAST_PHONES = 4, 4
SHOWN_CODES, SHOWN_LETTERS, SHOWN_LINES = 18, 14, 60
PAUSE_SECONDS = 300
KEYWORDS = {
    "thing": "内容",
    "amount": "金额",
    "time": "时间",
    "date": "日期",
    "phrase": "状态",
    "const": "类型",
    "character_string": "编号",
    "number": "数量",
    "name": "姓名",
    "phone_number": "电话",
}
LINK = re.compile(
    r"&lt;a href=(?:&#34;|&#39;)(https?://[^\s&]+(?:&amp;[^\s&]+)*)(?:&#34;|&#39;)[^>]*?&gt;"
    r"(.*?)&lt;/a&gt;|(https?://[^\s<>，。；！？（）]+)"
)
POLICY = (
    "default-src 'self'; img-src 'self' data: blob: {product}; frame-src 'self' {product};"
    " base-uri 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("page", __name__)


@blueprint.get("/")
def index() -> Response:
    """The whole page."""
    here = world()
    shown = _shown(here)
    # Its cards have pictures, and its pages open on a phone.
    policy = POLICY.format(product=here.accounts.product_url)
    body = render_template(
        "page.html",
        phones=[_view(here, phone) for phone in shown],
        desk=_desk(here),
        codes=_codes(here),
        menu=menus.entries(here),
        product_url=here.accounts.product_url,
        app_id=here.accounts.oa_app_id,
        templates=subscriptions.templates(here),
        version=here.state.version,
    )
    return Response(body, headers={"Content-Security-Policy": policy})


@blueprint.get("/page/phones/<phone_id>")
def one_phone(phone_id: str) -> str:
    """One phone as HTML, for a phone that was just picked up."""
    here = world()
    view = _view(here, phones.find(here, phone_id))
    return render_template(
        "phone.html",
        phone=view,
        codes=_codes(here),
        menu=menus.entries(here),
        templates=subscriptions.templates(here),
    )


@blueprint.get("/page/changes")
def changes() -> Response | tuple[str, int]:
    """The parts of the page as they are now; 204 if nothing changed since `version`."""
    here = world()
    if request.args.get("version") == str(here.state.version):
        return "", 204
    version, listed, templates = here.state.version, _codes(here), subscriptions.templates(here)
    parts: dict[str, str] = {
        "codes": render_template("codes.html", codes=listed),
        "menu": render_template("menu.html", menu=menus.entries(here)),
    }
    for phone in _shown(here):
        view = _view(here, phone)
        for part in ("chat", "person", "badge", "abilities"):
            html = render_template(f"{part}.html", phone=view, templates=templates)
            parts[f"{phone.id}-{part}"] = html
    for part in ("faults", "letters", "books"):
        parts[part] = render_template(f"{part}.html", desk=_desk(here))
    return jsonify(
        version=version,
        parts=parts,
        phones=[phone.id for phone in _shown(here)],
        offset_seconds=here.clock.offset_seconds,
    )


blueprint.add_app_template_filter(chat.article, "article")


@blueprint.app_template_filter("yuan")
def yuan(amount_fen: int) -> str:
    """Fen as yuan with two decimals."""
    return f"{amount_fen / 100:,.2f}"


@blueprint.app_template_filter("keyword")
def keyword(name: str) -> str:
    """What a typed key of a template message holds, in words (WeChat fact C5)."""
    kind = name.rstrip("0123456789")
    return KEYWORDS.get(kind, kind)


@blueprint.app_template_filter("face")
def face(name: str) -> str:
    """The one character that stands for a person: 小安 is 安, 阿明 is 明, Ann is A."""
    given = name[1:] if name[:1] in "小老阿" and len(name) > 1 else name
    return given[:1]


@blueprint.app_template_filter("clock")
def clock_text(moment: float | str) -> str:
    """Hours and minutes in Beijing."""
    if isinstance(moment, str):
        return datetime.fromisoformat(moment).astimezone(BEIJING).strftime("%H:%M")
    return datetime.fromtimestamp(moment, BEIJING).strftime("%H:%M")


@blueprint.app_template_filter("chat_html")
def chat_html(text: str) -> Markup:
    """Escaped, with the links WeChat would show and line breaks."""

    def link(found: re.Match[str]) -> str:
        target, label = found[1] or found[3], found[2] or found[3]
        return f'<a href="{target}" target="_blank" rel="noopener">{label}</a>'

    return Markup(LINK.sub(link, str(escape(text))).replace("\n", "<br>"))


def _shown(here: World) -> list[Phone]:
    """The phones on the page: the first ones, which a newcomer uses, and the last few."""
    first, last = here.state.phones.oldest(FIRST_PHONES), here.state.phones.latest(LAST_PHONES)
    return list({phone.id: phone for phone in [*first, *reversed(last)]}.values())


def _view(here: World, phone: Phone) -> dict[str, Any]:
    view = everything(here, phone)
    lines = view["chat"][-SHOWN_LINES:]
    for line in lines[:1]:
        line["pause"] = True
    for before, line in pairwise(lines):
        line["pause"] = _seconds(line) - _seconds(before) > PAUSE_SECONDS
    view["chat"] = lines
    waiting = [bill for bill in view["transfers"] if bill["state"] == "WAIT_USER_CONFIRM"]
    wanted = [
        {"app": key.partition(":")[0], "template_id": key.partition(":")[2], "left": left}
        for key, left in phone.credits.items()
        if left
    ]
    to_receive = shipments.for_page(here, phone)
    return view | {"waiting": waiting, "to_receive": to_receive, "subscriptions": wanted}


def _seconds(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()


def _codes(here: World) -> list[dict[str, Any]]:
    """Codes lately made, one per scene, with their labels."""
    with here.state.lock:
        tickets, minis = here.state.tickets.latest(200), here.state.mini_codes.latest(200)
    labels = listing.labels(here)
    now = here.clock.now()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    entry: dict[str, Any]
    for ticket in tickets:
        over = codes.is_over(ticket, now)
        entry = {"kind": "account", "content": ticket.url, "scene": ticket.scene, "over": over}
        found.setdefault(("account", ticket.scene), entry | {"at": ticket.created_at})
    for mini in minis:
        entry = {"kind": "mini", "content": mini.content, "scene": mini.scene, "over": False}
        found.setdefault(("mini", mini.scene), entry | {"at": mini.created_at})
    for entry in found.values():
        entry["label"] = labels.get(entry["scene"], "")
    return sorted(found.values(), key=_place)[:SHOWN_CODES]


def _place(entry: dict[str, Any]) -> tuple[bool, float]:
    """Named codes in the order they were made, then the others, newest first."""
    return (False, entry["at"]) if entry["label"] else (True, -entry["at"])


def _desk(here: World) -> dict[str, Any]:
    with here.state.lock:
        pushes = [push_json(sent) for sent in here.state.pushes.latest(SHOWN_LETTERS)]
        letters = [notices.as_json(sent) for sent in here.state.notices.latest(SHOWN_LETTERS)]
        names = {phone.id: phone.name for phone in here.state.phones.all()}
    for letter in pushes:
        letter |= {"title": letter["name"], "who": names.get(letter["phone_id"], "")}
    for letter in letters:
        number = letter["resource"].get("out_trade_no") or letter["resource"].get("out_bill_no")
        letter |= {"title": letter["event_type"], "who": str(number or "")[:10]}
    merged = sorted(pushes + letters, key=lambda letter: letter["created_at"], reverse=True)
    return {
        "letters": merged[:SHOWN_LETTERS],
        "faults": here.faults.listing(),
        "balances": {
            name: books.balance(here, name) for name in ("BASIC", "OPERATION", "FEE", "LOCKED")
        },
        "counts": {
            "orders": len(here.state.orders),
            "refunds": len(here.state.refunds),
            "transfers": len(here.state.transfers),
        },
        "offset_seconds": here.clock.offset_seconds,
        "mode": here.accounts.push_mode,
    }
