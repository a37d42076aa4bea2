"""People as the tests of this room need them: strangers, members, and who brings whom."""

from __future__ import annotations

from uuid import UUID

from app.core.auth import Principal, open_session
from app.core.db import in_transaction
from app.core.world import new_id, now
from app.members import service
from app.members.service import Introduction, Registered

OFFICIAL_ACCOUNT = "wxdev0fa0000000001"
MINI_PROGRAM = "wxdevmini000000001"


def stranger() -> str:
    """An openid nobody has seen before."""
    return f"o{new_id().hex[:27]}"


def register(
    openid: str | None = None,
    introduction: Introduction | None = None,
    *,
    app_id: str = OFFICIAL_ACCOUNT,
    unionid: str | None = None,
) -> Registered:
    """Registers in a unit of its own."""
    person = openid or stranger()
    return in_transaction(
        lambda: service.register(app_id, person, unionid, "follow", introduction, now())
    )


def member() -> UUID:
    """A member whom nobody has brought."""
    return register().member_id


def by_member(member_id: UUID) -> Introduction:
    """An introduction by a member's own code."""
    return Introduction("member", member_id, scene="M" + "x" * 30)


def by_store(store_id: UUID | None = None) -> Introduction:
    """An introduction by a store's code: its merchant recommends, the store is home."""
    return Introduction("merchant", new_id(), store_id or new_id(), "S" + "x" * 30)


def bind(member_id: UUID, introduction: Introduction):
    """Binds in a unit of its own."""
    return in_transaction(lambda: service.bind(member_id, introduction, "scan", now()))


def signed_in(member_id: UUID) -> dict[str, str]:
    """Headers of a member's session."""
    caller = Principal("member", member_id, frozenset({"member"}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}


def staff(role: str = "operator") -> dict[str, str]:
    """Headers of somebody new of the staff."""
    caller = Principal("staff", new_id(), frozenset({role}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}
