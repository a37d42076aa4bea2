"""Random histories of a small alliance beside a model: sales, shares, refunds, settlement."""

import os
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.refunds import refunding
from app.alliance.settlement import runs
from app.core.db import read
from app.core.world import BEIJING, PLATFORM_ID, beijing_day
from app.ledger.service import Account
from tests.alliance import plain_model
from tests.alliance import shop as world

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "5"))
STEPS = int(os.environ.get("MODEL_STEPS", "24"))
START = datetime(2026, 3, 2, 12, tzinfo=BEIJING)
PEOPLE = st.sampled_from(["payer", "friend"])
SHOPS = st.sampled_from(["noodles", "books"])
BOTH = {"prepaid": plain_model.PREPAID, "rebate": ("rebate",)}
STEP = st.one_of(
    st.tuples(st.just("pay"), PEOPLE, SHOPS, st.integers(1, 500)),
    st.tuples(st.just("pay_with_rebate"), PEOPLE, SHOPS, st.sampled_from([-1, 0, 0, 1, 20])),
    st.tuples(st.just("distribute")),
    st.tuples(st.just("let_days_pass"), st.sampled_from([1, 8, 20])),
    st.tuples(st.just("release")),
    st.tuples(st.just("refund"), st.integers(0, 99), st.sampled_from([1, 17, 100, 10_000])),
    st.tuples(st.just("try_refunds_again")),
    st.tuples(st.just("pay_out"), SHOPS),
    st.tuples(st.just("settle")),
)
SHOWN = {
    "payer": ("prepaid_principal", "prepaid_bonus", "rebate", "rebate_pending", "clawback_due"),
    "friend": ("prepaid_principal", "rebate", "rebate_pending", "clawback_due"),
    "noodles": ("pending", "available", "rebate", "rebate_pending", "clawback_due"),
    "books": ("pending", "available", "rebate", "rebate_pending", "clawback_due"),
    "platform": plain_model.FUNDS,
}


