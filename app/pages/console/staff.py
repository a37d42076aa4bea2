"""Staff accounts: opened, given roles, stopped, signed out, reset by two people; the own second
factor."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from secrets import token_urlsafe
from uuid import UUID

import qrcode
from flask import Response
from qrcode.image.svg import SvgPathImage

from app.pages.console import calls, choices, forms, frame, narrowing, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("staff", __name__)
MANAGERS = ("operator", "finance")
HOME, FACTOR = "/console/staff", "/console/second-factor"
AREA = Area(
    blueprint,
    (
        entry(HOME, "工作人员", "系统管理", *MANAGERS),
        entry(f"{HOME}/resets", "账号重置", "系统管理", *MANAGERS),
    ),
)
ROLES = ("operator", "support", "finance", "reviewer", "merchant_owner", "cashier")
RESET_STATES = ("open", "done", "declined")
SHOWN = 50
FIRST_PASSWORD_BYTES = 12


@blueprint.get(HOME)
@sessions.page(*MANAGERS)
def list_staff() -> Response:
    """All accounts, or those of a merchant, and opening another one."""
    merchant_id, after = forms.asked("merchant_id").strip(), forms.identity(forms.asked("after"))
    found = calls.read("/staff", merchant_id=merchant_id, after=after, limit=SHOWN)
    query = {"merchant_id": merchant_id} if merchant_id else {}
    following = query | {"after": found["next_after"]} if found["next_after"] else {}
    return frame.render(
        "console/staff.html",
        rows=found["accounts"],
        narrowing=narrowing.of("staff", merchant=merchant_id),
        following=following,
        first=query if after else None,
        roles=ROLES,
    )


@blueprint.post(HOME)
@sessions.page(*MANAGERS)
def open_account() -> Response | str:
    """Open an account; its first password and second factor's secret are shown this once."""
    if choices.is_finding():
        return list_staff()
    wish = forms.body(text=("username", "merchant_id"), many=("roles", "store_ids"))
    first = token_urlsafe(FIRST_PASSWORD_BYTES)
    answer = calls.send("POST", "/staff", wish | {"password": first}, key=forms.key())
    if answer.is_refused:
        return frame.act(answer, then="", done="", again=list_staff)
    given = {"password": first, "totp_secret": answer.body["totp_secret"]}
    return frame.render("console/staff_secret.html", row=answer.body, secrets=given)


@blueprint.get(f"{HOME}/<uuid:staff_id>")
@sessions.page(*MANAGERS)
def show_account(staff_id: UUID) -> Response:
    """An account: its roles, where it is signed in, stopping and resetting it."""
    row = calls.read(f"/staff/{staff_id}")
    merchant_id = row["merchant_id"]
    return frame.render(
        "console/staff_account.html",
        row=row,
        merchant=choices.merchant_called(merchant_id) if merchant_id else None,
        own_stores=choices.stores_of(merchant_id) if merchant_id else None,
        open_sessions=calls.read(f"/staff/{staff_id}/sessions")["sessions"],
        roles=ROLES,
        here=f"{HOME}/{staff_id}",
    )


@blueprint.post(f"{HOME}/<uuid:staff_id>/roles")
@sessions.page(*MANAGERS)
def change_roles(staff_id: UUID) -> Response | str:
    """Give it other roles; whoever holds it signs in anew."""
    wish = forms.body(text=("reason",), many=("roles", "store_ids"))
    answer = calls.send("PUT", f"/staff/{staff_id}/roles", wish, key=forms.key())
    return _after(staff_id, answer, t("权限已更改，该员工需重新登录"))


