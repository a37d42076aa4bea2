"""The door of this room: what other rooms may ask of WeChat, and what WeChat tells them.

Nothing that calls WeChat may run while a unit of work is open. Three kinds of failure, all of
app.core.errors: WeChatUnavailable (ask again later), WeChatRefused (with WeChat's code) and, for
calls that move money, OutcomeUnknown (query, never repeat under a new number).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.config import settings
from app.core.world import now
from app.wechat import events, official_account
from app.wechat.envelope import Message
from app.wechat.errors import (
    LoginBlocked,
    LoginCodeInvalid,
    OutcomeUnknown,
    WeChatRefused,
    WeChatUnavailable,
)
from app.wechat.forgetting import forget_content
from app.wechat.inbox import forget, unprocessed
from app.wechat.messages import read_event
from app.wechat.pay_results import (
    OrderStatus,
    RefundStatus,
    TransferStatus,
    order_status,
    refund_status,
    transfer_status,
)
from app.wechat.payments import (
    Prepaid,
    TransferNotPossible,
    cancel_transfer,
    close_order,
    create_transfer,
    jsapi_parameters,
    prepay,
    query_order,
    query_refund,
    query_transfer,
    refund,
    transfer_confirmation,
)
from app.wechat.replies import Answer, Card, HandOver
from app.wechat.signals import Ready, Trace, answers_asked, message_received, payment_notified

__all__ = [
    "Answer",
    "Card",
    "HandOver",
    "LoginBlocked",
    "LoginCodeInvalid",
    "LoginSession",
    "Message",
    "OrderStatus",
    "OutcomeUnknown",
    "Prepaid",
    "Ready",
    "RefundStatus",
    "Ticket",
    "Trace",
    "TransferNotPossible",
    "TransferStatus",
    "WeChatRefused",
    "WeChatUnavailable",
    "answers_asked",
    "cancel_transfer",
    "close_order",
    "code_to_session",
    "create_qrcode_ticket",
    "create_transfer",
    "current_menu",
    "events",
    "fetch_ticket_picture",
    "forget",
    "forget_content",
    "jsapi_parameters",
    "message_received",
    "order_status",
    "payment_notified",
    "prepay",
    "publish_menu",
    "query_order",
    "query_refund",
    "query_transfer",
    "read_event",
    "refund",
    "refund_status",
    "send_customer_service_text",
    "send_template",
    "transfer_confirmation",
    "transfer_status",
    "unionid_of",
    "unprocessed",
]

LONGEST_TICKET_SECONDS = 30 * 24 * 3600
LONGEST_SCENE = 64
LONGEST_LOGIN_CODE = 128
INVALID_CODES = frozenset({"40029", "40163", "41008"})
BLOCKED = "40226"
NO_MENU = "46003"


@dataclass(frozen=True, slots=True)
class LoginSession:
    """Who logged in to the mini-program. The session key is dropped, nothing here needs it."""

    openid: str
    unionid: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A parametric code of the official account. `url` is what its picture says; a permanent
    one has no `expires_at` (UTC)."""

    ticket: str
    url: str
    expires_at: datetime | None


def code_to_session(code: str) -> LoginSession:
    """Who a mini-program login code belongs to (fact C1); codes work once, for five minutes.

    Raises LoginCodeInvalid (422), LoginBlocked (403), WeChatUnavailable, WeChatRefused.
    """
    if not code or len(code) > LONGEST_LOGIN_CODE:
        raise LoginCodeInvalid()
    parameters = {
        "appid": settings().wechat_mini_app_id,
        "secret": settings().wechat_mini_secret.get_secret_value(),
        "js_code": code,
        "grant_type": "authorization_code",
    }
    try:
        answer = official_account.get_without_token("sns/jscode2session", parameters)
    except WeChatRefused as refusal:
        if refusal.wechat_code in INVALID_CODES:
            raise LoginCodeInvalid() from None
        if refusal.wechat_code == BLOCKED:
            raise LoginBlocked() from None
        raise
    unionid = answer.get("unionid")
    return LoginSession(_text(answer, "openid"), unionid if isinstance(unionid, str) else None)


