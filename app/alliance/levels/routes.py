"""Member levels: defined by the operator, seen by everybody, their gifts taken by members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.alliance.levels import service
from app.alliance.levels.models import MemberLevel
from app.alliance.levels.schemas import (
    KeptLevel,
    LevelGiftView,
    MemberLevelRequest,
    MemberLevels,
    OwnLevel,
)
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import idempotent

blueprint = api_blueprint("member-levels", __name__)
Fields = dict[str, Any]


@blueprint.get("/member-levels")
@blueprint.output(MemberLevels)
@auth.public
def list_levels() -> Fields:
    """The levels that members can reach, the highest first."""
    return {"levels": service.in_force()}


@blueprint.post("/member-levels")
@blueprint.input(MemberLevelRequest, arg_name="body")
@blueprint.output(KeptLevel, status_code=201)
@auth.staff("operator")
def add_level(body: MemberLevelRequest) -> Fields:
    """Define a level; it never changes: end it and define another."""
    new, author = service.NewLevel(**body.model_dump()), auth.principal().id
    return in_transaction(lambda: _kept(service.add(new, author)))


@blueprint.post("/member-levels/<uuid:level_id>/end")
@blueprint.output(KeptLevel)
@auth.staff("operator")
def end_level(level_id: UUID) -> Fields:
    """End a level now; gifts that were taken stay."""
    return in_transaction(lambda: _kept(service.end(level_id)))


@blueprint.get("/me/level")
@blueprint.output(OwnLevel)
@auth.member
def show_own() -> Fields:
    """The highest level that the member has now."""
    return {"level": service.level_of(auth.principal().id)}


@blueprint.post("/me/level-gifts/<uuid:level_id>")
@blueprint.output(LevelGiftView, status_code=201)
@idempotent(money=True)
@auth.member
def take_gift(level_id: UUID) -> Response:
    """Take the gift of a level that one has reached: experience gold, once in the level's time."""
    member_id = auth.principal().id

    def work() -> tuple[int, Fields]:
        row = service.take_gift(member_id, level_id)
        shown = LevelGiftView.model_validate(row)
        return 201, shown.model_dump(mode="json", exclude={"request_id"})

    return idempotency.execute(work)


def _kept(row: MemberLevel) -> Fields:
    return KeptLevel.model_validate(row).model_dump()
