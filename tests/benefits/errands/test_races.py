"""Two at the same moment: one of them wins, the other is refused, and the money is divided once."""

import pytest
from sqlalchemy import text

from app.benefits.errands import ending
from app.core.db import read
from app.ledger import service as ledger
from tests.alliance import shop as world
from tests.benefits.errands.town import REWARD, Town, escrow, principal, rebate, status
from tests.wallet.racing import at_once

ROUNDS = 3


@pytest.fixture
def race(app, town):
    """Plays deeds at the same moment, each through a client of its own; their statuses."""

    def play(*deeds):
        def run(number):
            with app.app_context():
                own = Town.__new__(Town)
                own.client = app.test_client()
                return deeds[number](own)

        return at_once(run, len(deeds))

    return play


def asking(headers, errand_id, step, body=None):
    return lambda own: own.ask(headers, f"/errands/{errand_id}/{step}", body).status_code


def overdue(errand_id):
    past = "UPDATE benefits_errand SET next_at = now() - interval '1 minute' WHERE id = :i"
    read(text(f"{past} RETURNING 1"), {"i": errand_id})


def test_of_many_runners_one_takes_it(town, poster, race):
    errand_id, people = town.post(poster), [town.runner() for _ in range(4)]
    told = race(*(asking(world.headers(each), errand_id, "take") for each in people))
    assert sorted(told) == [200, 409, 409, 409]
    assert status(errand_id) == "taken"


def test_a_runner_who_takes_two_at_once_keeps_the_limit(client, context, poster, race):
    town = Town(client, most_taken=1)
    runner, both = town.runner(), [town.post(poster) for _ in range(2)]
    told = race(*(asking(world.headers(runner), each, "take") for each in both))
    assert sorted(told) == [200, 409]


def test_cancelled_against_taken_ends_one_way(town, runner, race):
    for _ in range(ROUNDS):
        poster, before = world.rich(10_000), rebate(runner)
        errand_id = town.post(poster)
        race(
            asking(world.headers(poster), errand_id, "cancel", {"reason": "不用了"}),
            asking(world.headers(runner), errand_id, "take"),
        )
        assert status(errand_id) == "cancelled"  # before, for nothing; after, for compensation
        paid = rebate(runner) - before
        assert (escrow(poster), paid) in ((0, 0), (0, 540))
        assert principal(poster) == 10_000 - (600 if paid else 0)
    assert ledger.verify().findings == []


def test_confirmed_against_time_pays_once(town, runner, race):
    for number in range(1, ROUNDS + 1):
        poster = world.rich(10_000)
        errand_id = town.delivered(poster, runner)
        overdue(errand_id)
        race(asking(world.headers(poster), errand_id, "confirm"), lambda own: ending.end_due())
        assert status(errand_id) == "completed"
        assert (escrow(poster), rebate(runner)) == (0, 1_800 * number)


def test_disputed_against_confirmed_is_one_of_the_two(town, race):
    for _ in range(ROUNDS):
        poster, runner = world.rich(10_000), town.runner()
        errand_id = town.delivered(poster, runner)
        told = race(
            asking(world.headers(poster), errand_id, "confirm"),
            asking(world.headers(runner), errand_id, "dispute", {"reason": "等太久"}),
        )
        assert sorted(told) == [200, 409]
        money = {"completed": (0, 1_800), "disputed": (REWARD, 0)}
        assert (escrow(poster), rebate(runner)) == money[status(errand_id)]


def test_one_purse_pays_for_one_of_two_errands(town, race):
    poster = world.rich(REWARD)
    wish, sessions = town.wish(), [world.headers(poster) for _ in range(2)]

    def post(headers):
        return lambda own: own.ask(headers, "/errands", wish).status_code

    assert sorted(race(*map(post, sessions))) == [201, 409]
    assert (escrow(poster), principal(poster)) == (REWARD, 0)
