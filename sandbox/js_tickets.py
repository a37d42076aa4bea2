"""The ticket that signs pages for the JS-SDK (WeChat fact B9)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sandbox import names
from sandbox.answers import Refused, done
from sandbox.records import Meta
from sandbox.tokens import LIFE_SECONDS, requires_token
from sandbox.world import world

KINDS = ("jsapi", "wx_card")

blueprint = Blueprint("js_tickets", __name__)


@blueprint.get("/cgi-bin/ticket/getticket")
@requires_token("oa")
def ticket() -> Response:
    """The same ticket while it is valid, with what is left of its 7,200 seconds."""
    here, kind = world(), request.args.get("type", "")
    if kind not in KINDS:
        raise Refused(40097, "invalid args")
    key, now = f"ticket:{kind}", here.clock.now()
    with here.state.change():
        known = here.state.meta.get(key)
        if known is None or known.value["ends_at"] <= now:
            value = {"ticket": names.letters(86), "ends_at": 0.0}
            known = here.state.meta.put(Meta(key, value | {"ends_at": now + LIFE_SECONDS}))
    return done(ticket=known.value["ticket"], expires_in=int(known.value["ends_at"] - now))
