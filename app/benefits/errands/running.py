"""What runners do: take, decline, give up, pick up, deliver; and whom a poster asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.benefits.errands import codes, pictures, steps
from app.benefits.errands.errors import (
    ErrandTaken,
    OwnErrand,
    RunnerNotApproved,
    RunnerUnknown,
    TooManyErrands,
)
from app.benefits.errands.models import Errand, Runner
from app.benefits.errands.rules import WITH_RUNNER, Status, Who
from app.core.auth import Principal
from app.core.db import db
from app.core.world import now
from app.members import service as members

PURPOSES = {"picked_up": "pick_up", "delivered": "delivery"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that something was picked up or delivered."""

    pictures: Sequence[UUID]
    code: str | None


def assign(caller: Principal, errand_id: UUID, runner_id: UUID) -> Errand:
    """Asks one runner to take the poster's errand: nobody else sees it meanwhile.

    In the current unit. Raises ErrandUnknown, ErrandStatusUnfit, RunnerUnknown, OwnErrand.
    """
    row = steps.posted(caller, errand_id)
    steps.require(row, "assigned", Who.POSTER)
    runner = steps.runner_row(members.today(runner_id))
    if runner is None or runner.status != "approved":
        raise RunnerUnknown()
    must_not_be_own(row, runner.member_id)
    steps.go(row, "assigned", Who.POSTER, caller.id, runner_id=runner.member_id)
    return row


def take(caller: Principal, errand_id: UUID) -> Errand:
    """A runner takes an open errand, or one that they were asked to take, in the current unit.

    The second time is fine. Locks the errand, then the runner. Raises ErrandUnknown, ErrandTaken,
    ErrandStatusUnfit, RunnerNotApproved, OwnErrand, TooManyErrands, MemberMerged.
    """
    row = steps.locked(errand_id)
    if row.status == Status.TAKEN and steps.is_runners(caller, row):
        return row
    runner = approved(caller.id, is_locked=True)
    if row.status in WITH_RUNNER:
        raise ErrandTaken()
    if row.status == Status.ASSIGNED and not steps.is_runners(caller, row):
        raise ErrandTaken()
    must_not_be_own(row, caller.id)
    steps.require(row, "taken", Who.RUNNER)
    _must_have_room(runner, steps.settings_of(row).most_taken)
    changes: dict[str, Any] = {"runner_id": caller.id, "taken_at": now(), "code_failures": 0}
    steps.go(row, "taken", Who.RUNNER, caller.id, **changes)
    return row


def decline(caller: Principal, errand_id: UUID) -> Errand:
    """Who was asked does not want to: it is open again. Raises ErrandUnknown, ErrandStatusUnfit."""
    row = steps.run(caller, errand_id)
    steps.go(row, "declined", Who.RUNNER, caller.id)
    return row


def give_up(caller: Principal, errand_id: UUID) -> Errand:
    """The runner gives it up before the pick-up: it is open again, and counted against them.

    Raises ErrandUnknown, ErrandStatusUnfit.
    """
    row = steps.run(caller, errand_id)
    steps.go(row, "given_up", Who.RUNNER, caller.id)
    return row


def show(caller: Principal, errand_id: UUID, step: str, proof: Proof) -> Errand:
    """The runner has picked it up, or delivered it, and shows it; in the current unit.

    Raises ErrandUnknown, ErrandStatusUnfit, ProofCodeWrong, ErrandPictureUnknown.
    """
    row = steps.run(caller, errand_id)
    steps.require(row, step, Who.RUNNER)
    codes.check(row, step, proof.code)
    pictures.use(caller.id, proof.pictures, row.id, PURPOSES[step])
    steps.go(row, step, Who.RUNNER, caller.id, "code" if proof.code else None)
    return row


def approved(member_id: UUID, *, is_locked: bool = False) -> Runner:
    """The member as a runner who may work. Raises RunnerNotApproved, MemberMerged."""
    members.require_present(member_id)
    row = steps.runner_row(member_id, is_locked=is_locked)
    if row is None or row.status != "approved" or members.real_name_of(member_id) is None:
        raise RunnerNotApproved(runner_status=row.status if row else None)
    return row


def must_not_be_own(row: Errand, runner_id: UUID) -> None:
    """Raises OwnErrand where the runner is the poster, speaks for the merchant who is, or looks
    like the same person to staff who have not decided yet."""
    posters = {members.today(each) for each in steps.posters(row)}
    if runner_id in posters:
        raise OwnErrand()
    pairs = ({each.member_id, each.same_person_as} for each in members.suspected_pairs())
    if any(runner_id in pair and pair & posters for pair in pairs):
        raise OwnErrand()


def _must_have_room(runner: Runner, most: int) -> None:
    """The runner's row is locked: two errands at once are counted one after the other."""
    everyone = members.everyone_of(runner.member_id)
    in_hand = select(func.count()).where(
        Errand.runner_id.in_(everyone), Errand.status.in_(WITH_RUNNER)
    )
    if int(db.session.scalar(in_hand) or 0) >= most:
        raise TooManyErrands(maximum=most)
