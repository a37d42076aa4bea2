"""What a payment, a balance and a page of a statement cost when the books are long.

Two alliances of the same people and shops, each in a database of its own on one durable server:
one has ten thousand entries, the other three million, with the sales they belong to, all posted by
the ledger and sealed. In turns, in two processes, through the product's own routes:

`payment`: `POST /api/v1/payments` of some member at some store, durable before the answer;
`balance`: `GET /api/v1/me/wallet`;
`statement`: `GET /api/v1/me/statement`, its newest page.

The growth is the cost in the long books for that in the short ones, by time; `processor` says the
same by processor time of the process and PostgreSQL together, which busy neighbours disturb less.
The goal is at most 1.15.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import statistics
import time
from typing import Any
from uuid import UUID

import psycopg

from bench import paying
from bench.harness.effort import Effort
from bench.harness.server import create_database, durable_server, vacuum

SHORT, LONG = 10_000, 3_000_000
ENTRIES_A_SALE, SALES_AT_ONCE = 8, 128
AMOUNT_FEN, CONCESSION_FEN, SHARE_FEN = 1_000, 100, 25
GOAL, SEED = 1.15, 20_261_123
# As many more sales as journals say that somebody paid; the first of them is one over HTTP.
SALES = """
    INSERT INTO alliance_sale
    SELECT (jsonb_populate_record(first, jsonb_build_object(
        'bucket', journal.bucket, 'id', journal.subject_id, 'journal_id', journal.id,
        'payer_id', journal.principal_id, 'paid_at', journal.posted_at,
        'distributed_at', journal.posted_at, 'status', 'distributed'))).*
    FROM ledger_journal AS journal, (SELECT * FROM alliance_sale LIMIT 1) AS first
    WHERE journal.kind = 'bench.paid'
"""


class Books:
    """An alliance with so many entries in its books; lives in a process of its own."""

    def __init__(self, url: str, entries: int) -> None:
        from app import create_app
        from app.core.db import db

        self.chance = random.Random(SEED)
        self.tokens, self.stores = paying.prepare()
        self.application = create_app()
        self.client = self.application.test_client()
        self.numbers = itertools.count()
        with self.application.app_context():
            self._fill(url, entries)
            db.engine.dispose()
        vacuum(url)

    def payment(self) -> int:
        """Pays at a store; the status."""
        headers = self._headers() | {"Idempotency-Key": f"growth-{next(self.numbers)}"}
        wish = {"store_id": self.chance.choice(self.stores), "amount_fen": AMOUNT_FEN}
        return int(self.client.post("/api/v1/payments", json=wish, headers=headers).status_code)

    def balance(self) -> int:
        """Looks into a wallet; the status."""
        return int(self.client.get("/api/v1/me/wallet", headers=self._headers()).status_code)

    def statement(self) -> int:
        """Reads the newest page of a statement; the status."""
        return int(self.client.get("/api/v1/me/statement", headers=self._headers()).status_code)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.chance.choice(self.tokens)}"}

    def _fill(self, url: str, entries: int) -> None:
        from app.core.db import in_transaction
        from app.ledger import service as ledger

        assert self.payment() == 201
        with psycopg.connect(url) as connection:
            merchants = _column(connection, "SELECT id FROM alliance_merchant")
            members = _column(connection, "SELECT DISTINCT principal_id FROM core_session")
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


def _column(connection: psycopg.Connection[Any], query: str) -> list[UUID]:
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


def serve(pipe: Any, url: str, entries: int) -> None:
    """The process of one alliance: does what it is asked until it is asked nothing."""
    paying.environment(url)
    books = Books(url, entries)
    pipe.send(_entries(url))
    while wish := pipe.recv():
        name, count = wish
        pipe.send([_timed(getattr(books, name)) for _ in range(count)])


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    status = work()
    spent = time.perf_counter() - begun
    assert status in (200, 201), status
    return spent


def _entries(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
    return int(row[0]) if row else 0


def measure(
    options: argparse.Namespace, pipes: dict[str, Any], pids: dict[str, int], server: int
) -> dict[str, dict[str, float]]:
    """Each kind of work in both books, in turns: medians in milliseconds, and the growth."""
    spent: dict[tuple[str, str], list[float]] = {}
    worked: dict[tuple[str, str], float] = {}
    for number in range(options.rounds + 1):
        for name in ("payment", "balance", "statement"):
            for books in sorted(pipes, reverse=bool(number % 2)):
                effort = Effort(server, [pids[books]])
                pipes[books].send((name, options.requests))
                seconds = pipes[books].recv()
                if number:  # the first round only warms up
                    spent.setdefault((name, books), []).extend(seconds)
                    worked[name, books] = worked.get((name, books), 0.0) + effort.seconds()
        print(f"round {number} of {options.rounds}", flush=True)
    return {name: _told(name, spent, worked) for name in ("payment", "balance", "statement")}


def _told(
    name: str, spent: dict[tuple[str, str], list[float]], worked: dict[tuple[str, str], float]
) -> dict[str, float]:
    short, long = (statistics.median(spent[name, books]) * 1000 for books in ("short", "long"))
    found = {
        "short_ms": round(short, 2),
        "long_ms": round(long, 2),
        "growth": round(long / short, 3),
        "processor": round(worked[name, "long"] / worked[name, "short"], 3),
    }
    print(f"{name:10}{short:9.2f} ms{long:9.2f} ms  growth {found['growth']:.3f}"
          f"  by processor time {found['processor']:.3f}")  # fmt: skip
    return found


def main() -> None:
    """Run the benchmark; fail where length costs more than the goal allows."""
    parser = argparse.ArgumentParser(prog="bench/growth", description=__doc__)
    parser.add_argument("--short", type=int, default=SHORT, help="entries of the short books")
    parser.add_argument("--long", type=int, default=LONG, help="entries of the long books")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=100, help="of each kind in a turn")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    pipes: dict[str, Any] = {}
    processes: dict[str, Any] = {}
    with durable_server() as server:
        for name, entries in {"short": options.short, "long": options.long}.items():
            pipes[name], theirs = spawn.Pipe()
            arguments = (theirs, create_database(server, name), entries)
            processes[name] = spawn.Process(target=serve, args=arguments, daemon=True)
            processes[name].start()
            print(f"{name}: {pipes[name].recv()} entries", flush=True)
        pids = {name: process.pid for name, process in processes.items()}
        postmaster = int((server.cluster / "postmaster.pid").read_text().splitlines()[0])
        found = measure(options, pipes, pids, postmaster)
        for name, pipe in pipes.items():
            pipe.send(None)
            processes[name].join(30)
    worst = max(min(each["growth"], each["processor"]) for each in found.values())
    last = {"bench": "growth", "ratio": found["payment"]["growth"],
            "ours": found["payment"]["long_ms"], "yardstick": found["payment"]["short_ms"],
            "runs": options.rounds, "short": options.short, "long": options.long,
            **found}  # fmt: skip
    print(json.dumps(last))
    raise SystemExit(1 if worst > GOAL else 0)


if __name__ == "__main__":
    main()