class Alliance:
    """A payer brought by a friend, whom the noodle shop brought; they buy there and elsewhere."""

    def __init__(self, client):
        self.client, self.moment, self.ids = client, START, []
        with self._today():
            quiet()
            self.shops = {"noodles": shop(), "books": shop()}
            friend = world.member(world.brought_by_store(self.shops["noodles"]))
            payer = world.member(world.brought_by_member(friend))
        self.owners = {name: found.merchant_id for name, found in self.shops.items()}
        self.owners |= {"payer": payer, "friend": friend, "platform": PLATFORM_ID}
        self.plain = plain_model.Plain(
            {
                "payer": {"consumer": "payer", "recommender": "friend", "home_store": "noodles"},
                # One person has one share: what the shop has a second claim to is the platform's.
                "friend": {"consumer": "friend", "recommender": "noodles"},
            },
            beijing_day(self.moment),
        )
        self._give("payer", "prepaid_principal", 1_500)
        self._give("payer", "prepaid_bonus", 400)
        self._give("friend", "prepaid_principal", 900)
        for name in plain_model.FUNDS:
            self.plain.held["platform", name] = self._balance("platform", name)

    def _give(self, who, account, fen):
        with self._today():
            world.give(self.owners[who], Account[account.upper()], fen)
        self.plain.held[who, account] += fen

    def _today(self):
        self.moment += timedelta(seconds=20)  # what comes later is later, however long a step takes
        return time_machine.travel(self.moment, tick=True)

    def _balance(self, who, name):
        return world.balance(self.owners[who], Account[name.upper()])

    def pay(self, who, where, fen, purses=None):
        purses = purses or BOTH
        store_id = str(self.shops[where].store_id)
        wish = {"store_id": store_id, "amount_fen": fen, "purses": list(purses)}
        with self._today():
            payer = world.headers(self.owners[who])
            answer = self.client.post("/api/v1/payments", json=wish, headers=payer)
        accounts = tuple(account for names in purses.values() for account in names)
        is_paid = self.plain.pay(who, where, fen, accounts)
        assert answer.status_code == (201 if is_paid else 409), answer.json
        if is_paid:
            self.ids.append(answer.json["id"])

    def pay_with_rebate(self, who, where, less):
        fen = self.plain.held[who, "rebate"] - less
        if fen > 0:
            self.pay(who, where, fen, {"rebate": ("rebate",)})

    def distribute(self):
        with self._today():
            quiet()
        self.plain.distribute()

    def let_days_pass(self, days):
        self.moment += timedelta(days=days)
        self.plain.day = beijing_day(self.moment)

    def release(self):
        with self._today():
            while distribution.release():
                pass
        self.plain.release()

    def refund(self, number, most):
        if not self.plain.sales:
            return
        number %= len(self.plain.sales)
        sale = self.plain.sales[number]
        fen = min(most, sale.total - sale.asked_back)
        waits = any(not refund.is_done for refund in self.plain.refunds)
        if waits or not fen:  # those that wait are tried again in no certain order
            return
        path = f"/api/v1/payments/{self.ids[number]}/refunds"
        with self._today():
            owner = world.owner_headers(self.shops[sale.merchant])
            answer = self.client.post(path, json={"amount_fen": fen}, headers=owner)
        made = self.plain.refund(sale, fen)
        assert answer.status_code == 201, answer.json
        assert answer.json["status"] == ("done" if made.is_done else "waiting_funds")

    def try_refunds_again(self):
        with self._today():
            refunding.retry_waiting()
        for refund in self.plain.refunds:
            if not refund.is_done:
                self.plain.try_refund(refund)

    def pay_out(self, where):
        fen = self.plain.pay_out(where)
        if fen:
            with self._today():
                world.take(self.owners[where], Account.AVAILABLE, fen)

    def settle(self):
        with self._today():
            runs.run()
        self.plain.settle()

    def leave_no_refund_waiting(self):
        """A refund that the next history's days let go on would take from its platform's books."""
        with self._today():
            for found in self.shops.values():
                world.give(found.merchant_id, Account.DEPOSIT, 1_000_000)
            refunding.retry_waiting()

    def compare(self):
        """Every account, and that each settled sale is a line of one statement."""
        for who, names in SHOWN.items():
            shown = {name: self._balance(who, name) for name in names}
            assert shown == {name: self.plain.held[who, name] for name in names}, who
        lines = read(
            text(
                "SELECT subject_id::text FROM alliance_settlement_line"
                " WHERE kind = 'sale' AND subject_id = ANY(CAST(:mine AS uuid[]))"
            ),
            {"mine": self.ids},
        )
        settled = [self.ids[n] for n, sale in enumerate(self.plain.sales) if sale.is_settled]
        assert sorted(line[0] for line in lines) == sorted(settled)


def shop():
    """A shop that concedes half, so that there is much to share."""
    merchant_id = world.merchant()
    policy_id = world.policy(plain_model.POLICY)
    contract_id = world.contract(merchant_id, policy_id, concession_bp=plain_model.CONCESSION_BP)
    return world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)


def quiet():
    while distribution.distribute():
        pass
    distribution.fold()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
def test_random_histories_agree_with_the_model(client, context, steps):
    alliance = Alliance(client)
    try:
        for name, *details in steps:
            getattr(alliance, name)(*details)
            alliance.compare()
    finally:
        alliance.leave_no_refund_waiting()


def test_what_was_paid_out_already_is_waited_for_and_owed(client, context):
    alliance = Alliance(client)
    for name, *details in [
        ("pay", "payer", "books", 500),
        ("distribute",),
        ("let_days_pass", 20),
        ("release",),
        ("settle",),
        ("pay_with_rebate", "friend", "noodles", 0),
        ("refund", 0, 100),
        ("pay_out", "books"),
        ("refund", 0, 10_000),
        ("pay", "friend", "books", 600),
        ("try_refunds_again",),
        ("distribute",),
    ]:
        getattr(alliance, name)(*details)
        alliance.compare()
    assert all(refund.is_done for refund in alliance.plain.refunds)
    assert alliance.plain.sales[0].back == 500
    assert any(share.collected for sale in alliance.plain.sales for share in sale.shares)


@pytest.mark.parametrize(
    ("claims", "given"), [([3, 1], [[1, 0], [2, 0], [2, 1], [3, 1]]), ([1, 1], [[1, 0], [1, 1]])]
)
def test_the_model_counts_out_fen_by_fen(claims, given):
    assert [plain_model.by_turns(n + 1, claims) for n in range(sum(claims))] == given
