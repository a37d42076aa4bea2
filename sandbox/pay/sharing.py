"""Profit sharing: parts of a payment go to partners, the rest is unfrozen (WeChat fact D10).

An order's money is frozen at payment. At most a part of it can be shared, from one minute after;
what is left is unfrozen when asked for, or after 30 days.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, names, shipments, terms
from sandbox.clock import beijing_text
from sandbox.console import console
from sandbox.pay import cashier, orders, schemas, sharing_receivers, sharing_schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.pay_records import Sharing
from sandbox.records import Order
from sandbox.world import World, world

WAIT_SECONDS = 60.0
MOST_CALLS = 50
PERSON_MONTH_FEN = 20_000_000
JOB = cashier.SHARING_JOB

blueprint = Blueprint("sharing", __name__)


@blueprint.post("/v3/profitsharing/orders")
def share() -> Response:
    """Share a payment; the same number is the same sharing."""
    here = world()
    wish = schemas.read(sharing_schemas.Sharing, request.get_data())
    orders.check_app(here, wish.appid)
    fields = wish.model_dump(mode="json", exclude_none=True)
    for entry, receiver in zip(fields["receivers"], wish.receivers, strict=True):
        if receiver.name is not None:
            named = request.headers.get("Wechatpay-Serial", "")
            entry["name"] = sharing_receivers.clear_name(here, named, receiver.name)
    with here.state.change():
        found = here.state.sharings.get(wish.out_order_no)
        if found is None:
            order = _shareable(here, wish)
            found = _begin(here, order, fields, wish.unfreeze_unsplit)
        elif found.request != fields:
            raise invalid_request("商户分账单号已存在，且请求参数与首次请求不一致")
    return jsonify(as_json(found))


@blueprint.get("/v3/profitsharing/orders/<number>")
def query(number: str) -> Response:
    """A sharing by the merchant's number and the payment's."""
    found = world().state.sharings.get(number)
    if found is None or found.transaction_id != request.args.get("transaction_id"):
        raise PayError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    return jsonify(as_json(found))


@blueprint.get("/v3/profitsharing/transactions/<transaction_id>/amounts")
def amounts(transaction_id: str) -> Response:
    """What of a payment is still frozen and not on its way."""
    here = world()
    order = _order(here, transaction_id)
    return jsonify(transaction_id=transaction_id, unsplit_amount=_unsplit(here, order))


@blueprint.post("/v3/profitsharing/orders/unfreeze")
def unfreeze() -> Response:
    """Share no more of a payment. A number that was used before does nothing, silently."""
    here = world()
    wish = schemas.read(sharing_schemas.Unfreezing, request.get_data())
    with here.state.change():
        found = here.state.sharings.get(wish.out_order_no)
        if found is None:
            order = _order(here, wish.transaction_id)
            _check_frozen(order)
            fields = wish.model_dump(mode="json")
            found = _begin(here, order, fields | {"receivers": []}, is_last=True)
    return jsonify(as_json(found))


def finish(here: World, subject: str) -> None:
    """Each receiver of a sharing gets its part or does not; or 30 days are over."""
    with here.state.change():
        what, _, number = subject.partition(" ")
        if what == "auto":
            order = here.state.orders.get(number)
            if order is not None and not order.shared_out:
                _end(here, order, number)
            return
        found = here.state.sharings.get(number)
        order = here.state.orders.get(found.order_number) if found else None
        if found is None or order is None or found.state != "PROCESSING":
            return
        for entry in found.receivers:
            _settle(here, order, found, entry)
        found.state = "FINISHED"
        here.state.sharings.put(found)
        if found.is_last:
            _end(here, order, found.id)
        here.state.orders.put(order)


def as_json(found: Sharing) -> dict[str, Any]:
    """A sharing as create and query show it."""
    return {
        "transaction_id": found.transaction_id,
        "out_order_no": found.id,
        "order_id": found.sharing_id,
        "state": found.state,
        "receivers": found.receivers,
    }


def _begin(here: World, order: Order, fields: dict[str, Any], is_last: bool) -> Sharing:
    now = here.clock.now()
    receivers = [
        {
            "type": entry["type"],
            "account": entry["account"],
            "amount": entry["amount"],
            "description": entry["description"],
            "result": "PENDING",
            "detail_id": f"3600{names.digits(20)}",
            "create_time": beijing_text(now),
        }
        for entry in fields["receivers"]
    ]
    found = Sharing(
        id=fields["out_order_no"],
        sharing_id=f"3008{names.digits(24)}",
        order_number=order.id,
        transaction_id=order.transaction_id,
        receivers=receivers,
        is_last=is_last,
        request=fields,
        created_at=now,
    )
    here.state.sharings.put(found)
    if is_last:
        order.shared_out = True
        here.state.orders.put(order)
    here.schedule.at(now + terms.value(here, "sharing_seconds"), JOB, f"share {found.id}")
    return found


def _shareable(here: World, wish: sharing_schemas.Sharing) -> Order:
    """The order a sharing is for. Raises PayError when it cannot be shared so."""
    order = _order(here, wish.transaction_id)
    _check_frozen(order)
    if order.app_id != wish.appid:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid与订单不一致")
    if here.clock.now() < order.paid_at + WAIT_SECONDS:
        raise invalid_request("订单支付成功1分钟后才可分账")
    if order.refunded_fen >= order.total_fen:
        raise invalid_request("订单已全额退款，不可分账")
    _check_received(here, order)
    earlier = [one for one in here.state.sharings.group(order.id) if one.receivers]
    if len(earlier) >= MOST_CALLS:
        raise PayError(403, "RULE_LIMIT", "分账次数超限")
    accounts = [(share.type, share.account) for share in wish.receivers]
    if len(set(accounts)) != len(accounts):
        raise invalid_request("同一接收方在一次分账中只能出现一次")
    wanted = sum(share.amount for share in wish.receivers)
    most = order.total_fen * terms.value(here, "sharing_percent") // 100
    taken = sum(
        entry["amount"] for one in earlier for entry in one.receivers if entry["result"] != "CLOSED"
    )
    if taken + wanted > most:
        raise PayError(403, "RULE_LIMIT", "分账金额超过最大分账比例")
    if wanted > _unsplit(here, order):
        raise PayError(403, "NOT_ENOUGH", "分账金额超过订单剩余待分金额")
    return order


def _check_received(here: World, order: Order) -> None:
    """Where shipping is reported, nothing is shared before the buyer has received it."""
    if not console(here).trade_managed or not shipments.is_of_mini_program(here, order):
        return
    if shipments.state_of(here, order) not in (shipments.RECEIVED, shipments.DONE):
        raise invalid_request("小程序订单确认收货后才可分账")


def _check_frozen(order: Order) -> None:
    if not (order.request.get("settle_info") or {}).get("profit_sharing"):
        raise invalid_request("非分账订单不支持分账")
    if order.shared_out:
        raise invalid_request("订单剩余资金已解冻，不可再分账")


def _order(here: World, transaction_id: str) -> Order:
    order = here.state.orders.find(transaction_id)
    if order is None or order.transaction_id != transaction_id:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    return order


def _unsplit(here: World, order: Order) -> int:
    pending = sum(
        int(entry["amount"])
        for one in here.state.sharings.group(order.id)
        for entry in one.receivers
        if entry["result"] == "PENDING"
    )
    return max(order.frozen_fen - pending, 0)


def _settle(here: World, order: Order, found: Sharing, entry: dict[str, Any]) -> None:
    """One receiver's part, or the reason it was not given."""
    reason = _failure(here, order, found, entry)
    entry["finish_time"] = beijing_text(here.clock.now())
    if reason:
        entry |= {"result": "CLOSED", "fail_reason": reason}
        return
    entry["result"] = "SUCCESS"
    books.move(here, entry["amount"], "FROZEN", "PARTNERS", "sharing", found.id)
    order.frozen_fen -= entry["amount"]


