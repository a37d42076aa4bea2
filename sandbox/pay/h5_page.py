"""WeChat's page behind an `h5_url`: in a mobile browser it opens WeChat, here a phone is chosen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from sandbox import phones
from sandbox.impossible import Impossible
from sandbox.pay import cashier, sheets
from sandbox.pay.orders import H5_PAGE
from sandbox.world import world

blueprint = Blueprint("h5_page", __name__)


@blueprint.get(H5_PAGE)
def show() -> Any:
    """What is to be paid, and by whose phone."""
    here = world()
    try:
        with here.state.lock:
            _, found = sheets.living(here, request.args.get("prepay_id", ""), "MWEB")
    except Impossible as problem:
        return render_template("h5_pay.html", problem=str(problem)), 409
    total = f"{sum(order.total_fen for order in found) / 100:.2f}"
    words = "，".join(str(order.request["description"]) for order in found)
    people = here.state.phones.latest(8)[::-1]
    return render_template("h5_pay.html", total=total, words=words, phones=people)


@blueprint.post(H5_PAGE)
def pay() -> Any:
    """The chosen phone pays or cancels; then on to the merchant's `redirect_url`, if it is one."""
    here = world()
    sheet = {"h5_url": request.url, "decline": request.form.get("decline")}
    try:
        phone = phones.find(here, request.form.get("phone", ""))
        done = cashier.pay(here, phone, sheet)["result"]
    except Impossible as problem:
        return render_template("h5_pay.html", problem=str(problem)), 409
    target = request.args.get("redirect_url", "")
    if target.startswith(("http://", "https://")):
        return redirect(target)
    return render_template("h5_pay.html", done=done)
