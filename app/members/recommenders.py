"""What the rooms above know of recommenders: that a merchant or a salesperson exists, and which
member a salesperson is."""

from __future__ import annotations

from uuid import UUID

from blinker import Signal
from sqlalchemy import func, select

from app.members.errors import RecommenderUnknown, SelfBinding
from app.members.models import Binding
from app.members.reading import rows

person_asked = Signal(
    "receiver(sender, kind: str, recommender_id: UUID) -> UUID | None: the member this recommender"
    " is themselves"
)
target_asked = Signal(
    "receiver(sender, kind: str, recommender_id: UUID, home_store_id: UUID | None) -> bool:"
    " whether a binding may name these; raises RecommenderUnknown, HomeStoreUnfit"
)


def person_behind(kind: str, recommender_id: UUID) -> UUID | None:
    """The member a salesperson is, in the current unit of work; None for anybody else."""
    if kind != "salesperson":
        return None
    answers = person_asked.send("members", kind=kind, recommender_id=recommender_id)
    return next((answer for _, answer in answers if answer is not None), None)


def refuse_self(member_id: UUID, kind: str, recommender_id: UUID) -> None:
    """Raises SelfBinding where the recommender is the member, also as a salesperson."""
    if member_id in (recommender_id, person_behind(kind, recommender_id)):
        raise SelfBinding()


def brought_count(kind: str, recommender_id: UUID) -> int:
    """How many members a recommender has brought who count as theirs today."""
    mine = (Binding.recommender_id == recommender_id) & (Binding.recommender_kind == kind)
    return int(rows(select(func.count()).where(mine))[0][0])


def check_target(kind: str, recommender_id: UUID, home_store_id: UUID | None) -> None:
    """Raises RecommenderUnknown unless a room answers for this recommender, HomeStoreUnfit."""
    answers = target_asked.send(
        "members", kind=kind, recommender_id=recommender_id, home_store_id=home_store_id
    )
    if not any(answer for _, answer in answers):
        raise RecommenderUnknown()
