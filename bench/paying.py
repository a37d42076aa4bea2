"""How fast members pay at stores over HTTP, with everything a payment needs.

Each request is `POST /api/v1/payments` of a member with a session and a new Idempotency-Key:
authentication, contract, purses, journal, stored answer, letters out, all durable before the
answer. Web server (granian, 2 workers) and PostgreSQL share the machine with the load. Nothing
is distributed or sealed while measuring; afterwards the books must come to 0.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.request import urlopen

from dotenv import dotenv_values

from bench import load
from bench.harness.costs import Costs
from bench.harness.effort import Shares
from bench.harness.server import create_database, durable_server, vacuum
from bench.harness.turns import in_turns, report
from bench.harness.yardstick import TpcB
from launcher.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
MEMBERS, SHOPS, CONNECTIONS = 1_000, 100, 32
PLENTY_FEN = 10_000_000_000
NOWHERE = "redis://127.0.0.1:9"
SHARES = {"consumer": 2_000, "recommender": 3_000, "home_store": 2_000, "operations": 3_000}


def environment(url: str) -> None:
    """Set the product's settings for this process and its children."""
    os.environ.update(dotenv_values(ROOT / "config" / "development.env", interpolate=False))
    os.environ.update(
        LIANHUI_ENV="test", DATABASE_URL=url, REDIS_URL=NOWHERE, BASE_URL="http://127.0.0.1",
        SESSION_HOURS="24", PYTHONPATH=str(ROOT),
        PAYMENT_FREE_DAILY_FEN="1000000000000",
        WECHAT_PAY_PRIVATE_KEY_FILE=os.devnull, WECHAT_PAY_PUBLIC_KEY_FILE=os.devnull,
    )  # fmt: skip


def prepare() -> tuple[list[str], list[str]]:
    """Make tables, shops under contract and members with money; session tokens and store ids."""
    from flask_migrate import upgrade

    from app import create_app
    from app.core.db import db, in_transaction
    from app.ledger import service as ledger

    app = create_app()
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        stores = in_transaction(_open_shops)
        tokens = [in_transaction(_welcome_member) for _ in range(MEMBERS)]
        while ledger.fold_and_seal():
            pass
        db.engine.dispose()
    return tokens, stores


def _open_shops() -> list[str]:
    from app.alliance import service as alliance
    from app.core.world import SYSTEM_ID

    policy = alliance.add_policy("bench", SHARES, {}, True, SYSTEM_ID)
    stores = []
    for number in range(SHOPS):
        merchant = alliance.add_merchant(f"shop {number}")
        terms = alliance.NewContract(
            merchant.id, policy.id, 1_000, date(2020, 1, 1), None, 1_000, False, None
        )
        alliance.add_contract(terms, SYSTEM_ID)
        stores.append(str(alliance.add_store(merchant.id, "store", "street", "food").id))
    return stores


def _welcome_member() -> str:
    from app.core.auth import Principal, open_session
    from app.core.world import PLATFORM_ID, new_id, now
    from app.ledger import service as ledger
    from app.ledger.service import Account, Journal, Leg
    from app.members import service as members

    member_id = members.register("bench", new_id().hex, None, "bench", None, now()).member_id
    lot, identity = new_id(), new_id(member_id.int & 1023)
    legs = (
        Leg(member_id, Account.PREPAID_PRINCIPAL, PLENTY_FEN, lot),
        Leg(member_id, Account.REBATE, PLENTY_FEN),
        Leg(PLATFORM_ID, Account.BANK_CUSTODY, -2 * PLENTY_FEN),
    )
    ledger.post([Journal(identity, "bench.fund", identity, member_id, identity.hex, legs)])
    return open_session(Principal("member", member_id, frozenset({"member"}))).token


@contextmanager
def web_server(workers: int, threads: int) -> Iterator[int]:
    """The product's web server on a free port, as the launcher starts it."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--no-ws", "--log-level", "warning", "wsgi:app"),
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz/live", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("bench: the web server did not start.")


class Payers:
    """Members who pay small amounts, one key each time."""

    def __init__(self, port: int, tokens: list[str], stores: list[str], costs: Costs) -> None:
        self._port, self._costs = port, costs
        self._tokens, self._stores = tokens, stores
        self._numbers = itertools.count()
        self._run = os.urandom(6).hex()
        self.last = load.Result()

    def per_second(self, seconds: float) -> float:
        """Payments answered a second."""
        self.last = self._costs.during(
            "payment",
            lambda: load.run(self._port, CONNECTIONS, seconds, self._request, b"HTTP/1.1 201"),
        )
        return self.last.per_second

    def _request(self) -> bytes:
        wish = {"store_id": random.choice(self._stores), "amount_fen": 100 + random.randrange(900)}
        body = json.dumps(wish)
        return (
            f"POST /api/v1/payments HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Bearer {random.choice(self._tokens)}\r\n"
            f"Idempotency-Key: {self._run}-{next(self._numbers)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def bare_route(port: int, seconds: float, costs: Costs) -> float:
    """`GET /healthz/live` a second: what the server does without any work."""
    request = f"GET /healthz/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    return costs.during(
        "bare_route",
        lambda: load.run(port, CONNECTIONS, seconds, lambda: request, b"HTTP/1.1 200"),
    ).per_second


def tpc_b(yardstick: TpcB, seconds: float, costs: Costs) -> float:
    """Transactions of the yardstick a second."""
    shares = Shares()
    per_second = yardstick.transactions_per_second(seconds)
    costs.note("tpc_b", shares.seconds(), round(per_second * seconds))
    return per_second


def books_come_to(url: str) -> int:
    """The sum over all entries, which must be 0."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT coalesce(sum(amount_fen), 0) FROM ledger_entry").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench/payment", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=24)
    parser.add_argument("--scale", type=int, default=50)
    options = parser.parse_args()
    with durable_server() as server:
        yardstick = TpcB(server, options.scale)
        url = create_database(server, "lianhui")
        environment(url)
        tokens, stores = prepare()
        vacuum(url)
        with web_server(options.workers, options.threads) as port:
            costs = Costs()
            Payers(port, tokens, stores, Costs()).per_second(2)
            payers = Payers(port, tokens, stores, costs)
            found = in_turns(
                options.rounds,
                lambda: tpc_b(yardstick, options.seconds, costs),
                {
                    "payment": lambda: payers.per_second(options.seconds),
                    "bare_route": lambda: bare_route(port, 2, costs),
                },
            )
        report(
            "payment", "payment", found,
            p50_ms=round(payers.last.percentile(0.5) * 1_000, 1),
            p99_ms=round(payers.last.percentile(0.99) * 1_000, 1),
            connections=CONNECTIONS, workers=options.workers, threads=options.threads,
            microseconds=costs.microseconds(), books_fen=books_come_to(url), goals={"ratio": 0.4},
        )  # fmt: skip


if __name__ == "__main__":
    main()
