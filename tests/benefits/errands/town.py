"""A town with an errand programme: posters, runners, and what became of an errand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.benefits.errands import ending
from app.benefits.errands.rehearsal import approve, errand
from app.benefits.errands.schemas import EXAMPLE
from app.core.db import read
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.stage import API, Stage, published

PLACES = ("河坊街", "韩梅梅", "13800002222")
REWARD, FEE = 2_000, 200


class Town:
    """An errand programme that runs, and requests of those who use it."""

    def __init__(self, client: Any, **settings: Any) -> None:
        self.client = client
        self.stage = Stage(client)
        self.programme = published(client, "errands", EXAMPLE | settings, funder="payer")

    def runner(self) -> UUID:
        member_id = world.member()
        approve(self.stage, member_id)
        return member_id

    def ask(self, who: Any, path: str, body: Any = None, key: str | None = None) -> Any:
        """A POST by a member, or with headers."""
        headers = world.headers(who, key) if isinstance(who, UUID) else who
        return self.client.post(f"{API}{path}", json=body, headers=headers)

    def look(self, who: Any, path: str, **query: Any) -> Any:
        headers = world.headers(who) if isinstance(who, UUID) else who
        return self.client.get(f"{API}{path}", query_string=query, headers=headers)

    def wish(self, **differs: Any) -> dict[str, Any]:
        return errand(self.programme, REWARD) | differs

    def post(self, who: Any, **differs: Any) -> str:
        answer = self.ask(who, "/errands", self.wish(**differs))
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def act(self, who: Any, errand_id: str, step: str, body: Any = None) -> dict[str, Any]:
        answer = self.ask(who, f"/errands/{errand_id}/{step}", body)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def seen(self, who: Any, errand_id: str) -> dict[str, Any]:
        answer = self.look(who, f"/errands/{errand_id}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def taken(self, poster: Any, runner: UUID, **differs: Any) -> str:
        errand_id = self.post(poster, **differs)
        self.act(runner, errand_id, "take")
        return errand_id

    def picked_up(self, poster: Any, runner: UUID, **differs: Any) -> str:
        errand_id = self.taken(poster, runner, **differs)
        code = self.seen(poster, errand_id)["pick_up_code"]
        self.act(runner, errand_id, "pick-up", {"code": code})
        return errand_id

    def delivered(self, poster: Any, runner: UUID, **differs: Any) -> str:
        errand_id = self.picked_up(poster, runner, **differs)
        code = self.seen(poster, errand_id)["delivery_code"]
        self.act(runner, errand_id, "deliver", {"code": code})
        return errand_id


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def let_time_pass(errand_id: str) -> int:
    """What the errand waits for is over, and the duty comes by."""
    past = "UPDATE benefits_errand SET next_at = now() - interval '1 minute' WHERE id = :i"
    read(text(f"{past} RETURNING 1"), {"i": errand_id})
    return ending.end_due()


def status(errand_id: str) -> str:
    found = read(text("SELECT status FROM benefits_errand WHERE id = :i"), {"i": errand_id})
    return str(found[0][0])


def escrow(payer_id: UUID) -> int:
    return world.balance(payer_id, Account.ERRAND_ESCROW)


def rebate(member_id: UUID) -> int:
    return world.balance(member_id, Account.REBATE)


def principal(member_id: UUID) -> int:
    return world.balance(member_id, Account.PREPAID_PRINCIPAL)
