"""What processes do against each other in test_races.py, each on connections of its own."""

import random
from collections.abc import Callable
from multiprocessing.connection import Connection
from uuid import UUID

from flask import Flask

from app.core.db import db, in_transaction
from app.ledger import service as ledger
from app.ledger.service import Account, Bundle
from tests.ledger.books import journal, leg, move

ROUNDS = 60


def transfer(owners: list[UUID], chance: random.Random) -> None:
    """Single transfers and calls of several, between few accounts, in any order."""
    for _ in range(ROUNDS):
        made = [
            journal(leg(source, Account.REBATE, -amount), leg(target, Account.REBATE, amount))
            for source, target, amount in (
                (*chance.sample(owners, 2), chance.randint(1, 400))
                for _ in range(chance.randint(1, 5))
            )
        ]
        try:
            if chance.random() < 0.5:
                in_transaction(lambda made=made: ledger.post(made))
            else:
                ledger.commit(Bundle(made))
        except ledger.InsufficientFunds:
            continue


def fold(owners: list[UUID], chance: random.Random) -> None:
    """Credits, debits and folds of the same append-only accounts."""
    for _ in range(ROUNDS):
        amount = chance.randint(1, 50)
        sign = chance.choice((1, 1, -1))
        try:
            in_transaction(
                lambda amount=sign * amount: ledger.post(
                    [move(chance.choice(owners), Account.PENDING, amount)]
                )
            )
        except ledger.InsufficientFunds:
            continue
        finally:
            if chance.random() < 0.3:
                ledger.fold_and_seal(limit=chance.randint(1, 40))


def same_keys(owners: list[UUID], chance: random.Random) -> None:
    """The same forty requests that every other process sends too."""
    for number in chance.sample(range(40), 40):
        made = move(
            owners[0], Account.REBATE, number + 1, key=f"request {number}", principal_id=owners[0]
        )
        ledger.commit(Bundle([made]))


def endless(owners: list[UUID], chance: random.Random, told: Connection) -> None:
    """Journals of four legs, one after the other, each told when committed, until killed."""
    while True:
        source, *targets = chance.sample(owners, 4)
        legs = [leg(target, Account.REBATE, 1) for target in targets]
        made = journal(leg(source, Account.REBATE, -len(legs)), *legs)
        in_transaction(lambda made=made: ledger.post([made]))
        told.send(made.id)


def race(app: Flask, go: Connection, work: Callable, owners: list[UUID], seed: int) -> None:
    """The life of one process, forked: nothing of its parent's connections is used or closed."""
    with app.app_context():
        db.engine.dispose(close=False)
        go.recv()
        more = (go,) if work is endless else ()
        work(owners, random.Random(seed), *more)
