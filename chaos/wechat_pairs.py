"""Every fault of WeChat × every operation it can strike, and how the operation has to end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chaos import wechat_deeds as deeds

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
    deed: type[deeds.Deed]
    wishes: tuple[Wish, ...]
    ends: tuple[str, ...]
    is_short: bool = False
    name: str = ""
    until_midnight: bool = False
    controls: tuple[tuple[str, Wish], ...] = ()


def everything() -> list[Pair]:
    """The whole table."""
    return [
        *_pushes(),
        *_logins(),
        *_payments(),
        *_refunds(),
        *_withdrawals(),
        *_accounts(),
        *_rotations(),
    ]


def _wish(kind: str, match: str, **more: Any) -> Wish:
    found: Wish = {"kind": kind, "match": match} | more
    if kind.startswith("timeout"):
        found["delay_seconds"] = SILENCE_SECONDS
    if kind == "delay":
        found["delay_seconds"] = LATE_SECONDS
    return found


def _pair(
    operation: str,
    deed: Any,
    kind: str,
    match: str,
    *ends: str,
    also: tuple[Wish, ...] = (),
    **more: Any,
) -> Pair:
    is_short = (operation, kind) in SHORT
    detail = "".join(f" {value}" for value in more.values())
    wishes = (*also, _wish(kind, match, **more))
    spent = more.get("errcode") == 45009
    return Pair(operation, deed, wishes, ends, is_short, f"{kind}{detail}", spent)


def _rotations() -> Iterable[Pair]:
    """WeChat Pay signs with a certificate nobody has seen yet: what it says is found by asking."""
    rotate = (("pay/keys/rotate", {"overlap_seconds": 0}),)
    for operation, deed, end, match in (
        ("top-up", deeds.TopUp, "credited", PAID),
        ("refund", deeds.Refund, "refunded", RETURNED),
        ("withdrawal", deeds.Withdraw, "paid", MOVED),
    ):
        wishes = (_wish("repeat", match),)
        is_short = operation == "top-up"
        name = "repeat, certificate rotated"
        yield Pair(operation, deed, wishes, (end,), is_short, name, controls=rotate)


def _pushes() -> Iterable[Pair]:
    for operation, deed, match, end, lost in (
        ("follow", deeds.Follow, "push:subscribe", "joined", "joined without a shop"),
        ("scan", deeds.Scan, "push:SCAN", "told", "not told"),
        ("text", deeds.Write, "push:text", "told", "not told"),
    ):
        for kind in (*HARMLESS, *HOSTILE, "delay"):
            yield _pair(operation, deed, kind, match, end)
        yield _pair(operation, deed, "drop", match, lost)
    for kind in (*HARMLESS, "foreign_app", "bad_padding", "delay", "list_as_array"):
        yield _pair("consent", deeds.Agree, kind, "push:subscribe_msg", "answered")
    end = "joined without a shop"
    yield _pair("follow", deeds.Follow, "paid_follow", "push:subscribe", end)
    behind: Wish = {"behind": "push:SCAN", "delay_seconds": 600.0}
    late = deeds.FollowThenScan
    yield _pair("follow, scan", late, "reorder", "push:subscribe", "joined", **behind)


def _logins() -> Iterable[Pair]:
    for kind in (*BEFORE, *AFTER, *BUSY, "unionid_missing"):
        yield _pair("mini login", deeds.LogIn, kind, LOGIN, "in")
    for code in (-1, 40029, 40163, 40164, 45011):
        yield _pair("mini login", deeds.LogIn, "errcode", LOGIN, "in", errcode=code)
    yield _pair("mini login", deeds.LogIn, "errcode", LOGIN, "refused, then in", errcode=40226)


def _payments() -> Iterable[Pair]:
    for operation, deed, end in (
        ("top-up", deeds.TopUp, "credited"),
        ("sale", deeds.Sale, "paid"),
    ):
        for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE):
            yield _pair(operation, deed, kind, JSAPI, end)
        for kind in (*HARMLESS, *MISTAKEN, "delay", "drop"):
            yield _pair(operation, deed, kind, PAID, end)
        lost = (_wish("drop", PAID),)
        for kind in (*BEFORE, *BUSY, *UNBELIEVABLE, "truncated_json"):
            yield _pair(f"{operation}, asked", deed, kind, ORDERS, end, also=lost)
        yield _pair(operation, deed, "pay_error", JSAPI, "refused", code="PARAM_ERROR")
        yield _pair(operation, deed, "pay_error", JSAPI, end, code="SYSTEM_ERROR")
    for kind in (*BEFORE, *AFTER, *BUSY):
        yield _pair("cancel", deeds.Cancel, kind, "/close", "cancelled")
    yield _pair("cancel", deeds.Cancel, "pay_while_closing", "close:", "paid")


def _refunds() -> Iterable[Pair]:
    asked = f"POST {REFUNDS}"
    for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE, "not_enough"):
        yield _pair("refund", deeds.Refund, kind, asked, "refunded")
    for kind in (*HARMLESS, *MISTAKEN, "delay", "drop"):
        yield _pair("refund", deeds.Refund, kind, RETURNED, "refunded")
    lost = (_wish("drop", RETURNED),)
    for kind in (*BEFORE, *BUSY, *UNBELIEVABLE):
        yield _pair("refund, asked", deeds.Refund, kind, f"GET {REFUNDS}", "refunded", also=lost)
    for code in ("RULE_LIMIT", "FREQUENCY_LIMIT_EXCEED", "SYSTEM_ERROR"):
        yield _pair("refund", deeds.Refund, "pay_error", asked, "refunded", code=code)
    wish: Wish = {"behind": "notify:REFUND", "delay_seconds": 3600.0}
    yield _pair("refund", deeds.EarlyRefund, "reorder", PAID, "refunded", **wish)
    for kind in ("refund_abnormal", "refund_closed"):
        yield _pair("refund", deeds.Refund, kind, "refund:", "troubled")


def _withdrawals() -> Iterable[Pair]:
    asked = f"POST {TRANSFERS}"
    for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE, "not_enough"):
        yield _pair("withdrawal", deeds.Withdraw, kind, asked, "paid")
    for kind in (*HARMLESS, *MISTAKEN[:7], "delay", "drop"):
        yield _pair("withdrawal", deeds.Withdraw, kind, MOVED, "paid")
    lost = (_wish("drop", MOVED),)
    for kind in (*BEFORE, *BUSY, *UNBELIEVABLE):
        match = f"GET {TRANSFERS}"
        yield _pair("withdrawal, asked", deeds.Withdraw, kind, match, "paid", also=lost)
    for code in ("FREQUENCY_LIMIT_EXCEED", "SYSTEM_ERROR", "ACCOUNT_ERROR"):
        yield _pair("withdrawal", deeds.Withdraw, "pay_error", asked, "paid", code=code)
    for reason in TRANSFER_REASONS:
        failing: Wish = {"reason": reason}
        deed = deeds.Withdraw
        yield _pair("withdrawal", deed, "transfer_fail", "transfer:", "returned", **failing)


def _accounts() -> Iterable[Pair]:
    """What goes through the official account's token."""
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield _pair("code", deeds.Picture, kind, CODE, "picture")
    for code in (-1, 45009, 45011):
        yield _pair("code", deeds.Picture, "errcode", CODE, "picture", errcode=code)
    rotated = (_wish("token_rotated", CODE),)
    for kind in (*BEFORE, *AFTER, *BUSY):
        yield _pair("token", deeds.Picture, kind, TOKENS, "picture", also=rotated)
    for code, end in ((-1, "picture"), (40164, "refused, then a picture"), (45009, "picture")):
        wish: Wish = {"errcode": code}
        yield _pair("token", deeds.Picture, "errcode", TOKENS, end, also=rotated, **wish)
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield _pair("shipping", deeds.Ship, kind, SHIPPING, "shipped")
    for code in (-1, 61004, 10060001, 45009):  # refused to this address; not seen there yet
        yield _pair("shipping", deeds.Ship, "errcode", SHIPPING, "shipped", errcode=code)
    yield from _messages()


