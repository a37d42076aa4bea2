"""WeChat payment codes by the interface that every merchant may use: version 2, in XML (fact D6).

Signed by HMAC-SHA256 with a key of its own; a reversal also shows the merchant's certificate. The
order is the same as version 3 knows it, so that it is queried and refunded there.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

import requests
import structlog
import xmltodict

from app.core.config import settings
from app.wechat import addresses
from app.wechat.errors import WeChatRefused, WeChatUnavailable
from app.wechat.pay import Unclear, moving
from app.wechat.pay_results import OrderStatus
from app.wechat.transport import TIMEOUT_SECONDS, session, was_sent

if TYPE_CHECKING:
    from app.wechat.payment_codes import Charge

log = structlog.get_logger()
Fields = dict[str, str]
SIGN_TYPE = "HMAC-SHA256"
LONGEST_BODY_BYTES = 127
UNDECIDED = frozenset({"SYSTEMERROR", "BANKERROR"})


class Version2:
    """POST /pay/micropay and /secapi/pay/reverse."""

    def charge(self, wanted: Charge) -> OrderStatus:
        """See payment_codes.Adapter."""
        fields = {
            "appid": wanted.app_id,
            "body": cut(wanted.description, LONGEST_BODY_BYTES),
            "out_trade_no": wanted.out_trade_no,
            "total_fee": str(wanted.amount_fen),
            "spbill_create_ip": wanted.till_ip,
            "auth_code": wanted.auth_code,
            "device_info": wanted.store,
        }
        if wanted.is_shared:
            fields["profit_sharing"] = "Y"
        try:
            answer = moving(lambda: _asked("/pay/micropay", fields))
        except WeChatRefused as refusal:
            if refusal.wechat_code != "USERPAYING":
                raise
            return _status(wanted, "USERPAYING", {})
        return _status(wanted, "SUCCESS", answer)

    def reverse(self, out_trade_no: str, app_id: str) -> None:
        """See payment_codes.Adapter."""
        fields = {"appid": app_id, "out_trade_no": out_trade_no}

        def work() -> None:
            if _asked("/secapi/pay/reverse", fields).get("recall") == "Y":
                raise Unclear("WeChat asks to reverse once more")

        moving(work)


def sign(fields: Mapping[str, str], key: str) -> str:
    """Sorted `name=value` of what is not empty, then the key: HMAC-SHA256 in capitals."""
    named = [f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name]]
    text = "&".join([*named, f"key={key}"])
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest().upper()


def cut(text: str, longest_bytes: int) -> str:
    """As much of a text as fits into so many bytes of UTF-8."""
    return text.encode()[:longest_bytes].decode(errors="ignore")


def _asked(path: str, own: Fields) -> Fields:
    """The fields of a signed, successful answer. Raises Unclear, WeChatUnavailable (not sent),
    WeChatRefused with WeChat's `err_code`."""
    key = settings().wechat_pay_api_v2_key.get_secret_value()
    fields = own | {
        "mch_id": settings().wechat_pay_mch_id,
        "nonce_str": secrets.token_hex(16),
        "sign_type": SIGN_TYPE,
    }
    body = xmltodict.unparse({"xml": fields | {"sign": sign(fields, key)}}).encode()
    answer = _believed(_sent(path, body), key)
    if answer.get("result_code") == "SUCCESS":
        return answer
    code = answer.get("err_code", "")
    if not code or code in UNDECIDED:
        raise Unclear(f"WeChat Pay answered {code}")
    raise WeChatRefused(code, answer.get("err_code_des", ""))


def _sent(path: str, body: bytes) -> requests.Response:
    certificate = settings().wechat_pay_certificate_file
    shown = (str(certificate), str(settings().wechat_pay_private_key_file)) if certificate else None
    try:
        return session().post(
            addresses.pay() + path,
            data=body,
            headers={"Content-Type": "text/xml; charset=utf-8"},
            timeout=TIMEOUT_SECONDS,
            cert=shown,
        )
    except requests.RequestException as error:
        if was_sent(error):
            raise Unclear("WeChat Pay did not answer") from None
        raise WeChatUnavailable("WeChat Pay cannot be reached") from None


def _believed(answer: requests.Response, key: str) -> Fields:
    """What is rightly signed; everything else is no answer. A `return_code` FAIL is not signed."""
    try:
        found = xmltodict.parse(answer.content)["xml"]
        fields = {name: str(value or "") for name, value in found.items()}
    except (ExpatError, ValueError, KeyError, TypeError, AttributeError):
        raise Unclear(f"WeChat Pay answered {answer.status_code}, and not in XML") from None
    if fields.get("return_code") != "SUCCESS":
        log.error("pay_v2_not_taken", reason=fields.get("return_msg", ""))
        raise Unclear("WeChat Pay did not take the request")
    if not hmac.compare_digest(sign(fields, key).encode(), fields.get("sign", "").encode()):
        raise Unclear("the answer is not signed by WeChat Pay")
    return fields


def _status(wanted: Charge, state: str, answer: Fields) -> OrderStatus:
    total = answer.get("total_fee", "")
    return OrderStatus(
        out_trade_no=wanted.out_trade_no,
        state=state,
        transaction_id=answer.get("transaction_id") or None,
        amount_fen=int(total) if total.isascii() and total.isdigit() else None,
        currency=answer.get("fee_type") or None,
        app_id=answer.get("appid") or None,
        openid=answer.get("openid") or None,
        trade_type=answer.get("trade_type") or None,
        success_at=None,
    )
