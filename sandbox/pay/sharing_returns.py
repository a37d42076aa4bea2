"""Money a partner gives back: from merchants only, and not to be shared again (fact D10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, names
from sandbox.clock import beijing_text
from sandbox.pay import schemas, sharing_schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.pay_records import Sharing, SharingReturn
from sandbox.world import World, world

MOST_RETURNS = 50
RETURN_SECONDS = 180 * 86400.0

blueprint = Blueprint("sharing_returns", __name__)


@blueprint.post("/v3/profitsharing/return-orders")
def give_back() -> Response:
    """Take a part back; answered at once. The same number is the same return."""
    here = world()
    wish = schemas.read(sharing_schemas.Return, request.get_data())
    fields = wish.model_dump(mode="json", exclude_none=True)
    with here.state.change():
        found = here.state.sharing_returns.get(wish.out_return_no)
        if found is None:
            found = _begin(here, wish, fields)
        elif found.request != fields:
            raise invalid_request("商户回退单号已存在，且请求参数与首次请求不一致")
    return jsonify(as_json(here, found))


@blueprint.get("/v3/profitsharing/return-orders/<number>")
def query(number: str) -> Response:
    """A return by the merchant's number and the sharing's."""
    here = world()
    found = here.state.sharing_returns.get(number)
    if found is None or found.sharing_number != request.args.get("out_order_no"):
        raise PayError(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    return jsonify(as_json(here, found))


def as_json(here: World, found: SharingReturn) -> dict[str, Any]:
    """A return as create and query show it."""
    sharing = here.state.sharings.get(found.sharing_number)
    assert sharing is not None
    body = {
        "order_id": sharing.sharing_id,
        "out_order_no": sharing.id,
        "out_return_no": found.id,
        "return_id": found.return_id,
        "return_mchid": found.mchid,
        "amount": found.amount_fen,
        "description": found.request["description"],
        "result": found.result,
        "create_time": beijing_text(found.created_at),
        "finish_time": beijing_text(found.created_at),
    }
    return body | ({"fail_reason": found.fail_reason} if found.fail_reason else {})


def _begin(here: World, wish: sharing_schemas.Return, fields: dict[str, Any]) -> SharingReturn:
    sharing = _returnable(here, wish)
    fault = here.faults.take(f"sharing-return:{wish.out_return_no}", "sharing_return_fail")
    reason = str(fault.detail.get("reason", "BALANCE_NOT_ENOUGH")) if fault else ""
    found = SharingReturn(
        id=wish.out_return_no,
        return_id=f"3009{names.digits(24)}",
        sharing_number=sharing.id,
        mchid=wish.return_mchid,
        amount_fen=wish.amount,
        request=fields,
        created_at=here.clock.now(),
        result="FAILED" if reason else "SUCCESS",
        fail_reason=reason,
    )
    if not reason:
        books.move(here, wish.amount, "PARTNERS", "BASIC", "sharing_returned", found.id)
    return here.state.sharing_returns.put(found)


def _returnable(here: World, wish: sharing_schemas.Return) -> Sharing:
    """The sharing a return is of. Raises PayError when it cannot be returned so."""
    sharing = (
        here.state.sharings.find(wish.order_id)
        if wish.order_id
        else here.state.sharings.get(wish.out_order_no or "")
    )
    if sharing is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    if here.clock.now() > sharing.created_at + RETURN_SECONDS:
        raise invalid_request("分账单超过180天，不可回退")
    given = sum(
        entry["amount"]
        for entry in sharing.receivers
        if (entry["type"], entry["account"]) == ("MERCHANT_ID", wish.return_mchid)
        and entry["result"] == "SUCCESS"
    )
    if not given:
        raise invalid_request("回退方不是该分账单的成功接收方，个人接收方不支持回退")
    earlier = here.state.sharing_returns.group(sharing.id)
    if len(earlier) >= MOST_RETURNS:
        raise PayError(403, "RULE_LIMIT", "回退次数超限")
    returned = sum(
        one.amount_fen
        for one in earlier
        if one.result == "SUCCESS" and one.mchid == wish.return_mchid
    )
    if returned + wish.amount > given:
        raise invalid_request("回退金额超过分账金额")
    return sharing
