"""How fast payments are posted by 16 writers, each waiting for the commit of its own payment.

`grouped` (the ratio): 16 threads in two processes, as in the web server, with group posting.
`alone`: 16 processes of one thread, so that every payment is a transaction of its own.
`batched`: 64 payments in one unit, as distribution and settlement post.
`ratios_per_processor_second` compare what a second of processor time achieved; on a machine with
other work they say more than rates, which also depend on how many processes ask for a turn.

A payment is a journal of 8 legs as in the design: four running accounts of the payer (three of
them with lots) and four append-only legs. Every payment is built, packed, posted with its key and
its floors checked, and durable before the next. Nothing is sealed while measuring; the sealer's
speed is measured by itself at the end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from dotenv import dotenv_values

from bench.harness.effort import Effort
from bench.harness.server import create_database, durable_server, vacuum
from bench.harness.turns import in_turns, ratios, report
from bench.harness.yardstick import TpcB

ROOT = Path(__file__).resolve().parent.parent
MEMBERS, MERCHANTS = 10_000, 200
WRITERS, BATCH = 16, 64
PLENTY_FEN = 10_000_000_000
NOWHERE = "redis://127.0.0.1:9"


def environment(url: str) -> None:
    """Set the product's settings for this process and its children."""
    os.environ.update(dotenv_values(ROOT / "config" / "development.env", interpolate=False))
    os.environ.update(
        LIANHUI_ENV="test", DATABASE_URL=url, REDIS_URL=NOWHERE, BASE_URL="http://127.0.0.1",
        WECHAT_PAY_PRIVATE_KEY_FILE=os.devnull, WECHAT_PAY_PUBLIC_KEY_FILE=os.devnull,
    )  # fmt: skip


class Shop:
    """Members with money and merchants, the same in every process, and payments between them."""

    def __init__(self) -> None:
        from app.core.world import new_id

        chance = random.Random(1)
        self.members = [self._id(chance) for _ in range(MEMBERS)]
        self.merchants = [self._id(chance) for _ in range(MERCHANTS)]
        self._new_id = new_id

    @staticmethod
    def _id(chance: random.Random) -> UUID:
        return UUID(int=(chance.getrandbits(128) & ~(0xF << 76)) | (7 << 76))

    def funding(self, member: UUID):
        """Plenty for one member on all four accounts."""
        from app.core.world import PLATFORM_ID
        from app.ledger.service import Account, Journal, Leg

        purses = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.EXPERIENCE)
        legs = tuple(Leg(member, purse, PLENTY_FEN, member) for purse in purses)
        legs += (Leg(member, Account.REBATE, PLENTY_FEN),)
        legs += (Leg(PLATFORM_ID, Account.BANK_CUSTODY, -4 * PLENTY_FEN),)
        identity = self._new_id(member.int & 1023)
        return Journal(identity, "bench.fund", identity, member, identity.hex, legs)

    def payment(self):
        """A payment of 100 yuan by some member to some merchant."""
        from app.core.world import PLATFORM_ID
        from app.ledger.service import Account, Journal, Leg

        member, merchant = random.choice(self.members), random.choice(self.merchants)
        identity = self._new_id(member.int & 1023)
        legs = (
            Leg(member, Account.PREPAID_PRINCIPAL, -3000, member),
            Leg(member, Account.PREPAID_BONUS, -1000, member),
            Leg(member, Account.EXPERIENCE, -1000, member),
            Leg(member, Account.REBATE, -1000),
            Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -4000),
            Leg(merchant, Account.PENDING, 8200),
            Leg(merchant, Account.EXPERIENCE_PENDING, 1000),
            Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, 800),
        )
        return Journal(identity, "sale.paid", identity, member, identity.hex, legs)


def prepare():
    """Make the tables, give every member plenty; the application and the shop, to be forked."""
    from flask_migrate import upgrade

    from app import create_app
    from app.core.db import db, in_transaction
    from app.ledger import service as ledger

    app, shop = create_app(), Shop()
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        for at in range(0, MEMBERS, 500):
            some = [shop.funding(member) for member in shop.members[at : at + 500]]
            in_transaction(lambda some=some: ledger.post(some))
        while ledger.fold_and_seal():
            pass
        db.engine.dispose()
    return app, shop


