"""What a closed supplier owes sellers comes from its deposit, too, as far as that secures nothing
else: once, whoever is killed or runs beside, and never more than is there."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance import distribution
from app.alliance.closure import winding_up
from app.alliance.orders import supply_returns
from app.alliance.prepaid import advances
from app.alliance.prepaid.duties import collect_due
from app.alliance.refunds import refunding
from app.core.db import in_transaction, read
from app.core.world import SYSTEM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.orders.test_supply_returns import SUPPLIED, Chain
from tests.alliance.prepaid import counter
from tests.processes import killed_at_commit
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
OWED = 5_000
KINDS = world.text(
    "SELECT j.kind, e.account, e.amount_fen FROM ledger_journal j JOIN ledger_entry e"
    " ON e.bucket = j.bucket AND e.journal_id = j.id WHERE e.owner_id = :owner"
    " AND j.kind IN ('supply_recovered', 'supply_secured') ORDER BY j.id, e.account"
)


def owing(client):
    """A supplier that owes a seller 50 yuan and has nothing."""
    chain = Chain(client)
    world.give(chain.seller.merchant_id, Account.DEPOSIT, SUPPLIED)
    chain.spends(OWED)
    chain.refund()
    assert chain.payment() == (SUPPLIED, OWED)
    return chain


@pytest.fixture
def chain(client):
    return owing(client)


def lend(merchant_id, amount_fen):
    """Working capital that the merchant has spent already."""

    def work():
        ledger.set_floor(merchant_id, Account.PREPAID_ADVANCE, -amount_fen)
        advances.post(advances.lending(merchant_id, new_id(), amount_fen, new_id().hex, SYSTEM_ID))

    in_transaction(work)
    world.take(merchant_id, Account.AVAILABLE, amount_fen)


def waiting_refund(client, merchant_id, amount_fen):
    """A customer of the merchant's own shop waits for what it cannot give back; the refund."""
    policy_id = world.policy()
    contract_id = world.contract(merchant_id, policy_id)
    own = world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)
    sale = world.paid(client, world.rich(), own, amount_fen)
    distribution.distribute_sale(world.UUID(sale["id"]))
    distribution.fold()
    world.take(merchant_id, Account.PENDING, world.balance(merchant_id, Account.PENDING))
    who = world.owner_headers(own)
    path = f"/api/v1/payments/{sale['id']}/refunds"
    made = client.post(path, json={"reason": "x"}, headers=who).json
    assert made["status"] == "waiting_funds"
    return world.UUID(made["id"]), world.UUID(sale["id"])


def owed_return(chain):
    """The row of what the supplier owes: its bucket and id."""
    (row,) = read(
        world.text("SELECT bucket, id FROM alliance_supply_return WHERE supplier_id = :id"),
        {"id": chain.supplier.merchant_id},
    )
    return row.bucket, row.id


def posted(who):
    rows = read(KINDS, {"owner": who.merchant_id})
    return [(row.kind, Account(row.account), row.amount_fen) for row in rows]


def test_the_deposit_is_left_alone_until_the_supplier_has_closed(client, chain):
    world.give(chain.supplier.merchant_id, Account.DEPOSIT, 9_000)
    supply_returns.recover()
    assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (9_000, 0)
    desk.closing(client, chain.supplier)
    supply_returns.recover()  # agreed to, but its day has not begun
    assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (9_000, 0)
    with desk.later(1):
        world.give(chain.supplier.merchant_id, Account.AVAILABLE, 2_000)
        supply_returns.recover()
        assert (chain.of(chain.supplier), chain.of(chain.supplier, Account.DEPOSIT)) == (0, 6_000)
        assert chain.payment() == (SUPPLIED, 0)
    assert posted(chain.supplier) == [
        ("supply_secured", Account.AVAILABLE, -2_000),
        ("supply_secured", Account.DEPOSIT, -3_000),
    ]
    assert posted(chain.seller) == [("supply_secured", Account.AVAILABLE, OWED)]


def test_of_one_closed_store_the_merchant_goes_on_and_keeps_its_deposit(client, chain):
    store_id = world.store(chain.supplier.merchant_id)
    world.give(chain.supplier.merchant_id, Account.DEPOSIT, OWED)
    desk.closing(client, chain.supplier, store_id=str(store_id))
    with desk.later(1):
        supply_returns.recover()
    assert chain.of(chain.supplier, Account.DEPOSIT) == OWED


