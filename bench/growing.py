"""What a payment, a balance and a page of a statement cost when the books are long.

Two alliances of the same people and shops, each in a database of its own on one durable server:
one has ten thousand entries, the other three million, with the sales they belong to, all posted by
the ledger and sealed. In turns, in two processes, through the product's own routes:

`payment`: `POST /api/v1/payments` of some member at some store, durable before the answer;
`balance`: `GET /api/v1/me/wallet`;
`statement`: `GET /api/v1/me/statement`, its newest page.

How they are compared, and the goal: `bench/harness/lengths.py`.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from bench import paying
from bench.harness import lengths
from bench.harness.server import vacuum

SHORT, LONG = 10_000, 3_000_000
ENTRIES_A_SALE, SALES_AT_ONCE = 8, 128
AMOUNT_FEN, CONCESSION_FEN, SHARE_FEN = 1_000, 100, 25
SEED = 20_261_123
# As many more sales as journals say that somebody paid; the first of them is one over HTTP.
SALES = """
    INSERT INTO alliance_sale
    SELECT (jsonb_populate_record(first, jsonb_build_object(
        'bucket', journal.bucket, 'id', journal.reference_id, 'journal_id', journal.id,
        'payer_id', journal.principal_id, 'paid_at', journal.posted_at,
        'distributed_at', journal.posted_at))).*
    FROM ledger_journal AS journal, alliance_sale AS first
    WHERE journal.kind = 'bench.paid' AND first.id = (SELECT id FROM alliance_sale LIMIT 1)
"""


class Books:
    """An alliance with so many entries in its books; lives in a process of its own."""

    def __init__(self, url: str, entries: int) -> None:
        from app import create_app
        from app.core.db import db

        paying.environment(url)
        self.chance = random.Random(SEED)
        self.tokens, self.stores = paying.prepare()
        self.application = create_app()
        self.client = self.application.test_client()
        self.numbers = itertools.count()
        with self.application.app_context():
            self._fill(url, entries)
            db.engine.dispose()
        vacuum(url)

    def __str__(self) -> str:
        return f"{self.entries} entries"

    def payment(self, count: int) -> list[float]:
        """Seconds for each of so many payments."""
        return [_timed(self._pay) for _ in range(count)]

    def balance(self, count: int) -> list[float]:
        """Seconds for each of so many looks into a wallet."""
        return [_timed(self._read, "/api/v1/me/wallet") for _ in range(count)]

    def statement(self, count: int) -> list[float]:
        """Seconds for each of so many statements' newest pages."""
        return [_timed(self._read, "/api/v1/me/statement") for _ in range(count)]

    def _pay(self) -> int:
        headers = self._headers() | {"Idempotency-Key": f"growth-{next(self.numbers)}"}
        wish = {"store_id": self.chance.choice(self.stores), "amount_fen": AMOUNT_FEN}
        return int(self.client.post("/api/v1/payments", json=wish, headers=headers).status_code)

    def _read(self, path: str) -> int:
        return int(self.client.get(path, headers=self._headers()).status_code)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.chance.choice(self.tokens)}"}

    def _fill(self, url: str, entries: int) -> None:
        from app.core.db import in_transaction
        from app.ledger import service as ledger

        assert self._pay() == 201
        with psycopg.connect(url) as connection:
            merchants = _column(connection, "SELECT id FROM alliance_merchant")
            members = _column(
                connection, "SELECT DISTINCT owner_id FROM ledger_account WHERE account = 12"
            )
        sales = entries // ENTRIES_A_SALE
        for begun in range(0, sales, SALES_AT_ONCE):
            some = [
                journal
                for _ in range(min(SALES_AT_ONCE, sales - begun))
                for journal in _sold(self.chance, members, merchants)
            ]
            in_transaction(lambda some=some: ledger.post(some))
        while ledger.fold_and_seal():
            pass
        with psycopg.connect(url) as connection:
            connection.execute(SALES)
            self.entries = _column(connection, "SELECT count(*) FROM ledger_entry")[0]


def _column(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return [row[0] for row in connection.execute(query)]


def _sold(chance: random.Random, members: list[UUID], merchants: list[UUID]) -> list[Any]:
    """The two journals of a sale: paid from the payer's rebates, and shared out."""
    from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id
    from app.ledger.service import Account, Journal, Leg

    payer, other = chance.choice(members), chance.choice(members)
    merchant, sale_id = chance.choice(merchants), new_id(payer.int & 1023)
    paid = (
        Leg(payer, Account.REBATE, -AMOUNT_FEN),
        Leg(merchant, Account.PENDING, AMOUNT_FEN - CONCESSION_FEN),
        Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, CONCESSION_FEN),
    )
    shared = (
        Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, -CONCESSION_FEN),
        Leg(payer, Account.REBATE, SHARE_FEN),
        Leg(other, Account.PREPAID_BONUS, SHARE_FEN, sale_id),
        Leg(PLATFORM_ID, Account.OPERATIONS, SHARE_FEN),
        Leg(PLATFORM_ID, Account.CHARITY, SHARE_FEN),
    )
    return [
        Journal(new_id(payer.int & 1023), kind, sale_id, principal, f"{kind}:{sale_id}", legs)
        for kind, principal, legs in (
            ("bench.paid", payer, paid),
            ("bench.shared", SYSTEM_ID, shared),
        )
    ]


def _timed(work: Callable[..., int], *arguments: str) -> float:
    begun = time.perf_counter()
    status = work(*arguments)
    spent = time.perf_counter() - begun
    assert status in (200, 201), status
    return spent


def main() -> None:
    """Run the benchmark; fail where length costs more than the goal allows."""
    parser = lengths.options("growth", __doc__, SHORT, LONG, "entries")
    parser.add_argument("--requests", type=int, default=100, help="of each kind in a turn")
    wanted = parser.parse_args()
    wishes = dict.fromkeys(("payment", "balance", "statement"), wanted.requests)
    lengths.compare("growth", Books, wanted, wishes)


if __name__ == "__main__":
    main()
