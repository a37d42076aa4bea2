import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from app.core.db import db, in_transaction
from app.core.world import new_id, now
from app.ledger import reading
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.ledger.books import journal, leg, member_with, move, post

pytestmark = pytest.mark.usefixtures("context")


def test_a_statement_is_paged_without_gap_or_repetition():
    owner = new_id()
    for amount in range(1, 8):
        post(move(owner, Account.REBATE, amount), move(owner, Account.WITHDRAWING, amount))
    accounts = (Account.REBATE, Account.WITHDRAWING)
    seen, cursor = [], None
    while True:
        page = ledger.entries(owner, accounts, cursor, limit=4)
        seen += page.entries
        cursor = page.cursor
        if cursor is None:
            break
    for account in accounts:
        lines = [entry for entry in seen if entry.account is account]
        assert [entry.version for entry in lines] == [7, 6, 5, 4, 3, 2, 1]
        assert [entry.balance_fen for entry in lines] == [28, 21, 15, 10, 6, 3, 1]
    assert seen[0].kind == "test"


def test_a_page_begun_before_new_entries_goes_on_where_it_stopped():
    owner = member_with(rebate=1)
    post(move(owner, Account.REBATE, 1), move(owner, Account.REBATE, 1))
    first = ledger.entries(owner, [Account.REBATE], limit=2)
    post(move(owner, Account.REBATE, 1))
    rest = ledger.entries(owner, [Account.REBATE], first.cursor, limit=2)
    assert [entry.version for entry in first.entries + rest.entries] == [3, 2, 1]


def test_pages_leave_nothing_out_where_moments_are_out_of_order():
    owner, began = new_id(), now()
    accounts = (Account.REBATE, Account.WITHDRAWING)
    for account, minutes in zip(accounts * 4, (4, 3, 9, 8, 1, 2, 7, 0), strict=True):
        with time_machine.travel(began - timedelta(minutes=minutes), tick=False):
            post(move(owner, account, 1))
    seen, cursor = [], ""
    while cursor is not None:
        page = ledger.entries(owner, accounts, cursor or None, limit=2)
        assert len(page.entries) <= 2
        seen, cursor = seen + page.entries, page.cursor
    for account in accounts:
        assert [each.version for each in seen if each.account is account] == [4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "12", "12.y", "999.1", "1.2.3"])
def test_an_unreadable_cursor_is_refused(cursor):
    with pytest.raises(ValueError, match="cursor"):
        ledger.entries(new_id(), [Account.REBATE], cursor)


def test_append_only_accounts_have_no_statement():
    with pytest.raises(ValueError, match="append-only"):
        ledger.entries(new_id(), [Account.PENDING])


def test_a_balance_of_the_past_counts_what_was_posted_until_then():
    owner, merchant = new_id(), new_id()
    before = now()
    post(journal(leg(owner, Account.SUSPENSE, -7), leg(merchant, Account.REBATE, 7)))
    between = now()
    post(journal(leg(owner, Account.SUSPENSE, -3), leg(merchant, Account.REBATE, 3)))
    after = now() + timedelta(seconds=1)
    moments = (before, between, after)
    assert [ledger.balance_at(merchant, Account.REBATE, at) for at in moments] == [0, 7, 10]
    assert [ledger.balance_at(owner, Account.SUSPENSE, at) for at in moments] == [0, -7, -10]


def test_a_balance_read_while_entries_are_folded_is_of_one_moment(app):
    owner = new_id()
    post(*(move(owner, Account.SUSPENSE, 1) for _ in range(300)))
    is_folding, torn = threading.Event(), []

    def fold():
        with app.app_context():
            while ledger.fold_and_seal(3):
                pass
        is_folding.set()

    folder = threading.Thread(target=fold)
    folder.start()
    while not is_folding.is_set():
        found = ledger.balances(owner, with_unfolded=True)[Account.SUSPENSE]
        if (found.balance_fen, found.ledger_version) != (300, 300):
            torn.append(found)
    folder.join()
    assert torn == []


def test_what_waits_to_be_folded_is_read_by_its_keys_whatever_the_planner_believes():
    """Entries looked at for a balance while ten journals wait, with few and with many behind."""
    owner, looked_at = new_id(), []
    for count in (100, 2_000):
        post(*(move(owner, Account.SUSPENSE, 1) for _ in range(count)))
        while ledger.fold_and_seal():
            pass
        post(*(move(owner, Account.SUSPENSE, 1) for _ in range(10)))
        assert ledger.balances(owner, with_unfolded=True)[Account.SUSPENSE].balance_fen % 100 == 10
        looked_at.append(entries_looked_at(owner))
        while ledger.fold_and_seal():
            pass
        post(*(move(owner, Account.SUSPENSE, 1) for _ in range(90)))
    assert looked_at == [20, 20]


def entries_looked_at(owner):
    """By the plan that is chosen where the planner shuns loops, as it does with a long queue."""
    statement = reading._with_unfolded(owner).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )

    def work():
        db.session.execute(text("SET LOCAL enable_nestloop = off"))
        return db.session.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"))[0]["Plan"]

    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(in_transaction(work))
        if node.get("Relation Name") == "ledger_entry"
    )


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
