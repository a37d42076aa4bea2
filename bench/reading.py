"""How fast members see their wallet and a page of their statement, over HTTP, straight from the
books.

Members with a session and some hundred movements ask `GET /api/v1/me/wallet` and
`GET /api/v1/me/statement`. The yardstick is a bare Flask route on the same server. What each costs
is also given in microseconds of processor time an answer, by part; see `harness/costs`.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from uuid import UUID

from bench import load, paying
from bench.harness.costs import Costs
from bench.harness.server import create_database, durable_server, vacuum
from bench.harness.turns import in_turns, report
from bench.harness.web import BARE_PATH, ROOT, web_server

CONNECTIONS = 32
WALLET, STATEMENT = "/api/v1/me/wallet", "/api/v1/me/statement"
GOAL = 0.6


def prepare(members: int, movements: int) -> list[str]:
    """Makes tables and members, each with so many movements; their session tokens."""
    from flask_migrate import upgrade

    from app import create_app
    from app.core.db import db, in_transaction

    with create_app().app_context():
        upgrade(directory=str(ROOT / "migrations"))
        tokens = [in_transaction(lambda: _member(movements)) for _ in range(members)]
        db.engine.dispose()
    return tokens


def _member(movements: int) -> str:
    from app.core.auth import Principal, open_session
    from app.core.db import db
    from app.core.world import bucket_of, new_id, now
    from app.ledger import service as ledger
    from app.ledger.service import Account
    from app.members import service as members
    from app.wallet.models import Lot

    who = members.register("bench", new_id().hex, None, "bench", None, now()).member_id
    lots = [new_id(bucket_of(who)) for _ in range(3)]
    ledger.post([_movement(who, number, lots[number % 3]) for number in range(movements)])
    for lot_id in lots:
        owned = {"bucket": bucket_of(who), "owner_id": who, "account": Account.PREPAID_PRINCIPAL}
        lot = Lot(id=lot_id, journal_id=lot_id, store_id=lot_id, issued_at=now(), **owned)
        db.session.add(lot)
    return open_session(Principal("member", who, frozenset({"member"}))).token


def _movement(who: UUID, number: int, lot_id: UUID):
    """Prepaid money in, every fourth time rebate as well."""
    from app.core.world import PLATFORM_ID, bucket_of, new_id
    from app.ledger.service import Account, Journal, Leg

    amount_fen = 100 + number
    legs: Sequence[Leg] = (
        Leg(who, Account.PREPAID_PRINCIPAL, amount_fen, lot_id),
        Leg(who, Account.REBATE, 1) if number % 4 == 0 else Leg(PLATFORM_ID, Account.SUSPENSE, 1),
        Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen - 1),
    )
    identity = new_id(bucket_of(who))
    return Journal(identity, "bench.move", identity, who, identity.hex, tuple(legs))


class Readers:
    """Members who look at what is theirs."""

    def __init__(self, port: int, tokens: Sequence[str], seconds: float) -> None:
        self._port, self._seconds = port, seconds
        self._requests = {
            path: [_request(path, token) for token in tokens] for path in (WALLET, STATEMENT)
        }
        self._requests[BARE_PATH] = [_request(BARE_PATH, "")]
        self.costs = Costs()
        self.last: dict[str, load.Result] = {}

    def per_second(self, path: str) -> float:
        """Answers a second."""
        chosen = self._requests[path]
        found = self.costs.during(
            path,
            lambda: load.run(
                self._port, CONNECTIONS, self._seconds, lambda: random.choice(chosen),
                b"HTTP/1.1 200",
            ),
        )  # fmt: skip
        self.last[path] = found
        return found.per_second


def _request(path: str, token: str) -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: bench\r\n"
    return f"{head}Authorization: Bearer {token}\r\n\r\n".encode()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench/read", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--members", type=int, default=400)
    parser.add_argument("--movements", type=int, default=100, help="of each member")
    options = parser.parse_args()
    with durable_server() as server:
        url = create_database(server, "reads")
        paying.environment(url)
        tokens = prepare(options.members, options.movements)
        vacuum(url)
        with web_server({}) as port:
            readers = Readers(port, tokens, options.seconds)
            readers.per_second(STATEMENT)
            readers.costs = Costs()
            found = in_turns(
                options.rounds,
                lambda: readers.per_second(BARE_PATH),
                {
                    "wallet": lambda: readers.per_second(WALLET),
                    "statement": lambda: readers.per_second(STATEMENT),
                },
            )
        p99 = {path: round(last.percentile(0.99) * 1_000, 1) for path, last in readers.last.items()}
        report(
            "read", "wallet", found, statement=round(statistics.median(found["statement"]), 1),
            p99_ms=p99, microseconds=readers.costs.microseconds(), connections=CONNECTIONS,
            goals={"wallet": GOAL, "statement": GOAL},
        )  # fmt: skip


if __name__ == "__main__":
    main()
