"""The table, continued: pages and links, bills, subscriptions, and what is asked along the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chaos import wechat_deeds as deeds
from chaos import wechat_office_deeds as office
from chaos import wechat_page_deeds as pages
from chaos import wechat_till_deeds as till
from chaos.wechat_table import (
    AFTER,
    BEFORE,
    BUSY,
    SHIPPING,
    TOKEN,
    UNBELIEVABLE,
    Pair,
    Wish,
    pair_of,
    wish_for,
)

WEB_LOGIN, PERSON = "/sns/oauth2/access_token", "/cgi-bin/user/info"
TICKET, PHONE = "/cgi-bin/ticket/getticket", "/wxa/business/getuserphonenumber"
LINK, SCHEME, MINI_CODE = "/wxa/generate_urllink", "/wxa/generatescheme", "/wxa/getwxacodeunlimit"
SUBSCRIPTION, MINI_SUBSCRIPTION = (
    "/cgi-bin/message/subscribe/bizsend",
    "/cgi-bin/message/subscribe/send",
)
SHIPPED, MANAGED = "/wxa/sec/order/get_order", "/wxa/sec/order/is_trade_managed"
CERTIFICATES = "GET /v3/certificates"
TRADE_BILL, FUND_BILL = "GET /v3/bill/tradebill", "GET /v3/bill/fundflowbill"
BILL_FILE = "GET /v3/billdownload/file"
CHARGE = "POST /v3/pay/transactions/codepay"
SPLIT, SPLITS = "POST /v3/profitsharing/orders", "GET /v3/profitsharing/orders"
RECEIVERS = "/v3/profitsharing/receivers/add"
RETURN, RETURNS = "POST /v3/profitsharing/return-orders", "GET /v3/profitsharing/return-orders"
RELEASE, UNSPLIT = "POST /v3/profitsharing/orders/unfreeze", "GET /v3/profitsharing/transactions"
EVERY_CALL = (*BEFORE, *AFTER, *BUSY)
READ = (*BEFORE, "truncated_json", *BUSY)  # where nothing is done, before and after are the same


def more_pairs() -> Iterable[Pair]:
    """The second part of the table."""
    yield from _web_logins()
    yield from _links()
    yield from _phone_numbers()
    yield from _bills()
    yield from _asked_along_the_way()
    yield from _subscriptions()
    yield from _charges()
    yield from _splits()
    yield from _splits_taken_back()


def _web_logins() -> Iterable[Pair]:
    for kind in EVERY_CALL:
        yield pair_of("web login", pages.WebLogIn, kind, WEB_LOGIN, "in")
    for code in (-1, 40029, 40163, 45011):
        yield pair_of("web login", pages.WebLogIn, "errcode", WEB_LOGIN, "in", errcode=code)
    end = "login_blocked, then in"
    yield pair_of("web login", pages.WebLogIn, "errcode", WEB_LOGIN, end, errcode=40226)
    for deed in (pages.WebLogIn, pages.WebConsent):
        operation = "web login" if deed is pages.WebLogIn else "web login, consent"
        for kind in ("snapshot_user", "snapshot_user_unflagged"):
            yield pair_of(operation, deed, kind, WEB_LOGIN, "snapshot_visitor, then in")
    yield pair_of("web login, consent", pages.WebConsent, "unionid_missing", WEB_LOGIN, "in")
    for kind in (*READ, *TOKEN):
        yield pair_of("web login, asked", pages.WebLogIn, kind, PERSON, "in")
        yield pair_of("follower, asked", pages.Known, kind, PERSON, "one person")
    for code in (-1, 45009, 45011):
        yield pair_of("follower, asked", pages.Known, "errcode", PERSON, "one person", errcode=code)
    late, end = pages.KnownLater, "one person after coming back"
    yield pair_of("follower, asked", late, "errcode", PERSON, end, errcode=48001)
    yield pair_of("follower, asked", late, "unionid_missing", PERSON, end)


def _links() -> Iterable[Pair]:
    for kind in (*EVERY_CALL, *TOKEN):
        yield pair_of("link", pages.Links, kind, LINK, "links")
    for kind in (*READ, *TOKEN):
        yield pair_of("scheme", pages.Links, kind, SCHEME, "links")
        yield pair_of("mini-program code", pages.MiniCode, kind, MINI_CODE, "picture")
        yield pair_of("page signature", pages.Signature, kind, TICKET, "signed")
    for code in (-1, 45009, 48001):
        yield pair_of("link", pages.Links, "errcode", LINK, "links", errcode=code)
        yield pair_of("page signature", pages.Signature, "errcode", TICKET, "signed", errcode=code)
    end = "refused, then a picture"
    yield pair_of("mini-program code", pages.MiniCode, "errcode", MINI_CODE, end, errcode=41030)


def _phone_numbers() -> Iterable[Pair]:
    for kind in (*EVERY_CALL, *TOKEN):
        yield pair_of("phone number", pages.GivePhone, kind, PHONE, "given")
    for code in (-1, 40029, 45011):
        yield pair_of("phone number", pages.GivePhone, "errcode", PHONE, "given", errcode=code)


def _bills() -> Iterable[Pair]:
    for operation, match in (("trade bill", TRADE_BILL), ("fund bill", FUND_BILL)):
        for kind in (*READ, *UNBELIEVABLE):
            yield pair_of(operation, office.Bills, kind, match, "compared")
        for code in ("SYSTEM_ERROR", "NO_AUTH"):
            yield pair_of(operation, office.Bills, "pay_error", match, "compared", code=code)
    for kind in READ:
        yield pair_of("bill's file", office.Bills, kind, BILL_FILE, "compared")
    for kind, result in (
        ("bill_omit", "missing_there"),
        ("bill_add", "missing_here"),
        ("bill_alter", "amount_differs"),
    ):
        for bill, match in (
            ("trade", "bill:tradebill ALL"),
            ("basic", "bill:fundflowbill BASIC"),
        ):
            yield pair_of(f"{bill} bill", office.Bills, kind, match, f"{bill} {result}")


def _asked_along_the_way() -> Iterable[Pair]:
    """What the product asks WeChat for of its own accord, while something else goes on."""
    rotate: tuple[tuple[str, Wish], ...] = (("pay/keys/rotate", {"overlap_seconds": 0}),)
    for kind in (*READ, "forge", "stale_timestamp", "unsigned"):
        wishes = (wish_for(kind, CERTIFICATES),)
        deed: Any = office.NewCertificate
        yield Pair("certificates", deed, wishes, ("credited",), name=kind, controls=rotate)
    for kind in (*EVERY_CALL, *UNBELIEVABLE):
        yield pair_of("withdrawal back", office.TakeBack, kind, "/cancel", "returned")
    lost = (wish_for("reset_before", SHIPPING),)  # nobody knows: WeChat is asked how it stands
    for kind in (*READ, *TOKEN):
        yield pair_of("shipping, asked", deeds.Ship, kind, SHIPPED, "shipped", also=lost)


def _subscriptions() -> Iterable[Pair]:
    for operation, deed, match in (
        ("subscription", office.Consented, SUBSCRIPTION),
        ("mini subscription", office.MiniConsented, MINI_SUBSCRIPTION),
    ):
        for kind in (*AFTER, *BUSY, *TOKEN):
            # −1 says that nothing was done; where that is not true the next door tells it again.
            is_wrong = operation == "subscription" and kind == "system_error_after"
            again = ("told 2 times",) if is_wrong else ()
            yield pair_of(operation, deed, kind, match, "told", *again)
        for kind in BEFORE:  # it has no number: what may have arrived is not repeated
            yield pair_of(operation, deed, kind, match, "told", "not told")
        for code in (43101, 43107):  # the official account has another door
            end = "told" if operation == "subscription" else "not told"
            yield pair_of(operation, deed, "errcode", match, end, errcode=code)


def _charges() -> Iterable[Pair]:
    """By WeChat's payment code; nothing is notified, the answer tells or WeChat is asked."""
    for kind in (*EVERY_CALL, *UNBELIEVABLE):
        yield pair_of("payment code", till.AtTheTill, kind, CHARGE, "paid")
    for code in ("SYSTEM_ERROR", "FREQUENCY_LIMITED"):
        yield pair_of("payment code", till.AtTheTill, "pay_error", CHARGE, "paid", code=code)
    end = "cancelled"
    yield pair_of("payment code", till.AtTheTill, "payer_declined", "pay:", end)