def _messages() -> Iterable[Pair]:
    for kind in (*BUSY, *TOKEN):
        yield _pair("chat message", deeds.Chat, kind, CUSTOM, "told")
    for kind in AFTER:
        # −1 says that nothing was done; where that is not true a text comes twice.
        again = ("told 2 times",) if kind == "system_error_after" else ()
        yield _pair("chat message", deeds.Chat, kind, CUSTOM, "told", *again)
    for kind in BEFORE:  # a text has no number: what may have arrived is not repeated
        yield _pair("chat message", deeds.Chat, kind, CUSTOM, "told", "not told")
    for code in (45015, 45047):  # the next door is the template
        yield _pair("chat message", deeds.Chat, "errcode", CUSTOM, "told", errcode=code)
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield _pair("template", deeds.Template, kind, TEMPLATE, "told")
    for code in (-1, 45009, 45011):
        yield _pair("template", deeds.Template, "errcode", TEMPLATE, "told", errcode=code)
    for code in (43004, 43101, 40037, 47003):
        yield _pair("template", deeds.Template, "errcode", TEMPLATE, "not told", errcode=code)
    for kind in ("template_block", "template_failed"):
        yield _pair("template", deeds.Template, kind, "template:", "told")
    for kind in ("repeat", "answer_lost", "tampered", "delay", "drop"):
        match = "push:TEMPLATESENDJOBFINISH"
        yield _pair("template", deeds.Template, kind, match, "told")


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
    }
)
