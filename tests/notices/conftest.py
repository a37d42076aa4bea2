"""The sandbox as WeChat, and followers in it who are members here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import now
from app.members import service as members
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
    """Makes a follower who is a member; the pushes of the sandbox have been answered."""

    def make() -> Follower:
        phone = sandbox.phone()
        sandbox.act(phone, "follow")
        app_id, openid = settings().wechat_oa_app_id, phone["openid"]

        def work() -> UUID:
            moment = now()
            joined = members.register(app_id, openid, None, "follow", None, moment)
            members.note_follow(app_id, openid, moment)
            return joined.member_id

        return Follower(phone, in_transaction(work))

    return make
