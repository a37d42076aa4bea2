"""Reads what an event says: one reading of WeChat's XML and of its JSON (facts A6, C6, C8).

`read_event(message.fields)` gives one of the shapes of app/wechat/events.py, or None for what is
no event, is not known here, or lacks what would make it useful. It never raises: a letter that
was verified and stored is not refused for its form. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from app.wechat.events import (
    AccountCancelled,
    AuthorizationRevoked,
    CodeScanned,
    Consent,
    ConsentAnswered,
    ConsentChanged,
    Event,
    Followed,
    LocationTold,
    MediaChecked,
    MenuClicked,
    MenuScanned,
    MenuViewed,
    MiniProgramViewed,
    ProfileCleared,
    ShippingAccessWanted,
    ShippingSettled,
    ShippingWanted,
    SubscriptionFate,
    SubscriptionsSent,
    TemplateFinished,
    TradeControlled,
    TradeOrder,
    Unfollowed,
)

Fields = Mapping[str, Any]
FOLLOWED_BY_CODE = "qrscene_"
FOLLOWED_AFTER_PAYING = "last_trade_no_"
LAST_MOMENT = 253_402_300_799  # 9999-12-31, the last second a timestamp can name


def read_event(fields: Fields) -> Event | None:
    """What a pushed event says, from the fields of its XML or JSON; None if nothing known."""
    named = {str(name).strip(): value for name, value in fields.items()}
    if _text(named, "MsgType").lower() != "event":
        return None
    reader = READERS.get(_text(named, "Event").lower())
    return reader(named) if reader else None


def _followed(fields: Fields) -> Event | None:
    key = _text(fields, "EventKey")
    if key.startswith(FOLLOWED_AFTER_PAYING):
        return Followed(None, key.removeprefix(FOLLOWED_AFTER_PAYING) or None)
    is_scene = key.startswith(FOLLOWED_BY_CODE)
    return Followed(key.removeprefix(FOLLOWED_BY_CODE) or None if is_scene else None, None)


def _unfollowed(fields: Fields) -> Event | None:
    return Unfollowed()


def _scanned(fields: Fields) -> Event | None:
    key = _text(fields, "EventKey")
    is_payment = key.startswith(FOLLOWED_AFTER_PAYING)
    return CodeScanned(None if is_payment else key or None)


def _clicked(fields: Fields) -> Event | None:
    key = _text(fields, "EventKey")
    return MenuClicked(key) if key else None


def _menu_scanned(fields: Fields) -> Event | None:
    key, scanned = _text(fields, "EventKey"), fields.get("ScanCodeInfo")
    content = _text(scanned, "ScanResult") if isinstance(scanned, Mapping) else ""
    return MenuScanned(key, content) if key and content else None


def _viewed(fields: Fields) -> Event | None:
    url = _text(fields, "EventKey")
    return MenuViewed(url, _some(fields, "MenuId")) if url else None


def _mini_program_viewed(fields: Fields) -> Event | None:
    path = _text(fields, "EventKey")
    return MiniProgramViewed(path, _some(fields, "MenuId")) if path else None


def _location(fields: Fields) -> Event | None:
    latitude, longitude = _decimal(fields, "Latitude"), _decimal(fields, "Longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return LocationTold(latitude, longitude, _decimal(fields, "Precision"))


def _template_finished(fields: Fields) -> Event | None:
    message_id = _text(fields, "MsgID") or _text(fields, "MsgId")
    status = re.sub(r":\s+", ":", _text(fields, "Status").lower())
    return TemplateFinished(message_id, status) if message_id and status else None


def _consents(fields: Fields) -> tuple[Consent, ...]:
    return tuple(
        Consent(
            template_id=_text(item, "TemplateId"),
            is_accepted=_text(item, "SubscribeStatusString").lower() == "accept",
            scene=_some(item, "PopupScene"),
        )
        for item in _items(fields)
        if _text(item, "TemplateId") and _text(item, "SubscribeStatusString")
    )


def _consent_answered(fields: Fields) -> Event | None:
    found = _consents(fields)
    return ConsentAnswered(found) if found else None


def _consent_changed(fields: Fields) -> Event | None:
    found = _consents(fields)
    return ConsentChanged(found) if found else None


def _subscriptions_sent(fields: Fields) -> Event | None:
    fates = []
    for item in _items(fields):
        code = _whole(item, "ErrorCode")
        message_id = _text(item, "MsgID") or _text(item, "MsgId")
        if message_id and code is not None:
            status = _text(item, "ErrorStatus")
            fates.append(SubscriptionFate(_text(item, "TemplateId"), message_id, code, status))
    return SubscriptionsSent(tuple(fates)) if fates else None


def _revoked(fields: Fields) -> Event | None:
    openid = _text(fields, "OpenID")
    kinds = tuple(re.findall(r"\d+", _text(fields, "RevokeInfo")))
    return AuthorizationRevoked(openid, _some(fields, "AppID"), kinds) if openid else None


def _profile_cleared(fields: Fields) -> Event | None:
    openid = _text(fields, "OpenID")
    return ProfileCleared(openid, _some(fields, "AppID")) if openid else None


def _cancelled(fields: Fields) -> Event | None:
    openid = _text(fields, "OpenID")
    return AccountCancelled(openid, _some(fields, "AppID")) if openid else None


def _media_checked(fields: Fields) -> Event | None:
    trace_id, error = _text(fields, "trace_id"), _whole(fields, "errcode") or 0
    if not trace_id:
        return None
    result = fields.get("result")
    if isinstance(result, Mapping):
        given, label = _text(result, "suggest"), _whole(result, "label")
    else:  # the first version of the check says only this much
        given = {"0": "pass", "1": "risky"}.get(_text(fields, "isrisky"), "")
        label, error = None, error or _whole(fields, "status_code") or 0
    known: dict[str, Literal["pass", "review", "risky"]]
    known = {"pass": "pass", "review": "review", "risky": "risky"}
    return MediaChecked(trace_id, None if error else known.get(given), label, error)


def _trade_order(fields: Fields) -> TradeOrder | None:
    number, transaction = _some(fields, "merchant_trade_no"), _some(fields, "transaction_id")
    if number is None and transaction is None:
        return None
    merchant = _some(fields, "merchant_id")
    return TradeOrder(number, transaction, merchant, _moment(fields, "pay_time"))


def _shipping_wanted(fields: Fields) -> Event | None:
    order = _trade_order(fields)
    return ShippingWanted(order, _text(fields, "msg")) if order else None


def _shipping_settled(fields: Fields) -> Event | None:
    order = _trade_order(fields)
    if order is None:
        return None
    return ShippingSettled(
        order=order,
        shipped_at=_moment(fields, "shipped_time"),
        estimated_at=_moment(fields, "estimated_settlement_time"),
        received_at=_moment(fields, "confirm_receive_time"),
        settled_at=_moment(fields, "settlement_time"),
        receipt_method=_whole(fields, "confirm_receive_method"),
    )


def _access_wanted(fields: Fields) -> Event | None:
    return ShippingAccessWanted(_text(fields, "msg"))


def _controlled(fields: Fields) -> Event | None:
    return TradeControlled(_text(fields, "msg"))


READERS: Mapping[str, Callable[[Fields], Event | None]] = {
    "subscribe": _followed,
    "unsubscribe": _unfollowed,
    "scan": _scanned,
    "click": _clicked,
    "scancode_push": _menu_scanned,
    "scancode_waitmsg": _menu_scanned,
    "view": _viewed,
    "view_miniprogram": _mini_program_viewed,
    "location": _location,
    "templatesendjobfinish": _template_finished,
    "subscribe_msg_popup_event": _consent_answered,
    "subscribe_msg_change_event": _consent_changed,
    "subscribe_msg_sent_event": _subscriptions_sent,
    "user_authorization_revoke": _revoked,
    "user_info_modified": _profile_cleared,
    "user_authorization_cancellation": _cancelled,
    "wxa_media_check": _media_checked,
    "trade_manage_remind_shipping": _shipping_wanted,
    "trade_manage_order_settlement": _shipping_settled,
    "trade_manage_remind_access_api": _access_wanted,
    "wxa_trade_controlled": _controlled,
}


def _items(fields: Fields) -> list[Fields]:
    """The entries of a subscription event.

    XML wraps them in a tag that the official sample of one event borrows from another; JSON has
    `List` on top, an object where there is one entry. Whatever wraps them, they are found.
    """
    wrappers = [value for name, value in fields.items() if name.startswith("SubscribeMsg")]
    found: list[Any] = []
    for holder in [fields, *_several(wrappers)]:
        if isinstance(holder, Mapping):
            found += _several([holder.get("List")]) if "List" in holder else [holder]
    return [item for item in found if isinstance(item, Mapping) and "TemplateId" in item]


def _several(values: list[Any]) -> list[Any]:
    """The values with those that are lists opened."""
    return [inner for value in values for inner in (value if isinstance(value, list) else [value])]


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _some(fields: Fields, name: str) -> str | None:
    return _text(fields, name) or None


def _whole(fields: Fields, name: str) -> int | None:
    text = _text(fields, name)
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _decimal(fields: Fields, name: str) -> float | None:
    value = fields.get(name)
    text = repr(value) if isinstance(value, float) else _text(fields, name)
    return float(text) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,18})?", text) else None


def _moment(fields: Fields, name: str) -> datetime | None:
    seconds = _whole(fields, name)
    if seconds is None or not 0 < seconds <= LAST_MOMENT:
        return None
    return datetime.fromtimestamp(seconds, UTC)
