"""Whom we trust with what: bank accounts that merchants applied with, and the blacklist."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("trust", __name__)
REVIEWERS = ("operator", "reviewer")
PROPOSALS, BLACKLIST = "/console/bank-accounts", "/console/blacklist"
AREA = Area(
    blueprint,
    (
        entry(PROPOSALS, "收款账户确认", "商家", "finance"),
        entry(BLACKLIST, "黑名单", "商家", *REVIEWERS),
    ),
)
STATES = ("proposed", "confirmed", "declined")
KINDS = ("licence", "account", "phone")
SHOWN = 50


@blueprint.get(PROPOSALS)
@sessions.page("finance")
def list_proposals() -> Response:
    """Accounts that merchants applied with, beside those in force, the oldest first."""
    status, after = forms.asked("status", *STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/bank-account-proposals", status=status, after=after)["proposals"]
    return frame.render(
        "console/bank_accounts.html",
        rows=rows,
        states=STATES,
        current=status,
        following={"status": status, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"status": status} if after else None,
    )


@blueprint.post(f"{PROPOSALS}/<uuid:proposal_id>/<any(confirm, decline):word>")
@sessions.page("finance")
def decide(proposal_id: UUID, word: str) -> Response | str:
    """Name the account as the merchant's, or refuse it."""
    wish = forms.body(text=("reason",)) | {"is_confirmed": word == "confirm"}
    path = f"/bank-account-proposals/{proposal_id}/decision"
    answer = calls.send("POST", path, wish, key=forms.key())
    return frame.act(answer, then=PROPOSALS, done=t("已记录决定"), again=list_proposals)


@blueprint.get(BLACKLIST)
@sessions.page(*REVIEWERS)
def list_blacklist() -> Response:
    """Entries in force, or those that were lifted."""
    shown, after = forms.asked("shown", "kept", "lifted"), forms.identity(forms.asked("after"))
    is_removed = "true" if shown == "lifted" else "false"
    rows = calls.read("/blacklist", is_removed=is_removed, after=after)["entries"]
    return frame.render(
        "console/blacklist.html",
        rows=rows,
        kinds=KINDS,
        current=shown,
        following={"shown": shown, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"shown": shown} if after else None,
    )


@blueprint.post(BLACKLIST)
@sessions.page("operator")
def add() -> Response | str:
    """Put a licence, an account or a phone on the blacklist."""
    wish = forms.body(text=("kind", "value", "reason"))
    answer = calls.send("POST", "/blacklist", wish, key=forms.key())
    return frame.act(answer, then=BLACKLIST, done=t("已列入黑名单"), again=list_blacklist)


@blueprint.post(f"{BLACKLIST}/<uuid:entry_id>/lift")
@sessions.page("operator")
def lift(entry_id: UUID) -> Response | str:
    """Take an entry off; it stays readable with the reason."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/blacklist/{entry_id}/removal", wish, key=forms.key())
    return frame.act(answer, then=BLACKLIST, done=t("已移出黑名单"), again=list_blacklist)
