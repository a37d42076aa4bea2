"""Bundles: journals and rows together, alone or in groups."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.core.combining import Combiner
from app.core.db import db, in_transaction
from app.core.errors import ServiceUnavailable
from app.core.world import new_id
from app.ledger import group as committing
from app.ledger import service as ledger
from app.ledger.service import Account, Bundle, Part, Row
from tests.ledger.books import balance, books, member_with, move, post

receipts = sa.Table(
    "test_ledger_receipt",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("note", sa.JSON),
    sa.Column("copies", sa.Integer, default=1),
)


@pytest.fixture(autouse=True)
def receipt_table(context):
    in_transaction(lambda: receipts.create(db.session.connection(), checkfirst=True))


def receipt(identity):
    return Row(receipts, {"id": identity, "note": {"of": str(identity)}})


def stored(identity):
    rows = db.session.execute(sa.select(receipts.c.id).where(receipts.c.id == identity)).all()
    db.session.rollback()
    return len(rows)


def test_a_bundle_commits_journals_and_rows_together():
    owner = new_id()
    made = move(owner, Account.REBATE, 5)
    assert ledger.commit(Bundle([made], [receipt(owner)])) == [ledger.Posted(made.id, False)]
    assert (balance(owner, Account.REBATE), stored(owner)) == (5, 1)


def test_what_a_row_leaves_out_is_what_its_table_says_and_costs_no_statement_more(monkeypatch):
    monkeypatch.setattr(committing, "in_transaction", None)  # the careful way of many statements
    owner, other = new_id(), new_id()
    full = Row(receipts, {"id": other, "note": None, "copies": 3})
    ledger.commit(Bundle([move(owner, Account.REBATE, 5)], [receipt(owner), full]))
    wanted = sa.select(receipts.c.copies).where(receipts.c.id.in_([owner, other]))
    found = db.session.scalars(wanted.order_by(receipts.c.copies)).all()
    db.session.rollback()
    assert found == [1, 3]


def test_a_refused_journal_leaves_no_row():
    owner = new_id()
    with pytest.raises(ledger.InsufficientFunds):
        ledger.commit(Bundle([move(owner, Account.REBATE, -5)], [receipt(owner)]))
    assert (books(owner), stored(owner)) == ({}, 0)


def test_a_refused_row_leaves_no_journal():
    owner, taken = new_id(), new_id()
    ledger.commit(Bundle([], [receipt(taken)]))
    with pytest.raises(ledger.RowRefused) as refusal:
        ledger.commit(Bundle([move(owner, Account.REBATE, 5)], [receipt(taken)]))
    assert (refusal.value.table, refusal.value.constraint) == (
        "test_ledger_receipt",
        "test_ledger_receipt_pkey",
    )
    assert books(owner) == {}


def test_a_bundle_sent_again_changes_nothing():
    owner = new_id()
    bundle = Bundle([move(owner, Account.REBATE, 5)], [receipt(owner)])
    ledger.commit(bundle)
    assert [posted.replayed for posted in ledger.commit(bundle)] == [True]
    assert (books(owner), stored(owner)) == ({Account.REBATE: (5, 1)}, 1)


def test_what_comes_first_is_undone_with_a_refusal_and_not_repeated_with_a_repetition():
    owner, noted = new_id(), new_id()
    ledger.commit(Bundle([], [receipt(noted)]))
    add = "UPDATE test_ledger_receipt SET copies = copies + 1 WHERE id = %s RETURNING copies"
    copies = sa.select(receipts.c.copies).where(receipts.c.id == noted)
    part = Part(add, (noted,))

    def found():
        copied = db.session.scalar(copies)
        db.session.rollback()
        return copied

    with pytest.raises(ledger.InsufficientFunds):
        committing.commit_together([Bundle([move(owner, Account.REBATE, -5)])], part)
    assert found() == 1
    bundle = Bundle([move(owner, Account.REBATE, 5)])
    for _ in range(2):
        committing.commit_together([bundle], part)
    assert (books(owner), found()) == ({Account.REBATE: (5, 1)}, 2)


def test_a_bundle_is_not_committed_within_another_unit():
    owner = new_id()
    bundle = Bundle([move(owner, Account.REBATE, 5)])
    with pytest.raises(RuntimeError):
        in_transaction(lambda: ledger.commit(bundle))
    assert books(owner) == {}


def test_in_a_group_only_the_one_at_fault_is_refused():
    rich = [member_with(rebate=10) for _ in range(6)]
    poor, taken = new_id(), new_id()
    ledger.commit(Bundle([], [receipt(taken)]))
    bundles = [Bundle([move(owner, Account.REBATE, -10)], [receipt(owner)]) for owner in rich]
    bundles.insert(2, Bundle([move(poor, Account.REBATE, -1)], [receipt(poor)]))
    bundles.insert(5, Bundle([move(poor, Account.REBATE, 1)], [receipt(taken)]))
    outcomes = run_as_one_group(bundles)
    assert isinstance(outcomes[2], ledger.InsufficientFunds)
    assert isinstance(outcomes[5], ledger.RowRefused)
    assert all(isinstance(outcome, list) for at, outcome in enumerate(outcomes) if at not in (2, 5))
    assert [balance(owner, Account.REBATE) for owner in rich] == [0] * 6
    assert [stored(owner) for owner in rich] == [1] * 6
    assert (books(poor), stored(poor)) == ({}, 0)


def run_as_one_group(bundles):
    """Holds the only place until all bundles wait, so that they are committed as one group."""
    from flask import current_app

    app = current_app._get_current_object()
    holding, release, sizes = threading.Event(), threading.Event(), []

    def work(items):
        if items == ["hold"]:
            holding.set()
            release.wait(10)
            return ["held"]
        sizes.append(len(items))
        with app.app_context():
            return committing.commit_together(items)

    group = Combiner(work, places=1)

    def outcome(bundle):
        try:
            return group.run(bundle)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(bundles) + 1) as pool:
        first = pool.submit(group.run, "hold")
        holding.wait(10)
        waiting = []
        for at, bundle in enumerate(bundles):
            waiting.append(pool.submit(outcome, bundle))
            while len(group._queue) <= at:
                threading.Event().wait(0.001)
        release.set()
        outcomes = [each.result(20) for each in waiting]
        assert first.result(10) == "held"
    assert sizes[0] == len(bundles)
    return outcomes


def test_many_threads_through_the_group_lose_and_double_nothing(app):
    owner = new_id()

    def send(number):
        with app.app_context():
            made = move(owner, Account.REBATE, 1, key=f"number {number // 2}", principal_id=owner)
            return ledger.commit(Bundle([made]))[0]

    with ThreadPoolExecutor(16) as pool:
        posted = list(pool.map(send, range(200)))
    assert books(owner) == {Account.REBATE: (100, 100)}
    assert sum(not each.replayed for each in posted) == 100
    assert len({each.journal_id for each in posted}) == 100


def test_when_the_database_stays_away_everybody_is_told():
    def away(_):
        raise ServiceUnavailable

    group = Combiner(away, places=1)
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            group.run("bundle")


def test_without_group_posting_the_result_is_the_same(monkeypatch):
    from app.core.config import settings

    monkeypatch.setattr(settings(), "group_posting", False)
    owner = new_id()
    made = move(owner, Account.REBATE, 5)
    assert ledger.commit(Bundle([made], [receipt(owner)])) == [ledger.Posted(made.id, False)]
    assert stored(owner) == 1
    post(move(owner, Account.REBATE, -5))
    assert books(owner) == {Account.REBATE: (0, 2)}
