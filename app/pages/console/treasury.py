"""Where the platform's money is: funds filled, money moved outside, tax paid, mistakes reversed,
prepaid money netted."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("treasury", __name__)
READERS = ("finance", "operator")
FUNDS, NETTINGS = "/console/funds", "/console/nettings"
AREA = Area(
    blueprint,
    (
        entry(FUNDS, "平台资金", "资金", *READERS),
        entry(NETTINGS, "储值往来", "资金", *READERS, "support"),
    ),
)
TARGETS = ("operations", "campaign_fund", "charity", "queue_pool")
STATES = ("waiting", "booked", "refused", "reversed")
KINDS = ("paid_in", "moved", "tax_paid")
SHOWN = 20
PLACES = ("wechat_takings", "wechat_operating", "bank_custody")


@blueprint.get(FUNDS)
@sessions.page(*READERS)
def show_funds() -> Response:
    """The platform's accounts, booking what arrived or was moved outside, and what was booked."""
    kind, before = forms.asked("kind", "", *KINDS), forms.identity(forms.asked("before"))
    kept = {"status": forms.asked("status", *STATES), "kind": kind}
    found = calls.read("/treasury/bookings", **kept, before=before, limit=SHOWN)
    rows = found["bookings"]
    return frame.render(
        "console/funds.html",
        accounts=calls.read("/funds")["accounts"],
        targets=TARGETS,
        places=PLACES,
        rows=rows,
        states=STATES,
        kinds=KINDS,
        kept=kept,
        here=FUNDS,
        following=kept | {"before": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first=kept if before else None,
        may="finance" in sessions.visitor().roles,
    )


@blueprint.post(f"{FUNDS}/filling")
@sessions.page("finance")
def fill() -> Response | str:
    """Book money that arrived outside into a fund."""
    wish = forms.body(text=("account",), fen=("amount_fen",))
    answer = calls.send("POST", "/funds", wish, key=forms.key())
    return _booked(answer)


@blueprint.post(f"{FUNDS}/moving")
@sessions.page("finance")
def move() -> Response | str:
    """Book that money was moved from one place outside to another."""
    wish = forms.body(text=("from", "to"), fen=("amount_fen",))
    answer = calls.send("POST", "/treasury", wish, key=forms.key())
    return _booked(answer)


@blueprint.post(f"{FUNDS}/bookings/<uuid:booking_id>/<any(approve, reject):word>")
@sessions.page("finance")
def decide(booking_id: UUID, word: str) -> Response | str:
    """The second person's word on a booking, or taking the own one back."""
    wish = {"is_approved": word == "approve"}
    path = f"/treasury/bookings/{booking_id}/decision"
    answer = calls.send("POST", path, wish, key=forms.key())
    done = t("已入账") if wish["is_approved"] else t("已驳回，未入账")
    return frame.act(answer, then=FUNDS, done=done, again=show_funds)


@blueprint.post(f"{FUNDS}/bookings/<uuid:booking_id>/reverse")
@sessions.page("finance")
def reverse(booking_id: UUID) -> Response | str:
    """Reverse what was booked by mistake; a large sum waits for another person."""
    wish, path = forms.body(text=("reason",)), f"/treasury/bookings/{booking_id}/reversal"
    answer = calls.send("POST", path, wish, key=forms.key())
    waits = answer.body.get("reversal_status") == "waiting"
    done = t("已申请冲正，待另一名财务人员复核") if waits else t("已冲正")
    return frame.act(answer, then=FUNDS, done=done, again=show_funds)


@blueprint.post(f"{FUNDS}/bookings/<uuid:booking_id>/reverse/<any(approve, reject):word>")
@sessions.page("finance")
def decide_reversal(booking_id: UUID, word: str) -> Response | str:
    """The second person's word on a reversal, or taking the own one back."""
    wish = {"is_approved": word == "approve"}
    path = f"/treasury/bookings/{booking_id}/reversal/decision"
    answer = calls.send("POST", path, wish, key=forms.key())
    done = t("已冲正") if wish["is_approved"] else t("不冲正，登记照旧有效")
    return frame.act(answer, then=FUNDS, done=done, again=show_funds)


def _booked(answer: calls.Answer) -> Response | str:
    waits = answer.body.get("status") == "waiting"
    done = t("已登记，待另一名财务人员复核后入账") if waits else t("已入账")
    return frame.act(answer, then=FUNDS, done=done, again=show_funds)


@blueprint.get(NETTINGS)
@sessions.page(*READERS, "support")
def list_nettings() -> Response:
    """The last periods that were netted, and netting the next one."""
    rows = calls.read("/nettings")["nettings"]
    may = "finance" in sessions.visitor().roles
    return frame.render("console/nettings.html", rows=rows, here=NETTINGS, may=may)


@blueprint.post(NETTINGS)
@sessions.page("finance")
def net() -> Response | str:
    """Net a period once; it proves the money that moved already, and moves none."""
    answer = calls.send(
        "POST", "/nettings", forms.body(text=("begins_on", "ends_on")), key=forms.key()
    )
    then = f"{NETTINGS}/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("已轧差"), again=list_nettings)


@blueprint.get(f"{NETTINGS}/<uuid:netting_id>")
@sessions.page(*READERS, "support")
def show_netting(netting_id: UUID) -> Response:
    """A period: who sold whose prepaid money, and each merchant's position."""
    row = calls.read(f"/nettings/{netting_id}")
    return frame.render("console/netting.html", row=row, here=f"{NETTINGS}/{netting_id}")


@blueprint.get(f"{NETTINGS}/<uuid:netting_id>.csv")
@sessions.page(*READERS, "support")
def download_netting(netting_id: UUID) -> Response:
    """The same for spreadsheets."""
    answer = calls.send("GET", f"/nettings/{netting_id}/matrix.csv")
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, answer.headers["Content-Type"], f"{netting_id}.csv")