def _failure(here: World, order: Order, found: Sharing, entry: dict[str, Any]) -> str:
    fault = here.faults.take(f"sharing:{found.id} {entry['account']}", "sharing_fail")
    if fault is not None:
        return str(fault.detail.get("reason", "ACCOUNT_ABNORMAL"))
    if not sharing_receivers.is_known(here, entry["type"], entry["account"]):
        return "NO_RELATION"
    if order.frozen_fen < entry["amount"]:
        return "PAYER_ACCOUNT_ABNORMAL"
    is_person = entry["type"] == "PERSONAL_OPENID"
    if is_person and _this_month(here, entry["account"]) + entry["amount"] > PERSON_MONTH_FEN:
        return "RECEIVER_RECEIPT_LIMIT"
    return ""


def _this_month(here: World, account: str) -> int:
    month = beijing_text(here.clock.now())[:7]
    return sum(
        int(entry["amount"])
        for one in here.state.sharings.all()
        for entry in one.receivers
        if entry["account"] == account
        and entry["result"] == "SUCCESS"
        and entry["finish_time"].startswith(month)
    )


def _end(here: World, order: Order, reference: str) -> None:
    order.shared_out = True
    books.unfreeze(here, order, order.frozen_fen, reference)
    here.state.orders.put(order)
