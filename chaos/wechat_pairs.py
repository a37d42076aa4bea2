"""Every fault of WeChat × every operation it can strike, and how the operation has to end."""

from __future__ import annotations

from collections.abc import Iterable

from chaos import wechat_deeds as deeds
from chaos.wechat_more_pairs import more_pairs
from chaos.wechat_table import (
    AFTER,
    BEFORE,
    BUSY,
    CODE,
    CUSTOM,
    HARMLESS,
    HOSTILE,
    JSAPI,
    LOGIN,
    MISTAKEN,
    MOVED,
    ORDERS,
    PAID,
    REFUNDS,
    RETURNED,
    SHIPPING,
    TEMPLATE,
    TOKEN,
    TOKENS,
    TRANSFER_REASONS,
    TRANSFERS,
    UNBELIEVABLE,
    Pair,
    Wish,
    pair_of,
    wish_for,
)


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
        *more_pairs(),
    ]


def _rotations() -> Iterable[Pair]:
    """WeChat Pay signs with a certificate nobody has seen yet: what it says is found by asking."""
    rotate = (("pay/keys/rotate", {"overlap_seconds": 0}),)
    for operation, deed, end, match in (
        ("top-up", deeds.TopUp, "credited", PAID),
        ("refund", deeds.Refund, "refunded", RETURNED),
        ("withdrawal", deeds.Withdraw, "paid", MOVED),
    ):
        wishes = (wish_for("repeat", match),)
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
            yield pair_of(operation, deed, kind, match, end)
        yield pair_of(operation, deed, "drop", match, lost)
    for kind in (*HARMLESS, "foreign_app", "bad_padding", "delay", "list_as_array"):
        yield pair_of("consent", deeds.Agree, kind, "push:subscribe_msg", "answered")
    end = "joined without a shop"
    yield pair_of("follow", deeds.Follow, "paid_follow", "push:subscribe", end)
    behind: Wish = {"behind": "push:SCAN", "delay_seconds": 600.0}
    late = deeds.FollowThenScan
    yield pair_of("follow, scan", late, "reorder", "push:subscribe", "joined", **behind)


def _logins() -> Iterable[Pair]:
    for kind in (*BEFORE, *AFTER, *BUSY, "unionid_missing"):
        yield pair_of("mini login", deeds.LogIn, kind, LOGIN, "in")
    for code in (-1, 40029, 40163, 40164, 45011):
        yield pair_of("mini login", deeds.LogIn, "errcode", LOGIN, "in", errcode=code)
    yield pair_of("mini login", deeds.LogIn, "errcode", LOGIN, "refused, then in", errcode=40226)


def _payments() -> Iterable[Pair]:
    for operation, deed, end in (
        ("top-up", deeds.TopUp, "credited"),
        ("sale", deeds.Sale, "paid"),
    ):
        for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE):
            yield pair_of(operation, deed, kind, JSAPI, end)
        for kind in (*HARMLESS, *MISTAKEN, "delay", "drop"):
            yield pair_of(operation, deed, kind, PAID, end)
        lost = (wish_for("drop", PAID),)
        for kind in (*BEFORE, *BUSY, *UNBELIEVABLE, "truncated_json"):
            yield pair_of(f"{operation}, asked", deed, kind, ORDERS, end, also=lost)
        yield pair_of(operation, deed, "pay_error", JSAPI, "refused", code="PARAM_ERROR")
        yield pair_of(operation, deed, "pay_error", JSAPI, end, code="SYSTEM_ERROR")
    for kind in (*BEFORE, *AFTER, *BUSY):
        yield pair_of("cancel", deeds.Cancel, kind, "/close", "cancelled")
    yield pair_of("cancel", deeds.Cancel, "pay_while_closing", "close:", "paid")


def _refunds() -> Iterable[Pair]:
    asked = f"POST {REFUNDS}"
    for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE, "not_enough"):
        yield pair_of("refund", deeds.Refund, kind, asked, "refunded")
    for kind in (*HARMLESS, *MISTAKEN, "delay", "drop"):
        yield pair_of("refund", deeds.Refund, kind, RETURNED, "refunded")
    lost = (wish_for("drop", RETURNED),)
    for kind in (*BEFORE, *BUSY, *UNBELIEVABLE):
        yield pair_of("refund, asked", deeds.Refund, kind, f"GET {REFUNDS}", "refunded", also=lost)
    for code in ("RULE_LIMIT", "FREQUENCY_LIMIT_EXCEED", "SYSTEM_ERROR"):
        yield pair_of("refund", deeds.Refund, "pay_error", asked, "refunded", code=code)
    wish: Wish = {"behind": "notify:REFUND", "delay_seconds": 3600.0}
    yield pair_of("refund", deeds.EarlyRefund, "reorder", PAID, "refunded", **wish)
    for kind in ("refund_abnormal", "refund_closed"):
        yield pair_of("refund", deeds.Refund, kind, "refund:", "troubled")


