"""Members' questions: what waits, what was said, answered, noted, handed over and closed."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g, request

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("tickets", __name__)
STAFF = ("support", "operator")
HOME = "/console/tickets"
AREA = Area(blueprint, (entry(HOME, "会员咨询", "服务", *STAFF),))
STATES = ("open", "answered", "closed")
KINDS = ("", "payment", "top_up", "withdrawal", "order", "other")
SHOWN = 50
LARGEST_BYTES = 25 * 1024 * 1024  # six pictures, of which the API takes each up to 4 MiB


@blueprint.before_request
def allow_pictures() -> None:
    """An answer with pictures is larger than others; it is read before anything is decided."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_BYTES


@blueprint.get(HOME)
@sessions.page(*STAFF)
def show_tickets() -> Response:
    """Tickets in a state, those that wait longest first, and how the inbox stands."""
    query = {"state": forms.asked("state", *STATES), "kind": forms.asked("kind", *KINDS)}
    is_mine, after = forms.asked("mine") == "1", forms.identity(forms.asked("after"))
    me = sessions.visitor().staff_id if is_mine else None
    rows = calls.read("/tickets", **query, assigned_to=me, after=after, limit=SHOWN)["tickets"]
    if is_mine:
        query["mine"] = "1"
    return frame.render(
        "console/tickets.html",
        rows=rows,
        report=calls.read("/tickets/report"),
        states=STATES,
        kinds=KINDS,
        query=query,
        following=query | {"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=query if after else None,
    )


@blueprint.get(f"{HOME}/<uuid:ticket_id>")
@sessions.page(*STAFF)
def show_ticket(ticket_id: UUID) -> Response:
    """A ticket with all that was said and done in it."""
    before = forms.identity(forms.asked("before"))
    row = calls.read(f"/tickets/{ticket_id}", before=before)
    earlier = {"before": row["earlier_before"]} if row["earlier_before"] else {}
    first = {} if before else None
    here = f"{HOME}/{ticket_id}"
    return frame.render(
        "console/ticket.html",
        row=row,
        here=here,
        earlier=earlier,
        first=first,
        kept=g.get("pictures", []),
    )


@blueprint.get(f"{HOME}/pictures/<uuid:picture_id>.jpg")
@sessions.page(*STAFF)
def show_picture(picture_id: UUID) -> Response:
    """A picture that a member sent; that it was looked at is recorded."""
    answer = calls.send("GET", f"/tickets/pictures/{picture_id}.jpg")
    if answer.is_refused:
        raise calls.Refused(answer)
    return Response(answer.data, content_type="image/jpeg", headers=frame.HEADERS)


@blueprint.post(f"{HOME}/<uuid:ticket_id>/answer")
@sessions.page(*STAFF)
def answer(ticket_id: UUID) -> Response | str:
    """Answer the member, with pictures if wanted, who is told that there is an answer; close it
    with that, if wanted. Pictures of a refused form are kept in it."""
    g.pictures = forms.many("pictures")
    refused = _send_pictures(ticket_id)
    if refused is not None:
        return _after(ticket_id, refused, "")
    wish = forms.body(text=("text",), flag=("closes",)) | {"pictures": g.pictures}
    return _act(ticket_id, "answers", wish, t("已回复会员"))


def _send_pictures(ticket_id: UUID) -> calls.Answer | None:
    """Sends what was chosen; the answer if one was refused. A form sent twice sends each once."""
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        raw = (file.read(), file.content_type or "application/octet-stream")
        path, key = f"/tickets/{ticket_id}/pictures", f"{forms.key()}-{len(g.pictures)}"
        sent = calls.send("POST", path, key=key, raw=raw)
        if sent.is_refused:
            return sent
        g.pictures.append(sent.body["id"])
    return None


@blueprint.post(f"{HOME}/<uuid:ticket_id>/note")
@sessions.page(*STAFF)
def note(ticket_id: UUID) -> Response | str:
    """Write something down that the member never sees."""
    return _act(ticket_id, "notes", forms.body(text=("text",)), t("已记下内部备注"))


@blueprint.post(f"{HOME}/<uuid:ticket_id>/take")
@sessions.page(*STAFF)
def take(ticket_id: UUID) -> Response | str:
    """Take the ticket oneself."""
    wish = {"staff_id": sessions.visitor().staff_id}
    return _act(ticket_id, "assignment", wish, t("已由您处理"))


@blueprint.post(f"{HOME}/<uuid:ticket_id>/leave")
@sessions.page(*STAFF)
def leave(ticket_id: UUID) -> Response | str:
    """Give the ticket back, so that nobody has it."""
    return _act(ticket_id, "assignment", {}, t("已交回，无人处理"))


@blueprint.post(f"{HOME}/<uuid:ticket_id>/close")
@sessions.page(*STAFF)
def close(ticket_id: UUID) -> Response | str:
    """Close it without an answer, with a reason for colleagues."""
    return _act(ticket_id, "close", forms.body(text=("text",)), t("已关闭"))


@blueprint.post(f"{HOME}/<uuid:ticket_id>/reopen")
@sessions.page(*STAFF)
def reopen(ticket_id: UUID) -> Response | str:
    """Open a closed one again."""
    return _act(ticket_id, "reopen", forms.body(text=("text",)), t("已重新打开"))


def _act(ticket_id: UUID, what: str, wish: calls.Fields, done: str) -> Response | str:
    answer = calls.send("POST", f"/tickets/{ticket_id}/{what}", wish, key=forms.key())
    return _after(ticket_id, answer, done)


def _after(ticket_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    return frame.act(
        answer,
        then=f"{HOME}/{ticket_id}",
        done=done,
        again=lambda: show_ticket(ticket_id),
    )
