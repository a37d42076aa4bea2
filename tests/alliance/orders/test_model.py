"""Whatever happens to orders: nothing stays in escrow of what has ended, and no fen is lost."""

import os
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance.orders import ending
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.alliance.orders.market import ORDERS

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "2"))
STEPS = int(os.environ.get("MODEL_STEPS", "6"))
PRICES = (3_333, 777)
STEP = st.one_of(
    st.tuples(st.just("place"), st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.just("pay"), st.integers(0, 9)),
    st.tuples(st.just("pay"), st.integers(0, 9)),
    st.tuples(st.just("hand_over"), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("give_back"), st.integers(0, 9), st.integers(1, 2), st.integers(1, 3)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 4_000)),
)


class Market:
    """One buyer with money in several purses and lots, one shop with two offers."""

    def __init__(self, client):
        self.client, self.shop, self.ids = client, world.shop(), []
        self.buyer = world.rich(20_011)
        for account, fen in ((Account.PREPAID_BONUS, 5_003), (Account.REBATE, 50_000)):
            world.give(self.buyer, account, fen)
        self.offers = [
            stall.displayed(client, self.shop, price_fen=price, stock=1_000) for price in PRICES
        ]
        self.had = self.spendable()

    def spendable(self):
        accounts = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.REBATE)
        return sum(world.balance(self.buyer, account) for account in accounts)

    def place(self, *counts):
        wanted = zip(self.offers, counts, strict=True)
        self.ids.append(market.placed(self.client, self.buyer, *wanted)["id"])

    def pay(self, which):
        order = self.seen(which)
        return order and market.pay(self.client, self.buyer, order)

    def hand_over(self, which):
        order = self.seen(which)
        code = order and order["pickup_code"]
        return code and market.hand_over(self.client, world.owner_headers(self.shop), code)

    def cancel(self, which):
        order = self.seen(which)
        return order and market.act(self.client, order, "cancel", world.headers(self.buyer))

    def give_back(self, which, number, count):
        order, who = self.seen(which), world.owner_headers(self.shop)
        lines = [{"number": number, "quantity": count}]
        return order and market.act(self.client, order, "returns", who, lines=lines, reason="无货")

    def refund(self, which, fen):
        order, who = self.seen(which), world.owner_headers(self.shop)
        at = order and f"/api/v1/payments/{order['id']}/refunds"
        return at and self.client.post(at, json={"amount_fen": fen}, headers=who)

    def seen(self, which):
        if not self.ids:
            return None
        return market.look(self.client, self.buyer, {"id": self.ids[which % len(self.ids)]})

    def check(self):
        heads = self.client.get(f"{ORDERS}?limit=50", headers=world.headers(self.buyer)).json
        orders = heads["orders"]
        open_fen = sum(
            each["paid_fen"] - each["returned_fen"]
            for each in orders
            if each["status"] in ("paid", "shipped")
        )
        assert market.escrow(self.buyer) == open_fen
        sold = [each["id"] for each in orders if each["status"] == "completed"]
        kept_fen = sum(self.kept(each) for each in sold)
        assert self.spendable() + open_fen + kept_fen == self.had
        net = sum(self.kept(each, "net") for each in sold)
        assert world.balance(self.shop.merchant_id, Account.PENDING) == net

    def kept(self, sale_id, what="amount"):
        who = world.owner_headers(self.shop)
        sale = self.client.get(f"/api/v1/payments/{sale_id}", headers=who).json
        left = sale["amount_fen"] - sale["refunded_fen"]
        if what == "amount":
            return left
        share = world.read(
            world.text(
                "SELECT s.amount_fen - s.concession_fen - coalesce(sum(r.net_fen), 0)"
                " FROM alliance_sale s LEFT JOIN alliance_refund r ON r.sale_id = s.id"
                " WHERE s.id = :id GROUP BY s.amount_fen, s.concession_fen"
            ),
            {"id": sale_id},
        )
        return int(share[0][0])


@pytest.mark.usefixtures("context")
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
def test_any_sequence_leaves_no_escrow_of_what_has_ended_and_loses_no_fen(client, steps):
    made = Market(client)
    made.place(2, 1)
    made.pay(0)
    for step, *arguments in steps:
        answer = getattr(made, step)(*arguments)
        assert not answer or answer.status_code < 500, answer.json
    made.check()
    with time_machine.travel(now() + timedelta(days=20), tick=True):
        while ending.end_due():
            pass
    made.check()
    assert market.escrow(made.buyer) == 0
