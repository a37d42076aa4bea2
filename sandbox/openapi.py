"""Quotas as an account sees and clears them (WeChat fact B2)."""

from __future__ import annotations

from flask import Blueprint, Response

from sandbox import quotas
from sandbox.answers import Refused, Strict, done, read
from sandbox.records import Meta
from sandbox.tokens import app_id_of, requires_token
from sandbox.world import world

CLEARED_PER_MONTH = 10

blueprint = Blueprint("openapi", __name__)


class ClearRequest(Strict):
    appid: str


class QuotaRequest(Strict):
    cgi_path: str


@blueprint.post("/cgi-bin/clear_quota")
@requires_token("oa", "mini")
def clear() -> Response:
    """Start counting anew: ten times a month for each account."""
    here, wish = world(), read(ClearRequest, {"appid": 40013})
    app_id = app_id_of(here)
    if wish.appid != app_id:
        raise Refused(40013, "invalid appid")
    key = f"cleared:{app_id}:{quotas.month(here)}"
    with here.state.change():
        cleared = here.state.meta.get(key)
        times = int(cleared.value) if cleared else 0
        if times >= CLEARED_PER_MONTH:
            raise Refused(48006, "forbid to clear quota because of reaching the limit")
        here.state.meta.put(Meta(key, times + 1))
        here.calls.clear(app_id)
    return done()


@blueprint.post("/cgi-bin/openapi/quota/get")
@requires_token("oa", "mini")
def show() -> Response:
    """What is left of today's calls."""
    here, wish = world(), read(QuotaRequest, {"cgi_path": 76021})
    if wish.cgi_path.startswith("/sns/"):
        raise Refused(76022, "could not use this cgi_path, no permission")
    if not wish.cgi_path.startswith(("/cgi-bin/", "/wxa/")) or not quotas.is_path(wish.cgi_path):
        raise Refused(76021, "cgi_path not found, please check")
    daily, minute = quotas.limits(here, wish.cgi_path)
    app_id = app_id_of(here)
    used = here.calls.today(app_id, wish.cgi_path, quotas.day(here))
    return done(
        quota={"daily_limit": daily, "used": used, "remain": max(daily - used, 0)},
        rate_limit={"call_count": minute, "refresh_second": quotas.MINUTE_SECONDS},
    )