def _withdrawals() -> Iterable[Pair]:
    asked = f"POST {TRANSFERS}"
    for kind in (*BEFORE, *AFTER, *BUSY, *UNBELIEVABLE, "not_enough"):
        yield pair_of("withdrawal", deeds.Withdraw, kind, asked, "paid")
    for kind in (*HARMLESS, *MISTAKEN[:7], "delay", "drop"):
        yield pair_of("withdrawal", deeds.Withdraw, kind, MOVED, "paid")
    lost = (wish_for("drop", MOVED),)
    for kind in (*BEFORE, *BUSY, *UNBELIEVABLE):
        match = f"GET {TRANSFERS}"
        yield pair_of("withdrawal, asked", deeds.Withdraw, kind, match, "paid", also=lost)
    for code in ("FREQUENCY_LIMIT_EXCEED", "SYSTEM_ERROR", "ACCOUNT_ERROR"):
        yield pair_of("withdrawal", deeds.Withdraw, "pay_error", asked, "paid", code=code)
    for reason in TRANSFER_REASONS:
        failing: Wish = {"reason": reason}
        deed = deeds.Withdraw
        yield pair_of("withdrawal", deed, "transfer_fail", "transfer:", "returned", **failing)


def _accounts() -> Iterable[Pair]:
    """What goes through the official account's token."""
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield pair_of("code", deeds.Picture, kind, CODE, "picture")
    for code in (-1, 45009, 45011):
        yield pair_of("code", deeds.Picture, "errcode", CODE, "picture", errcode=code)
    rotated = (wish_for("token_rotated", CODE),)
    for kind in (*BEFORE, *AFTER, *BUSY):
        yield pair_of("token", deeds.Picture, kind, TOKENS, "picture", also=rotated)
    for code, end in ((-1, "picture"), (40164, "picture"), (45009, "picture")):
        wish: Wish = {"errcode": code}
        yield pair_of("token", deeds.Picture, "errcode", TOKENS, end, also=rotated, **wish)
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield pair_of("shipping", deeds.Ship, kind, SHIPPING, "shipped")
    for code in (-1, 61004, 10060001, 45009):  # refused to this address; not seen there yet
        yield pair_of("shipping", deeds.Ship, "errcode", SHIPPING, "shipped", errcode=code)
    yield from _messages()


def _messages() -> Iterable[Pair]:
    for kind in (*BUSY, *TOKEN):
        yield pair_of("chat message", deeds.Chat, kind, CUSTOM, "told")
    for kind in AFTER:
        # −1 says that nothing was done; where that is not true a text comes twice.
        again = ("told 2 times",) if kind == "system_error_after" else ()
        yield pair_of("chat message", deeds.Chat, kind, CUSTOM, "told", *again)
    for kind in BEFORE:  # a text has no number: what may have arrived is not repeated
        yield pair_of("chat message", deeds.Chat, kind, CUSTOM, "told", "not told")
    for code in (45015, 45047):  # the next door is the template
        yield pair_of("chat message", deeds.Chat, "errcode", CUSTOM, "told", errcode=code)
    for kind in (*BEFORE, *AFTER, *BUSY, *TOKEN):
        yield pair_of("template", deeds.Template, kind, TEMPLATE, "told")
    for code in (-1, 45009, 45011):
        yield pair_of("template", deeds.Template, "errcode", TEMPLATE, "told", errcode=code)
    for code in (43004, 43101, 40037, 47003):
        yield pair_of("template", deeds.Template, "errcode", TEMPLATE, "not told", errcode=code)
    for kind in ("template_block", "template_failed"):
        yield pair_of("template", deeds.Template, kind, "template:", "told")
    for kind in ("repeat", "answer_lost", "tampered", "delay", "drop"):
        match = "push:TEMPLATESENDJOBFINISH"
        yield pair_of("template", deeds.Template, kind, match, "told")
