"""Posters, runners, staff and time do whatever they like: escrow always holds just what is open."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

from sqlalchemy import text

from app.benefits.errands import codes, ending, posting, running, steps
from app.benefits.errands.posting import Wish
from app.benefits.errands.rules import MOVES
from app.benefits.errands.running import Proof
from app.core.auth import Principal
from app.core.db import in_transaction, read
from app.core.errors import AppError
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.errands.town import Town, escrow, let_time_pass, principal, rebate, refused
from tests.wallet.people import moved

STEPS, SEED = 80, 20_261_123
DEEDS = ("take", "take", "show", "show", "show", "confirm", "cancel", "give_up", "dispute",
         "decide", "time")  # fmt: skip
START = 1_000_000


class Life:
    """Two who post and two who run, and what has happened so far."""

    def __init__(self, town):
        self.town, self.chance = town, random.Random(SEED)
        self.posters = [_caller(world.rich(START)) for _ in range(2)]
        self.runners = [_caller(town.runner()) for _ in range(2)]
        self.errands: list[UUID] = []
        self.done: Counter[str] = Counter()

    def act(self):
        """Something that anybody may try; what is refused changes nothing."""
        poster = self.chance.choice(self.posters)
        if not self.errands or self.chance.random() < 0.15:
            wish = self.town.wish(reward_fen=self.chance.randint(300, 9_999)) | {"pictures": []}
            wish |= {"campaign_id": self.town.programme, "purses": ["rebate", "prepaid"]}
            made = in_transaction(lambda: posting.post(poster, Wish(**wish)).id)
            self.errands.append(made)
            return
        errand_id, deed = self.chance.choice(self.errands[-4:]), self.chance.choice(DEEDS)
        try:
            if deed == "time":
                let_time_pass(str(errand_id))
            else:
                in_transaction(lambda: getattr(self, deed)(errand_id))
            self.done[deed] += 1
        except AppError:
            self.done["refused"] += 1

    def take(self, errand_id):
        running.take(self.chance.choice(self.runners), errand_id)

    def show(self, errand_id):
        row = steps.find(errand_id)
        step = "picked_up" if row.status == "taken" else "delivered"
        caller = _caller(row.runner_id) if row.runner_id else self.runners[0]
        running.show(caller, errand_id, step, Proof((), codes.code(row, step)))

    def confirm(self, errand_id):
        ending.confirm(self.chance.choice(self.posters), errand_id)

    def cancel(self, errand_id):
        ending.cancel(self.chance.choice(self.posters), errand_id, "不用了")

    def give_up(self, errand_id):
        running.give_up(self.chance.choice(self.runners), errand_id)

    def dispute(self, errand_id):
        ending.dispute(self.chance.choice(self.posters + self.runners), errand_id, "不对")

    def decide(self, errand_id):
        amount = self.chance.randint(0, steps.find(errand_id).reward_fen)
        ending.propose(errand_id, amount, "核实", new_id())
        ending.decide(errand_id, amount, new_id())

    def check(self):
        """What lies in escrow is what is open; all else has gone to somebody, to the fen."""
        rows = read(
            text("SELECT payer_id, coalesce(sum(reward_fen) FILTER (WHERE ended_at IS NULL), 0),"
                 " sum(runner_fen), sum(charged_fen) FROM benefits_errand"
                 " WHERE campaign_id = :c GROUP BY payer_id"),
            {"c": self.town.programme},
        )  # fmt: skip
        held = {row[0]: int(row[1]) for row in rows}
        for poster in self.posters:
            assert escrow(poster.id) == held.get(poster.id, 0)
        paid, charged = (sum(int(row[at]) for row in rows) for at in (2, 3))
        assert sum(rebate(each.id) for each in self.runners) == paid
        left = sum(principal(each.id) for each in self.posters)
        assert left + sum(held.values()) + paid + charged == 2 * START
        return charged


def _caller(member_id):
    return Principal("member", member_id, frozenset({"member"}))


def test_whatever_people_do_escrow_holds_just_what_is_open(client, context):
    town = Town(client, most_open=100, most_taken=20)
    life = Life(town)
    for number in range(STEPS):
        life.act()
        if number % 10 == 0:
            life.check()
    charged = life.check()
    grants = read(
        text("SELECT id FROM benefits_grant WHERE campaign_id = :c"), {"c": town.programme}
    )
    assert moved(Account.OPERATIONS, *(row.id for row in grants)) == charged
    assert all(life.done[deed] for deed in ("take", "show", "confirm", "cancel", "time"))
    walked = read(
        text("SELECT s.step, s.status, lag(s.status) OVER (PARTITION BY s.errand_id"
             " ORDER BY s.number) AS before FROM benefits_errand_step AS s"
             " JOIN benefits_errand AS e ON e.id = s.errand_id WHERE e.campaign_id = :c"),
        {"c": town.programme},
    )  # fmt: skip
    for row in walked:
        if row.step in MOVES:
            assert row.before in MOVES[row.step].before
            assert row.status == MOVES[row.step].after
    assert ledger.verify().findings == []


def test_a_foreign_runner_shows_and_gives_up_nothing(town, poster, runner):
    errand_id, other = town.taken(poster, runner), town.runner()
    for step, body in (("pick-up", {"code": "123456"}), ("give-up", None), ("decline", None)):
        answer = town.ask(other, f"/errands/{errand_id}/{step}", body)
        assert refused(answer) == (404, "errand_unknown")
