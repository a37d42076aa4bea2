"""What WeChat was told of orders and did not take: deliveries, and splits of payments."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("wechat_orders", __name__)
SHIPPING_READERS, SPLIT_READERS = ("operator", "finance", "support"), ("finance", "support")
SHIPPINGS, SPLITS = "/console/shippings", "/console/splits"
AREA = Area(
    blueprint,
    (
        entry(SHIPPINGS, "发货登记", "服务", *SHIPPING_READERS),
        entry(SPLITS, "微信分账", "资金", *SPLIT_READERS),
    ),
)
SHIPPING_STATES = ("refused", "due", "reported", "not_needed")
SPLIT_STATES = ("troubled", "failed", "waiting", "sending", "done")
SHOWN = 50


@blueprint.get(SHIPPINGS)
@sessions.page(*SHIPPING_READERS)
def list_shippings() -> Response:
    """Deliveries that WeChat is told of, without which it keeps the money: those refused first."""
    status = forms.asked("status", *SHIPPING_STATES)
    rows = calls.read("/shippings", status=status, limit=SHOWN)["shippings"]
    return frame.render("console/shippings.html", rows=rows, states=SHIPPING_STATES, current=status)


@blueprint.get(f"{SHIPPINGS}/<uuid:order_id>")
@sessions.page(*SHIPPING_READERS)
def show_shipping(order_id: UUID) -> Response:
    """One delivery with what WeChat answered, and each time that it was tried again by hand."""
    row = calls.read(f"/shippings/{order_id}")
    return frame.render("console/shipping.html", row=row, here=f"{SHIPPINGS}/{order_id}")


@blueprint.post(f"{SHIPPINGS}/<uuid:order_id>")
@sessions.page("operator", "support")
def retry(order_id: UUID) -> Response | str:
    """Tell WeChat again, with a reason."""
    wish, here = forms.body(text=("reason",)), f"{SHIPPINGS}/{order_id}"
    answer = calls.send("POST", f"/shippings/{order_id}/retry", wish, key=forms.key())
    again = lambda: show_shipping(order_id)  # noqa: E731
    return frame.act(answer, then=here, done=t("已重新提交微信"), again=again)


@blueprint.get(SPLITS)
@sessions.page(*SPLIT_READERS)
def list_splits() -> Response:
    """Splits of payments at WeChat; those that somebody must decide about first."""
    state, after = forms.asked("state", *SPLIT_STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/splits", state=state, after=after, limit=SHOWN)["splits"]
    return frame.render(
        "console/splits.html",
        rows=rows,
        states=SPLIT_STATES,
        current=state,
        may="finance" in sessions.visitor().roles,
        following={"state": state, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"state": state} if after else None,
    )


@blueprint.post(f"{SPLITS}/<uuid:split_id>/<any(retry, give_up):decision>")
@sessions.page("finance")
def decide(split_id: UUID, decision: str) -> Response | str:
    """Try a split again, or give it up, with a reason."""
    wish = forms.body(text=("reason",)) | {"decision": decision}
    answer = calls.send("POST", f"/splits/{split_id}/decide", wish, key=forms.key())
    return frame.act(answer, then=SPLITS, done=t("已记录决定"), again=list_splits)
