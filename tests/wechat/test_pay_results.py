"""Orders, refunds and transfers as WeChat Pay words them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.wechat.errors import NoticeMalformed
from app.wechat.pay_results import order_status, refund_status, transfer_status

ORDER = {
    "out_trade_no": "1",
    "trade_state": "SUCCESS",
    "transaction_id": "42",
    "appid": "wx1",
    "trade_type": "JSAPI",
    "success_time": "2026-11-22T12:00:00+08:00",
    "payer": {"openid": "o1"},
    "amount": {"total": 100, "payer_total": 90, "currency": "CNY"},
}


def test_an_order_counts_its_total_not_what_a_coupon_left_to_pay() -> None:
    status = order_status(ORDER)
    assert (status.amount_fen, status.openid, status.is_paid) == (100, "o1", True)
    assert status.success_at == datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "is_paid"),
    [
        ("SUCCESS", True),
        ("REFUND", True),
        ("NOTPAY", False),
        ("CLOSED", False),
        ("PAYERROR", False),
    ],
)
def test_a_refunded_order_was_paid_too(state: str, is_paid: bool) -> None:
    assert order_status(ORDER | {"trade_state": state}).is_paid is is_paid


def test_an_order_nobody_paid_has_little_to_say() -> None:
    status = order_status({"out_trade_no": "1", "trade_state": "NOTPAY", "payer": None})
    assert (status.amount_fen, status.openid, status.success_at) == (None, None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"out_trade_no": None},
        {"out_trade_no": 5},
        {"trade_state": ""},
        {"amount": [1]},
        {"amount": {"total": "100"}},
        {"amount": {"total": 1.0}},
        {"amount": {"total": True}},
        {"amount": {"total": -1}},
        {"payer": "o1"},
        {"success_time": "yesterday"},
        {"success_time": "2026-11-22T12:00:00"},
    ],
)
def test_an_order_of_another_form_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(NoticeMalformed):
        order_status(ORDER | change)


def test_answers_and_notices_of_a_refund_read_alike() -> None:
    common = {"out_refund_no": "r1", "refund_id": "50", "amount": {"refund": 5, "total": 100}}
    answer = refund_status(common | {"status": "SUCCESS"})
    assert answer == refund_status(common | {"refund_status": "SUCCESS"})
    assert (answer.refund_fen, answer.total_fen) == (5, 100)
    with pytest.raises(NoticeMalformed):
        refund_status(common)


@pytest.mark.parametrize(
    ("state", "is_final"),
    [("SUCCESS", True), ("FAIL", True), ("CANCELLED", True)]
    + [(state, False) for state in ("ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM", "CANCELING")],
)
def test_only_three_states_of_a_transfer_are_final(state: str, is_final: bool) -> None:
    status = transfer_status({"out_bill_no": "b1", "state": state, "transfer_amount": 30})
    assert (status.is_final, status.amount_fen) == (is_final, 30)
