"""Random journals on the real database, beside a dictionary that says what should happen."""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.core.world import PLATFORM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Bundle, Journal, Leg
from tests.ledger.books import books, journal, post

ACCOUNTS = (
    Account.PREPAID_PRINCIPAL,
    Account.EXPERIENCE,
    Account.REBATE,
    Account.WITHDRAWING,
    Account.CLAWBACK_DUE,
    Account.PENDING,
    Account.EXPERIENCE_PENDING,
    Account.SUSPENSE,
)
EXAMPLES, STEPS = 12, 15
LOTS = [new_id(), new_id()]
LEGS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(ACCOUNTS), st.integers(-60, 100).filter(bool),
        st.integers(0, 1),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


class Refused(Exception):
    """The model's own refusal."""


class Model:
    """What the books should say, as plainly as it can be said."""

    def __init__(self) -> None:
        self.applied = defaultdict(int)
        self.lots = defaultdict(int)
        self.waiting = defaultdict(int)
        self.entries = defaultdict(int)
        self.keys: dict[str, Journal] = {}

    def copy(self) -> "Model":
        other = Model()
        for name in ("applied", "lots", "waiting", "entries"):
            getattr(other, name).update(getattr(self, name))
        other.keys = dict(self.keys)
        return other

    def post(self, made: Journal) -> None:
        if made.key in self.keys:
            if self.keys[made.key].fingerprint != made.fingerprint:
                raise ledger.KeyReused
            return
        self.keys[made.key] = made
        touched = set()
        for leg in made.legs:
            place = (leg.owner_id, leg.account)
            self.entries[place] += 1
            floor = leg.account.floor_fen
            if leg.account.append_only and (floor is None or leg.amount_fen > 0):
                self.waiting[place] += leg.amount_fen
                continue
            self.applied[place] += leg.amount_fen
            touched.add(place)
            if leg.lot_id:
                self.lots[(*place, leg.lot_id)] += leg.amount_fen
                if self.lots[(*place, leg.lot_id)] < 0:
                    raise Refused
        for owner, account in touched:
            floor, ceiling = account.floor_fen, account.ceiling_fen
            balance = self.applied[(owner, account)]
            if (floor is not None and balance < floor) or (
                ceiling is not None and balance > ceiling
            ):
                raise Refused

    def fold(self) -> None:
        for place, amount in self.waiting.items():
            self.applied[place] += amount
        self.waiting.clear()

    def books(self, owner):
        return {
            account: (self.applied[(who, account)] + self.waiting[(who, account)], count)
            for (who, account), count in self.entries.items()
            if who == owner
        }


class Books(RuleBasedStateMachine):
    """Posts the same journals to the books and to the model."""

    @initialize()
    def begin(self):
        while ledger.fold_and_seal():
            pass
        self.owners = [new_id() for _ in range(3)]
        self.model = Model()
        self.number = 0

    def make(self, drawn, key=None):
        legs = [
            Leg(self.owners[owner], account, amount, LOTS[lot] if account.uses_lots else None)
            for owner, account, amount, lot in drawn
        ]
        rest = sum(leg.amount_fen for leg in legs)
        if rest:
            legs.append(Leg(PLATFORM_ID, Account.BANK_CUSTODY, -rest))
        elif len(legs) < 2:
            return None
        self.number += 1
        return journal(*legs, key=key or f"key {self.number}", principal_id=self.owners[0])

    def expect(self, made, act):
        after = self.model.copy()
        try:
            for each in made:
                after.post(each)
        except Refused:
            if any(self.reuses(each) for each in made):  # found before any balance is looked at
                with pytest.raises(ledger.KeyReused):
                    act()
            else:
                with pytest.raises(ledger.InsufficientFunds):
                    act()
        except ledger.KeyReused:
            with pytest.raises((ledger.KeyReused, ledger.InsufficientFunds)):
                act()
        else:
            act()
            self.model = after

    def reuses(self, made):
        known = self.model.keys.get(made.key)
        return known is not None and known.fingerprint != made.fingerprint

    @rule(drawn=st.lists(LEGS, min_size=1, max_size=4))
    def post_some(self, drawn):
        made = [one for one in map(self.make, drawn) if one]
        self.expect(made, lambda: post(*made))

    @rule(drawn=LEGS, number=st.integers(1, 10))
    def post_under_a_used_key(self, drawn, number):
        made = self.make(drawn, key=f"key {number}")
        if made:
            self.expect([made], lambda: post(made))

    @rule(number=st.integers(1, 10))
    def send_again(self, number):
        made = self.model.keys.get(f"key {number}")
        if made:
            assert ledger.commit(Bundle([made])) == [ledger.Posted(made.id, replayed=True)]

    @rule(drawn=LEGS)
    def commit_one(self, drawn):
        made = self.make(drawn)
        if made:
            self.expect([made], lambda: ledger.commit(Bundle([made])))

    @rule()
    def fold(self):
        while ledger.fold_and_seal(limit=3):
            pass
        self.model.fold()

    @invariant()
    def the_books_say_what_the_model_says(self):
        for owner in getattr(self, "owners", ()):
            assert books(owner) == self.model.books(owner)

    def the_lots_say_what_the_model_says(self):
        for owner in self.owners:
            for account in (Account.PREPAID_PRINCIPAL, Account.EXPERIENCE):
                lots = {lot: self.model.lots[(owner, account, lot)] for lot in LOTS}
                held = {lot: amount for lot, amount in lots.items() if amount}
                assert ledger.lots(owner, account) == held

    def teardown(self):
        self.the_lots_say_what_the_model_says()
        assert ledger.verify().findings == []


def test_the_books_follow_the_model(context):
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
