"""Leave to be paid without confirming each transfer (免确认收款授权), and transfers under it (D9).

None of these may run while a unit of work is open. Numbers are the caller's own and are written
down before the call: repeat with the same number only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wechatpayv3.type import RequestType

from app.core.config import settings
from app.wechat.errors import NoticeMalformed
from app.wechat.pay import Unclear, asking, gateway, moving, notify_address
from app.wechat.pay_results import TransferStatus, transfer_status
from app.wechat.payments import LONGEST_REMARK, REPORTS

LEAVE = "/v3/fund-app/mch-transfer/user-confirm-authorization"
TRANSFER = "/v3/fund-app/mch-transfer/transfer-bills/transfer"


@dataclass(frozen=True, slots=True)
class LeaveStatus:
    """A leave as WeChat Pay has it. `state`: WAIT_USER_CONFIRM, TAKING_EFFECT or CLOSED (then
    `close_reason`)."""

    number: str
    state: str
    authorization_id: str | None
    package_info: str | None
    close_reason: str | None


def ask_for_leave(*, number: str, app_id: str, openid: str, display_name: str) -> LeaveStatus:
    """Asks a user for leave; they have 24 hours to give it on the phone. The same request again
    brings the same answer. Raises OutcomeUnknown, WeChatUnavailable, WeChatRefused (RULE_LIMIT:
    there is another one for this scene)."""
    wish = {
        "out_authorization_no": number,
        "appid": app_id,
        "openid": openid,
        "transfer_scene_id": settings().wechat_transfer_scene_id,
        "user_display_name": display_name,
        "authorization_notify_url": notify_address(),
    }
    return moving(lambda: _leave(gateway()._core.request(LEAVE, RequestType.POST, data=wish)))


def query_leave(number: str) -> LeaveStatus:
    """The leave as WeChat Pay has it. Raises WeChatRefused (NOT_FOUND), WeChatUnavailable."""
    path = f"{LEAVE}/out-authorization-no/{number}?is_display_authorization=true"
    return asking(lambda: _leave(gateway()._core.request(path)))


def close_leave(number: str) -> LeaveStatus:
    """Gives the leave up; once more is no error. Raises as `ask_for_leave`."""
    path = f"{LEAVE}/out-authorization-no/{number}/close"
    return moving(lambda: _leave(gateway()._core.request(path, RequestType.POST)))


def create_authorized_transfer(
    *,
    out_bill_no: str,
    app_id: str,
    leave: str,
    amount_fen: int,
    remark: str,
    real_name: str | None,
) -> TransferStatus:
    """Transfers `amount_fen` under a leave (its number), without confirmation.

    No error of this call means that the transfer failed: see `create_transfer`. Raises
    OutcomeUnknown, WeChatUnavailable, WeChatRefused (NO_AUTH: the leave is over).
    """
    scene = settings().wechat_transfer_scene_id
    wish: dict[str, Any] = {
        "out_bill_no": out_bill_no,
        "appid": app_id,
        "transfer_scene_id": scene,
        "out_authorization_no": leave,
        "transfer_amount": amount_fen,
        "transfer_remark": remark[:LONGEST_REMARK],
        "transfer_scene_report_infos": [
            {"info_type": name, "info_content": text}
            for name, text in REPORTS.get(scene, {}).items()
        ],
        "notify_url": notify_address(),
    }

    def send() -> TransferStatus:
        core = gateway()._core
        sealed = {"user_name": core.encrypt(real_name)} if real_name else {}
        data, is_sealed = wish | sealed, bool(sealed)
        return _transfer(core.request(TRANSFER, RequestType.POST, data=data, cipher_data=is_sealed))

    return moving(send)


def leave_status(fields: Mapping[str, Any]) -> LeaveStatus:
    """Reads a leave, in an answer or a notification. Raises NoticeMalformed."""
    number, state = fields.get("out_authorization_no"), fields.get("state")
    if not isinstance(number, str) or not isinstance(state, str):
        raise NoticeMalformed("out_authorization_no or state is missing")
    closed = fields.get("close_info")
    reason = closed.get("close_reason") if isinstance(closed, Mapping) else None
    return LeaveStatus(
        number, state, _text(fields, "authorization_id"), _text(fields, "package_info"), reason
    )


def _transfer(fields: Mapping[str, Any]) -> TransferStatus:
    try:
        return transfer_status(fields)
    except NoticeMalformed as malformed:
        raise Unclear(f"the answer is not as documented: {malformed}") from None


def _leave(fields: Mapping[str, Any]) -> LeaveStatus:
    try:
        return leave_status(fields)
    except NoticeMalformed as malformed:
        raise Unclear(f"the answer is not as documented: {malformed}") from None


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value else None
