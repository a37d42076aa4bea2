"""Books of any length: so many sales between the members and merchants that are there.

All of it is posted by the ledger and sealed, as sales are: most are paid from rebates, each fourth
from a top-up of its own, which it spends to the end, so that members have many lots behind them.
The sales that the journals belong to are copies of one that was paid over HTTP.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

ENTRIES_A_SALE, SALES_AT_ONCE, TOP_UP_EACH = 8, 128, 4
AMOUNT_FEN, CONCESSION_FEN, SHARE_FEN = 1_000, 100, 25
# As many more sales as journals say that somebody paid, each at a store of the merchant who got
# the money; the first of them is one over HTTP.
SALES = """
    INSERT INTO alliance_sale
    SELECT copy.*
    FROM ledger_journal AS journal
    JOIN ledger_entry AS entry ON entry.bucket = journal.bucket
        AND entry.journal_id = journal.id AND entry.account = %(pending)s
    JOIN (SELECT DISTINCT ON (merchant_id) merchant_id, id FROM alliance_store) AS store
        ON store.merchant_id = entry.owner_id
    JOIN alliance_sale AS first ON first.id = %(first)s
    CROSS JOIN LATERAL jsonb_populate_record(first, jsonb_build_object(
        'bucket', journal.bucket, 'id', journal.reference_id, 'journal_id', journal.id,
        'payer_id', journal.principal_id, 'merchant_id', entry.owner_id, 'store_id', store.id,
        'paid_at', journal.posted_at, 'distributed_at', journal.posted_at)) AS copy
    WHERE journal.kind = 'bench.paid'
"""
LOTS = """
    INSERT INTO wallet_lot
        (bucket, id, owner_id, account, store_id, journal_id, issued_at, is_withdrawable, sweeps)
    SELECT bucket, reference_id, principal_id, %(account)s,
        (SELECT id FROM alliance_store ORDER BY id LIMIT 1), id, posted_at, false, 0
    FROM ledger_journal WHERE kind = 'bench.topped_up'
"""
MEMBERS = "SELECT DISTINCT owner_id FROM ledger_account WHERE account = %s ORDER BY owner_id"
MERCHANTS = "SELECT id FROM alliance_merchant ORDER BY id"


def post_sales(
    chance: random.Random, members: Sequence[UUID], merchants: Sequence[UUID], sales: int
) -> None:
    """Posts so many sales, some hundred in each unit, between members with rebates and merchants
    by chance. Nothing is folded or sealed yet."""
    from app.core.db import in_transaction
    from app.ledger import service as ledger

    for begun in range(0, sales, SALES_AT_ONCE):
        some = [
            journal
            for _ in range(min(SALES_AT_ONCE, sales - begun))
            for journal in _sold(chance, members, merchants)
        ]
        in_transaction(lambda some=some: ledger.post(some))


def seal() -> None:
    """Folds and seals all that was posted."""
    from app.ledger import service as ledger

    while ledger.fold_and_seal():
        pass


def people(url: str) -> tuple[list[UUID], list[UUID]]:
    """Members with rebates, and merchants."""
    from app.ledger.service import Account

    with psycopg.connect(url) as connection:
        return (
            _column(connection, MEMBERS, [Account.REBATE]),
            _column(connection, MERCHANTS),
        )


def copy_sales(url: str, first_id: str) -> int:
    """Adds the sales and lots of what was posted, sales like the one with `first_id`; the number of
    entries there are."""
    from app.ledger.service import Account

    with psycopg.connect(url) as connection:
        connection.execute("ANALYZE ledger_journal, ledger_entry")  # or it joins row by row
        connection.execute(SALES, {"pending": Account.PENDING, "first": first_id})
        connection.execute(LOTS, {"account": Account.PREPAID_PRINCIPAL})
        return int(_column(connection, "SELECT count(*) FROM ledger_entry")[0])


def _column(connection: psycopg.Connection[Any], query: Any, values: Any = None) -> list[Any]:
    return [row[0] for row in connection.execute(query, values)]


def _sold(chance: random.Random, members: Sequence[UUID], merchants: Sequence[UUID]) -> list[Any]:
    """The journals of a sale: paid, and shared out; before that a top-up, where it takes one."""
    from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id
    from app.ledger.service import Account, Journal, Leg

    payer, other = chance.choice(members), chance.choice(members)
    merchant, sale_id = chance.choice(merchants), new_id(payer.int & 1023)
    journals, purse, lot_id = [], Account.REBATE, None
    if not chance.randrange(TOP_UP_EACH):
        purse, lot_id = Account.PREPAID_PRINCIPAL, new_id(payer.int & 1023)
        topped_up = (
            Leg(payer, purse, AMOUNT_FEN, lot_id),
            Leg(PLATFORM_ID, Account.BANK_CUSTODY, -AMOUNT_FEN),
        )
        journals.append(("bench.topped_up", lot_id, payer, topped_up))
    paid = (
        Leg(payer, purse, -AMOUNT_FEN, lot_id),
        Leg(merchant, Account.PENDING, AMOUNT_FEN - CONCESSION_FEN),
        Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, CONCESSION_FEN),
    )
    shared = (
        Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, -CONCESSION_FEN),
        Leg(payer, Account.REBATE_PENDING, SHARE_FEN),
        Leg(other, Account.REBATE_PENDING, SHARE_FEN),
        Leg(PLATFORM_ID, Account.OPERATIONS, SHARE_FEN),
        Leg(PLATFORM_ID, Account.CHARITY, SHARE_FEN),
    )
    journals += [
        ("bench.paid", sale_id, payer, paid),
        ("bench.shared", sale_id, SYSTEM_ID, shared),
    ]
    return [
        Journal(new_id(payer.int & 1023), kind, reference, principal, f"{kind}:{sale_id}", legs)
        for kind, reference, principal, legs in journals
    ]
