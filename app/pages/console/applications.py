"""Merchants who want to join: what they sent, what speaks against it, and deciding."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g

from app.pages.console import calls, forms, frame, merchants, people, sessions, wording
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("applications", __name__)
REVIEWERS = ("operator", "reviewer")
HERE = "/console/applications"
AREA = Area(blueprint, (entry(HERE, "入驻审核", "商家", *REVIEWERS),))
STATES = ("submitted", "proposed", "more_asked", "approved", "rejected", "withdrawn")
FIELDS = ("account_holder", "account_number", "contact_name", "contact_phone")
SHOWN = 50


@blueprint.get(HERE)
@sessions.page(*REVIEWERS)
def list_applications() -> Response:
    """Applications in one state, the oldest first."""
    status, after = forms.asked("status", *STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/merchant-applications", status=status, after=after)["applications"]
    return frame.render(
        "console/applications.html",
        rows=rows,
        current=status,
        states=STATES,
        following={"status": status, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get(f"{HERE}/<uuid:application_id>")
@sessions.page(*REVIEWERS)
def show_application(application_id: UUID) -> Response:
    """An application, compared anew, personal data masked."""
    row = calls.read(f"/merchant-applications/{application_id}")
    brought = row["salesperson_id"]
    may_name = "operator" in sessions.visitor().roles
    return frame.render(
        "console/application.html",
        row=row,
        salesperson=people.called("salesperson", brought) if may_name else wording.short(brought),
        policies=merchants.policies(),
        is_mine=row["proposed_by"] == sessions.visitor().staff_id,
        here=f"{HERE}/{application_id}",
        pictures=f"{HERE}/pictures",
        fields=FIELDS,
        revealed=g.get("revealed", {}),
    )


@blueprint.get(f"{HERE}/pictures/<uuid:picture_id>.jpg")
@sessions.page(*REVIEWERS, "finance")
def show_picture(picture_id: UUID) -> Response:
    """A picture that goes with an application; that it was looked at is recorded."""
    answer = calls.send("GET", f"/merchant-applications/pictures/{picture_id}.jpg")
    if answer.is_refused:
        raise calls.Refused(answer)
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


@blueprint.post(f"{HERE}/<uuid:application_id>/<any(approve, reject, ask_for_more):word>")
@sessions.page(*REVIEWERS)
def decide(application_id: UUID, word: str) -> Response | str:
    """Decide on the version that was looked at."""
    wish = forms.body(text=("reason",), whole=("version",)) | {"decision": word}
    if word == "approve":
        wish["terms"] = merchants.terms()
    path = f"/merchant-applications/{application_id}/decision"
    answer = calls.send("POST", path, wish, key=forms.key())
    is_first = answer.body.get("status") == "proposed"
    done = t("已提交批准，等待另一人复核") if is_first else t("已记录决定，申请人会收到通知")
    return _after(application_id, answer, done)


@blueprint.post(f"{HERE}/<uuid:application_id>/<any(confirm, decline):word>")
@sessions.page(*REVIEWERS)
def confirm(application_id: UUID, word: str) -> Response | str:
    """The second reviewer's word on a proposed approval."""
    wish = forms.body(text=("reason",), whole=("version",)) | {"is_confirmed": word == "confirm"}
    path = f"/merchant-applications/{application_id}/confirmation"
    return _after(application_id, calls.send("POST", path, wish, key=forms.key()), t("已记录决定"))


@blueprint.post(f"{HERE}/<uuid:application_id>/reveal")
@sessions.page(*REVIEWERS)
def reveal(application_id: UUID) -> Response | str:
    """What is shown masked, in clear, with a reason that is kept; shown once."""
    wish = forms.body(text=("reason",), many=("fields",))
    answer = calls.send("POST", f"/merchant-applications/{application_id}/reveal", wish)
    if not answer.is_refused:
        g.revealed = answer.body
        return show_application(application_id)
    return _after(application_id, answer, "")


def _after(application_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then, again = f"{HERE}/{application_id}", lambda: show_application(application_id)
    return frame.act(answer, then=then, done=done, again=again)
