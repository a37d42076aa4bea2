"""Whom profits may be shared with (WeChat fact D10)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from sandbox.pay import orders, platform_keys, schemas, sharing_schemas, signing, transfer_rules
from sandbox.pay.errors import PayError, invalid_request, wrong_parameter
from sandbox.pay_records import Receiver
from sandbox.world import World, world

MOST = 20_000

blueprint = Blueprint("sharing_receivers", __name__)


@blueprint.post("/v3/profitsharing/receivers/add")
def add() -> Response:
    """Name a receiver; once more is no error, its relation is then the new one."""
    here = world()
    wish = schemas.read(sharing_schemas.NewReceiver, request.get_data())
    orders.check_app(here, wish.appid)
    name = ""
    if wish.name is not None:
        name = clear_name(here, request.headers.get("Wechatpay-Serial", ""), wish.name)
    if wish.type == "PERSONAL_OPENID":
        transfer_rules.check_receiver(here, wish.appid, wish.account)
    elif not wish.account.isdigit() or wish.account == here.accounts.mch_id:
        raise invalid_request("分账接收方账号错误")
    key = f"{wish.type} {wish.account}"
    with here.state.change():
        if len(here.state.receivers) >= MOST and here.state.receivers.get(key) is None:
            raise PayError(403, "RULE_LIMIT", "分账接收方数量超限")
        here.state.receivers.put(
            Receiver(key, wish.relation_type, wish.custom_relation or "", name)
        )
    answer = {"type": wish.type, "account": wish.account, "relation_type": wish.relation_type}
    if wish.name is not None:
        answer["name"] = wish.name
    if wish.custom_relation:
        answer["custom_relation"] = wish.custom_relation
    return jsonify(answer)


@blueprint.post("/v3/profitsharing/receivers/delete")
def delete() -> Response:
    """A receiver no longer; once more is no error."""
    here = world()
    wish = schemas.read(sharing_schemas.FormerReceiver, request.get_data())
    orders.check_app(here, wish.appid)
    with here.state.change():
        here.state.receivers.drop(f"{wish.type} {wish.account}")
    return jsonify(type=wish.type, account=wish.account)


def is_known(here: World, kind: str, account: str) -> bool:
    """Whether this is a receiver now."""
    return here.state.receivers.get(f"{kind} {account}") is not None


def clear_name(here: World, named: str, name: str) -> str:
    """A name, decrypted. Raises PayError 400."""
    if not named:
        raise wrong_parameter("Wechatpay-Serial", "names the key of name", location="header")
    platform_keys.check_named(here, named)
    return signing.unseal(here, named, "/name", name)
