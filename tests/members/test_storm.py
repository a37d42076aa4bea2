"""Many members who scan each other's codes at once: whatever happens, it stays a forest."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.db import db
from app.core.errors import AppError
from app.members import service
from tests.members.people import bind, by_member, by_store, member, register

pytestmark = pytest.mark.usefixtures("context")
REFUSALS = {"already_bound", "self_binding", "binding_loop"}


def scan_each_other(app, people, dice, attempts):
    """Random members scan random codes in parallel; the outcomes."""
    pairs = [(dice.choice(people), dice.choice(people)) for _ in range(attempts)]
    start = threading.Barrier(12)

    def scanner(number):
        outcomes = []
        with app.app_context():
            start.wait(30)
            for scanning, scanned in pairs[number::12]:
                try:
                    bind(scanning, by_member(scanned))
                    outcomes.append("bound")
                except AppError as refusal:
                    outcomes.append(refusal.code)
            db.session.remove()
        return outcomes

    with ThreadPoolExecutor(12) as pool:
        return [outcome for each in pool.map(scanner, range(12)) for outcome in each]


def ways_up(people):
    """For each member the way up to the one nobody has brought; fails on a loop."""
    bindings = {person: service.binding(person) for person in people}
    for person in people:
        seen, above = {person}, bindings[person]
        while above is not None:
            assert above.recommender_id not in seen, "a loop"
            seen.add(above.recommender_id)
            above = bindings[above.recommender_id]
    return bindings


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_scans_in_parallel_never_close_a_loop(app, seed):
    people = [member() for _ in range(24)]
    outcomes = scan_each_other(app, people, random.Random(seed), 180)
    bindings = ways_up(people)
    bound = [person for person in people if bindings[person] is not None]
    assert set(outcomes) <= REFUSALS | {"bound"}
    assert outcomes.count("bound") == len(bound)
    assert outcomes.count("binding_loop") > 0


def test_the_home_store_never_changes_while_newcomers_arrive(app):
    bringer = register(introduction=by_store())
    start = threading.Barrier(16)

    def newcomer(_):
        with app.app_context():
            start.wait(30)
            try:
                return register(introduction=by_member(bringer.member_id)).binding
            finally:
                db.session.remove()

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(newcomer, range(16)))
    assert {each.home_store_id for each in found} == {bringer.binding.home_store_id}
    assert service.recommended_count(bringer.member_id) == 16
