"""Both kinds of WeChat Pay's keys, and the way from the one to the other (WeChat fact D3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization

from app.core.config import settings
from app.core.world import now
from app.wechat import client, jobs, platform_certificates
from app.wechat.errors import NotFromWeChat, WeChatRefused, WeChatUnavailable
from app.wechat.keys import named_key, pay_keys
from app.wechat.signing import verify_pay
from tests.wechat.letters import PayDesk
from tests.wechat.pretend import Sandbox, eventually

pytestmark = pytest.mark.usefixtures("context")
NOTIFY = "/wechat/pay/notify"


@pytest.fixture
def keys_of(sandbox: Sandbox, monkeypatch) -> Any:
    """Sets the mode here and at WeChat; forgets what was fetched."""

    def change(mode: str, at_wechat: str | None = None, **more: Any) -> None:
        monkeypatch.setattr(settings(), "wechat_pay_key_mode", mode)
        sandbox.control("/pay/keys", {"mode": at_wechat or mode, **more}, method="PUT")
        platform_certificates.shared().forget()
        platform_certificates._last.clear()

    yield change
    platform_certificates.shared().forget()
    platform_certificates._last.clear()


def _serials(sandbox: Sandbox) -> list[str]:
    keys = sandbox.control("/pay/keys", method="GET")
    return [one["serial_no"] for one in keys["certificates"]]


def _paid(sandbox: Sandbox) -> str:
    phone, number = sandbox.phone(), uuid4().hex
    app_id = settings().wechat_mini_app_id
    prepaid = client.prepay(
        out_trade_no=number,
        description="储值",
        amount_fen=100,
        trade_type="jsapi",
        app_id=app_id,
        openid=phone["mini_openid"],
        expires_at=now() + timedelta(minutes=30),
    )
    assert prepaid.prepay_id is not None
    sandbox.act(phone, "pay", **client.jsapi_parameters(prepaid.prepay_id, app_id))
    return number


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("certificate", {}),
        ("public_key", {}),
        ("switching", {"percent": 0}),
        ("switching", {"percent": 100}),
    ],
)
def test_orders_are_paid_and_notified_in_each_mode(
    sandbox: Sandbox, payments, keys_of, mode: str, more: Any
) -> None:
    keys_of(mode, **more)
    seen: list[str] = []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append(resource["out_trade_no"])

    with payments.connected_to(note):
        number = _paid(sandbox)
        eventually(lambda: number in seen)
    assert client.query_order(number).is_paid


def test_requests_name_the_wanted_key(sandbox: Sandbox, keys_of) -> None:
    keys_of("certificate")
    assert named_key().serial == _serials(sandbox)[-1]
    keys_of("switching")
    assert named_key().serial == settings().wechat_pay_public_key_id
    assert set(_serials(sandbox)) < set(pay_keys().verifiers)
    keys_of("public_key")
    assert named_key().serial == settings().wechat_pay_public_key_id
    assert set(pay_keys().verifiers) == {settings().wechat_pay_public_key_id}


@pytest.mark.parametrize("mode", ["certificate", "switching", "public_key"])
def test_a_real_name_is_sealed_with_the_named_key(sandbox: Sandbox, keys_of, mode: str) -> None:
    keys_of(mode)
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 1_000_000})
    phone, number = sandbox.phone(), uuid4().hex
    made = client.create_transfer(
        out_bill_no=number,
        app_id=settings().wechat_mini_app_id,
        openid=phone["mini_openid"],
        amount_fen=200_000,
        remark="返利提现",
        real_name="张三",
    )
    assert made.out_bill_no == number


def test_a_rotated_certificate_is_taken_beside_the_one_before(sandbox: Sandbox, keys_of) -> None:
    keys_of("certificate")
    old = named_key().serial
    sandbox.control("/pay/keys/rotate", {"overlap_seconds": 3600})
    assert named_key().serial == old
    platform_certificates.refresh()
    assert set(pay_keys().verifiers) >= {old, *_serials(sandbox)}
    assert len(_serials(sandbox)) == 2
    assert named_key().serial != old
    client.query_order(_paid(sandbox))


def test_certificates_are_fetched_once_and_last_without_redis(
    sandbox: Sandbox, keys_of, monkeypatch
) -> None:
    keys_of("certificate")
    named = named_key().serial
    monkeypatch.setattr(settings(), "wechat_pay_base", "http://127.0.0.1:9")
    assert named_key().serial == named
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:9/0")
    assert named in pay_keys().verifiers
    platform_certificates.shared().forget()
    assert named in pay_keys().verifiers
    with pytest.raises(WeChatUnavailable):
        platform_certificates.refresh()


def test_a_certificate_past_its_life_verifies_nothing(
    sandbox: Sandbox, keys_of, monkeypatch
) -> None:
    keys_of("certificate")
    [one] = platform_certificates.ensure()
    later = one.expires_at + timedelta(seconds=1)
    monkeypatch.setattr(platform_certificates, "now", lambda **_: later)
    assert platform_certificates.known() == []
    with pytest.raises(WeChatUnavailable):
        named_key()


def test_a_merchant_without_certificates_is_told_so(sandbox: Sandbox, keys_of) -> None:
    keys_of("certificate", at_wechat="public_key")
    with pytest.raises(WeChatRefused, match="RESOURCE_NOT_EXISTS"):
        client.query_order(uuid4().hex)


def test_certificates_sealed_with_another_key_are_not_believed(
    sandbox: Sandbox, keys_of, monkeypatch
) -> None:
    from pydantic import SecretStr

    keys_of("certificate")
    monkeypatch.setattr(settings(), "wechat_pay_api_v3_key", SecretStr("x" * 32))
    with pytest.raises(WeChatUnavailable):
        platform_certificates.ensure()
    assert platform_certificates.known() == []


def test_a_second_public_key_is_accepted_while_one_is_replaced(monkeypatch, tmp_path: Path) -> None:
    desk, moment = PayDesk("PUB_KEY_ID_NEXT"), now()
    file = tmp_path / "next.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    file.write_bytes(desk.keys().verifiers["PUB_KEY_ID_NEXT"].public_bytes(encoding, form))
    headers = desk.headers(b"{}", moment)
    with pytest.raises(NotFromWeChat):
        verify_pay(pay_keys(), headers, b"{}", moment)
    monkeypatch.setattr(settings(), "wechat_pay_other_public_keys", {"PUB_KEY_ID_NEXT": file})
    verify_pay(pay_keys(), headers, b"{}", moment)
    assert named_key().serial == settings().wechat_pay_public_key_id


@pytest.mark.parametrize("mode", ["certificate", "switching", "public_key"])
@pytest.mark.parametrize(
    "serial", ["", "garbage", "PUB_KEY_ID_UNKNOWN", "5F" * 20, "0", "-1", "😀", "A" * 5000, "NaN"]
)
def test_hostile_serials_are_refused_and_make_nobody_call_wechat(
    client, pay_desk, monkeypatch, mode: str, serial: str
) -> None:
    def called(*_: Any) -> Any:
        raise AssertionError("a letter made us call WeChat")

    monkeypatch.setattr(settings(), "wechat_pay_key_mode", mode)
    monkeypatch.setattr(platform_certificates.Shared, "_join", called)
    resource = {"mchid": settings().wechat_pay_mch_id, "out_trade_no": "A1"}
    headers, body = pay_desk.notice(resource, datetime.now(UTC))
    headers["Wechatpay-Serial"] = serial.encode().decode("latin-1")
    response = client.post(NOTIFY, headers=headers, data=body)
    assert (response.status_code, response.json["code"]) == (403, "not_from_wechat")


def test_certificates_are_asked_for_anew_once_and_only_when_due(
    sandbox: Sandbox, keys_of, monkeypatch
) -> None:
    keys_of("public_key")
    assert jobs.ask_for_certificates() == 0
    keys_of("certificate")
    assert (jobs.ask_for_certificates(), jobs.ask_for_certificates()) == (1, 0)
    jobs.refresh_certificates({})
    assert not platform_certificates.are_due()
    later = now() + timedelta(seconds=platform_certificates.REFRESH_SECONDS)
    monkeypatch.setattr(platform_certificates, "now", lambda **_: later)
    assert platform_certificates.are_due()
