"""Withdrawals: what waits for reviewers and why, deciding, and what has happened to each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("withdrawals", __name__)
REVIEWERS = ("finance", "reviewer")
AREA = Area(blueprint, (entry("/console/withdrawals", "提现审核", "资金", *REVIEWERS),))
STATES = ("reviewing", "approved", "sending", "waiting_confirmation", "manual")
SHOWN = 50


@blueprint.get("/console/withdrawals")
@sessions.page(*REVIEWERS)
def show_withdrawals() -> Response:
    """Unfinished withdrawals in one state, the oldest first."""
    status = forms.asked("status", *STATES)
    after = forms.identity(forms.asked("after"))
    found = calls.read("/withdrawals", status=status, after=after, limit=SHOWN)["withdrawals"]
    following = {"status": status, "after": found[-1]["id"]} if len(found) == SHOWN else {}
    return frame.render(
        "console/withdrawals.html",
        rows=found,
        current=status,
        states=STATES,
        following=following,
        is_first=after is None,
    )


@blueprint.get("/console/withdrawals/<uuid:withdrawal_id>")
@sessions.page(*REVIEWERS)
def show_withdrawal(withdrawal_id: UUID) -> Response:
    """One withdrawal: its money, why it is reviewed, everything that happened to it."""
    row = calls.read(f"/withdrawals/{withdrawal_id}/history")
    endorsed = [each for each in row["steps"] if each["step"] == "endorse"]
    me = sessions.visitor().staff_id
    is_mine = any(each["principal_id"] == me for each in endorsed)
    return frame.render(
        "console/withdrawal.html",
        row=row,
        endorsed=endorsed,
        is_mine=is_mine,
        here=f"/console/withdrawals/{withdrawal_id}",
    )


@blueprint.post("/console/withdrawals/<uuid:withdrawal_id>/approve")
@sessions.page(*REVIEWERS)
def approve(withdrawal_id: UUID) -> Response | str:
    """Let it be paid out; large ones need a second person."""
    answer = calls.send("POST", f"/withdrawals/{withdrawal_id}/approve", key=forms.key())
    is_first = answer.body.get("status") == "reviewing"
    done = t("已记录您的同意，等待另一人复核") if is_first else t("已批准，款项将尽快付出")
    return _after(withdrawal_id, answer, done)


@blueprint.post("/console/withdrawals/<uuid:withdrawal_id>/reject")
@sessions.page(*REVIEWERS)
def reject(withdrawal_id: UUID) -> Response | str:
    """Refuse it; the money goes back to where it came from."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/withdrawals/{withdrawal_id}/reject", wish, key=forms.key())
    return _after(withdrawal_id, answer, t("已驳回，款项退回原账户"))


@blueprint.post("/console/withdrawals/<uuid:withdrawal_id>/conclude")
@sessions.page("finance")
def conclude(withdrawal_id: UUID) -> Response | str:
    """Say how one ended that WeChat no longer answers for; takes two people."""
    wish = forms.body(text=("outcome", "evidence"))
    answer = calls.send("POST", f"/withdrawals/{withdrawal_id}/conclude", wish, key=forms.key())
    return _after(withdrawal_id, answer, t("已记录结论"))


@blueprint.post("/console/withdrawals/<uuid:withdrawal_id>/tax-reversal")
@sessions.page("finance")
def reverse_tax(withdrawal_id: UUID) -> Response | str:
    """Give wrongly withheld tax back."""
    wish: dict[str, Any] = forms.body(text=("reason",))
    path = f"/withdrawals/{withdrawal_id}/tax-reversal"
    return _after(withdrawal_id, calls.send("POST", path, wish, key=forms.key()), t("税款已退回"))


def _after(withdrawal_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    return frame.act(
        answer,
        then=f"/console/withdrawals/{withdrawal_id}",
        done=done,
        again=lambda: show_withdrawal(withdrawal_id),
    )
