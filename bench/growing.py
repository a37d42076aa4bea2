"""What a payment, a balance and a page of a statement cost when the books are long.

Two alliances of the same people and shops, each in a database of its own on one durable server:
one has ten thousand entries of 25 members, the other three million of a thousand, with the sales
and lots they belong to, all posted by the ledger and sealed. The same people ask in both. In
turns, in two processes, through the product's own routes:

`payment`: `POST /api/v1/payments` of some member at some store, durable before the answer;
`balance`: `GET /api/v1/me/wallet`;
`statement`: `GET /api/v1/me/statement`, its newest page, of the 25: it is full in both.

How they are compared, and the goal: `bench/harness/lengths.py`.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench import long_books, paying
from bench.harness import lengths
from bench.harness.server import vacuum

SHORT, LONG = 10_000, 3_000_000
READERS = 25
SEED = 20_261_123


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
        self.numbers, self.first_id = itertools.count(), ""
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
        return [_timed(self._read, "/api/v1/me/wallet", self.tokens) for _ in range(count)]

    def statement(self, count: int) -> list[float]:
        """Seconds for each of so many statements' newest pages."""
        readers = self.tokens[:READERS]
        return [_timed(self._read, "/api/v1/me/statement", readers) for _ in range(count)]

    def _pay(self) -> int:
        headers = self._headers(self.tokens) | {"Idempotency-Key": f"growth-{next(self.numbers)}"}
        wish = {"store_id": self.chance.choice(self.stores), "amount_fen": long_books.AMOUNT_FEN}
        answer = self.client.post("/api/v1/payments", json=wish, headers=headers)
        self.first_id = self.first_id or answer.json["id"]
        return int(answer.status_code)

    def _read(self, path: str, tokens: Sequence[str]) -> int:
        return int(self.client.get(path, headers=self._headers(tokens)).status_code)

    def _headers(self, tokens: Sequence[str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.chance.choice(tokens)}"}

    def _fill(self, url: str, entries: int) -> None:
        assert self._pay() == 201
        members, merchants = long_books.people(url)
        active = members[: max(READERS, len(members) * entries // LONG)]
        sales = entries // long_books.ENTRIES_A_SALE
        long_books.post_sales(self.chance, active, merchants, sales)
        long_books.seal()
        self.entries = long_books.copy_sales(url, self.first_id)


def _timed(work: Callable[..., int], *arguments: Any) -> float:
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
