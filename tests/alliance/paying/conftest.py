"""Somebody with a phone at a shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.qr import service as qr
from tests.alliance import shop as world


@dataclass(frozen=True)
class Guest:
    """Somebody who has signed in at a shop with the phone in their hand."""

    phone: dict[str, Any]
    member_id: UUID
    shop: world.Shop
    token: str

    def who(self) -> dict[str, str]:
        """Headers of the very session of this phone, with a new key."""
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": world.new_id().hex}


@pytest.fixture
def guest(context, client, sandbox) -> Guest:
    """A guest whose purses are empty but for the welcome gift, if there was one."""
    world.burn_letters()
    shop, phone = world.shop(), sandbox.phone()
    wish = {"scene": qr.token_of("S", shop.store_id), "code": sandbox.act(phone, "login")["code"]}
    answer = client.post("/api/v1/sessions", json=wish)
    assert answer.status_code == 201, answer.json
    return Guest(phone, UUID(answer.json["member_id"]), shop, answer.json["token"])
