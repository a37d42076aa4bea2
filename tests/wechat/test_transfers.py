"""Merchant transfers at WeChat Pay, against the sandbox, with its faults."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from app.core.config import settings
from app.wechat import client, pay
from app.wechat.client import OutcomeUnknown, WeChatRefused, WeChatUnavailable
from tests.wechat.pretend import Sandbox, eventually

pytestmark = pytest.mark.usefixtures("context")


def _number() -> str:
    return uuid4().hex


def _refused(code: str) -> Any:
    return pytest.raises(WeChatRefused, match=f"^WeChat answered {code}$")


def _transfer(phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "out_bill_no": _number(),
        "app_id": settings().wechat_mini_app_id,
        "openid": phone["mini_openid"],
        "amount_fen": 15_000,
        "remark": "返利提现",
        **more,
    }


def _waiting(sandbox: Sandbox, transfer: dict[str, Any]) -> client.TransferStatus:
    client.create_transfer(**transfer)

    def waits() -> client.TransferStatus | None:
        status = client.query_transfer(transfer["out_bill_no"])
        return status if status.state == "WAIT_USER_CONFIRM" else None

    sandbox.control("/clock/advance", {"seconds": 30})
    eventually(waits)
    return client.create_transfer(**transfer)


@pytest.fixture
def funded(sandbox: Sandbox) -> Sandbox:
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000_000})
    return sandbox


def test_a_transfer_is_confirmed_by_its_receiver(funded: Sandbox, payments) -> None:
    phone, seen = funded.phone(), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append((event_type, client.transfer_status(resource)))

    transfer = _transfer(phone)
    waiting = _waiting(funded, transfer)
    assert waiting.package_info
    with payments.connected_to(note):
        funded.act(phone, "confirm-transfer", package_info=waiting.package_info)
        funded.control("/clock/advance", {"seconds": 60})
        eventually(lambda: seen)
    status = client.query_transfer(transfer["out_bill_no"])
    assert (status.state, status.amount_fen, status.is_final) == ("SUCCESS", 15_000, True)
    assert seen[0][0] == "MCHTRANSFER.BILL.FINISHED"
    assert (seen[0][1].out_bill_no, seen[0][1].state) == (transfer["out_bill_no"], "SUCCESS")


def test_a_transfer_repeated_under_its_number_is_one_transfer(funded: Sandbox) -> None:
    transfer = _transfer(funded.phone())
    first, again = client.create_transfer(**transfer), client.create_transfer(**transfer)
    assert first.transfer_bill_no == again.transfer_bill_no
    with pytest.raises(WeChatRefused):
        client.create_transfer(**transfer | {"amount_fen": 1_000})
    assert client.query_transfer(transfer["out_bill_no"]).amount_fen == 15_000


def test_a_transfer_that_waits_can_be_cancelled(funded: Sandbox) -> None:
    transfer = _transfer(funded.phone())
    _waiting(funded, transfer)
    assert client.cancel_transfer(transfer["out_bill_no"]).state in {"CANCELING", "CANCELLED"}
    funded.control("/clock/advance", {"seconds": 60})
    eventually(lambda: client.query_transfer(transfer["out_bill_no"]).state == "CANCELLED")


def test_the_real_name_is_needed_from_two_thousand_yuan(funded: Sandbox) -> None:
    phone = funded.phone()
    for refused in ({"amount_fen": 200_000}, {"amount_fen": 9}):
        with pytest.raises(client.TransferNotPossible):
            client.create_transfer(**_transfer(phone, **refused))
    named = _transfer(phone, amount_fen=200_000, real_name="张三")
    assert client.create_transfer(**named).transfer_bill_no


def test_a_clock_moved_this_instant_does_not_make_letters_stale(funded: Sandbox, payments) -> None:
    seen: list[str] = []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append(event_type)

    with payments.connected_to(note):
        transfer = _transfer(funded.phone())
        for _ in range(3):
            client.query_transfer(_waiting(funded, transfer).out_bill_no)
            funded.control("/clock/advance", {"seconds": 8 * 3600})
        eventually(lambda: client.query_transfer(transfer["out_bill_no"]).state == "FAIL")
        eventually(lambda: seen == ["MCHTRANSFER.BILL.FINISHED"])


@pytest.mark.parametrize("kind", ["reset_after", "system_error_after", "bad_gateway"])
def test_an_unclear_transfer_is_queried_and_never_lost(funded: Sandbox, kind: str) -> None:
    transfer = _transfer(funded.phone())
    funded.fault(kind, match="POST /v3/fund-app/mch-transfer/transfer-bills")
    with pytest.raises(OutcomeUnknown):
        client.create_transfer(**transfer)
    if kind == "bad_gateway":
        assert client.create_transfer(**transfer).transfer_bill_no
    assert client.query_transfer(transfer["out_bill_no"]).amount_fen == 15_000


def test_a_transfer_without_funds_is_refused_or_waits(sandbox: Sandbox) -> None:
    transfer = _transfer(sandbox.phone())
    sandbox.fault("not_enough", match="transfer-bills")
    with _refused("NOT_ENOUGH"):
        client.create_transfer(**transfer)
    assert client.create_transfer(**transfer).transfer_bill_no


def test_wechat_away_is_unavailable_even_for_money(app, context) -> None:
    assert "127.0.0.1:9" in settings().wechat_pay_base
    phone = {"mini_openid": "o1"}
    with pytest.raises(WeChatUnavailable):
        client.create_transfer(**_transfer(phone))
    with pytest.raises(WeChatUnavailable):
        client.code_to_session("code")


def test_an_answer_that_wechat_did_not_sign_is_not_believed(
    funded: Sandbox, monkeypatch, tmp_path
) -> None:
    transfer = _transfer(funded.phone())
    real = pay.pay_keys()
    forged = {settings().wechat_pay_public_key_id: _another_key()}
    monkeypatch.setattr(pay, "pay_keys", lambda: type(real)(forged, "", "", ()))
    with pytest.raises(OutcomeUnknown):
        client.create_transfer(**transfer)
    with pytest.raises(WeChatUnavailable):
        client.query_transfer(transfer["out_bill_no"])


def _another_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
