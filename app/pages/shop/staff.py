"""The merchant's staff: accounts, their stores, where they are signed in, and what they did."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_staff", __name__)
AREA = Area(
    blueprint,
    (
        entry("/shop/staff", "员工", "店铺", stores.OWNER),
        entry("/shop/actions", "操作记录", "店铺", stores.OWNER),
    ),
)
SHOWN = 50
FIRST_PASSWORD_BYTES = 12
ROLES = ("cashier", "merchant_owner")


@blueprint.get("/shop/staff")
@sessions.page(stores.OWNER)
def list_staff() -> Response:
    """The merchant's accounts, and opening another one."""
    after = forms.identity(forms.asked("after"))
    found = calls.read("/staff", after=after, limit=SHOWN)
    return frame.render(
        "shop/staff.html",
        rows=found["accounts"],
        following={"after": found["next_after"]} if found["next_after"] else {},
        is_first=after is None,
        stores=stores.managed(),
        roles=ROLES,
        here="/shop/staff",
    )


@blueprint.post("/shop/staff")
@sessions.page(stores.OWNER)
def open_account() -> Response | str:
    """Open an account; its first password and second factor's secret are shown this once."""
    wish = forms.body(text=("username",), many=("roles", "store_ids"))
    first = token_urlsafe(FIRST_PASSWORD_BYTES)
    wish |= {"password": first, "merchant_id": stores.merchant_id()}
    answer = calls.send("POST", "/staff", wish, key=forms.key())
    if answer.is_refused:
        return frame.act(answer, then="", done="", again=list_staff)
    given = {"password": first, "totp_secret": answer.body["totp_secret"]}
    return frame.render("shop/staff_secret.html", row=answer.body, secrets=given)


@blueprint.get("/shop/staff/<uuid:staff_id>")
@sessions.page(stores.OWNER)
def show_account(staff_id: UUID) -> Response:
    """An account: its stores, where it is signed in, stopping it."""
    return frame.render(
        "shop/staff_account.html",
        row=calls.read(f"/staff/{staff_id}"),
        open_sessions=calls.read(f"/staff/{staff_id}/sessions")["sessions"],
        stores=stores.managed(),
        roles=ROLES,
        here=f"/shop/staff/{staff_id}",
    )


@blueprint.post("/shop/staff/<uuid:staff_id>/roles")
@sessions.page(stores.OWNER)
def change_roles(staff_id: UUID) -> Response | str:
    """Give an account other roles and stores."""
    wish: dict[str, Any] = forms.body(text=("reason",), many=("roles", "store_ids"))
    answer = calls.send("PUT", f"/staff/{staff_id}/roles", wish, key=forms.key())
    return _after(staff_id, answer, t("权限已更改，该员工需重新登录"))


@blueprint.post("/shop/staff/<uuid:staff_id>/<any(disable, enable):step>")
@sessions.page(stores.OWNER)
def stop_or_allow(staff_id: UUID, step: str) -> Response | str:
    """Stop an account, or let it sign in again."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/staff/{staff_id}/{step}", wish, key=forms.key())
    return _after(staff_id, answer, t("账号已停用") if step == "disable" else t("账号已启用"))


@blueprint.post("/shop/staff/<uuid:staff_id>/sign-out")
@sessions.page(stores.OWNER)
def sign_out_everywhere(staff_id: UUID) -> Response | str:
    """Sign somebody out everywhere."""
    answer = calls.send("DELETE", f"/staff/{staff_id}/sessions", key=forms.key())
    return _after(staff_id, answer, t("已退出其全部登录"))


@blueprint.post("/shop/staff/<uuid:staff_id>/resets")
@sessions.page(stores.OWNER)
def reset(staff_id: UUID) -> Response | str:
    """Give somebody a new password or second factor; shown this once."""
    wish = forms.body(text=("kind", "reason"))
    answer = calls.send("POST", f"/staff/{staff_id}/resets", wish, key=forms.key())
    if answer.is_refused or answer.body["state"] != "done":
        return _after(staff_id, answer, t("重置已申请，待平台办理"))
    row = calls.read(f"/staff/{staff_id}")
    return frame.render("shop/staff_secret.html", row=row, secrets=answer.body)


@blueprint.get("/shop/actions")
@sessions.page(stores.OWNER)
def list_actions() -> Response:
    """What the merchant's staff did, newest first; also what was refused."""
    cursor = forms.asked("cursor")
    found = calls.read("/audit", cursor=cursor, limit=SHOWN)
    following = {"cursor": found["next_cursor"]} if found["next_cursor"] else {}
    return frame.render(
        "shop/actions.html", rows=found["records"], following=following, is_first=not cursor
    )


def _after(staff_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/shop/staff/{staff_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_account(staff_id))
