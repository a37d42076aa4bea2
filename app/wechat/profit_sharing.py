"""Profit sharing (分账, D10): receivers, splits of a paid order, returns, giving the rest free.

All amounts in fen. None of these may run while a unit of work is open. Numbers are the caller's
own and are written down before the call: repeat with the same number only. A split that is
FINISHED has not succeeded: each receiver has a result of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from app.wechat.errors import NoticeMalformed
from app.wechat.pay import Unclear, asking, gateway, moving

T = TypeVar("T")
ReceiverKind = Literal["MERCHANT_ID", "PERSONAL_OPENID"]
LONGEST_DESCRIPTION = 80


@dataclass(frozen=True, slots=True)
class SplitPart:
    """What one receiver of a split got. `result`: PENDING, SUCCESS, CLOSED (then `fail_reason`)."""

    kind: str
    account: str
    amount_fen: int
    result: str
    fail_reason: str | None


@dataclass(frozen=True, slots=True)
class SplitStatus:
    """A split, or a giving free, as WeChat Pay has it. `state`: PROCESSING or FINISHED."""

    out_order_no: str
    state: str
    parts: tuple[SplitPart, ...]


@dataclass(frozen=True, slots=True)
class ReturnStatus:
    """A return from a receiver. `result`: PROCESSING, SUCCESS, FAILED (then `fail_reason`)."""

    out_return_no: str
    result: str
    amount_fen: int
    fail_reason: str | None


def add_receiver(
    *, app_id: str, kind: ReceiverKind, account: str, name: str | None, relation: str,
    custom_relation: str | None = None,
) -> None:  # fmt: skip
    """Names a receiver; once more is no error. A merchant's registered name is required; it is
    encrypted. Raises WeChatRefused, WeChatUnavailable."""
    asking(
        lambda: gateway().profitsharing_add_receiver(
            kind, account, relation, name=name, custom_relation=custom_relation, appid=app_id
        )
    )


def delete_receiver(*, app_id: str, kind: ReceiverKind, account: str) -> None:
    """A receiver no longer; once more is no error. Raises WeChatRefused, WeChatUnavailable."""
    asking(lambda: gateway().profitsharing_delete_receiver(kind, account, appid=app_id))


def split(
    *, app_id: str, transaction_id: str, number: str, kind: ReceiverKind, account: str,
    amount_fen: int, description: str,
) -> SplitStatus:  # fmt: skip
    """Gives one receiver its part of a payment that was made to be shared; the rest stays frozen.

    From one minute after the payment, up to the agreed part of it. Raises OutcomeUnknown (query
    the number), WeChatUnavailable, WeChatRefused (RULE_LIMIT, NOT_ENOUGH, INVALID_REQUEST, …).
    """
    receiver = {
        "type": kind,
        "account": account,
        "amount": amount_fen,
        "description": description[:LONGEST_DESCRIPTION],
    }
    return moving(
        lambda: _read(
            split_status,
            gateway().profitsharing_order(transaction_id, number, [receiver], False, appid=app_id),
        )
    )


def query_split(transaction_id: str, number: str) -> SplitStatus:
    """A split, or a giving free, by our number. Raises WeChatRefused (RESOURCE_NOT_EXISTS), …"""
    return asking(
        lambda: _read(split_status, gateway().profitsharing_order_query(transaction_id, number))
    )


def unsplit_fen(transaction_id: str) -> int:
    """What of a payment is still frozen and not on its way, in fen."""
    return asking(lambda: _read(_unsplit, gateway().profitsharing_amount_query(transaction_id)))


def unfreeze(*, transaction_id: str, number: str, description: str) -> SplitStatus:
    """Gives the rest of a payment free. `number` must be a new one: a used one silently does
    nothing (fact D10). Raises OutcomeUnknown, WeChatUnavailable, WeChatRefused."""
    words = description[:LONGEST_DESCRIPTION]
    return moving(
        lambda: _read(split_status, gateway().profitsharing_unfreeze(transaction_id, number, words))
    )


def take_back(
    *, split_number: str, number: str, account: str, amount_fen: int, description: str
) -> ReturnStatus:
    """Takes back what a merchant (`account`) got by a split, for 180 days; persons give nothing
    back. Raises OutcomeUnknown (query it), WeChatUnavailable, WeChatRefused."""
    words = description[:LONGEST_DESCRIPTION]
    return moving(
        lambda: _read(
            return_status,
            gateway().profitsharing_return(
                number, account, amount_fen, words, out_order_no=split_number
            ),
        )
    )


def query_return(split_number: str, number: str) -> ReturnStatus:
    """A return by our numbers. Raises WeChatRefused (RESOURCE_NOT_EXISTS), WeChatUnavailable."""
    return asking(
        lambda: _read(return_status, gateway().profitsharing_return_query(split_number, number))
    )


def split_status(fields: Mapping[str, Any]) -> SplitStatus:
    """Reads a split. Raises NoticeMalformed."""
    receivers = fields.get("receivers") or []
    if not isinstance(receivers, list):
        raise NoticeMalformed("receivers is not a list")
    parts = tuple(_part(one) for one in receivers)
    return SplitStatus(_text(fields, "out_order_no"), _text(fields, "state"), parts)


def return_status(fields: Mapping[str, Any]) -> ReturnStatus:
    """Reads a return. Raises NoticeMalformed."""
    reason = fields.get("fail_reason")
    return ReturnStatus(
        _text(fields, "out_return_no"),
        _text(fields, "result"),
        _fen(fields, "amount"),
        str(reason) if reason else None,
    )


def _part(fields: Any) -> SplitPart:
    if not isinstance(fields, Mapping):
        raise NoticeMalformed("a receiver is not an object")
    reason = fields.get("fail_reason")
    return SplitPart(
        _text(fields, "type"),
        _text(fields, "account"),
        _fen(fields, "amount"),
        _text(fields, "result"),
        str(reason) if reason else None,
    )


def _unsplit(fields: Mapping[str, Any]) -> int:
    return _fen(fields, "unsplit_amount")


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise NoticeMalformed(f"{name} is missing")
    return value


def _fen(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NoticeMalformed(f"{name} is not an amount in fen")
    return value


def _read(reader: Callable[[Mapping[str, Any]], T], fields: Mapping[str, Any]) -> T:
    try:
        return reader(fields)
    except NoticeMalformed as malformed:
        raise Unclear(f"the answer is not as documented: {malformed}") from None
