"""Refunds of what a supplier shipped: it gives what it got, and the buyer never waits for it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance import distribution
from app.alliance.orders import supply_returns
from app.alliance.refunds import refunding
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.alliance.orders.test_shipping import HOW, PARCEL
from tests.alliance.orders.test_supplies import SUPPLIES, answer, propose
from tests.processes import killed_at_commit
from tests.wallet.people import moved
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
SOLD, SUPPLIED = 10_000, 6_000
OWN = (
    *(Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.EXPERIENCE, Account.ORDER_ESCROW),
    *(Account.REBATE, Account.REBATE_PENDING, Account.CLAWBACK_DUE),
    *(Account.PENDING, Account.EXPERIENCE_PENDING, Account.AVAILABLE, Account.DEPOSIT),
)


class Chain:
    """A buyer, a seller and its supplier; an order of 100 yuan, 60 of them the supplier's."""

    def __init__(self, client):
        self.client, self.seller = client, world.shop()
        self.supplier = world.Shop(world.merchant("茶厂"), *(world.new_id() for _ in range(3)))
        wish = {"merchant_id": str(self.supplier.merchant_id)}
        client.post("/api/v1/suppliers", json=wish, headers=world.staff_headers("operator"))
        offer = stall.displayed(client, self.seller, stock=9)
        supply = propose(client, self.seller, offer, self.supplier)
        assert answer(client, self.supplier, supply.json).json["status"] == "accepted"
        self.buyer = world.rich()
        self.before = self.held()
        self.sale_id = self.sold(offer)

    def sold(self, offer):
        order = market.placed(self.client, self.buyer, (offer, 2), **HOW)
        assert market.pay(self.client, self.buyer, order).status_code == 201
        at = f"{SUPPLIES}/orders/{order['id']}/parcel"
        self.client.post(at, json=PARCEL, headers=world.owner_headers(self.supplier))
        market.act(self.client, order, "receipt", world.headers(self.buyer))
        distribution.distribute_sale(world.UUID(order["id"]))
        distribution.fold()
        return order["id"]

    def held(self):
        owners = (self.buyer, self.seller.merchant_id, self.supplier.merchant_id)
        found = [self.held_by(each) for each in owners] + [market.lots(self.buyer)]
        return {key: fen for part in found for key, fen in part.items()}

    def held_by(self, owner_id):
        found = {(owner_id, each): world.balance(owner_id, each) for each in OWN}
        return {key: fen for key, fen in found.items() if fen}

    def left_of(self, who):
        """What a merchant has, what came back to `available` beside what it stood in for."""
        found = {account: fen for (_, account), fen in self.held_by(who.merchant_id).items()}
        back = found.pop(Account.AVAILABLE, 0)
        if back:
            found[Account.DEPOSIT] += back
        return found

    def refund(self, amount_fen=None):
        body = {"reason": "七天无理由"} | ({"amount_fen": amount_fen} if amount_fen else {})
        path = f"/api/v1/payments/{self.sale_id}/refunds"
        made = self.client.post(path, json=body, headers=world.owner_headers(self.seller))
        assert made.status_code == 201, made.json
        return made.json

    def of(self, who, account=Account.AVAILABLE):
        return world.balance(who.merchant_id, account)

    def spends(self, amount_fen):
        """The supplier takes its money out, as far as it has any; how much."""
        taken = min(amount_fen, self.of(self.supplier))
        if taken:
            world.take(self.supplier.merchant_id, Account.AVAILABLE, taken)
        return taken

    def payment(self):
        who = world.owner_headers(self.supplier)
        (paid,) = self.client.get(f"{SUPPLIES}/payments", headers=who).json["payments"]
        return paid["returned_fen"], paid["owed_fen"]


@pytest.fixture
def chain(client):
    return Chain(client)


TURN = st.tuples(st.integers(1, 4_000), st.sampled_from([0, 1, 2_500, 6_000]))


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=st.lists(TURN, min_size=1, max_size=3))
def test_any_sequence_of_refunds_leaves_every_account_where_it_was(client, turns):
    chain = Chain(client)
    world.give(chain.seller.merchant_id, Account.DEPOSIT, SOLD)
    left, gone = SOLD, 0
    for cut, spent in turns:
        gone += chain.spends(spent)
        done = chain.refund(min(cut, left - 1))
        assert done["status"] == "done"
        left -= done["amount_fen"]
    assert chain.refund()["status"] == "done"
    assert chain.payment()[0] == SUPPLIED
    if gone:
        world.give(chain.supplier.merchant_id, Account.AVAILABLE, gone)
    supply_returns.recover()
    assert chain.payment() == (SUPPLIED, 0)
    assert chain.left_of(chain.seller) == {Account.DEPOSIT: SOLD}
    assert chain.left_of(chain.supplier) == {}
    assert chain.held_by(chain.buyer) | market.lots(chain.buyer) == chain.before


def test_each_gives_what_it_got_of_the_sale(chain):
    assert (chain.of(chain.supplier), chain.of(chain.seller, Account.PENDING)) == (6_000, 3_000)
    chain.refund(5_000)
    assert (chain.of(chain.supplier), chain.of(chain.seller, Account.PENDING)) == (3_000, 1_500)
    chain.refund()
    assert chain.held() == chain.before
    assert chain.payment() == (SUPPLIED, 0)


def test_the_seller_gives_what_its_supplier_lacks_and_gets_it_back(chain):
    world.give(chain.seller.merchant_id, Account.DEPOSIT, SUPPLIED)
    chain.spends(5_000)
    chain.refund()
    assert chain.of(chain.supplier) == 0
    assert chain.of(chain.seller, Account.DEPOSIT) == SUPPLIED - 5_000
    assert chain.payment() == (SUPPLIED, 5_000)
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 2_000)
    for _ in range(2):
        supply_returns.recover()
    assert (chain.of(chain.supplier), chain.of(chain.seller)) == (0, 2_000)
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 4_000)
    supply_returns.recover()
    assert (chain.of(chain.supplier), chain.of(chain.seller)) == (1_000, 5_000)
    assert chain.payment() == (SUPPLIED, 0)


@pytest.mark.parametrize("side", ["before", "after"])
def test_what_a_supplier_owes_is_taken_once_by_who_is_killed_and_by_64_at_once(app, chain, side):
    world.give(chain.seller.merchant_id, Account.DEPOSIT, SUPPLIED)
    chain.spends(5_000)
    chain.refund()
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 2_000)
    killed_at_commit(supply_returns.recover, side)

    def run(_):
        with app.app_context():
            return supply_returns.recover()

    at_once(run, 64)
    assert (chain.of(chain.supplier), chain.of(chain.seller)) == (0, 2_000)
    assert chain.payment() == (SUPPLIED, 3_000)


def test_where_neither_has_the_money_the_refund_waits_and_moves_nothing(chain):
    chain.spends(SUPPLIED)
    held, buyer = chain.held(), market.lots(chain.buyer)
    made = chain.refund()
    assert made["status"] == "waiting_funds"
    assert (chain.held(), market.lots(chain.buyer)) == (held, buyer)
    assert moved(Account.OPERATIONS, world.UUID(made["id"])) == 0
    world.give(chain.supplier.merchant_id, Account.DEPOSIT, SUPPLIED - 1)
    assert not refunding._retry(world.UUID(made["id"]), world.UUID(chain.sale_id))
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 1)
    assert refunding._retry(world.UUID(made["id"]), world.UUID(chain.sale_id))
    assert chain.held() == chain.before
