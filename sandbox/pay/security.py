"""Platform certificates and the echo that tries keys out (WeChat facts D0, D3)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.clock import beijing_text
from sandbox.pay import notices, platform_keys, schemas, signing
from sandbox.pay.errors import PayError
from sandbox.pay_records import PlatformCertificate
from sandbox.world import World, world

blueprint = Blueprint("security", __name__)


@blueprint.get("/v3/certificates")
def certificates() -> Response:
    """The certificates in force, sealed with the APIv3 key; none for a public-key merchant."""
    here = world()
    found = platform_keys.offered(here)
    if not found:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请使用微信支付公钥验签")
    return jsonify(data=[_sealed(here, one) for one in found])


@blueprint.post("/v3/security/echo")
def echo() -> Response:
    """Says back what was said; the answer is signed with the key the request named."""
    here = world()
    wish = schemas.read(schemas.Echo, request.get_data())
    named = request.headers.get("Wechatpay-Serial", "")
    said: dict[str, Any] = {"echo_message": wish.echo_message}
    if wish.encrypted_echo_message is not None:
        field = "/encrypted_echo_message"
        clear = signing.unseal(here, named, field, wish.encrypted_echo_message)
        said["encrypted_echo_message"] = signing.seal_for_merchant(here, clear)
    if wish.notify_url:
        with here.state.change():
            notices.create(
                here,
                "SECURITY_ECHO.SUCCESS",
                "security_echo",
                "安全回显",
                wish.notify_url,
                {"mchid": here.accounts.mch_id, "echo_message": wish.echo_message},
            )
    return jsonify(said)


def _sealed(here: World, one: PlatformCertificate) -> dict[str, Any]:
    sealed = signing.seal_resource(here, "certificate", one.certificate.encode())
    del sealed["original_type"]
    return {
        "serial_no": one.id,
        "effective_time": beijing_text(one.effective_at),
        "expire_time": beijing_text(one.expires_at),
        "encrypt_certificate": sealed,
    }
