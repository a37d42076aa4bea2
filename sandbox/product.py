"""The way from the page to the product's public API: only to the one configured address."""

from __future__ import annotations

import requests
from flask import Blueprint, Response, jsonify, request

from sandbox.world import world

PASSED = ("Authorization", "Content-Type", "Idempotency-Key", "Accept", "Accept-Language")
RETURNED = ("Content-Type", "Idempotency-Replayed", "Retry-After")
TIMEOUT_SECONDS = 20
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

blueprint = Blueprint("product", __name__, url_prefix="/__ctl/product")


@blueprint.route("/<path:path>", methods=METHODS)
def forward(path: str) -> Response:
    """Pass a request on as it is; a page may call another origin only by way of its own."""
    here = world()
    if not here.accounts.product_url:
        return _problem("没有设置产品地址 SANDBOX_PRODUCT_URL")
    headers = {name: request.headers[name] for name in PASSED if name in request.headers}
    target = f"{here.accounts.product_url}/{path}"
    try:
        answer = here.courier.session().request(
            request.method,
            target,
            params=request.args.to_dict(flat=False),
            data=request.get_data(),
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return _problem("暂时连不上产品")
    passed = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
    return Response(answer.content, answer.status_code, passed)


def _problem(message: str) -> Response:
    response = jsonify(code="product_unreachable", message=message)
    response.status_code = 502
    return response
