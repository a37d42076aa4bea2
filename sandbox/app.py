"""Puts the services together."""

from __future__ import annotations

from copy import copy
from functools import lru_cache, partial

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import (
    codes,
    console,
    content_checks,
    control,
    control_account,
    control_mini,
    control_pay,
    control_phones,
    control_wallet,
    guard,
    js_sdk,
    js_tickets,
    links,
    materials,
    menus,
    messages,
    mini_users,
    oauth,
    openapi,
    page,
    page_bills,
    product,
    push,
    shipments,
    shipping,
    strikes,
    subscriptions,
    tokens,
    users,
)
from sandbox.answers import Refused, refused
from sandbox.impossible import Impossible
from sandbox.pay import authorizations, door, h5_page, notices, pay_v2, refunds, sharing, transfers
from sandbox.pay.errors import PayError
from sandbox.world import World

SERVICES = (
    tokens,
    codes,
    users,
    mini_users,
    oauth,
    messages,
    subscriptions,
    materials,
    menus,
    js_tickets,
    js_sdk,
    links,
    shipping,
    content_checks,
    openapi,
    door,
    control,
    control_pay,
    control_phones,
    control_account,
    control_wallet,
    h5_page,
    pay_v2,
    control_mini,
    console,
    product,
    page,
    page_bills,
)
OFFICIAL = ("/cgi-bin/", "/sns/", "/wxa/")


def create_app(here: World) -> Flask:
    """The Flask app of one sandbox; its schedule is wired, not started."""
    app = copy(_services())
    app.extensions = {"world": here}
    wire(here)
    return app


@lru_cache(maxsize=1)
def _services() -> Flask:
    """All services, with no sandbox behind them yet. Made once, however many sandboxes a process
    opens: that takes some 40 ms."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 11 * 1024 * 1024
    for service in SERVICES:
        app.register_blueprint(service.blueprint)
    guard.install(app)
    strikes.install(app)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(PayError, _pay_refused)
    app.register_error_handler(Impossible, _impossible)
    app.register_error_handler(HTTPException, _plain_error)
    return app


def wire(here: World) -> None:
    """Name who does which planned job."""
    here.schedule.handle(push.JOB, partial(push.deliver, here))
    here.schedule.handle(notices.JOB, partial(notices.deliver, here))
    here.schedule.handle(messages.FINISH_JOB, partial(messages.finish_template, here))
    here.schedule.handle(content_checks.MEDIA_JOB, partial(content_checks.finish_media, here))
    here.schedule.handle(shipments.REMIND_JOB, partial(shipments.remind_shipping, here))
    here.schedule.handle(shipments.ACCESS_JOB, partial(shipments.remind_access, here))
    here.schedule.handle(shipments.CONFIRM_JOB, partial(shipments.confirm_by_itself, here))
    here.schedule.handle(shipments.SETTLE_JOB, partial(shipments.settle, here))
    here.schedule.handle(refunds.JOB, partial(refunds.finish, here))
    here.schedule.handle(transfers.JOB, partial(transfers.step, here))
    here.schedule.handle(sharing.JOB, partial(sharing.finish, here))
    here.schedule.handle(authorizations.JOB, partial(authorizations.overdue, here))


def _pay_refused(error: PayError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status


def _impossible(error: Impossible) -> tuple[Response, int]:
    status = 404 if error.code.startswith("unknown") else 409
    return jsonify(error=error.code, message=str(error)), status


def _plain_error(error: HTTPException) -> tuple[Response, int]:
    """Clients of the official account read errcodes only: tell them what is not imitated."""
    if error.code in (404, 405) and request.path.startswith(OFFICIAL):
        what = f"{request.method} {request.path}"
        return refused(Refused(40066, f"invalid url: the sandbox does not imitate {what}")), 200
    return jsonify(error=error.name, message=error.description), error.code or 500
