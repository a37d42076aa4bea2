"""Corrections against corrections and scans at the same moment: it stays a forest."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.core.db import db, in_transaction
from app.core.errors import AppError
from app.core.world import new_id
from app.members import service
from app.members.corrections import service as corrections
from app.members.corrections.service import Wish
from tests.members.people import bind, by_member, member, register
from tests.members.test_storm import ways_up

pytestmark = pytest.mark.usefixtures("context")
ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "2")))
REFUSALS = {
    "already_bound",
    "self_binding",
    "binding_loop",
    "correction_stale",
    "correction_pending",
    "nothing_to_correct",
}


def correct(member_id: UUID, recommender_id: UUID) -> str:
    wish = Wish("member", recommender_id, None, "更正")
    row = in_transaction(lambda: corrections.propose(member_id, wish, new_id()).id)
    try:
        in_transaction(lambda: corrections.confirm(row, new_id(), None))
    except AppError:
        in_transaction(lambda: corrections.decline(row, new_id(), None))
        raise
    return "corrected"


def at_once(app, works):
    start = threading.Barrier(len(works))

    def run(work):
        with app.app_context():
            start.wait(30)
            try:
                return work()
            except AppError as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("turn", ROUNDS)
def test_two_who_are_hung_below_each_other_at_once_do_not_both_succeed(app, turn):
    one, other = (register(introduction=by_member(member())).member_id for _ in range(2))
    outcomes = at_once(app, [lambda: correct(one, other), lambda: correct(other, one)])
    assert sorted(outcomes) == ["binding_loop", "corrected"]
    ways_up_of(one, other)


@pytest.mark.parametrize("seed", ROUNDS)
def test_random_corrections_and_scans_in_parallel_never_close_a_loop(app, seed):
    dice = random.Random(seed)
    people = [member() for _ in range(10)]
    for number, each in enumerate(people[1:6], 1):
        bind(each, by_member(people[number - 1]))

    def work():
        one, other = dice.choice(people), dice.choice(people)
        if dice.random() < 0.4:
            return lambda: bind(one, by_member(other)) and "bound"
        return lambda: correct(one, other)

    outcomes = [each for _ in range(3) for each in at_once(app, [work() for _ in range(8)])]
    assert set(outcomes) <= REFUSALS | {"bound", "corrected"}
    assert "corrected" in outcomes
    ways_up(people)


def test_of_many_who_confirm_at_once_one_carries_it_out(app):
    member_id, right = register(introduction=by_member(member())).member_id, member()
    wish = Wish("member", right, None, "更正")
    row = in_transaction(lambda: corrections.propose(member_id, wish, new_id()).id)

    def confirm():
        return in_transaction(lambda: corrections.confirm(row, new_id(), None).state)

    outcomes = at_once(app, [confirm] * 8)
    assert sorted(outcomes) == ["applied"] + ["correction_decided"] * 7
    assert service.binding(member_id).recommender_id == right


def ways_up_of(*people):
    """Fails on a loop above any of these."""
    for person in people:
        seen = {person}
        above = service.binding(person)
        while above is not None:
            assert above.recommender_id not in seen, "a loop"
            seen.add(above.recommender_id)
            above = service.binding(above.recommender_id)
