"""A desk that writes genuine letters to the test application, and signals nobody else reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from blinker import ANY, Signal
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from redis.exceptions import RedisError

from app.core.config import settings
from app.core.world import now
from app.wechat import alarms, calls, limits, tokens, web_login
from app.wechat.signals import message_received, payment_notified
from tests.wechat.api_desk import ApiDesk, open_desk
from tests.wechat.letters import PayDesk
from tests.wechat.pretend import Sandbox


def _alone(signal: Signal) -> Iterator[Signal]:
    others = list(signal.receivers_for(ANY))
    for other in others:
        signal.disconnect(other)
    yield signal
    for receiver in list(signal.receivers_for(ANY)):
        signal.disconnect(receiver)
    for other in others:
        signal.connect(other)


@pytest.fixture
def messages(app) -> Iterator[Signal]:
    """`message_received` without the receivers of the rooms above."""
    yield from _alone(message_received)


@pytest.fixture
def payments(app) -> Iterator[Signal]:
    """`payment_notified` without the receivers of the rooms above."""
    yield from _alone(payment_notified)


@pytest.fixture(scope="session")
def pay_desk(app) -> PayDesk:
    """WeChat Pay's side with the key that the settings of the tests trust."""
    pem = Path(os.environ["TEST_PLATFORM_PRIVATE_KEY_FILE"]).read_bytes()
    key: Any = load_pem_private_key(pem, None)
    return PayDesk(os.environ["WECHAT_PAY_PUBLIC_KEY_ID"], key, os.environ["WECHAT_PAY_API_V3_KEY"])


def _forget_shared() -> None:
    """What was learnt of another WeChat: tokens, tickets, limits, and how often it was asked to
    clear them."""
    for account in ("official", "mini"):
        tokens.token_of(account).forget()
    web_login.page_ticket().forget()
    limits.forget()
    alarms.forget()
    with suppress(RedisError):  # of tests without Redis
        for name in limits.redis().scan_iter("lianhui:wechat:cleared:*"):
            limits.redis().delete(name)


@pytest.fixture
def api(app, context, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiDesk]:
    """A scripted api.weixin.qq.com; the settings lead to it."""
    with open_desk() as (desk, address):
        monkeypatch.setattr(settings(), "wechat_api_base", address)
        monkeypatch.setattr(calls, "budget", calls._Budget())
        _forget_shared()
        yield desk
        _forget_shared()


@pytest.fixture
def sandbox(started_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An empty sandbox; the settings lead to it, and its clock is the product's.

    The reset set that clock back: it is asked anew, or the product would for a quarter of a
    second stamp what is made with the time of the test before.
    """
    started_sandbox.control("/reset")
    for name in (
        "wechat_api_base",
        "wechat_mp_base",
        "wechat_open_base",
        "wechat_pay_base",
    ):
        monkeypatch.setattr(settings(), name, started_sandbox.url)
    monkeypatch.setattr(settings(), "base_url", started_sandbox.product_url)
    monkeypatch.setattr(settings(), "clock_url", f"{started_sandbox.url}/__ctl/clock")
    monkeypatch.setattr(calls, "budget", calls._Budget())
    now(is_exact=True)
    _forget_shared()
    yield started_sandbox
    started_sandbox.control("/faults", method="DELETE")
