"""Orders and refunds at WeChat Pay, against the sandbox, with its faults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import now
from app.wechat import client, tokens
from app.wechat.client import OutcomeUnknown, WeChatRefused, WeChatUnavailable
from tests.wechat.pretend import Sandbox, eventually

pytestmark = pytest.mark.usefixtures("context")


def _number() -> str:
    return uuid4().hex


def _refused(code: str) -> Any:
    return pytest.raises(WeChatRefused, match=f"^WeChat answered {code}$")


def _order(sandbox: Sandbox, phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "out_trade_no": _number(),
        "description": "储值 · 老码头火锅",
        "amount_fen": 12_345,
        "trade_type": "jsapi",
        "app_id": settings().wechat_mini_app_id,
        "openid": phone["mini_openid"],
        "expires_at": now() + timedelta(minutes=30),
        **more,
    }


def _paid(sandbox: Sandbox, phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    order = _order(sandbox, phone, **more)
    prepaid = client.prepay(**order)
    assert prepaid.prepay_id is not None
    sandbox.act(phone, "pay", **client.jsapi_parameters(prepaid.prepay_id, order["app_id"]))
    return order


def test_an_order_is_paid_and_notified(sandbox: Sandbox, payments) -> None:
    phone, seen = sandbox.phone(), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append((event_type, client.order_status(resource)))

    with payments.connected_to(note):
        order = _paid(sandbox, phone)
        eventually(lambda: seen)
        sandbox.drain()
    [(event_type, notified)] = seen
    assert event_type == "TRANSACTION.SUCCESS"
    status = client.query_order(order["out_trade_no"])
    assert notified == status
    assert status.is_paid
    assert (status.state, status.amount_fen) == ("SUCCESS", 12_345)
    assert (status.openid, status.app_id) == (phone["mini_openid"], order["app_id"])
    assert status.success_at is not None
    assert abs(status.success_at - now()) < timedelta(minutes=1)


def test_a_native_order_is_paid_by_scanning(sandbox: Sandbox, payments) -> None:
    phone = sandbox.phone()
    order = _order(sandbox, phone, trade_type="native", openid=None)
    prepaid = client.prepay(**order)
    assert prepaid.prepay_id is None
    sandbox.act(phone, "pay", code_url=prepaid.code_url)
    assert client.query_order(order["out_trade_no"]).is_paid


def test_an_order_may_be_placed_again_only_unchanged(sandbox: Sandbox) -> None:
    order = _order(sandbox, sandbox.phone())
    assert client.prepay(**order).prepay_id
    assert client.prepay(**order).prepay_id
    with pytest.raises(WeChatRefused):
        client.prepay(**order | {"amount_fen": 1})
    assert client.query_order(order["out_trade_no"]).is_paid is False


def test_an_unpaid_order_is_closed_and_a_paid_one_is_not(sandbox: Sandbox, payments) -> None:
    phone = sandbox.phone()
    open_order = _order(sandbox, phone)
    client.prepay(**open_order)
    client.close_order(open_order["out_trade_no"])
    assert client.query_order(open_order["out_trade_no"]).state == "CLOSED"
    paid = _paid(sandbox, phone)
    with pytest.raises(WeChatRefused):
        client.close_order(paid["out_trade_no"])
    assert client.query_order(paid["out_trade_no"]).is_paid


def test_an_order_nobody_placed_does_not_exist(sandbox: Sandbox) -> None:
    with _refused("ORDER_NOT_EXIST"):
        client.query_order(_number())


@pytest.mark.parametrize("number", ["", "short", "x" * 33, "a/../../refunds", "中" * 8, "a b c d"])
def test_a_number_wechat_would_not_take_is_never_sent(sandbox: Sandbox, number: str) -> None:
    with pytest.raises(ValueError, match="not a number WeChat Pay takes"):
        client.query_order(number)


def test_a_refund_is_made_once_under_its_number(sandbox: Sandbox, payments) -> None:
    seen: list[client.RefundStatus] = []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        if event_type.startswith("REFUND."):
            seen.append(client.refund_status(resource))

    order = _paid(sandbox, sandbox.phone())
    refund = {
        "out_refund_no": _number(),
        "out_trade_no": order["out_trade_no"],
        "refund_fen": 2_345,
        "total_fen": 12_345,
        "reason": "顾客退单",
    }
    with payments.connected_to(note):
        first, again = client.refund(**refund), client.refund(**refund)
        assert first.refund_id == again.refund_id
        sandbox.control("/clock/advance", {"seconds": 60})
        eventually(lambda: seen)
    status = client.query_refund(refund["out_refund_no"])
    assert (status.state, status.refund_fen, status.total_fen) == ("SUCCESS", 2_345, 12_345)
    assert {(found.out_refund_no, found.state) for found in seen} == {
        (refund["out_refund_no"], "SUCCESS")
    }


@pytest.mark.parametrize("kind", ["reset_after", "system_error_after"])
def test_an_unclear_refund_is_queried_and_never_lost(sandbox: Sandbox, payments, kind: str) -> None:
    order = _paid(sandbox, sandbox.phone())
    number = _number()
    sandbox.fault(kind, match="POST /v3/refund/domestic/refunds")
    with pytest.raises(OutcomeUnknown):
        client.refund(
            out_refund_no=number,
            out_trade_no=order["out_trade_no"],
            refund_fen=12_345,
            total_fen=12_345,
        )
    assert client.query_refund(number).refund_fen == 12_345


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "system_error", "bad_gateway"])
def test_an_unclear_order_may_be_placed_again(sandbox: Sandbox, kind: str) -> None:
    order = _order(sandbox, sandbox.phone())
    sandbox.fault(kind, match="POST /v3/pay/transactions/jsapi")
    with pytest.raises(WeChatUnavailable):
        client.prepay(**order)
    assert client.prepay(**order).prepay_id


def test_asking_too_often_is_unavailable(sandbox: Sandbox) -> None:
    sandbox.fault("frequency_limited", match="/v3/")
    with pytest.raises(WeChatUnavailable):
        client.query_order(_number())


def test_wechat_is_never_called_while_a_unit_of_work_is_open(sandbox: Sandbox) -> None:
    tokens.access_token()
    with pytest.raises(RuntimeError, match="unit of work"):
        in_transaction(lambda: client.query_order(_number()))
    with pytest.raises(RuntimeError, match="unit of work"):
        in_transaction(lambda: client.create_qrcode_ticket("S1", 60))