@blueprint.post(f"{HOME}/<uuid:staff_id>/<any(disable, enable):step>")
@sessions.page(*MANAGERS)
def stop_or_allow(staff_id: UUID, step: str) -> Response | str:
    """Stop the account, at once, or let it sign in again."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/staff/{staff_id}/{step}", wish, key=forms.key())
    return _after(staff_id, answer, t("账号已停用") if step == "disable" else t("账号已启用"))


@blueprint.post(f"{HOME}/<uuid:staff_id>/sign-out")
@sessions.page(*MANAGERS)
def sign_out_everywhere(staff_id: UUID) -> Response | str:
    """End all its sessions."""
    answer = calls.send("DELETE", f"/staff/{staff_id}/sessions", key=forms.key())
    return _after(staff_id, answer, t("已退出其全部登录"))


@blueprint.post(f"{HOME}/<uuid:staff_id>/resets")
@sessions.page(*MANAGERS)
def ask_reset(staff_id: UUID) -> Response | str:
    """Ask that somebody gets a new password or second factor; somebody else carries it out."""
    wish = forms.body(text=("kind", "reason"))
    answer = calls.send("POST", f"/staff/{staff_id}/resets", wish, key=forms.key())
    return _after(staff_id, answer, t("重置已申请，须由另一人办理"))


@blueprint.get(f"{HOME}/resets")
@sessions.page(*MANAGERS)
def list_resets() -> Response:
    """Resets in a state, newest first."""
    state = forms.asked("state", *RESET_STATES)
    before = forms.identity(forms.asked("before"))
    found = calls.read("/staff-resets", state=state, before=before, limit=SHOWN)
    onwards = found["next_before"]
    return frame.render(
        "console/staff_resets.html",
        rows=found["resets"],
        state=state,
        following={"state": state, "before": onwards} if onwards else {},
        first={"state": state} if before else None,
    )


@blueprint.post(f"{HOME}/resets/<uuid:reset_id>/decide")
@sessions.page(*MANAGERS)
def decide_reset(reset_id: UUID) -> Response | str:
    """Carry out what somebody else asked for, the new secret shown this once; or decline it."""
    wish = forms.body(text=("note",)) | {"is_approved": forms.text("decision") == "approve"}
    answer = calls.send("POST", f"/staff-resets/{reset_id}/decision", wish, key=forms.key())
    if answer.is_refused or answer.body["state"] != "done":
        then = f"{HOME}/resets"
        return frame.act(answer, then=then, done=t("已拒绝重置"), again=list_resets)
    row = calls.read(f"/staff/{answer.body['staff_id']}")
    return frame.render("console/staff_secret.html", row=row, secrets=answer.body)


@blueprint.get(FACTOR)
@sessions.page()
def show_factor() -> Response:
    """The own second factor: the form to set up another one."""
    return frame.render("console/second_factor.html", begun=None, is_begun=False, picture="")


@blueprint.post(FACTOR)
@sessions.page()
def begin_factor() -> Response | str:
    """Begin: its secret and QR code, this once; the old one holds until a code is shown."""
    answer = calls.send("POST", "/staff/me/second-factor", key=forms.key())
    if answer.is_refused:
        return frame.act(answer, then="", done="", again=show_factor)
    picture = _picture(answer.body["totp_uri"])
    return frame.render(
        "console/second_factor.html", begun=answer.body, is_begun=True, picture=picture
    )


@blueprint.post(f"{FACTOR}/confirm")
@sessions.page()
def confirm_factor() -> Response | str:
    """Show a code of the new one, which replaces the old."""
    answer = calls.send("POST", "/staff/me/second-factor/confirmation", forms.body(text=("totp",)))
    return frame.act(
        answer, then="/console/sessions", done=t("新的动态码已生效，其他登录已退出"), again=_again
    )


def _again() -> Response:
    """The form for the code without the secret, which was shown already."""
    return frame.render("console/second_factor.html", begun=None, is_begun=True, picture="")


def _picture(address: str) -> str:
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(drawn)
    return "data:image/svg+xml;base64," + b64encode(drawn.getvalue()).decode()


def _after(staff_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"{HOME}/{staff_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_account(staff_id))