def test_what_secures_prepaid_money_and_what_customers_wait_for_stays_in_the_deposit(client, chain):
    merchant_id = chain.supplier.merchant_id
    lend(merchant_id, 700)
    waiting = waiting_refund(client, merchant_id, 1_000)
    world.give(merchant_id, Account.DEPOSIT, 1_700)
    desk.closing(client, chain.supplier)
    with desk.later(1):
        supply_returns.recover()
        assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (1_700, 0)
        world.give(merchant_id, Account.DEPOSIT, 50)
        supply_returns.recover()
        assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (1_700, 50)
        assert refunding._retry(*waiting)  # 900 of it are the merchant's to give
        supply_returns.recover()
        assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (700, 150)
    assert chain.payment() == (SUPPLIED, OWED - 150)


STEP = st.tuples(st.sampled_from([Account.AVAILABLE, Account.DEPOSIT]), st.integers(1, 3_000))


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=4), lent=st.sampled_from([0, 700]))
def test_whatever_a_closed_supplier_still_gets_no_account_goes_below_what_it_may_and_all_come_back(
    client, steps, lent
):
    chain, given_fen = owing(client), 0
    if lent:
        lend(chain.supplier.merchant_id, lent)
    desk.closing(client, chain.supplier)
    with desk.later(1):
        for account, fen in [*steps, (Account.DEPOSIT, OWED + lent)]:
            world.give(chain.supplier.merchant_id, account, fen)
            given_fen += fen
            supply_returns.recover()
            left = [chain.of(chain.supplier, each) for each in supply_returns.ACCOUNTS]
            assert min(left) >= 0
            assert sum(left) + chain.of(chain.seller) == given_fen
            deposited = chain.of(chain.supplier, Account.DEPOSIT)
            if chain.payment()[1]:
                assert left[0] == 0
                assert deposited <= lent
        assert chain.payment() == (SUPPLIED, 0)
        assert deposited >= lent
        supply_returns.recover()
    assert chain.left_of(chain.seller) == {Account.DEPOSIT: SUPPLIED}
    assert sum(chain.of(chain.supplier, each) for each in supply_returns.ACCOUNTS) == (
        given_fen - OWED
    )


@pytest.mark.parametrize("side", ["before", "after"])
def test_the_deposit_gives_once_when_one_is_killed_and_64_run_at_once(app, client, chain, side):
    world.give(chain.supplier.merchant_id, Account.DEPOSIT, 3_000)
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 1_000)
    desk.closing(client, chain.supplier)
    with desk.later(1):
        killed_at_commit(lambda: supply_returns._try(*owed_return(chain)), side)
        is_done = side == "after"
        assert chain.of(chain.supplier, Account.DEPOSIT) == (0 if is_done else 3_000)
        assert chain.of(chain.seller) == (4_000 if is_done else 0)

        def run(_):
            with app.app_context():
                return supply_returns.recover()

        at_once(run, 64)
        assert (chain.of(chain.supplier), chain.of(chain.supplier, Account.DEPOSIT)) == (0, 0)
        assert (chain.of(chain.seller), chain.payment()) == (4_000, (SUPPLIED, 1_000))


def test_collecting_an_advance_and_a_debt_at_once_the_advance_has_all_that_secures_it(
    app, client, chain
):
    """Members' prepaid money first: in whichever order they come, the seller gets the rest."""
    merchant_id, policy_id = chain.supplier.merchant_id, world.policy()
    contract_id = world.contract(
        merchant_id, policy_id, advance_bp=3_000, advance_limit_fen=9_000, advance_deposit_fen=0
    )
    lender = world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)
    counter.topped_up(world.member(), lender, 10_000)
    world.take(merchant_id, Account.AVAILABLE, 3_000)
    world.give(merchant_id, Account.DEPOSIT, 4_000)
    desk.closing(client, chain.supplier)
    with desk.later(1):
        winding_up.fall_due()

        def run(number):
            with app.app_context():
                return (collect_due if number % 2 else supply_returns.recover)()

        at_once(run, 32)
        supply_returns.recover()
        assert counter.standing(lender) == (0, 0, 3_000)
        assert (chain.of(chain.supplier, Account.DEPOSIT), chain.of(chain.seller)) == (0, 1_000)


def test_what_neither_available_nor_deposit_covers_is_on_the_list_of_shortages(client, chain):
    world.give(chain.supplier.merchant_id, Account.DEPOSIT, 2_000)
    desk.closing(client, chain.supplier)
    with desk.later(1):
        supply_returns.recover()
        found, after = None, None
        while found is None:
            page, after = in_transaction(lambda last=after: winding_up.shortages(last))
            found = next((x for x in page if x.merchant_id == chain.supplier.merchant_id), None)
        assert (found.short_fen, found.supplies_owed_fen, found.deposit_fen) == (3_000, 3_000, 0)
