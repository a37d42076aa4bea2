"""The control desk: clock, faults, pushes, books (JSON under /__ctl)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, fault_kinds, names, push
from sandbox.clock import utc_text
from sandbox.faults import UnknownFault
from sandbox.impossible import Impossible
from sandbox.pay import notices, transfers
from sandbox.phones import find
from sandbox.records import Meta, Notice, Push
from sandbox.world import World, world

blueprint = Blueprint("control", __name__, url_prefix="/__ctl")
LISTED = 200


def body() -> dict[str, Any]:
    """The JSON object that was sent, or an empty one."""
    found = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(found, dict):
        raise Impossible("bad_body", "请求体应为JSON对象")
    return found


@blueprint.post("/reset")
def reset() -> Response:
    world().reset()
    return jsonify(reset=True)


@blueprint.get("/clock")
def clock() -> Response:
    return jsonify(_clock(world()))


@blueprint.post("/clock/advance")
def advance() -> Response:
    """Move the clock forward; what became due is sent at once."""
    seconds = body().get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise Impossible("bad_seconds", "seconds 应为不小于 0 的数")
    world().advance(float(seconds))
    return jsonify(_clock(world()))


@blueprint.post("/drain")
def drain() -> Response:
    """Wait until every delivery that is due has been made."""
    return jsonify(drained=world().schedule.drain(float(body().get("timeout", 10))))


@blueprint.get("/faults")
def list_faults() -> Response:
    """Faults in force, what struck, and the catalogue of kinds with their parameters."""
    faults = world().faults
    return jsonify(
        faults=faults.listing(),
        struck=faults.struck(),
        kinds=fault_kinds.as_json(),
        common=[asdict(parameter) for parameter in fault_kinds.COMMON],
    )


@blueprint.post("/faults")
def plan_fault() -> Response:
    try:
        fault = world().faults.plan(body())
    except UnknownFault as error:
        raise Impossible("unknown_fault", str(error)) from error
    return jsonify(id=fault.id, kind=fault.kind, left=fault.left)


@blueprint.delete("/faults")
@blueprint.delete("/faults/<fault_id>")
def lift_faults(fault_id: str = "") -> Response:
    """Lift one fault, or all of them."""
    return jsonify(lifted=world().faults.lift(fault_id))


@blueprint.get("/pushes")
def list_pushes() -> Response:
    """The last pushes and payment notifications, newest first."""
    here = world()
    with here.state.lock:
        return jsonify(
            pushes=[push.as_json(sent) for sent in here.state.pushes.latest(LISTED)],
            notices=[notices.as_json(sent) for sent in here.state.notices.latest(LISTED)],
        )


@blueprint.post("/push/replay")
def replay() -> Response:
    """Send a push or a payment notification again: the one named, or the last one."""
    here = world()
    found = _letter(here, str(body().get("id") or ""))
    if isinstance(found, Push):
        return jsonify(id=found.id, attempt=push.replay(here, found))
    twist = "forge" if found.forged else ""
    status = notices.attempt(here, found, twist=twist, repeated=True)
    return jsonify(id=found.id, attempt=found.attempts[-1], status=status)


@blueprint.post("/push/forge")
def forge() -> Response:
    """Inject a forged push ({"target": "push"}) or payment notification ({"target": "notify"})."""
    here, wish = world(), body()
    if wish.get("target") == "notify":
        return jsonify(notices.as_json(_forge_notice(here, wish)))
    phones = here.state.phones.latest(1)
    phone = find(here, str(wish.get("phone") or (phones[0].id if phones else "")))
    return jsonify(push.as_json(push.forge(here, phone, str(wish.get("scene") or "forged"))))


@blueprint.post("/push/verify-url")
def verify_url() -> Response:
    """Check the callback address as the console does."""
    return jsonify(push.verify_address(world()))


@blueprint.get("/messages")
def messages() -> Response:
    """The chat of one phone (`phone`) or of all, oldest first."""
    here, wanted = world(), request.args.get("phone", "")
    with here.state.lock:
        lines = here.state.chat.group(wanted) if wanted else here.state.chat.all()
        openids = {phone.id: phone.openid for phone in here.state.phones.all()}
        shown = [chat.as_json(line, openids.get(line.phone_id, "")) for line in lines]
    return jsonify(messages=shown)


@blueprint.get("/books")
def show_books() -> Response:
    return jsonify(books.as_json(world()))


@blueprint.post("/books/top-up")
def top_up() -> Response:
    """The merchant pays in: {"account": "OPERATION" | "BASIC", "amount_fen"}."""
    here, wish = world(), body()
    account, amount = str(wish.get("account", "OPERATION")).upper(), wish.get("amount_fen")
    if account not in books.INSIDE:
        raise Impossible("unknown_account", "账户应为 BASIC 或 OPERATION")
    if type(amount) is not int or amount < 1:
        raise Impossible("bad_amount", "amount_fen 应为正整数（分）")
    with here.state.change():
        books.top_up(here, account, amount)
        transfers.fund_waiting(here)
    return jsonify({name: books.balance(here, key) for key, name in books.INSIDE.items()})


@blueprint.put("/labels")
def label() -> Response:
    """Names for scenes, shown where a person picks a code: {"labels": {scene: text}}."""
    here, wish = world(), body().get("labels")
    if not isinstance(wish, dict):
        raise Impossible("bad_labels", "labels 应为对象")
    with here.state.change():
        known = here.state.meta.get("labels")
        merged = (known.value if known else {}) | {str(k): str(v) for k, v in wish.items()}
        here.state.meta.put(Meta("labels", merged))
    return jsonify(labels=merged)


def _clock(here: World) -> dict[str, Any]:
    return {"now": utc_text(here.clock.now()), "offset_seconds": here.clock.offset_seconds}


def _letter(here: World, name: str) -> Push | Notice:
    found: Push | Notice | None
    with here.state.lock:
        if name:
            found = here.state.pushes.get(name) or here.state.notices.get(name)
        else:
            real = [p for p in here.state.pushes.latest(LISTED) if not p.forged]
            found = real[0] if real else None
    if found is None:
        raise Impossible("unknown_push", "没有这条推送")
    return found


def _forge_notice(here: World, wish: dict[str, Any]) -> Notice:
    orders = here.state.orders.latest(1)
    number = str(wish.get("out_trade_no") or (orders[0].id if orders else names.digits(32)))
    order = here.state.orders.get(number)
    url = order.notify_url if order else str(wish.get("url") or "")
    if not url:
        raise Impossible("unknown_order", "还没有订单，请给出 url")
    resource = {
        "mchid": here.accounts.mch_id,
        "appid": order.app_id if order else here.accounts.mini_app_id,
        "out_trade_no": number,
        "transaction_id": names.transaction_id(here.clock.now()),
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "payer": {"openid": order.openid if order else names.openid()},
        "amount": {"total": order.total_fen if order else 1, "currency": "CNY"},
    }
    return notices.forge(here, url, resource)
