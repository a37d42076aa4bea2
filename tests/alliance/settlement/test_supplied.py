"""A supplier's statement: what it was paid at once, gave back and owed, sealed like every other."""

import csv
import io

import pytest

from app.alliance.orders import supply_returns
from app.alliance.settlement import calendar, settling, statements
from app.core.db import db
from app.core.world import SYSTEM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.orders.test_supply_returns import SUPPLIED, Chain
from tests.alliance.settlement.books import later, lines_of, settled, statements_of
from tests.processes import killed_at_commit

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def chain(client):
    return Chain(client)


def told(statement):
    return [(line["kind"], line["gross_fen"], line["supply_fen"]) for line in lines_of(statement)]


def amounts(statement):
    return (statement.supply_fen, statement.opening_supply_owed_fen, statement.supply_owed_fen)


def test_supplies_returns_and_debts_are_lines_of_one_statement_each(client, chain):
    world.give(chain.seller.merchant_id, Account.DEPOSIT, SUPPLIED)
    assert settled(chain.supplier, 0) == []  # the day is not over
    chain.spends(5_000)
    chain.refund()
    (first,) = settled(chain.supplier, 1)
    assert told(first) == [("supplied", 6_000, 6_000), ("supply_returned", -6_000, -1_000)]
    assert amounts(first) == (5_000, 0, 5_000)
    assert (first.total_fen, first.journal_id, first.closing_fen) == (0, None, 0)
    with later(1):
        for given in (2_000, 1_000):
            world.give(chain.supplier.merchant_id, Account.AVAILABLE, given)
            supply_returns.recover()
    first, second = settled(chain.supplier, 3)
    assert told(second) == [("supply_recovered", 0, -3_000)]
    assert amounts(second) == (-3_000, 5_000, 2_000)
    assert chain.payment() == (SUPPLIED, second.supply_owed_fen)
    assert settled(chain.supplier, 5) == [first, second]
    for statement in (first, second):
        assert statements.is_intact(statements.whole(statement))


def test_a_supplier_that_sells_too_has_both_in_one_statement_and_only_sales_become_available(
    client, chain
):
    own = world.Shop(chain.supplier.merchant_id, *_store_of(chain.supplier.merchant_id))
    world.paid(client, world.rich(), own, 10_000)
    held = world.balance(chain.supplier.merchant_id, Account.AVAILABLE)
    *_, last = settled(own)
    found = [row for row in statements_of(own) if row.sale_count]
    assert [(row.total_fen, row.supply_fen) for row in found] == [(9_000, SUPPLIED)]
    assert world.balance(own.merchant_id, Account.AVAILABLE) == held + 9_000
    assert last.closing_fen == 0


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_stating_supplies_states_each_in_one_statement(chain, side):
    supplier_id = chain.supplier.merchant_id
    with later(1):
        present = calendar.present()
        wish = (supplier_id, present, now(), SYSTEM_ID)
        killed_at_commit(lambda: settling.settle(*wish), side)
    assert len(statements_of(chain.supplier)) == (1 if side == "after" else 0)
    (only,) = settled(chain.supplier, 1)
    assert told(only) == [("supplied", SUPPLIED, SUPPLIED)]
    assert statements.is_intact(statements.whole(only))


def _store_of(merchant_id):
    policy_id = world.policy()
    contract_id = world.contract(merchant_id, policy_id)
    return world.store(merchant_id), policy_id, contract_id


def test_the_supplier_reads_its_goods_in_the_statement_and_its_files_and_nobody_else(client, chain):
    chain.refund(5_000)
    (row,) = settled(chain.supplier, 1)
    path, own = f"/api/v1/settlements/{row.id}", world.owner_headers(chain.supplier)
    seen = client.get(path, headers=own).json
    assert (seen["supply_fen"], seen["supply_owed_fen"]) == (3_000, 0)
    assert all("×2" in line["goods"] for line in seen["lines"])
    table = client.get(f"{path}/statement.csv", headers=own).data.decode("utf-8-sig")
    rows = [each for each in csv.reader(io.StringIO(table)) if each]
    goods = seen["lines"][0]["goods"]
    assert [each[-2:] for each in rows if each[0] in {"1", "2"}] == [
        ["60.00", goods],
        ["-30.00", goods],
    ]
    assert ["本期供货入账(不在本期结算内)", "30.00"] in rows
    first = client.get(f"{path}/statement.pdf", headers=own).data
    assert first.startswith(b"%PDF-")
    assert first == client.get(f"{path}/statement.pdf", headers=own).data
    for suffix in ("", "/statement.pdf", "/statement.csv", "/check"):
        stranger = world.owner_headers(chain.seller)
        assert client.get(path + suffix, headers=stranger).status_code == 404


def test_what_other_amounts_of_supplies_would_be_does_not_come_to_the_hash(client, chain):
    (row,) = settled(chain.supplier, 1)
    whole = statements.whole(row)
    db.session.expunge_all()
    for name in ("supply_fen", "opening_supply_owed_fen", "supply_owed_fen"):
        before = getattr(whole.head, name)
        setattr(whole.head, name, before + 1)
        assert not statements.is_intact(whole)
        setattr(whole.head, name, before)
    assert statements.is_intact(whole)
    whole.lines[0].supply_fen += 1
    assert not statements.is_intact(whole)
