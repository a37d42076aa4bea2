"""How often an API may be called: per Beijing day (45009) and per minute (45011); clearing it."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request

from sandbox.answers import Refused
from sandbox.clock import BEIJING
from sandbox.console import console
from sandbox.world import World

DEFAULT_DAILY, DEFAULT_MINUTE = 1_000_000, 100_000
MINUTE_SECONDS = 60
# path: (a day, a minute); what an account of this kind starts with (WeChat facts B1–B6, C4–C7).
LIMITS: dict[str, tuple[int, int]] = {
    "/cgi-bin/message/template/send": (100_000, DEFAULT_MINUTE),
    "/cgi-bin/message/custom/send": (500_000, DEFAULT_MINUTE),
    "/cgi-bin/message/subscribe/send": (10_000_000, DEFAULT_MINUTE),
    "/cgi-bin/qrcode/create": (100_000, DEFAULT_MINUTE),
    "/cgi-bin/menu/create": (1_000, DEFAULT_MINUTE),
    "/cgi-bin/menu/get": (10_000, DEFAULT_MINUTE),
    "/cgi-bin/menu/delete": (1_000, DEFAULT_MINUTE),
    "/cgi-bin/user/info": (5_000_000, DEFAULT_MINUTE),
    "/cgi-bin/user/get": (500, DEFAULT_MINUTE),
    "/wxa/getwxacodeunlimit": (DEFAULT_DAILY, 5_000),
    "/wxa/generate_urllink": (500_000, 6_000),
    "/wxa/generatescheme": (500_000, 6_000),
    "/wxa/msg_sec_check": (2_000_000, 4_000),
    "/wxa/media_check_async": (200_000, 2_000),
    "/wxa/resetusersessionkey": (DEFAULT_DAILY, 60_000),
}
FREE = frozenset({"/cgi-bin/clear_quota", "/cgi-bin/openapi/quota/get"})


def limits(here: World, path: str) -> tuple[int, int]:
    """Calls a day and a minute; the console may say others than the usual ones."""
    told = console(here).quotas.get(path)
    if told is None:
        return LIMITS.get(path, (DEFAULT_DAILY, DEFAULT_MINUTE))
    return told.daily, told.minute


def count(here: World, app_id: str) -> None:
    """Count this call. Raises Refused 45009 or 45011; a refused call counts too."""
    path = request.path
    if path in FREE:
        return
    daily, minute = limits(here, path)
    today, now = here.calls.add(app_id, path, day(here), int(here.clock.now() // MINUTE_SECONDS))
    if today > daily:
        raise Refused(45009, "reach max api daily quota limit")
    if now > minute:
        raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")


def day(here: World) -> int:
    """The Beijing day, counted from year one."""
    return datetime.fromtimestamp(here.clock.now(), BEIJING).toordinal()


def month(here: World) -> str:
    return datetime.fromtimestamp(here.clock.now(), BEIJING).strftime("%Y-%m")


def is_path(path: str) -> bool:
    """Whether there is such an API here."""
    return any(rule.rule == path for rule in current_app.url_map.iter_rules())
