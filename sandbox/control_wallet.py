"""What a person does in WeChat's wallet (JSON under /__ctl/phones): show a code, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import phones
from sandbox.control import body
from sandbox.pay import authorizations, codepay, payment_codes
from sandbox.records import Phone
from sandbox.world import World, world

blueprint = Blueprint("control_wallet", __name__, url_prefix="/__ctl/phones")


@blueprint.post("/<phone_id>/payment-code")
def payment_code(phone_id: str) -> Response:
    """The payment code on the screen: 18 digits, the same for a minute unless it was used."""
    here = world()
    return jsonify(payment_codes.show(here, phones.find(here, phone_id)))


@blueprint.post("/<phone_id>/confirm-payment")
def confirm_payment(phone_id: str) -> Response:
    """Enter the password for {"out_trade_no"}; {"decline": true} does not."""
    here, wish = world(), body()
    phone, number = phones.find(here, phone_id), str(wish.get("out_trade_no") or "")
    return jsonify(codepay.confirm(here, phone, number, declined=bool(wish.get("decline"))))


@blueprint.post("/<phone_id>/confirm-authorization")
def confirm_authorization(phone_id: str) -> Response:
    """Agree to be paid without confirming: {"package_info"}."""
    here = world()
    phone, package = phones.find(here, phone_id), str(body().get("package_info") or "")
    return jsonify(authorizations.answer(here, phone, package))


@blueprint.post("/<phone_id>/close-authorization")
def close_authorization(phone_id: str) -> Response:
    """Take that back: {"out_authorization_no"}."""
    here = world()
    phone, number = phones.find(here, phone_id), str(body().get("out_authorization_no") or "")
    return jsonify(authorizations.withdraw(here, phone, number))


@blueprint.post("/<phone_id>/real-name")
def real_name(phone_id: str) -> Response:
    """The name WeChat Pay knows: {"real_name"}; a transfer to another name fails. Empty: any."""
    here = world()
    phone = phones.find(here, phone_id)
    with here.state.change():
        phone.real_name = str(body().get("real_name") or "")
        here.state.phones.put(phone)
    return jsonify(phones.as_json(phone))


def everything(here: World, phone: Phone) -> dict[str, Any]:
    """What waits for this person in the wallet."""
    return {
        "payments_to_confirm": codepay.waiting(here, phone),
        "authorizations": authorizations.of_phone(here, phone),
    }
