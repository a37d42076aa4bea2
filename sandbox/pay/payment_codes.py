"""The payment code a person shows at the till: 18 digits, new each minute, for one payment (D6)."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox import names
from sandbox.clock import utc_text
from sandbox.pay.errors import PayError
from sandbox.pay_records import PaymentCode
from sandbox.records import Phone
from sandbox.world import World

MINUTE_SECONDS = 60.0


def show(here: World, phone: Phone) -> dict[str, Any]:
    """The code this phone shows now; a used or old one gives way to a fresh one."""
    now = here.clock.now()
    with here.state.change():
        shown = here.state.payment_codes.group(phone.id)
        fresh = [code for code in shown if not code.used and code.expires_at > now]
        if fresh:
            code = fresh[-1]
        else:
            for old in shown[:-20]:
                here.state.payment_codes.drop(old.id)
            number = f"1{secrets.randbelow(6)}{names.digits(16)}"
            code = PaymentCode(number, phone.id, now + MINUTE_SECONDS)
            here.state.payment_codes.put(code)
    return {"auth_code": code.id, "expires_at": utc_text(code.expires_at)}


def use(here: World, number: str) -> Phone:
    """Whose code this is; it is used up. Raises PayError 400 for an unknown, used or old one."""
    code = here.state.payment_codes.get(number)
    phone = here.state.phones.get(code.phone_id) if code else None
    if code is None or phone is None:
        raise PayError(400, "AUTH_CODE_INVALID", "付款码无效，请用户刷新后重试")
    if code.used or code.expires_at <= here.clock.now():
        raise PayError(400, "AUTH_CODE_EXPIRED", "付款码已使用或已过期，请用户刷新后重试")
    code.used = True
    here.state.payment_codes.put(code)
    return phone
