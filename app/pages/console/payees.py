"""Where a merchant's money goes and what its own funds get: named and decided by two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.core.errors import NotFound
from app.pages.console import calls, forms, frame, merchants, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("payees", __name__)
READERS = ("finance", "operator")
MERCHANTS, MOVEMENTS = "/console/merchants", "/console/fund-movements"
AREA = Area(blueprint, (entry(MOVEMENTS, "商家资金划转", "资金", *READERS),))
STATES = ("requested", "done", "rejected")
CHANNELS = ("wechat_transfer", "bank_file", "profit_sharing")
SHOWN = 50
Fields = dict[str, Any]


@blueprint.get(f"{MERCHANTS}/<uuid:merchant_id>/money")
@sessions.page(*READERS)
def show_payee(merchant_id: UUID) -> Response:
    """What a merchant has, its bank account, and by which channel it is paid; the rest comes when
    it is in sight."""
    return frame.render(
        "console/merchant_money.html",
        row=merchants.named(merchant_id),
        funds=calls.read(f"/merchants/{merchant_id}/balances"),
        account=_if_any(f"/merchants/{merchant_id}/bank-account"),
        channels=calls.read(f"/merchants/{merchant_id}/payout-channels")["channels"],
        may="finance" in sessions.visitor().roles,
        kinds=CHANNELS,
        here=f"{MERCHANTS}/{merchant_id}/money",
    )


@blueprint.get(f"{MERCHANTS}/<uuid:merchant_id>/money/<any(payout, receiver, movements):part>")
@sessions.page(*READERS)
def show_part(merchant_id: UUID, part: str) -> Response:
    """When settled money is paid out by itself; whom WeChat shares with; what its funds got."""
    return shown(merchant_id, part)


def shown(merchant_id: UUID, part: str) -> Response:
    """A part as its page asks for it, or as a page of its own below the merchant's name."""
    may = "finance" in sessions.visitor().roles
    return frame.render(
        f"console/merchant_money_{part}.html",
        layout=frame.layout(),
        row=None if frame.is_fragment() else merchants.named(merchant_id),
        may=may,
        here=f"{MERCHANTS}/{merchant_id}/money",
        **FACTS[part](merchant_id, may),
    )


def _payout(merchant_id: UUID, may: bool) -> Fields:
    people = calls.read(f"/merchants/{merchant_id}/contacts")["contacts"] if may else []
    payout = _if_any(f"/merchants/{merchant_id}/automatic-payout")
    return {"payout": payout, "contacts": people}


def _receiver(merchant_id: UUID, _: bool) -> Fields:
    return {"receiver": _if_any(f"/merchants/{merchant_id}/sharing-receiver")}


def _movements(merchant_id: UUID, _: bool) -> Fields:
    after = forms.identity(forms.asked("after"))
    moved = calls.read("/fund-movements", merchant_id=merchant_id, after=after)["movements"]
    return {
        "moved": moved,
        "following": {"after": moved[-1]["id"]} if len(moved) == SHOWN else {},
        "first": {} if after else None,
    }


FACTS = {"payout": _payout, "receiver": _receiver, "movements": _movements}


@blueprint.post(f"{MERCHANTS}/<uuid:merchant_id>/money/account")
@sessions.page("finance")
def propose_account(merchant_id: UUID) -> Response | str:
    """Propose the account that settlements go to; another person of finance confirms it."""
    wish = forms.body(text=("holder", "number", "bank"))
    wish["number"] = wish.get("number", "").replace(" ", "")
    answer = calls.send("PUT", f"/merchants/{merchant_id}/bank-account", wish, key=forms.key())
    return _after(merchant_id, answer, t("账户已提出，待另一名财务确认"))


@blueprint.post(f"{MERCHANTS}/<uuid:merchant_id>/money/channel")
@sessions.page("finance")
def choose_channel(merchant_id: UUID) -> Response | str:
    """Say by which channel the merchant is paid from now on."""
    wish = forms.body(text=("channel",))
    answer = calls.send("PUT", f"/merchants/{merchant_id}/payout-channel", wish, key=forms.key())
    return _after(merchant_id, answer, t("付款渠道已更改"))


@blueprint.post(f"{MERCHANTS}/<uuid:merchant_id>/money/payout")
@sessions.page("finance")
def pay_by_itself(merchant_id: UUID) -> Response | str:
    """Pay settled money out by itself from an amount on, or no longer."""
    wish = forms.body(text=("receiver_id",), fen=("minimum_fen",), flag=("is_on",))
    answer = calls.send("PUT", f"/merchants/{merchant_id}/automatic-payout", wish, key=forms.key())
    return _after(merchant_id, answer, t("自动付款已更改"), "payout")


@blueprint.post(f"{MERCHANTS}/<uuid:merchant_id>/money/movements")
@sessions.page("finance")
def ask_movement(merchant_id: UUID) -> Response | str:
    """Ask that money seen at the bank be booked, or that a fund be released."""
    wish = forms.body(text=("kind", "target", "reference"), fen=("amount_fen",))
    answer = calls.send("POST", f"/merchants/{merchant_id}/fund-movements", wish, key=forms.key())
    return _after(merchant_id, answer, t("划转已提出，待另一名财务决定"), "movements")


@blueprint.get(MOVEMENTS)
@sessions.page(*READERS)
def list_movements() -> Response:
    """Movements of merchants' funds: those that wait, or were decided."""
    status, after = forms.asked("status", *STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/fund-movements", status=status, after=after)["movements"]
    return frame.render(
        "console/fund_movements.html",
        rows=rows,
        states=STATES,
        current=status,
        may="finance" in sessions.visitor().roles,
        following={"status": status, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"status": status} if after else None,
    )


@blueprint.post(f"{MOVEMENTS}/<uuid:movement_id>/<any(approve, reject):word>")
@sessions.page("finance")
def decide(movement_id: UUID, word: str) -> Response | str:
    """The second person's word; approving books the movement."""
    wish = {"is_approved": word == "approve"}
    answer = calls.send("POST", f"/fund-movements/{movement_id}/decision", wish, key=forms.key())
    return frame.act(answer, then=MOVEMENTS, done=t("已记录决定"), again=list_movements)


def _if_any(path: str) -> Fields | None:
    answer = calls.send("GET", path)
    if answer.is_refused and answer.status != NotFound.status:
        raise calls.Refused(answer)
    return None if answer.is_refused else answer.body


def _after(merchant_id: UUID, answer: calls.Answer, done: str, part: str = "") -> Response | str:
    then = f"{MERCHANTS}/{merchant_id}/money"
    return frame.act(
        answer,
        then=then,
        done=done,
        again=lambda: shown(merchant_id, part) if part else show_payee(merchant_id),
    )
