"""Notifications of WeChat Pay over HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import read
from app.core.errors import ServiceUnavailable
from app.core.world import now
from app.wechat import inbox
from app.wechat.models import Notice

NOTIFY = "/wechat/pay/notify"


def _resource(**more: Any) -> dict[str, Any]:
    return {
        "mchid": settings().wechat_pay_mch_id,
        "appid": settings().wechat_mini_app_id,
        "out_trade_no": uuid4().hex,
        "trade_state": "SUCCESS",
        **more,
    }


def _count() -> int:
    return int(read(select(func.count()).select_from(Notice))[0][0])


def test_a_notification_is_handled_once_however_often_it_comes(
    client, payments, pay_desk, context
) -> None:
    resource, seen = _resource(), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append((event_type, resource))

    notice_id = uuid4().hex
    before = _count()
    with payments.connected_to(note):
        for _ in range(3):  # each time signed anew, as WeChat does
            headers, body = pay_desk.notice(resource, now(), notice_id=notice_id)
            response = client.post(NOTIFY, headers=headers, data=body)
            assert (response.status_code, response.json["code"]) == (200, "SUCCESS")
    assert seen == [("TRANSACTION.SUCCESS", resource)]
    assert _count() == before + 1


def test_thirty_two_notifications_at_once_are_handled_once(
    app, payments, pay_desk, context
) -> None:
    headers, body = pay_desk.notice(_resource(), now())
    start, seen = threading.Barrier(32), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append(event_type)

    def notify(_: int) -> int:
        start.wait()
        return app.test_client().post(NOTIFY, headers=headers, data=body).status_code

    with payments.connected_to(note), ThreadPoolExecutor(32) as pool:
        assert set(pool.map(notify, range(32))) == {200}
    assert seen == ["TRANSACTION.SUCCESS"]


def test_a_failing_handler_is_503_and_the_notice_is_owed_until_it_works(
    client, payments, pay_desk, context
) -> None:
    headers, body = pay_desk.notice(_resource(), now())
    before = inbox.unprocessed()

    def fail(event_type: str, resource: dict[str, Any]) -> None:
        raise KeyError("a fault of ours")

    with payments.connected_to(fail):
        response = client.post(NOTIFY, headers=headers, data=body)
    assert response.status_code == 503
    assert "Retry-After" in response.headers
    assert inbox.unprocessed() == before + 1
    assert client.post(NOTIFY, headers=headers, data=body).status_code == 200
    assert inbox.unprocessed() == before


def test_trouble_of_the_database_is_503_and_leaves_nothing(
    client, payments, pay_desk, context
) -> None:
    headers, body = pay_desk.notice(_resource(), now())
    before = _count()

    def busy(event_type: str, resource: dict[str, Any]) -> None:
        raise ServiceUnavailable

    with payments.connected_to(busy):
        assert client.post(NOTIFY, headers=headers, data=body).status_code == 503
    assert _count() == before


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"Wechatpay-Signature": "WECHATPAY/SIGNTEST/xyz"}, 403, "not_from_wechat"),
        ({"Wechatpay-Serial": "5157F09EFDC096DE"}, 403, "not_from_wechat"),
        ({"Wechatpay-Timestamp": "1"}, 403, "not_from_wechat"),
        ({"Wechatpay-Nonce": "x"}, 403, "not_from_wechat"),
    ],
)
def test_a_forged_notification_is_refused_and_leaves_nothing(
    client, payments, pay_desk, context, change: dict[str, str], status: int, code: str
) -> None:
    headers, body = pay_desk.notice(_resource(), now())
    before = _count()
    response = client.post(NOTIFY, headers=headers | change, data=body)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert response.json["message"]
    assert _count() == before


def test_a_notification_for_another_merchant_is_refused(
    client, payments, pay_desk, context
) -> None:
    before = _count()
    headers, body = pay_desk.notice(_resource(mchid="1999999999"), now())
    response = client.post(NOTIFY, headers=headers, data=body)
    assert (response.status_code, response.json["code"]) == (400, "notice_not_ours")
    assert _count() == before


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"[" * 60_000])
def test_an_unsigned_body_is_refused(client, payments, context, body: bytes) -> None:
    before = _count()
    assert client.post(NOTIFY, data=body).status_code == 403
    assert _count() == before


def test_a_huge_notification_is_413(client, payments, context) -> None:
    assert client.post(NOTIFY, data=b"x" * 65_537).status_code == 413
