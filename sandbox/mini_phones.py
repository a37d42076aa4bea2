"""What a person does inside the mini-program: WeChat's own popups and buttons (facts C3, C10)."""

from __future__ import annotations

from typing import Any

from sandbox import chat, names, push, users
from sandbox.console import change, console
from sandbox.impossible import Impossible
from sandbox.mini_users import PHONE_NUMBER
from sandbox.records import Phone, Push
from sandbox.windows import open_mini_window
from sandbox.world import World

NOT_AGREED = "privacy permission is not authorized"


def answer_privacy(here: World, phone: Phone, agrees: bool) -> dict[str, Any]:
    """The popup of wx.requirePrivacyAuthorize: until it is agreed to, nothing personal is given."""
    with here.state.change():
        phone.privacy_agreed = agrees
        line = "同意了小程序的隐私保护指引" if agrees else "拒绝了小程序的隐私保护指引"
        chat.say(here, phone.id, "system", "privacy", line)
        here.state.phones.put(phone)
    result = "ok" if agrees else f"fail {NOT_AGREED}"
    return {"agreed": agrees, "errMsg": f"requirePrivacyAuthorize:{result}"}


def answer_phone_number(here: World, phone: Phone, accepts: bool) -> dict[str, Any]:
    """The button open-type=getPhoneNumber: a code for getuserphonenumber, or why there is none.

    Raises Impossible without the person's consent to the privacy guide (WeChat fact C10).
    """
    if not phone.privacy_agreed:
        raise Impossible(
            "privacy_not_agreed", "还没有同意隐私保护指引 getPhoneNumber:fail " + NOT_AGREED
        )
    if not accepts:
        return {"errMsg": "getPhoneNumber:fail user deny"}
    with here.state.change():
        left = console(here).phone_numbers_left
        if left < 1:
            return {"errMsg": "getPhoneNumber:fail no quota", "errno": 1400001}
        change(here, phone_numbers_left=left - 1)
        code = users.new_code(here, phone, here.accounts.mini_app_id, PHONE_NUMBER)
    return {"errMsg": "getPhoneNumber:ok", "code": code.id}


def enter_session(here: World, phone: Phone, text: str = "") -> Push:
    """Open the mini-program's customer service and, with `text`, write there (WeChat fact B6)."""
    with here.state.change():
        phone.mini_active_at = here.clock.now()
        if text:
            chat.say(here, phone.id, "me", "text", text, place="mini")
            open_mini_window(here, phone, "message")
            fields = {"MsgType": "text", "Content": text, "MsgId": names.message_id()}
            sent = push.mini(here, phone, "text", fields)
        else:
            open_mini_window(here, phone, "session")
            sent = push.mini_event(here, phone, "user_enter_tempsession", SessionFrom="")
    push.deliver(here, sent.id)
    return sent


def revoke(here: World, phone: Phone, cancels: bool) -> Push:
    """Withdraw what the mini-program was allowed, or give up the WeChat account (fact A6).

    WeChat itself is the sender; `OpenID` is the person.
    """
    name = "user_authorization_cancellation" if cancels else "user_authorization_revoke"
    with here.state.change():
        phone.privacy_agreed = False
        here.state.phones.put(phone)
        line = "注销了微信账号" if cancels else "撤回了对小程序的授权"
        chat.say(here, phone.id, "system", "privacy", line)
        fields = {"OpenID": phone.mini_openid, "AppID": here.accounts.mini_app_id}
        told = fields if cancels else fields | {"RevokeInfo": "8", "PluginID": "", "OpenPID": ""}
        sent = push.mini_event(here, None, name, **told)
    push.deliver(here, sent.id)
    return sent
