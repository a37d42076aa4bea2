"""Leave to be paid without confirming each transfer (WeChat fact D9).

One at a time for a person and a scene. It has no end unless it is closed.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.clock import beijing_text
from sandbox.impossible import Impossible
from sandbox.pay import notices, orders, schemas, transfer_rules, transfer_schemas
from sandbox.pay.errors import PayError, wrong_parameter
from sandbox.pay_records import Authorization
from sandbox.records import Phone
from sandbox.world import World, world

PATH = "/v3/fund-app/mch-transfer/user-confirm-authorization"
CONFIRM_SECONDS = 86400.0
JOB = "authorization"
EVENTS = {"TAKING_EFFECT": "CONFIRMED", "CLOSED": "CLOSED"}

blueprint = Blueprint("authorizations", __name__)


@blueprint.post(PATH)
def create() -> Response:
    """Ask a person for leave; they have 24 hours."""
    here = world()
    wish = schemas.read(transfer_schemas.Authorization, request.get_data())
    fields = wish.model_dump(mode="json", exclude_none=True)
    with here.state.change():
        found = here.state.authorizations.get(wish.out_authorization_no)
        if found is None:
            orders.check_app(here, wish.appid)
            transfer_rules.check_receiver(here, wish.appid, wish.openid)
            transfer_rules.check_scene(wish.transfer_scene_id)
            found = begin(here, fields, package_info=f"ABBQO{names.letters(58)}==")
        elif found.request != fields:
            raise PayError(400, "ALREADY_EXISTS", "商户授权单号已存在，且请求参数与首次请求不一致")
    return jsonify(
        out_authorization_no=found.id,
        state=found.state,
        create_time=beijing_text(found.created_at),
        **({"package_info": found.package_info} if found.state == "WAIT_USER_CONFIRM" else {}),
    )


@blueprint.get(f"{PATH}/out-authorization-no/<number>")
def query(number: str) -> Response:
    """An authorization by the merchant's own number."""
    display = request.args.get("is_display_authorization", "false")
    if display not in ("true", "false"):
        raise wrong_parameter("is_display_authorization", "true or false", display, "query")
    found = _find(world(), number)
    shown = as_json(found)
    if display == "true" and found.package_info:
        shown["package_info"] = found.package_info
    return jsonify(shown)


@blueprint.post(f"{PATH}/out-authorization-no/<number>/close")
def close(number: str) -> Response:
    """Give the leave up; once more is no error."""
    here = world()
    schemas.read_nothing(request.get_data())
    with here.state.change():
        found = _find(here, number)
        end(here, found, "CLOSE_VIA_MCH_API")
    return jsonify(as_json(found))


def begin(here: World, fields: dict[str, Any], package_info: str) -> Authorization:
    """Write a wish for leave down. Raises PayError 403 while the person has another for this
    scene. Only within `State.change()`."""
    now, openid, scene = here.clock.now(), fields["openid"], fields["transfer_scene_id"]
    for other in here.state.authorizations.group(openid):
        if other.state != "CLOSED" and other.scene == scene:
            raise PayError(403, "RULE_LIMIT", "授权数量达到限制，请使用原授权单号")
    found = Authorization(
        id=fields["out_authorization_no"],
        app_id=fields["appid"],
        openid=openid,
        scene=scene,
        display_name=fields["user_display_name"],
        notify_url=fields["authorization_notify_url"],
        request=fields,
        created_at=now,
        package_info=package_info,
    )
    if package_info:
        here.schedule.at(now + CONFIRM_SECONDS, JOB, found.id)
    return here.state.authorizations.put(found)


def confirm(here: World, found: Authorization) -> None:
    """The person agreed. Only within `State.change()`."""
    found.state, found.authorized_at = "TAKING_EFFECT", here.clock.now()
    found.authorization_id = f"AUTH{names.digits(24)}"
    _tell(here, found)


def end(here: World, found: Authorization, reason: str) -> None:
    """Close it, unless it is closed. Only within `State.change()`."""
    if found.state == "CLOSED":
        return
    found.state, found.closed_at, found.close_reason = "CLOSED", here.clock.now(), reason
    _tell(here, found)


def overdue(here: World, number: str) -> None:
    """24 hours are over."""
    with here.state.change():
        found = here.state.authorizations.get(number)
        if found is not None and found.state == "WAIT_USER_CONFIRM":
            end(here, found, "USER_OVERDUE_UNCONFIRMED")


def answer(here: World, phone: Phone, package_info: str) -> dict[str, Any]:
    """The person agrees on the page `wx.requestMerchantTransfer` opened. Raises Impossible."""
    with here.state.change():
        found = here.state.authorizations.find(package_info)
        if found is None or not package_info or found.package_info != package_info:
            raise Impossible("unknown_authorization", "package 参数错误")
        if found.openid not in (phone.mini_openid, phone.openid):
            raise Impossible("other_person", "授权用户与当前微信用户不一致")
        if found.state != "WAIT_USER_CONFIRM":
            raise Impossible("authorization_over", "授权单已失效或已处理")
        confirm(here, found)
        return as_json(found)


def withdraw(here: World, phone: Phone, number: str) -> dict[str, Any]:
    """The person closes it in their wallet. Raises Impossible."""
    with here.state.change():
        found = here.state.authorizations.get(number)
        if found is None or found.openid not in (phone.mini_openid, phone.openid):
            raise Impossible("unknown_authorization", "没有这个授权")
        end(here, found, "USER_CLOSE")
        return as_json(found)


def of_phone(here: World, phone: Phone) -> list[dict[str, Any]]:
    """What this person was asked for, newest first; with the package while it waits."""
    return [
        as_json(one)
        | ({"package_info": one.package_info} if one.state == "WAIT_USER_CONFIRM" else {})
        for openid in (phone.mini_openid, phone.openid)
        for one in here.state.authorizations.group(openid)[::-1]
    ]


def as_json(found: Authorization) -> dict[str, Any]:
    """An authorization as query and notification show it."""
    body: dict[str, Any] = {
        "out_authorization_no": found.id,
        "appid": found.app_id,
        "openid": found.openid,
        "transfer_scene_id": found.scene,
        "user_display_name": found.display_name,
        "state": found.state,
        "create_time": beijing_text(found.created_at),
    }
    if found.authorization_id:
        body["authorization_id"] = found.authorization_id
        body["authorize_time"] = beijing_text(found.authorized_at)
    if found.state == "CLOSED":
        body["close_info"] = {
            "close_time": beijing_text(found.closed_at),
            "close_reason": found.close_reason,
        }
    return body


def _find(here: World, number: str) -> Authorization:
    found = here.state.authorizations.get(number)
    if found is None:
        raise PayError(404, "NOT_FOUND", "授权单不存在")
    return found


def _tell(here: World, found: Authorization) -> None:
    here.state.authorizations.put(found)
    event = EVENTS[found.state]
    notices.create(
        here,
        f"MCHTRANSFER.AUTHORIZATION.{event}",
        "mch_payment",
        "免确认收款授权结果通知",
        found.notify_url,
        as_json(found) | {"mch_id": here.accounts.mch_id},
    )
