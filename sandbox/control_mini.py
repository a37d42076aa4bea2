"""The control API of what a person does inside the mini-program (JSON under /__ctl/phones)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from sandbox import mini_phones, phones
from sandbox.control import body
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
