"""Bank batches: prepared by one, agreed to by another, handed out once, answered line by line."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.core.spreadsheets import CSV
from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("bank_batches", __name__)
AREA = Area(blueprint, (entry("/console/bank-batches", "银行代付批次", "资金", "finance"),))
HOME = "/console/bank-batches"
SHOWN = ("all", "pending")


@blueprint.get("/console/bank-batches")
@sessions.page("finance")
def show_batches() -> Response:
    """Batches, newest first: all, or those with lines that wait for a second person."""
    before, shown = forms.identity(forms.asked("before")), forms.asked("shown", *SHOWN)
    is_pending = "true" if shown == "pending" else "false"
    found = calls.read("/bank-batches", before=before, is_pending=is_pending)
    return frame.render(
        "console/bank_batches.html",
        **found,
        shown=shown,
        first={"shown": shown} if before else None,
    )


@blueprint.post("/console/bank-batches/prepare")
@sessions.page("finance")
def prepare() -> Response | str:
    """Put approved withdrawals that the bank pays into a batch."""
    answer = calls.send("POST", "/bank-batches", key=forms.key())
    then = f"{HOME}/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("批次已生成，等待另一人复核"), again=show_batches)


@blueprint.get("/console/bank-batches/<uuid:batch_id>")
@sessions.page("finance")
def show_batch(batch_id: UUID) -> Response:
    """A batch with its lines."""
    row = calls.read(f"/bank-batches/{batch_id}")
    is_mine = row["prepared_by"] == sessions.visitor().staff_id
    return frame.render(
        "console/bank_batch.html", row=row, is_mine=is_mine, here=f"{HOME}/{batch_id}"
    )


@blueprint.post("/console/bank-batches/<uuid:batch_id>/approve")
@sessions.page("finance")
def approve(batch_id: UUID) -> Response | str:
    """Agree to a batch that somebody else prepared."""
    answer = calls.send("POST", f"/bank-batches/{batch_id}/approve", key=forms.key())
    return _after(batch_id, answer, t("批次已复核，可以导出"))


@blueprint.post("/console/bank-batches/<uuid:batch_id>/export")
@sessions.page("finance")
def export(batch_id: UUID) -> Response | str:
    """The file for the bank, handed out once."""
    answer = calls.send("POST", f"/bank-batches/{batch_id}/export")
    if answer.is_refused:
        return _after(batch_id, answer, "")
    return frame.download(answer.data, CSV, f"{batch_id.hex}.csv")


@blueprint.post("/console/bank-batches/<uuid:batch_id>/results")
@sessions.page("finance")
def take_in(batch_id: UUID) -> Response | str:
    """Take in what the bank says of a batch; what is not noted is shown line by line."""
    wish = {"content": forms.file_text("file") or forms.text("content")}
    answer = calls.send("POST", f"/bank-batches/{batch_id}/results", wish, key=forms.key())
    if answer.body.get("waiting") or answer.body.get("unmatched"):
        return _show_answer(batch_id, answer.body)
    done = t("已登记 {noted} 行", noted=answer.body.get("noted", 0))
    return _after(batch_id, answer, done, wish)


def _show_answer(batch_id: UUID, told: calls.Fields) -> Response:
    row = calls.read(f"/bank-batches/{batch_id}")
    return frame.render(
        "console/bank_answer.html",
        told=told,
        lines={line["serial"]: line for line in row["lines"]},
        here=f"{HOME}/{batch_id}",
    )


def _after(
    batch_id: UUID, answer: calls.Answer, done: str, read: dict[str, str] | None = None
) -> Response | str:
    return frame.act(
        answer,
        then=f"{HOME}/{batch_id}",
        done=done,
        again=lambda: show_batch(batch_id),
        read=read,
    )
