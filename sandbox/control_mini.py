"""The control API of what a person does inside the mini-program (JSON under /__ctl/phones)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from sandbox import mini_phones, phones, push, shipments, subscriptions
from sandbox.control import body
from sandbox.impossible import Impossible
from sandbox.world import world

blueprint = Blueprint("control_mini", __name__, url_prefix="/__ctl/phones/<phone_id>")


@blueprint.post("/privacy")
def privacy(phone_id: str) -> Response:
    """Agree to the privacy guide; {"agree": false} refuses it or takes consent back."""
    here, agrees = world(), body().get("agree", True) is not False
    return jsonify(mini_phones.answer_privacy(here, phones.find(here, phone_id), agrees))


@blueprint.post("/phone-number")
def phone_number(phone_id: str) -> Response:
    """Give the phone number: {"code"} for getuserphonenumber; {"accept": false} declines."""
    here, accepts = world(), body().get("accept", True) is not False
    return jsonify(mini_phones.answer_phone_number(here, phones.find(here, phone_id), accepts))


@blueprint.post("/subscribe")
def subscribe(phone_id: str) -> Response:
    """Answer the popup: {"choices": {template: "accept" | "reject" | "ban"}, "app"?: "oa"}."""
    here, wish = world(), body()
    choices, app = wish.get("choices"), wish.get("app", "mini")
    if not isinstance(choices, dict) or app not in subscriptions.MOST_TEMPLATES:
        raise Impossible("bad_templates", "choices 应为 {模板: accept/reject/ban}")
    phone = phones.find(here, phone_id)
    return jsonify(subscriptions.answer(here, phone, app, choices))


@blueprint.post("/unsubscribe")
def unsubscribe(phone_id: str) -> Response:
    """Refuse a template in WeChat's settings: {"template_id", "app"?: "oa"}."""
    here, wish = world(), body()
    template, app = wish.get("template_id"), wish.get("app", "mini")
    if not isinstance(template, str) or not template or app not in subscriptions.MOST_TEMPLATES:
        raise Impossible("bad_templates", "需要 template_id")
    phone = phones.find(here, phone_id)
    return jsonify(subscriptions.revoke(here, phone, app, template))


@blueprint.post("/enter-session")
def enter_session(phone_id: str) -> Response:
    """Open customer service; {"text"} writes there."""
    here, text = world(), str(body().get("text") or "")
    sent = mini_phones.enter_session(here, phones.find(here, phone_id), text)
    return jsonify(push=push.as_json(sent))


@blueprint.post("/confirm-receipt")
def confirm_receipt(phone_id: str) -> Response:
    """Tap 确认收货 for {"out_trade_no"}."""
    here, number = world(), str(body().get("out_trade_no") or "")
    return jsonify(shipments.confirm_by_hand(here, phones.find(here, phone_id), number))