def one_at_a_time(shop: Shop) -> int:
    """One payment, one commit of its own."""
    from app.ledger import service as ledger

    ledger.commit(ledger.Bundle([shop.payment()]))
    return 1


def in_batches(shop: Shop) -> int:
    """64 payments in one unit."""
    from app.core.db import in_transaction
    from app.ledger import service as ledger

    payments = [shop.payment() for _ in range(BATCH)]
    in_transaction(lambda: ledger.post(payments))
    return BATCH


class Writers:
    """Processes with threads that post for as long as they are asked to."""

    def __init__(self, product, work: Callable[[Shop], int], processes: int, threads: int) -> None:
        app, shop = product
        fork = multiprocessing.get_context("fork")
        self._pipes, self.pids = [], []
        for _ in range(processes):
            mine, theirs = fork.Pipe()
            serve = (theirs, app, shop, work, threads)
            process = fork.Process(target=_serve, args=serve, daemon=True)
            process.start()
            self.pids.append(process.pid)
            self._pipes.append(mine)
        for pipe in self._pipes:
            pipe.recv()

    def per_second(self, seconds: float) -> float:
        """Payments committed a second, over all processes."""
        for pipe in self._pipes:
            pipe.send(seconds)
        return sum(pipe.recv() for pipe in self._pipes)


def _serve(pipe, app, shop: Shop, work: Callable[[Shop], int], threads: int) -> None:
    with app.app_context():
        for _ in range(20):
            work(shop)
    pipe.send("ready")
    while True:
        try:
            pipe.send(_post_for(app, shop, work, threads, pipe.recv()))
        except EOFError:
            return


def _post_for(app, shop: Shop, work: Callable[[Shop], int], threads: int, seconds: float) -> float:
    counts, start = [0] * threads, time.perf_counter()

    def run(at: int) -> None:
        with app.app_context():
            while time.perf_counter() - start < seconds:
                counts[at] += work(shop)

    running = [threading.Thread(target=run, args=(at,)) for at in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def sealing_speed(app) -> float:
    """Journals folded and sealed a second, of what the turns have left."""
    from app.ledger import service as ledger

    with app.app_context():
        start, sealed = time.perf_counter(), 0
        while (count := ledger.fold_and_seal()) and time.perf_counter() - start < 10:
            sealed += count
        return sealed / (time.perf_counter() - start)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench/ledger", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    with durable_server() as server:
        yardstick = TpcB(server)
        url = create_database(server, "books")
        environment(url)
        product = prepare()
        vacuum(url)
        clients = {
            "grouped": Writers(product, one_at_a_time, 2, WRITERS // 2),
            "alone": Writers(product, one_at_a_time, WRITERS, 1),
            "batched": Writers(product, in_batches, 4, 1),
        }
        postmaster = int((server.cluster / "postmaster.pid").read_text().split()[0])
        found, thrift = measure(options, yardstick, clients, postmaster)
        report(
            "ledger", "grouped", found,
            batched_ratio=statistics.median(ratios(found, "batched")),
            alone_ratio=statistics.median(ratios(found, "alone")),
            ratios_per_processor_second={name: ratios(thrift, name) for name in clients},
            goals={"ratio": 1.0, "batched_ratio": 2.0},
            writers=WRITERS, legs=8, batch=BATCH,
            sealed_per_second=round(sealing_speed(product[0]), 1),
        )  # fmt: skip


def measure(options, yardstick: TpcB, clients: dict[str, Writers], postmaster: int):
    """In turns: what each did a second, and what it did for a second of processor time."""
    thrift: dict[str, list[float]] = {}

    def turn(name: str, rate: Callable[[float], float], pids: Sequence[int]) -> float:
        effort = Effort(postmaster, pids)
        per_second = rate(options.seconds)
        thrift.setdefault(name, []).append(per_second * options.seconds / effort.seconds())
        return per_second

    ours = {
        name: lambda name=name, each=each: turn(name, each.per_second, each.pids)
        for name, each in clients.items()
    }
    found = in_turns(
        options.rounds,
        lambda: turn("yardstick", yardstick.transactions_per_second, ()),
        ours,
    )
    return found, thrift


if __name__ == "__main__":
    main()
