"""Errands as posters, runners and staff see them; campaigns' reports. Reads only, in the current
unit of work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.benefits.contract import Figure, Terms
from app.benefits.errands import codes, pictures, runners, steps
from app.benefits.errands.errors import ErrandUnknown
from app.benefits.errands.models import Errand, ErrandRating, ErrandWords, words_context
from app.benefits.errands.rules import Status
from app.core import crypto
from app.core.auth import PLATFORM_ROLES, Principal
from app.core.db import db
from app.members import service as members

Fields = dict[str, Any]
HEAD = ("id", "campaign_id", "status", "category", "title", "reward_fen", "fee_fen", "runner_fen",
        "charged_fen", "returned_fen", "runner_id", "created_at", "next_at",
        "ended_at")  # fmt: skip
MORE = ("description", "latitude", "longitude", "distance_metres", "proposed_fen",
        "proposed_reason")  # fmt: skip
OPEN = ("id", "campaign_id", "category", "title", "description", "reward_fen", "fee_fen",
        "latitude", "longitude", "distance_metres", "created_at", "next_at")  # fmt: skip

PASSING = ("pick_up", "delivery", "pick_up_code", "delivery_code", "dispute")
"""What is not stored with an answer."""


def seen(caller: Principal, errand_id: UUID) -> Errand:
    """The caller's own errand, one they run, or any for the platform. Raises ErrandUnknown."""
    row = steps.find(errand_id)
    is_party = steps.is_posters(caller, row) or steps.is_runners(caller, row)
    if not is_party and not caller.roles & PLATFORM_ROLES:
        raise ErrandUnknown()
    return row


def whole(caller: Principal, row: Errand) -> Fields:
    """An errand in full. Where to go: its poster sees it, its runner while they have it in hand,
    the platform while it is disputed; codes are the poster's."""
    is_posters, is_runners = steps.is_posters(caller, row), steps.is_runners(caller, row)
    is_platform = bool(caller.roles & PLATFORM_ROLES)
    in_hand = steps.is_with_runner(row)
    is_disputed = row.status == Status.DISPUTED
    knows = is_posters or (is_runners and in_hand) or (is_platform and is_disputed)
    places = _words(row, "places") if knows else {}
    used = pictures.of_errands([row.id])[row.id]
    told = columns(row, HEAD + MORE) | {
        "pictures": used.get("task", []),
        "pick_up_proof": used.get("pick_up", []),
        "delivery_proof": used.get("delivery", []),
        "pick_up": places.get("pick_up"),
        "delivery": places.get("delivery"),
        "pick_up_code": _code(row, "picked_up", is_posters and row.status == Status.TAKEN),
        "delivery_code": _code(row, "delivered", is_posters and in_hand and not is_disputed),
        "dispute": _words(row, "dispute").get("reason"),
        "journal_id": row.end_journal_id or row.parts_journal_id,
        "decision_reason": row.proposed_reason if row.status == Status.DECIDED else None,
    }
    if not is_platform:
        told |= {"proposed_fen": None, "proposed_reason": None}
    return told | _rated(row, is_posters, is_runners) | {"steps": _steps(row)}


def head(row: Errand) -> Fields:
    """An errand in a list."""
    return columns(row, HEAD)


def opened(rows: Sequence[tuple[Errand, int]]) -> list[Fields]:
    """Open errands as runners see them before they take one."""
    used = pictures.of_errands([row.id for row, _ in rows])
    rated = runners.ratings({row.payer_id for row, _ in rows})
    return [
        columns(row, OPEN)
        | {
            "pictures": used[row.id].get("task", []),
            "metres": away,
            "poster_rating": rated[row.payer_id],
        }
        for row, away in rows
    ]


def page(
    *conditions: ColumnElement[bool], status: str | None, before: UUID | None, limit: int
) -> Fields:
    """Errands, the newest first."""
    wanted = select(Errand).where(*conditions)
    if status is not None:
        wanted = wanted.where(Errand.status == status)
    if before is not None:
        wanted = wanted.where(Errand.id < before)
    rows = db.session.scalars(wanted.order_by(Errand.id.desc()).limit(limit + 1)).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return {"errands": [head(row) for row in rows[:limit]], "next": following}


def columns(row: Errand, names: Sequence[str]) -> Fields:
    """Some of the row's values."""
    return {name: getattr(row, name) for name in names}


def report(terms: Terms) -> Sequence[Figure]:
    """What has become of a programme's errands, for staff."""
    wanted = select(
        func.count(),
        func.count().filter(Errand.status == Status.COMPLETED),
        func.count().filter(Errand.status == Status.DISPUTED),
        func.coalesce(func.sum(Errand.reward_fen).filter(Errand.ended_at.is_(None)), 0),
        func.coalesce(func.sum(Errand.charged_fen), 0),
        func.coalesce(func.sum(Errand.returned_fen), 0),
    ).where(Errand.campaign_id == terms.id)
    posted, completed, disputed, held, charged, returned = db.session.execute(wanted).one()
    return (
        Figure("posted", ("发布任务", "Posted"), count=posted),
        Figure("completed", ("完成任务", "Completed"), count=completed),
        Figure("disputed", ("争议中", "Disputed"), count=disputed),
        Figure("in_escrow", ("担保中", "In escrow"), amount_fen=int(held)),
        Figure("charged", ("平台服务费", "Platform fee"), amount_fen=int(charged)),
        Figure("returned", ("退回发布人", "Returned to posters"), amount_fen=int(returned)),
    )


def programme(terms: Terms, member_id: UUID | None) -> Mapping[str, Any]:
    """What everybody may know of a programme: all it says; and a member's standing as a runner."""
    row = steps.runner_row(member_id) if member_id else None
    said: Fields = terms.settings.model_dump(mode="json")
    return said | {"runner_status": row.status if row else None}


def _rated(row: Errand, is_posters: bool, is_runners: bool) -> Fields:
    about = {row.payer_id, *([row.runner_id] if row.runner_id else [])}
    rated = runners.ratings(about)
    side = "poster" if is_posters else "runner" if is_runners else ""
    mine = db.session.get(ErrandRating, (row.bucket, row.id, side)) if side else None
    return {
        "poster_rating": rated[row.payer_id],
        "runner_rating": rated[row.runner_id] if row.runner_id else None,
        "my_stars": mine.stars if mine else None,
    }


def _steps(row: Errand) -> list[Fields]:
    names = ("step", "status", "at", "note")
    return [{name: getattr(each, name) for name in names} for each in steps.all_steps(row)
            if each.step != "proposed"]  # fmt: skip


def _code(row: Errand, step: str, is_told: bool) -> str | None:
    return codes.code(row, step) if is_told else None


def _words(row: Errand, kind: str) -> Fields:
    wanted = select(ErrandWords).where(ErrandWords.errand_id == row.id, ErrandWords.kind == kind)
    found = db.session.scalar(wanted.order_by(ErrandWords.id.desc()).limit(1))
    if found is None:
        return {}
    plain: Fields = json.loads(crypto.decrypt(found.words, words_context(found.id)))
    return plain


def run_by(member_id: UUID) -> ColumnElement[bool]:
    """The condition that a member, or who became them, runs an errand or is asked to."""
    return Errand.runner_id.in_(members.everyone_of(member_id))


def posted_by(member_id: UUID) -> ColumnElement[bool]:
    """The condition that a member, or who became them, posted an errand."""
    return Errand.payer_id.in_(members.everyone_of(member_id))