def _splits() -> Iterable[Pair]:
    """Profit sharing: a merchant gets its part out of the payment, the rest is freed."""
    shared = "split done, release done"
    for kind in (*EVERY_CALL, *UNBELIEVABLE):
        yield pair_of("split", till.Share, kind, SPLIT, shared)
        yield pair_of("split, rest freed", till.Share, kind, RELEASE, shared)
        yield pair_of("split, receiver", till.Receiver, kind, RECEIVERS, "registered")
    for kind in (*READ, *UNBELIEVABLE):
        yield pair_of("split, asked", till.Share, kind, SPLITS, shared)
        yield pair_of("split, rest asked", till.Share, kind, UNSPLIT, shared)
    for reason in ("NO_RELATION", "PAYER_ACCOUNT_ABNORMAL"):
        end = f"split failed, {shared}"
        yield pair_of("split", till.Share, "sharing_fail", "sharing:", end, reason=reason)
    for reason in ("ACCOUNT_ABNORMAL", "RECEIVER_RECEIPT_LIMIT", "RECEIVER_REAL_NAME_NOT_VERIFIED"):
        end = "split failed, release done"
        yield pair_of("split", till.Share, "sharing_fail", "sharing:", end, reason=reason)
    for reason in ("RECEIVER_HIGH_RISK", "NO_AUTH"):
        end = "split troubled"
        yield pair_of("split", till.Share, "sharing_fail", "sharing:", end, reason=reason)


def _splits_taken_back() -> Iterable[Pair]:
    """A refund needs what a merchant's own account at WeChat got: it is taken back, once."""
    deed: Any = till.TakenBack
    for kind in (*EVERY_CALL, *UNBELIEVABLE):
        yield pair_of("split taken back", deed, kind, RETURN, "refunded")
    lost = (wish_for("reset_before", RETURN),)  # nobody knows: WeChat is asked how it stands
    for kind in (*READ, *UNBELIEVABLE):
        yield pair_of("split taken back, asked", deed, kind, RETURNS, "refunded", also=lost)
    later: Any = till.TakenBackLater
    for reason in ("ACCOUNT_ABNORMAL", "BALANCE_NOT_ENOUGH", "TIME_OUT_CLOSED"):
        fails, match = {"reason": reason}, "sharing-return:"
        yield pair_of("split taken back", later, "sharing_return_fail", match, "refunded", **fails)
