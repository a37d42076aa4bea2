"""A seller's statement: what suppliers paid back of refunds that it gave in their place, beside
what becomes available; and both sides' statements say what the ledger says."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alliance.orders import supply_returns
from app.alliance.settlement import calendar, runs, settling, statements
from app.core.db import read
from app.core.world import SYSTEM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.orders.test_closed_suppliers import OWED, owed_return, owing
from tests.alliance.orders.test_supply_returns import SUPPLIED
from tests.alliance.settlement.books import later, lines_of, settled, statements_of
from tests.processes import killed_at_commit
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
# What the journals of supplies moved of an owner's money: of sales and refunds the supplier's legs.
MOVED = world.text(
    "SELECT COALESCE(sum(e.amount_fen), 0)::bigint FROM ledger_journal j JOIN ledger_entry e"
    " ON e.bucket = j.bucket AND e.journal_id = j.id WHERE e.owner_id = :owner"
    " AND e.account = ANY(:accounts) AND j.kind = ANY(:kinds)"
)
DEBTS = ["supply_recovered", "supply_secured"]
OWN = [int(each) for each in supply_returns.ACCOUNTS]


@pytest.fixture
def chain(client):
    return owing(client)


def moved(who, *kinds, accounts=OWN):
    values = {"owner": who.merchant_id, "kinds": list(kinds), "accounts": accounts}
    return read(MOVED, values)[0][0]


def told(found):
    """By kind, what all statements of a merchant say of supplies (fen)."""
    sums = Counter()
    for statement in found:
        for line in lines_of(statement):
            if line["supply_fen"]:
                sums[line["kind"]] += line["supply_fen"]
    return sums


def repay(chain, amount_fen, account=Account.AVAILABLE):
    world.give(chain.supplier.merchant_id, account, amount_fen)
    supply_returns.recover()


def test_what_a_supplier_pays_back_is_a_line_beside_what_becomes_available(client, chain):
    with later(1):
        repay(chain, 2_000)
        repay(chain, 1_000)
    held = chain.of(chain.seller)
    (first,) = settled(chain.seller, 3)
    (line,) = lines_of(first)
    assert (line["kind"], line["supply_fen"], line["net_fen"]) == ("supply_repaid", 3_000, 0)
    assert (line["sale_id"], line["store_id"]) == (chain.sale_id, str(chain.seller.store_id))
    assert (first.supply_fen, first.supply_owed_fen, first.opening_supply_owed_fen) == (3_000, 0, 0)
    assert (first.total_fen, first.closing_fen, first.journal_id) == (0, 0, None)
    assert chain.of(chain.seller) == held == 3_000
    assert settled(chain.seller, 5) == [first]
    with later(6):
        repay(chain, 9_000)
    (found,) = [row for row in settled(chain.seller, 8) if row.id != first.id]
    assert told([found]) == {"supply_repaid": 2_000}
    for statement in (first, found):
        assert statements.is_intact(statements.whole(statement))


def test_what_is_paid_back_today_is_told_when_the_day_is_over(chain):
    repay(chain, 1_000)
    assert settled(chain.seller, 0) == []
    assert told(settled(chain.seller, 1)) == {"supply_repaid": 1_000}


def test_who_sells_and_is_paid_back_finds_both_and_only_sales_become_available(client, chain):
    sale = world.paid(client, world.rich(), chain.seller, 10_000)
    repay(chain, 1_500)
    found = settled(chain.seller)
    assert sum(row.total_fen for row in found) == 9_000
    assert sum(row.supply_fen for row in found) == 1_500
    assert chain.of(chain.seller) == 9_000 + 1_500
    kinds = [
        line["kind"] for row in found for line in lines_of(row) if line["sale_id"] == sale["id"]
    ]
    assert kinds == ["sale"]


STEP = st.one_of(
    st.tuples(st.just("gets"), st.integers(1, 2_500)),
    st.tuples(st.just("secures"), st.integers(1, 2_500)),
    st.tuples(st.just("settles"), st.integers(1, 3)),
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_the_sums_of_both_sides_statements_are_what_the_ledger_says(client, steps):
    chain, day = owing(client), 1
    desk.closing(client, chain.supplier)
    for what, number in [*steps, ("settles", 1)]:
        day += number if what == "settles" else 0
        with later(day):
            if what == "settles":
                runs.run()
            else:
                repay(chain, number, Account.AVAILABLE if what == "gets" else Account.DEPOSIT)
    sold, supplied = settled(chain.seller, day + 1), settled(chain.supplier, day + 1)
    assert sum(told(sold).values()) == moved(chain.seller, *DEBTS)
    assert told(sold).keys() <= {"supply_repaid"}
    said = told(supplied)
    assert said["supplied"] == moved(chain.supplier, "sale")
    assert said["supply_returned"] == moved(chain.supplier, "refund")
    for account, kind in (
        (Account.AVAILABLE, "supply_recovered"),
        (Account.DEPOSIT, "supply_secured"),
    ):
        assert said[kind] == moved(chain.supplier, *DEBTS, accounts=[int(account)])
    for row in (*sold, *supplied):
        assert row.supply_fen == sum(line["supply_fen"] for line in lines_of(row))
        assert statements.is_intact(statements.whole(row))
    assert supplied[-1].supply_owed_fen == chain.payment()[1] == OWED - moved(chain.seller, *DEBTS)
    assert [row.supply_owed_fen for row in sold] == [0] * len(sold)


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_stating_what_was_paid_back_states_it_once(chain, side):
    repay(chain, 1_000)
    with later(1):
        wish = (chain.seller.merchant_id, calendar.present(), now(), SYSTEM_ID)
        killed_at_commit(lambda: settling.settle(*wish), side)
        assert len(statements_of(chain.seller)) == (1 if side == "after" else 0)
    found = settled(chain.seller, 1)
    assert told(found) == {"supply_repaid": 1_000}
    assert len(found) == 1


def test_seller_and_supplier_are_settled_and_debts_taken_at_once_and_nothing_is_told_twice(
    app, chain
):
    repay(chain, 1_000)
    for _ in range(3):
        world.give(chain.supplier.merchant_id, Account.AVAILABLE, 500)
    with later(1):
        present, parties = calendar.present(), (chain.seller, chain.supplier)

        def run(number):
            with app.app_context():
                if number % 3 == 2:
                    return supply_returns._try(*owed_return(chain))
                return settling.settle(parties[number % 3].merchant_id, present, now(), SYSTEM_ID)

        at_once(run, 48)
    sold, supplied = settled(chain.seller, 3), settled(chain.supplier, 3)
    assert moved(chain.seller, *DEBTS) == 2_500
    assert told(sold) == {"supply_repaid": 2_500}
    assert told(supplied) == {
        "supplied": SUPPLIED, "supply_returned": OWED - SUPPLIED, "supply_recovered": -2_500,
    }  # fmt: skip


def test_the_seller_reads_it_in_the_statement_and_its_files_and_nobody_else(client, chain):
    repay(chain, 3_000)
    (row,) = settled(chain.seller, 1)
    path, own = f"/api/v1/settlements/{row.id}", world.owner_headers(chain.seller)
    (line,) = client.get(path, headers=own).json["lines"]
    assert (line["kind"], line["supply_fen"]) == ("supply_repaid", 3_000)
    table = client.get(f"{path}/statement.csv", headers=own).data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    (shown,) = [each for each in rows if each[:1] == ["1"]]
    assert (shown[2], shown[3], shown[12], shown[15]) == ("供货欠款收回", "南门店", "0.00", "30.00")
    assert ["本期供货入账(不在本期结算内)", "30.00"] in rows
    assert ["本期结算", "0.00"] in rows
    first = client.get(f"{path}/statement.pdf", headers=own).data
    assert first.startswith(b"%PDF-")
    assert first == client.get(f"{path}/statement.pdf", headers=own).data
    for suffix in ("", "/statement.pdf", "/statement.csv", "/check"):
        stranger = world.owner_headers(chain.supplier)
        assert client.get(path + suffix, headers=stranger).status_code == 404
