"""The merchant's money: what it has, its statements, taking it out, and what others hold for it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_money", __name__)
AREA = Area(
    blueprint,
    (
        entry("/shop/money", "账户与提现", "资金", stores.OWNER),
        entry("/shop/settlements", "结算单", "资金", stores.OWNER),
        entry("/shop/prepaid", "储值往来", "资金", stores.OWNER),
    ),
)
PAGE, SHOWN, LINES_SHOWN = 50, 20, 500
OPEN_STATES = ("held", "reviewing", "approved", "waiting_confirmation")


@blueprint.get("/shop/money")
@sessions.page(stores.OWNER)
def show_money() -> Response:
    """What the merchant's purses hold, taking money out, and what was taken out."""
    merchant_id = stores.merchant_id()
    before = forms.identity(forms.asked("before"))
    wanted = {"owner_id": merchant_id, "before": before, "limit": SHOWN}
    found = calls.read("/me/withdrawals", **wanted)["withdrawals"]
    return frame.render(
        "shop/money.html",
        held=calls.read(f"/merchants/{merchant_id}/balances"),
        payout=_if_any(f"/merchants/{merchant_id}/automatic-payout"),
        rows=found,
        open_states=OPEN_STATES,
        quote=g.get("quote"),
        following={"before": found[-1]["id"]} if len(found) == SHOWN else {},
        is_first=before is None,
    )


@blueprint.post("/shop/money/quote")
@sessions.page(stores.OWNER)
def quote() -> Response | str:
    """What taking so much out would cost, before it is asked for."""
    wish = _withdrawal()
    answer = calls.send("GET", "/me/withdrawal-quote", query=wish)
    if not answer.is_refused:
        g.quote = answer.body | {"source": wish["source"]}
        return show_money()
    return frame.act(answer, then="", done="", again=show_money)


@blueprint.post("/shop/money/withdrawals")
@sessions.page(stores.OWNER)
def withdraw() -> Response | str:
    """Take money out."""
    answer = calls.send("POST", "/withdrawals", _withdrawal(), key=forms.key())
    return frame.act(answer, then="/shop/money", done=t("提现申请已提交"), again=show_money)


@blueprint.post("/shop/money/withdrawals/<uuid:withdrawal_id>/cancel")
@sessions.page(stores.OWNER)
def take_back(withdrawal_id: UUID) -> Response | str:
    """Take a withdrawal back, as long as it is not paid."""
    answer = calls.send("POST", f"/withdrawals/{withdrawal_id}/cancel", {}, key=forms.key())
    return frame.act(answer, then="/shop/money", done=t("已请求撤回"), again=show_money)


@blueprint.post("/shop/money/funds")
@sessions.page(stores.OWNER)
def move() -> Response | str:
    """Move settled money to the deposit or to the budget for bonuses."""
    wish = forms.body(text=("target",), fen=("amount_fen",))
    path = f"/merchants/{stores.merchant_id()}/funds"
    answer = calls.send("POST", path, wish, key=forms.key())
    return frame.act(answer, then="/shop/money", done=t("已转入"), again=show_money)


@blueprint.get("/shop/settlements")
@sessions.page(stores.OWNER)
def list_settlements() -> Response:
    """The merchant's statements, newest first."""
    before = forms.identity(forms.asked("before"))
    rows = calls.read("/settlements", before=before, is_newest_first="true")["settlements"]
    return frame.render(
        "shop/settlements.html",
        rows=rows,
        following={"before": rows[-1]["id"]} if len(rows) == PAGE else {},
        is_first=before is None,
    )


@blueprint.get("/shop/settlements/<uuid:settlement_id>")
@sessions.page(stores.OWNER)
def show_settlement(settlement_id: UUID) -> Response:
    """A statement: its sum, each store's part, its lines, as a file."""
    return frame.render(
        "shop/settlement.html",
        row=calls.read(f"/settlements/{settlement_id}", limit=LINES_SHOWN),
        shown=LINES_SHOWN,
        names={each["id"]: each["name"] for each in stores.managed()},
        here=f"/shop/settlements/{settlement_id}",
    )


@blueprint.get("/shop/settlements/<uuid:settlement_id>/statement.<any(pdf, csv):kind>")
@sessions.page(stores.OWNER)
def download_statement(settlement_id: UUID, kind: str) -> Response:
    """A statement for printing or for spreadsheets."""
    answer = calls.send("GET", f"/settlements/{settlement_id}/statement.{kind}")
    return _file(answer, f"statement-{settlement_id}.{kind}")


@blueprint.get("/shop/prepaid")
@sessions.page(stores.OWNER)
def show_prepaid() -> Response:
    """Prepaid money sold here and spent elsewhere, period by period, and what was lent on it."""
    nettings = calls.read("/nettings")["nettings"]
    chosen = forms.identity(forms.asked("period")) or (nettings[0]["id"] if nettings else None)
    mine = calls.read(f"/nettings/{chosen}/mine") if chosen else None
    merchant_id = stores.merchant_id()
    return frame.render(
        "shop/prepaid.html",
        advances=calls.read(f"/merchants/{merchant_id}/advances"),
        nettings=nettings,
        mine=mine,
        me=merchant_id,
        chosen=chosen,
    )


@blueprint.get("/shop/prepaid/<uuid:netting_id>/matrix.csv")
@sessions.page(stores.OWNER)
def download_matrix(netting_id: UUID) -> Response:
    """A period's own row and column for spreadsheets."""
    return _file(calls.send("GET", f"/nettings/{netting_id}/matrix.csv"), f"{netting_id}.csv")


def _withdrawal() -> dict[str, object]:
    wish = forms.body(text=("source",), fen=("amount_fen",))
    return wish | {"owner_id": stores.merchant_id()}


def _if_any(path: str) -> dict[str, object] | None:
    answer = calls.send("GET", path)
    return None if answer.is_refused else answer.body


def _file(answer: calls.Answer, name: str) -> Response:
    if answer.is_refused:
        raise calls.Refused(answer)
    return frame.download(answer.data, answer.headers["Content-Type"], name)
