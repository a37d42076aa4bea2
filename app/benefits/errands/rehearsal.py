"""An errand from its posting to its confirmation, the shortest way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.benefits.contract import Stage
from app.benefits.errands.schemas import EXAMPLE

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FIRST_BIRTH, BIRTHS = date(1960, 1, 1), 14_000
PLACE = {"address": "河坊街 1 号", "latitude": 30.24, "longitude": 120.17}
CONTACT = {"contact_name": "韩梅梅", "contact_phone": "13800002222"}


class Run:
    """A member runs an errand for somebody, who then confirms it."""

    settings: dict[str, Any] = EXAMPLE | {"most_open": 100}
    budget_fen = 0
    grant_fen = 1_800

    def __init__(self) -> None:
        self.errands: dict[tuple[UUID, UUID, int], tuple[UUID, str]] = {}

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """Nothing is needed."""

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The member may run errands, and has delivered one; where the programme has ended there is
        none."""
        approve(stage, member_id)
        poster = stage.member()
        wish = errand(campaign_id, 2_000)
        status, told = stage.call(poster, "POST", "/errands", wish, f"post-{number}")
        if status != 201:
            return
        path = f"/errands/{told['id']}"
        stage.call(member_id, "POST", f"{path}/take", None, f"take-{told['id']}")
        for step, code in (("pick-up", "pick_up_code"), ("deliver", "delivery_code")):
            shown = stage.call(poster, "GET", path)[1]
            proof = {"code": shown[code]}
            stage.call(member_id, "POST", f"{path}/{step}", proof, f"{step}-{told['id']}")
        self.errands[campaign_id, member_id, number] = poster, path

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The poster confirms."""
        found = self.errands.get((campaign_id, member_id, number))
        if found is not None:
            stage.call(found[0], "POST", f"{found[1]}/confirm", None, f"confirm-{number}")


def approve(stage: Stage, member_id: UUID) -> None:
    """Makes a member an approved runner, with a real name of nobody."""
    stage.call(member_id, "POST", "/real-name", real_name(member_id))
    stage.call(member_id, "POST", "/me/errand-runner", None, f"apply-{member_id}")
    decision = {"is_approved": True, "reason": "资料齐全"}
    stage.call("operator", "POST", f"/errand-runners/{member_id}/review", decision)


def errand(campaign_id: UUID, reward_fen: int, **differs: Any) -> dict[str, Any]:
    """A request for an errand of about a kilometre."""
    wish = {
        "campaign_id": str(campaign_id),
        "category": "parcel",
        "title": "取快递",
        "description": "驿站取件，送到前台",
        "pick_up": PLACE | CONTACT,
        "delivery": PLACE | CONTACT | {"latitude": 30.25},
        "reward_fen": reward_fen,
    }
    return wish | differs


def real_name(member_id: UUID) -> dict[str, Any]:
    """A real name that is well formed and follows from the id."""
    drawn = member_id.int
    born = FIRST_BIRTH + timedelta(days=drawn % BIRTHS)
    region, serial = 110101 + drawn // BIRTHS % 16, drawn // BIRTHS // 16 % 1_000
    body = f"{region:06d}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return {
        "name": "李雷",
        "id_number": body + "10X98765432"[total % 11],
        "phone": f"15{drawn // 7 % 10**9:09d}",
        "consent_version": "2026-11",
        "consent_door": "mini_program",
    }


REHEARSAL = Run()
