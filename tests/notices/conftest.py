"""The sandbox as WeChat, and followers in it who are members here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.members import service as members
from app.notices import windows
from tests.wechat.conftest import sandbox, started_sandbox

__all__ = ["sandbox", "started_sandbox"]


@dataclass(frozen=True)
class Follower:
    """A simulated phone and the member who holds it."""

    phone: dict[str, Any]
    member_id: UUID

    @property
    def openid(self) -> str:
        return str(self.phone["openid"])


@pytest.fixture
def follower(context, sandbox) -> Callable[[], Follower]:
    """Makes a follower, who has become a member by it; no window is open any more."""

    def make() -> Follower:
        phone = sandbox.phone()
        sandbox.act(phone, "follow")
        member_id = members.member_of(settings().wechat_oa_app_id, phone["openid"])
        assert member_id is not None
        in_transaction(lambda: windows.close(member_id))
        return Follower(phone, member_id)

    return make
