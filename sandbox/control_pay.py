"""The control desk of WeChat Pay: keys and what the merchant agreed (JSON under /__ctl/pay)."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from sandbox import terms
from sandbox.control import body
from sandbox.impossible import Impossible
from sandbox.pay import authorizations, orders, platform_keys, sharing, sharing_returns
from sandbox.world import world

blueprint = Blueprint("control_pay", __name__, url_prefix="/__ctl/pay")
OVERLAP_SECONDS = 12 * 3600.0
LISTED = 200


@blueprint.get("/terms")
def show_terms() -> Response:
    here = world()
    return jsonify(terms=terms.everything(here), catalogue=terms.catalogue())


@blueprint.put("/terms")
def agree() -> Response:
    """Change limits, delays and the form of bills: {name: value}."""
    try:
        return jsonify(terms=terms.agree(world(), body()))
    except terms.WrongTerm as error:
        raise Impossible("wrong_term", str(error)) from error


@blueprint.get("/records")
def show_records() -> Response:
    """Sharings, returns, receivers, authorizations and combined orders, newest first."""
    here = world()
    with here.state.lock:
        return jsonify(
            sharings=[sharing.as_json(one) for one in here.state.sharings.latest(LISTED)],
            returns=[
                sharing_returns.as_json(here, one)
                for one in here.state.sharing_returns.latest(LISTED)
            ],
            receivers=[asdict(one) for one in here.state.receivers.latest(LISTED)],
            authorizations=[
                authorizations.as_json(one) for one in here.state.authorizations.latest(LISTED)
            ],
            combined=[
                orders.combined_json(here, one) for one in here.state.combined.latest(LISTED)
            ],
        )


@blueprint.get("/keys")
def show_keys() -> Response:
    return jsonify(platform_keys.as_json(world()))


@blueprint.put("/keys")
def change_keys() -> Response:
    """{"mode": "public_key" | "switching" | "certificate", "percent"?}: a switch without a
    percentage goes from 0.1 % to 100 % of notifications in seven virtual days."""
    here, wish = world(), body()
    mode, percent = wish.get("mode", platform_keys.mode(here)), wish.get("percent")
    if mode not in platform_keys.MODES:
        raise Impossible("wrong_mode", f"mode 应为 {', '.join(platform_keys.MODES)}")
    if percent is not None and (
        isinstance(percent, bool)
        or not isinstance(percent, int | float)
        or not 0 <= percent <= 100
        or mode != "switching"
    ):
        raise Impossible("wrong_percent", "percent 为 0 到 100，仅用于 switching")
    platform_keys.set_mode(here, mode, percent)
    return jsonify(platform_keys.as_json(here))


@blueprint.post("/keys/rotate")
def rotate() -> Response:
    """Offer a new certificate; it signs after {"overlap_seconds"}, twelve hours by default."""
    here = world()
    overlap = body().get("overlap_seconds", OVERLAP_SECONDS)
    if isinstance(overlap, bool) or not isinstance(overlap, int | float) or overlap < 0:
        raise Impossible("wrong_overlap", "overlap_seconds 应为不小于 0 的数")
    if platform_keys.mode(here) == "public_key":
        raise Impossible("no_certificates", "公钥模式下没有平台证书")
    platform_keys.rotate(here, float(overlap))
    return jsonify(platform_keys.as_json(here))
