"""What WeChat Pay says about an order, a refund or a transfer, from an answer or a notification.

The same shape for both, so that whoever credits money reads one thing only (facts D4, D7–D9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.wechat.errors import NoticeMalformed

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """An order. `amount_fen` is its total (compare it with your own order), known once paid.

    `state`: NOTPAY, USERPAYING, SUCCESS, REFUND, CLOSED, REVOKED, PAYERROR. An order that was
    paid and then refunded says REFUND, hence `is_paid`.
    """

    out_trade_no: str
    state: str
    transaction_id: str | None
    amount_fen: int | None
    currency: str | None
    app_id: str | None
    openid: str | None
    trade_type: str | None
    success_at: datetime | None

    @property
    def is_paid(self) -> bool:
        """Whether the money arrived."""
        return self.state in {"SUCCESS", "REFUND"} and self.transaction_id is not None


@dataclass(frozen=True, slots=True)
class RefundStatus:
    """A refund. `state`: PROCESSING, SUCCESS, CLOSED, ABNORMAL."""

    out_refund_no: str
    refund_id: str | None
    state: str
    refund_fen: int | None
    total_fen: int | None
    out_trade_no: str | None
    transaction_id: str | None
    success_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """A merchant transfer. `state`: ACCEPTED, PROCESSING, WAIT_USER_CONFIRM, TRANSFERING,
    SUCCESS, FAIL, CANCELING, CANCELLED; only SUCCESS, FAIL and CANCELLED are final.

    `package_info` is what the receiver's phone needs to confirm, in WAIT_USER_CONFIRM only.
    """

    out_bill_no: str
    transfer_bill_no: str | None
    state: str
    amount_fen: int | None
    openid: str | None
    package_info: str | None
    fail_reason: str | None

    @property
    def is_final(self) -> bool:
        """Whether the state can no longer change."""
        return self.state in {"SUCCESS", "FAIL", "CANCELLED"}


def order_status(fields: Fields) -> OrderStatus:
    """Reads an order. Raises NoticeMalformed."""
    payer, amount = _part(fields, "payer"), _part(fields, "amount")
    return OrderStatus(
        out_trade_no=_required(fields, "out_trade_no"),
        state=_required(fields, "trade_state"),
        transaction_id=_text(fields, "transaction_id"),
        amount_fen=_fen(amount, "total"),
        currency=_text(amount, "currency"),
        app_id=_text(fields, "appid"),
        openid=_text(payer, "openid"),
        trade_type=_text(fields, "trade_type"),
        success_at=_moment(fields, "success_time"),
    )


def refund_status(fields: Fields) -> RefundStatus:
    """Reads a refund: notifications say `refund_status`, answers `status`.

    Raises NoticeMalformed.
    """
    amount = _part(fields, "amount")
    return RefundStatus(
        out_refund_no=_required(fields, "out_refund_no"),
        refund_id=_text(fields, "refund_id"),
        state=_text(fields, "refund_status") or _required(fields, "status"),
        refund_fen=_fen(amount, "refund"),
        total_fen=_fen(amount, "total"),
        out_trade_no=_text(fields, "out_trade_no"),
        transaction_id=_text(fields, "transaction_id"),
        success_at=_moment(fields, "success_time"),
    )


def transfer_status(fields: Fields) -> TransferStatus:
    """Reads a merchant transfer. Raises NoticeMalformed."""
    return TransferStatus(
        out_bill_no=_required(fields, "out_bill_no"),
        transfer_bill_no=_text(fields, "transfer_bill_no"),
        state=_required(fields, "state"),
        amount_fen=_fen(fields, "transfer_amount"),
        openid=_text(fields, "openid"),
        package_info=_text(fields, "package_info"),
        fail_reason=_text(fields, "fail_reason"),
    )


def _part(fields: Fields, name: str) -> Fields:
    value = fields.get(name) or {}
    if not isinstance(value, Mapping):
        raise NoticeMalformed(f"{name} is not an object")
    return value


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise NoticeMalformed(f"{name} is not text")
    return value


def _required(fields: Fields, name: str) -> str:
    value = _text(fields, name)
    if value is None:
        raise NoticeMalformed(f"{name} is missing")
    return value


def _fen(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NoticeMalformed(f"{name} is not an amount in fen")
    return value


def _moment(fields: Fields, name: str) -> datetime | None:
    text = _text(fields, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NoticeMalformed(f"{name} is not a moment") from None
    if moment.tzinfo is None:
        raise NoticeMalformed(f"{name} has no time zone")
    return moment.astimezone(UTC)
