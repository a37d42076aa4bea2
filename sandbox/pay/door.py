"""The door of api.mch.weixin.qq.com: nothing enters unsigned, nothing leaves unsigned."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sandbox import strikes
from sandbox.pay import (
    authorizations,
    bills,
    cashier,
    codepay,
    combine,
    orders,
    platform_keys,
    receipts,
    refunds,
    security,
    sharing,
    sharing_bill,
    sharing_receivers,
    sharing_returns,
    signing,
    transfers,
)
from sandbox.pay.errors import PayError
from sandbox.world import world

CLOSING = "pay.orders.close"
TWISTS = ("signtest", "stale_timestamp", "forge", "unknown_serial", "unsigned")

CHILDREN = (
    orders,
    codepay,
    combine,
    refunds,
    transfers,
    authorizations,
    receipts,
    sharing,
    sharing_receivers,
    sharing_returns,
    sharing_bill,
    bills,
    security,
)

blueprint = Blueprint("pay", __name__)
for child in CHILDREN:
    blueprint.register_blueprint(child.blueprint)


@blueprint.before_request
def check() -> None:
    """Raises PayError 401, 406 or 415."""
    here = world()
    if request.content_length and not request.is_json:
        raise PayError(415, "PARAM_ERROR", "Http头Content-Type必须为application/json")
    accept = request.headers.get("Accept", "")
    if not accept or not request.headers.get("User-Agent"):
        raise PayError(406, "PARAM_ERROR", "Http头缺少Accept或User-Agent")
    # The path as it was sent, percent-encoding and all: that is what was signed.
    target = request.environ.get("RAW_URI") or request.environ["REQUEST_URI"]
    authorization = request.headers.get("Authorization", "")
    signing.check_request(here, authorization, request.method, target, request.get_data())
    platform_keys.check_named(here, request.headers.get("Wechatpay-Serial", ""))
    if request.endpoint == CLOSING and request.view_args:
        cashier.pay_while_closing(here, str(request.view_args["number"]))


@blueprint.after_request
def sign(response: Response) -> Response:
    """Sign the answer, also an error's; a file that is fetched is not signed (WeChat fact D12),
    nor a gateway's page."""
    here = world()
    if response.mimetype != "application/json" and response.get_data():
        return response
    fault = here.faults.take(strikes.subject(), *TWISTS)
    body = response.get_data()
    signer = platform_keys.for_answer(here, request.headers.get("Wechatpay-Serial", ""))
    twist = fault.kind if fault else ""
    response.headers.update(signing.sign(here, body, signer, twist=twist))
    return response


@blueprint.route("/v3/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(_: str) -> Response:
    """Whatever is not imitated."""
    raise PayError(404, "RESOURCE_NOT_EXISTS", "请求的资源不存在")