def send_template(
    *,
    openid: str,
    template_id: str,
    data: dict[str, str],
    client_message_id: str,
    url: str | None = None,
    mini_program_path: str | None = None,
) -> str:
    """Sends a template message (fact B5); WeChat's message id.

    The same `client_message_id` (at most 32 characters) is delivered once within ten minutes.
    Success is not delivery: that comes as the event TEMPLATESENDJOBFINISH. Raises
    WeChatRefused (43004 no follower, 40037 template, 47003 field, …), WeChatUnavailable.
    """
    message: dict[str, Any] = {
        "touser": openid,
        "template_id": template_id,
        "client_msg_id": client_message_id,
        "data": {name: {"value": value} for name, value in data.items()},
    }
    if url is not None:
        message["url"] = url
    if mini_program_path is not None:
        app_id = settings().wechat_mini_app_id
        message["miniprogram"] = {"appid": app_id, "pagepath": mini_program_path}
    return str(official_account.post("message/template/send", message).get("msgid", ""))


def send_customer_service_text(openid: str, text: str) -> None:
    """Writes into the chat while its window is open (fact B6).

    Raises WeChatRefused (45015 window closed, 45047 too many, …), WeChatUnavailable.
    """
    message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
    official_account.post("message/custom/send", message)


def unionid_of(openid: str) -> str | None:
    """A follower's unionid (facts B4, B11), or None where WeChat tells none: the account belongs
    to no open platform, or the person does not follow any more.

    Raises WeChatRefused (40003 no such openid), WeChatUnavailable.
    """
    answer = official_account.get("user/info", {"openid": openid, "lang": "zh_CN"})
    unionid = answer.get("unionid")
    return unionid if isinstance(unionid, str) and unionid else None


def publish_menu(buttons: list[dict[str, Any]]) -> None:
    """Replaces the official account's menu (fact B7): at most three entries.

    Raises WeChatRefused (40016–40018 size, 40054 address, …), WeChatUnavailable.
    """
    official_account.post("menu/create", {"button": buttons})


def current_menu() -> list[dict[str, Any]] | None:
    """The entries of the account's menu as it stands, without empty `sub_button`; None without one.

    Raises WeChatUnavailable, WeChatRefused.
    """
    try:
        answer = official_account.get("menu/get", {})
    except WeChatRefused as refusal:
        if refusal.wechat_code == NO_MENU:
            return None
        raise
    menu = answer.get("menu")
    found = menu.get("button") if isinstance(menu, dict) else None
    return [_entry(each) for each in found] if isinstance(found, list) else None


def _entry(found: dict[str, Any]) -> dict[str, Any]:
    """An entry of a menu without the empty list that WeChat puts below each."""
    below = [_entry(each) for each in found.get("sub_button") or []]
    plain = {name: value for name, value in found.items() if name != "sub_button"}
    return plain | ({"sub_button": below} if below else {})


def create_qrcode_ticket(scene: str, expire_seconds: int | None) -> Ticket:
    """A parametric code for `scene` (1–64 characters), for at most 30 days, or permanent with
    None: of those an account has 100,000 in all and they cannot be deleted (fact B3).

    Raises WeChatUnavailable, WeChatRefused.
    """
    if not 1 <= len(scene) <= LONGEST_SCENE:
        raise ValueError("a scene has 1 to 64 characters")
    asked_at = now()
    request: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
    if expire_seconds is None:
        request["action_name"] = "QR_LIMIT_STR_SCENE"
    else:
        request["action_name"] = "QR_STR_SCENE"
        request["expire_seconds"] = min(expire_seconds, LONGEST_TICKET_SECONDS)
    answer = official_account.post("qrcode/create", request)
    seconds = answer.get("expire_seconds")
    expires_at = asked_at + timedelta(seconds=seconds) if isinstance(seconds, int) else None
    if expire_seconds is not None and expires_at is None:
        raise WeChatUnavailable("a temporary code was answered without its end")
    return Ticket(_text(answer, "ticket"), _text(answer, "url"), expires_at)


def fetch_ticket_picture(ticket: str) -> bytes:
    """WeChat's own picture (JPEG) of a parametric code. Raises WeChatRefused, WeChatUnavailable."""
    return official_account.picture(ticket)


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise WeChatUnavailable(f"WeChat answered without {name}")
    return value
