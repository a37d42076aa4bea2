"""What the funds spend: whom they may pay, payments of the bank with their receipts, two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("spendings", __name__)
READERS = ("finance", "operator")
HERE, RECIPIENTS = "/console/spendings", "/console/recipients"
AREA = Area(
    blueprint,
    (
        entry(HERE, "基金支出", "资金", *READERS),
        entry(RECIPIENTS, "收款机构", "资金", *READERS),
    ),
)
STATES = ("requested", "undoing", "paid", "rejected", "undone")
FUNDS = ("charity", "campaign_fund", "operations")
SHOWN = 50
LARGEST_BYTES = 5 * 1024 * 1024  # the API takes receipts up to 4 MiB


@blueprint.before_request
def allow_receipts() -> None:
    """A form with a receipt is larger than others; it is read before anything is decided."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_BYTES


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_spendings() -> Response:
    """Spendings in one state, newest first."""
    status, before = forms.asked("status", *STATES), forms.identity(forms.asked("before"))
    rows = calls.read("/spendings", status=status, before=before, limit=SHOWN)["spendings"]
    return frame.render(
        "console/spendings.html",
        rows=rows,
        states=STATES,
        current=status,
        following={"status": status, "before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"status": status} if before else None,
    )


@blueprint.post(f"{HERE}/<uuid:spending_id>/<any(approve, reject):word>")
@sessions.page("finance")
def decide(spending_id: UUID, word: str) -> Response | str:
    """The second person's word on a spending."""
    return _decided(f"/spendings/{spending_id}/decision", word)


@blueprint.post(f"{HERE}/<uuid:spending_id>/undo")
@sessions.page("finance")
def ask_undo(spending_id: UUID) -> Response | str:
    """Ask that a booked spending be undone."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/spendings/{spending_id}/undo", wish, key=forms.key())
    return _after(answer, t("已申请冲销，等待另一人复核"), "undoing")


@blueprint.post(f"{HERE}/<uuid:spending_id>/undo/<any(approve, reject):word>")
@sessions.page("finance")
def decide_undo(spending_id: UUID, word: str) -> Response | str:
    """The second person's word on an undoing."""
    return _decided(f"/spendings/{spending_id}/undo/decision", word)


@blueprint.get("/console/receipts/<string(length=64):sha256>")
@sessions.page(*READERS)
def show_receipt(sha256: str) -> Response:
    """A receipt as it was handed in."""
    answer = calls.send("GET", f"/receipts/{sha256}")
    if answer.is_refused:
        raise calls.Refused(answer)
    kind = answer.headers["Content-Type"]
    return frame.download(answer.data, kind, f"{sha256[:16]}.{kind.partition('/')[2]}")


@blueprint.get(RECIPIENTS)
@sessions.page(*READERS)
def list_recipients() -> Response:
    """Organisations that a fund may pay, open or closed."""
    fund = forms.asked("fund", *FUNDS)
    shown, after = forms.asked("shown", "open", "closed"), forms.identity(forms.asked("after"))
    here = {"fund": fund, "shown": shown}
    is_open = "true" if shown == "open" else "false"
    found = calls.read("/recipients", fund=fund, is_open=is_open, after=after, limit=SHOWN)
    rows = found["recipients"]
    return frame.render(
        "console/recipients.html",
        rows=rows,
        funds=FUNDS,
        **here,
        following=here | {"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=here if after else None,
    )


@blueprint.post(RECIPIENTS)
@sessions.page("operator")
def add_recipient() -> Response | str:
    """Keep an organisation that a fund may pay."""
    wish = forms.body(text=("fund", "name", "registration_number", "purpose"))
    answer = calls.send("POST", "/recipients", wish, key=forms.key())
    then = f"{RECIPIENTS}?fund={answer.body.get('fund')}"
    return frame.act(answer, then=then, done=t("已添加收款机构"), again=list_recipients)


@blueprint.post(f"{RECIPIENTS}/<uuid:recipient_id>/close")
@sessions.page("operator")
def close_recipient(recipient_id: UUID) -> Response | str:
    """Pay an organisation no more."""
    answer = calls.send("POST", f"/recipients/{recipient_id}/close", key=forms.key())
    then = f"{RECIPIENTS}?fund={answer.body.get('fund')}"
    return frame.act(answer, then=then, done=t("已停用收款机构"), again=list_recipients)


@blueprint.post(f"{RECIPIENTS}/<uuid:recipient_id>/spendings")
@sessions.page("finance")
def ask(recipient_id: UUID) -> Response | str:
    """Hand in a receipt, then ask that what the bank has paid for it be booked."""
    receipt = request.files.get("receipt")
    handed = calls.send("POST", "/receipts", raw=(receipt.read() if receipt else b"", "*/*"))
    if handed.is_refused:
        return frame.act(handed, then=HERE, done="", again=list_recipients)
    wish: dict[str, Any] = forms.body(
        text=("fund", "purpose", "receipt_number", "bank_reference", "paid_on"),
        fen=("amount_fen",),
    )
    wish |= {"recipient_id": str(recipient_id), "receipt_sha256": handed.body["sha256"]}
    answer = calls.send("POST", "/spendings", wish, key=forms.key())
    done = t("支出已登记，等待另一人复核")
    return frame.act(answer, then=HERE, done=done, again=list_recipients)


def _decided(path: str, word: str) -> Response | str:
    answer = calls.send("POST", path, {"is_approved": word == "approve"}, key=forms.key())
    return _after(answer, t("已记录决定"), answer.body.get("status", ""))


def _after(answer: calls.Answer, done: str, status: str) -> Response | str:
    then = f"{HERE}?status={status}" if status in STATES else HERE
    return frame.act(answer, then=then, done=done, again=list_spendings)
