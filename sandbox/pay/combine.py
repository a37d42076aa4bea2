"""Several orders paid together, all or none (WeChat fact D11).

Each part is an order of its own afterwards: refunded, shared and billed by itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names
from sandbox.pay import combine_schemas, orders, schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.pay_records import Combined
from sandbox.records import Order
from sandbox.world import World, world

PATH = "/v3/combine-transactions"

blueprint = Blueprint("combine", __name__)


@blueprint.post(f"{PATH}/jsapi")
def jsapi() -> Response:
    """A prepay_id for a mini-program or the chat's browser."""
    here = world()
    wish = schemas.read(combine_schemas.CombinedJsapi, request.get_data())
    openid = wish.combine_payer_info.openid
    orders.check_openid(here, wish.combine_appid, openid)
    with here.state.change():
        found = _open(here, wish, "JSAPI", openid)
        prepay = orders.new_prepay(here, found.id, names.prepay_id(here.clock.now()))
    return jsonify(prepay_id=prepay.id)


@blueprint.post(f"{PATH}/app")
def app() -> Response:
    """A prepay_id for an app."""
    here = world()
    wish = schemas.read(combine_schemas.Combined, request.get_data())
    with here.state.change():
        found = _open(here, wish, "APP", "")
        prepay = orders.new_prepay(here, found.id, names.prepay_id(here.clock.now()))
    return jsonify(prepay_id=prepay.id)


@blueprint.post(f"{PATH}/native")
def native() -> Response:
    """A code_url to be scanned; an older one dies."""
    here = world()
    wish = schemas.read(combine_schemas.Combined, request.get_data())
    with here.state.change():
        prepay = orders.new_code(here, _open(here, wish, "NATIVE", "").id)
    return jsonify(code_url=prepay.id)


@blueprint.post(f"{PATH}/h5")
def h5() -> Response:
    """The address of WeChat's page; five minutes."""
    here = world()
    wish = schemas.read(combine_schemas.CombinedH5, request.get_data())
    with here.state.change():
        found = _open(here, wish, "MWEB", "")
        name = names.prepay_id(here.clock.now())
        prepay = orders.new_prepay(here, found.id, name, orders.H5_SECONDS)
    return jsonify(h5_url=orders.h5_url(prepay))


@blueprint.get(f"{PATH}/out-trade-no/<number>")
def query(number: str) -> Response:
    """All parts with their states."""
    here = world()
    return jsonify(orders.combined_json(here, _find(here, number)))


@blueprint.post(f"{PATH}/out-trade-no/<number>/close")
def close(number: str) -> Response:
    """Close all parts; the request has to name every one of them."""
    here = world()
    wish = schemas.read(combine_schemas.CombinedClose, request.get_data())
    with here.state.change():
        found = _find(here, number)
        if wish.combine_appid != found.app_id:
            raise invalid_request("combine_appid与合单下单时不一致")
        named = {(sub.mchid, sub.out_trade_no) for sub in wish.sub_orders}
        if named != {(here.accounts.mch_id, part) for part in found.order_numbers}:
            raise invalid_request("子单信息与合单下单时不一致")
        for order in orders.parts(here, found):
            if order.state != "CLOSED":
                orders.refuse_ended(order.state)
                order.state = "CLOSED"
                here.state.orders.put(order)
    return Response(status=204)


def _open(here: World, wish: combine_schemas.Combined, trade_type: str, openid: str) -> Combined:
    """The combined order of this number, new or as it was. Raises PayError."""
    for mchid in (wish.combine_mchid, *(sub.mchid for sub in wish.sub_orders)):
        orders.check_merchant(here, mchid, "body")
    orders.check_app(here, wish.combine_appid)
    fields = wish.model_dump(mode="json", exclude_none=True) | {"trade_type": trade_type}
    found = here.state.combined.get(wish.combine_out_trade_no)
    if found is not None:
        for order in orders.parts(here, found):
            orders.refuse_ended(orders.current_state(here, order))
        if found.request != fields:
            raise _used()
        return found
    numbers = [sub.out_trade_no for sub in wish.sub_orders]
    if any(here.state.orders.get(number) for number in (wish.combine_out_trade_no, *numbers)):
        raise _used()
    now = here.clock.now()
    closes_at = orders.closing_time(wish.time_expire, now)
    for sub in fields["sub_orders"]:
        here.state.orders.put(_part(wish, sub, trade_type, openid, now, closes_at))
    found = Combined(wish.combine_out_trade_no, wish.combine_appid, openid, numbers, fields, now)
    return here.state.combined.put(found)


def _part(
    wish: combine_schemas.Combined,
    sub: dict[str, Any],
    trade_type: str,
    openid: str,
    now: float,
    closes_at: float,
) -> Order:
    return Order(
        sub["out_trade_no"],
        wish.combine_appid,
        trade_type,
        sub["amount"]["total_amount"],
        wish.notify_url,
        sub,
        now,
        openid,
        closes_at=closes_at,
        combined_number=wish.combine_out_trade_no,
    )


def _find(here: World, number: str) -> Combined:
    found = here.state.combined.get(number)
    if found is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return found


def _used() -> PayError:
    return PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复：请求重入时，参数与首次请求时不一致")
