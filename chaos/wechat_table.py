"""What the table of WeChat's faults is made of: a pair, the families, what always runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chaos.wechat_deeds import Deed

Wish = dict[str, Any]
SILENCE_SECONDS = 12.0  # longer than the product waits for WeChat
LATE_SECONDS = 90.0

# What goes before, beside or instead of a delivery, without changing how things end.
HARMLESS = ("repeat", "answer_lost", "forge", "stale_timestamp", "tampered")
HOSTILE = ("foreign_app", "bad_padding", "external_entity", "entity_bomb", "cut_xml")
MISTAKEN = (
    "signtest",
    "unknown_serial",
    "wrong_key",
    "unknown_order",
    "amount_mismatch",
    "wrong_mchid",
    "wrong_appid",
    "wrong_currency",
    "other_payer",
)
BEFORE = ("reset_before", "timeout_before", "system_error", "bad_gateway", "html_page")
AFTER = (
    "reset_after",
    "timeout_after",
    "system_error_after",
    "bad_gateway_after",
    "html_page_after",
    "truncated_json",
)
UNBELIEVABLE = ("forge", "stale_timestamp", "signtest", "unknown_serial", "unsigned")
BUSY = ("frequency_limited",)
TOKEN = ("token_invalid", "token_expired", "token_rotated")
TRANSFER_REASONS = (
    "ACCOUNT_FROZEN",
    "REAL_NAME_CHECK_FAIL",
    "NAME_NOT_CORRECT",
    "OPENID_INVALID",
    "TRANSFER_QUOTA_EXCEED",
    "DAY_RECEIVED_QUOTA_EXCEED",
    "DAY_RECEIVED_COUNT_EXCEED",
    "PAYEE_ACCOUNT_ABNORMAL",
    "PAYER_ACCOUNT_ABNORMAL",
    "TRANSFER_RISK",
    "TRANSFER_SCENE_UNAVAILABLE",
    "TRANSFER_SCENE_INVALID",
    "TRANSFER_REMARK_SET_FAIL",
    "BLOCK_B2C_USERLIMITAMOUNT_MONTH",
)
JSAPI, ORDERS = "POST /v3/pay/transactions/jsapi", "GET /v3/pay/transactions"
REFUNDS, TRANSFERS = "/v3/refund/domestic/refunds", "/v3/fund-app/mch-transfer/transfer-bills"
LOGIN, CODE, TOKENS = "/sns/jscode2session", "/cgi-bin/qrcode/create", "/cgi-bin/stable_token"
CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
SHIPPING = "/wxa/sec/order/upload_shipping_info"
PAID, RETURNED, MOVED = "notify:TRANSACTION", "notify:REFUND", "notify:MCHTRANSFER"


@dataclass(frozen=True)
class Pair:
    """A fault, an operation, and its right end. `ends` are several where WeChat's silence leaves
    several right ones. `controls` are asked of the sandbox first. `until_midnight`: WeChat allows
    no more before the next day."""

    operation: str
    deed: type[Deed]
    wishes: tuple[Wish, ...]
    ends: tuple[str, ...]
    is_short: bool = False
    name: str = ""
    until_midnight: bool = False
    controls: tuple[tuple[str, Wish], ...] = ()


def wish_for(kind: str, match: str, **more: Any) -> Wish:
    """A fault as the sandbox is asked for it."""
    found: Wish = {"kind": kind, "match": match} | more
    if kind.startswith("timeout"):
        found["delay_seconds"] = SILENCE_SECONDS
    if kind == "delay":
        found["delay_seconds"] = LATE_SECONDS
    return found


def pair_of(
    operation: str,
    deed: Any,
    kind: str,
    match: str,
    *ends: str,
    also: tuple[Wish, ...] = (),
    **more: Any,
) -> Pair:
    """One line of the table; `more` are the fault's own parameters, `also` strikes first."""
    is_short = (operation, kind) in SHORT
    detail = "".join(f" {value}" for value in more.values())
    wishes = (*also, wish_for(kind, match, **more))
    spent = more.get("errcode") == 45009
    return Pair(operation, deed, wishes, ends, is_short, f"{kind}{detail}", spent)


# A part that runs with every ./test: each operation, and each family of faults.
SHORT = frozenset(
    {
        ("follow", "repeat"),
        ("follow", "entity_bomb"),
        ("follow", "paid_follow"),
        ("follow, scan", "reorder"),
        ("scan", "foreign_app"),
        ("text", "answer_lost"),
        ("consent", "list_as_array"),
        ("mini login", "reset_after"),
        ("top-up", "truncated_json"),
        ("top-up", "amount_mismatch"),
        ("top-up, asked", "html_page"),
        ("sale", "forge"),
        ("sale", "wrong_key"),
        ("cancel", "pay_while_closing"),
        ("refund", "not_enough"),
        ("refund", "reset_after"),
        ("withdrawal", "system_error_after"),
        ("withdrawal", "signtest"),
        ("code", "token_rotated"),
        ("token", "bad_gateway"),
        ("chat message", "token_expired"),
        ("template", "reset_after"),
        ("shipping", "timeout_after"),
        ("web login", "snapshot_user_unflagged"),
        ("mini-program code", "truncated_json"),
        ("subscription", "token_invalid"),
        ("payment code", "reset_after"),
    }
)
