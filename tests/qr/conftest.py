"""WeChat for codes: a server of its own, reached by the configured base address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.config import settings
from tests.qr.wechat_double import Wechat, running


@pytest.fixture
def wechat(app, monkeypatch) -> Iterator[Wechat]:
    with running() as server:
        monkeypatch.setattr(settings(), "wechat_api_base", server.address)
        yield server
