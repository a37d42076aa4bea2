"""The sandbox as WeChat, and followers in it who are members here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.alliance.distribution import fold
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID
from app.ledger.service import Account
from app.members import service as members
from app.notices import windows
from tests.alliance import shop as world
from tests.notices.people import Correspondent, Person
from tests.wechat.conftest import sandbox

__all__ = ["sandbox"]


@dataclass(frozen=True)
class Follower:
    """A simulated phone and the member who holds it."""

    phone: dict[str, Any]
    member_id: UUID

    @property
    def openid(self) -> str:
        return str(self.phone["openid"])


@pytest.fixture
def person(sandbox) -> Callable[[], Person]:
    """Makes a person with a phone who does not follow yet."""
    return lambda: Person(sandbox)


@pytest.fixture
def writer(context, client) -> Callable[[], Correspondent]:
    """Makes somebody whose messages WeChat pushes here."""
    return lambda: Correspondent(client)


@pytest.fixture
def funded(context) -> None:
    """A campaign fund that can pay for a few welcomes."""
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 1_000_000)
    fold()


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
