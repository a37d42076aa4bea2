"""Closed days: every journal in exactly one of them, each day comes to 0, and none changes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import text

from app.core.db import db, read
from app.core.world import beijing_day, now, start_of_beijing_day
from app.ledger import closings
from app.ledger import service as ledger
from app.ledger.audit import inspect
from app.ledger.service import Account
from tests.ledger.books import member_with, move, post

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def context(own_books):
    with own_books.app_context():
        yield
        db.session.rollback()


def seal():
    while ledger.fold_and_seal():
        pass


def open_day():
    """A day that is not closed yet, and on which nothing was sealed: after all that were."""
    last = read(text("SELECT max(sealed_at) FROM ledger_seal"))[0][0] or now()
    latest = ledger.closings(limit=1)
    days = [beijing_day(last), beijing_day(now()), *(found.day for found in latest)]
    return max(days) + timedelta(days=1)


def at(day, hours=12.0):
    """So many hours after the day's begin in Beijing."""
    return time_machine.travel(start_of_beijing_day(day) + timedelta(hours=hours), tick=True)


def close_until(day):
    with at(day, 24.1):
        while closings.close_days():
            pass


def moved_on(day):
    rows = read(text("SELECT bucket, account, moved_fen FROM ledger_closing WHERE day = :day"),
                {"day": day})  # fmt: skip
    return {(row.bucket, row.account): row.moved_fen for row in rows}


@pytest.fixture
def day():
    """A day of its own: whatever was sealed so far is in the closed days before it."""
    seal()
    found = open_day()
    close_until(found)
    return found + timedelta(days=1)


def test_a_closing_holds_what_the_books_hold_and_comes_to_0(day):
    with at(day):
        member_with(prepaid_principal=700, rebate=30)
        seal()
    close_until(day)
    found = ledger.closing(day)
    assert sum(found.balances.values()) == 0
    whole = {total.account: total.balance_fen for total in ledger.totals(now() + timedelta(3650))}
    shown = {account: fen for account, fen in found.balances.items() if fen}
    assert shown == {account: fen for account, fen in whole.items() if fen}
    assert found.journals == 2
    assert found.seal_hash == ledger.anchor().hash


def test_each_bucket_has_what_its_own_journals_moved(day):
    with at(day):
        owner = member_with(prepaid_principal=700)
        post(move(owner, Account.PREPAID_PRINCIPAL, -200))
        seal()
    close_until(day)
    bucket = owner.int & 1023
    assert moved_on(day) == {
        (bucket, Account.PREPAID_PRINCIPAL): 500,
        (bucket, Account.BANK_CUSTODY): -500,
    }


def test_a_day_is_closed_once_and_only_when_it_is_over(day):
    with at(day, 23.9):
        assert closings.close_days() == 0
    with at(day, 24.0):
        assert closings.close_days() == 0  # a seal begun before midnight may still be written
    with at(day, 24.1):
        assert closings.close_days() == 1
        assert closings.close_days() == 0
    assert ledger.closing(day).day == day


def test_a_day_that_stays_open_is_counted_an_hour_after_its_end(day):
    with at(day, 24.9):
        assert closings.late_count() == 0
    with at(day, 25.1):
        assert closings.late_count() == 1
    with at(day, 49.1):
        assert closings.late_count() == 2
    close_until(day)
    with at(day, 25.1):
        assert closings.late_count() == 0


def test_what_is_sealed_after_midnight_is_in_the_next_day_and_nothing_is_in_two(day):
    tomorrow = day + timedelta(days=1)
    with at(day, 23.99):
        owner = member_with(rebate=5)
        seal()
        post(move(owner, Account.REBATE, 7))
    with at(tomorrow, 0.01):
        seal()
    close_until(tomorrow)
    bucket = owner.int & 1023
    assert moved_on(day)[bucket, Account.REBATE] == 5
    assert moved_on(tomorrow)[bucket, Account.REBATE] == 7


def test_days_on_which_nothing_happened_are_closed_too(day):
    close_until(day + timedelta(days=2))
    newest, middle, oldest = ledger.closings(limit=3)
    assert [found.day - day for found in (oldest, middle, newest)] == [
        timedelta(days=number) for number in range(3)
    ]
    assert newest.balances == middle.balances == oldest.balances
    assert newest.journals == 0
    assert ledger.closings(before=day + timedelta(days=1), limit=1)[0].day == day


def test_a_long_day_is_added_up_in_parts(day, monkeypatch):
    with at(day):
        owner = member_with(rebate=1)
        for _ in range(4):
            seal()
            post(move(owner, Account.REBATE, 1))
        seal()
    monkeypatch.setattr(closings, "PART", 2)
    close_until(day)
    assert moved_on(day)[owner.int & 1023, Account.REBATE] == 5


def test_who_closes_a_day_second_changes_nothing(day):
    with at(day):
        member_with(rebate=5)
        seal()
    before = ledger.closings(limit=1)[0]
    with at(day, 24.1):
        assert closings.close_days() == 1
        found = ledger.closing(day)
        head = closings._head(day, before, [], {})
        assert not closings._write(day, before, head, {})
    db.session.rollback()
    assert ledger.closing(day) == found


@pytest.mark.parametrize("table", ["ledger_closing", "ledger_closing_day"])
@pytest.mark.parametrize("change", ["UPDATE {} SET day = day", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_closed_day_refuses_every_change(table, change):
    with db.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="immutable"):
        connection.execute(text(change.format(table)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_closing_day SET balances = balances || '{{\"rebate\": 1}}' WHERE day = '{}'",
        "UPDATE ledger_closing SET moved_fen = moved_fen + 1 WHERE day = '{}'",
        "DELETE FROM ledger_closing WHERE day = '{}'",
        "DROP TRIGGER ledger_closing_immutable ON ledger_closing",
    ],
)
def test_a_forged_closing_is_found(day, change):
    with at(day):
        member_with(rebate=5)
        seal()
    close_until(day)
    with db.engine.connect() as connection, connection.begin() as transaction:
        assert [each for each in inspect(connection, []).findings if "clos" in str(each)] == []
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.exec_driver_sql(change.format(day))
        assert inspect(connection, []).findings != []
        transaction.rollback()
