"""Real processes at the same accounts: nothing created, nothing lost, nobody stuck."""

import multiprocessing
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from app.core.db import db, read
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.ledger import racers
from tests.ledger.books import balance, books, member_with

PROCESSES = 8
pytestmark = pytest.mark.usefixtures("context")


@contextmanager
def racing(app, work, owners, count=PROCESSES):
    """Processes that begin their work together, each with a pipe."""
    db.session.remove()
    fork = multiprocessing.get_context("fork")
    pairs = []
    for seed in range(count):
        mine, theirs = fork.Pipe()
        process = fork.Process(target=racers.race, args=(app, theirs, work, owners, seed))
        process.start()
        theirs.close()
        pairs.append((process, mine))
    try:
        for _, pipe in pairs:
            pipe.send("go")
        yield pairs
    finally:
        for process, _ in pairs:
            process.kill()
            process.join()


def run(app, work, owners):
    with racing(app, work, owners) as pairs:
        for process, _ in pairs:
            process.join(120)
        assert [process.exitcode for process, _ in pairs] == [0] * PROCESSES


def sums(owners):
    return sum(balance(owner, Account.REBATE) for owner in owners)


def deadlocks():
    question = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return read(text(question))[0].deadlocks


def test_transfers_between_few_accounts_create_and_lose_nothing(app):
    owners = [member_with(rebate=1000) for _ in range(5)]
    before = deadlocks()
    run(app, racers.transfer, owners)
    assert sums(owners) == 5000
    assert min(balance(owner, Account.REBATE) for owner in owners) >= 0
    assert sum(version for owner in owners for _, version in books(owner).values()) > 500
    assert ledger.verify().findings == []
    time.sleep(1.1)  # statistics arrive with a delay
    assert deadlocks() == before


def test_folding_beside_posting_creates_and_loses_nothing(app):
    owners = [new_id() for _ in range(3)]
    run(app, racers.fold, owners)
    assert ledger.verify().findings == []
    while ledger.fold_and_seal():
        pass
    report = ledger.verify()
    assert (report.findings, report.unsealed) == ([], 0)
    for owner in owners:
        assert ledger.balances(owner) == ledger.balances(owner, with_unfolded=True)


def test_the_same_key_from_many_processes_at_once_posts_once(app):
    owner = new_id()
    run(app, racers.same_keys, [owner])
    assert books(owner) == {Account.REBATE: (sum(range(1, 41)), 40)}


def test_a_killed_process_leaves_whole_journals_only(app):
    owners = [member_with(rebate=100_000) for _ in range(4)]
    told = set()
    for _ in range(3):
        with racing(app, racers.endless, owners, count=2) as pairs:
            time.sleep(0.7)
            for process, _ in pairs:
                process.kill()
            for _, pipe in pairs:
                told |= set(heard(pipe))
    assert len(told) > 20
    assert sums(owners) == 400_000
    assert ledger.verify().findings == []
    for journal_id in told:
        assert len(ledger.journal(journal_id).journal.legs) == 4


def heard(pipe):
    try:
        while True:
            yield pipe.recv()
    except (EOFError, OSError):
        return
