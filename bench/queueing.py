"""What a queue costs when it is long: one of a million places against one of ten thousand.

Each has a database of its own on one durable server, half of its tickets paid and one of twenty of
the others gone by a refund, as a queue looks after a while. In turns, in two processes:

`position`: everything `GET /me/queue` reads for one member: places, position, amount, estimate.
`payout`: a batch of fifty from the front, posted, counted and durable.

The ratio is the cost of the long queue for that of the short one, by time; `processor` says the
same by processor time of the process and PostgreSQL together, which busy neighbours disturb less.
The goal is at most 1.15.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from bench.harness.effort import Effort
from bench.harness.server import create_database, durable_server, vacuum
from bench.posting import ROOT, environment

SHORT, LONG = 10_000, 1_000_000
TARGET_FEN, MEMBERS, GOAL, SEED = 100, 500, 1.15, 20_261_123
COLUMNS = (
    "bucket, id, queue_id, campaign_id, sale_id, member_id, number, before_fen, first_target_fen,"
    " target_fen, paid_fen, state, joined_at, finished_at"
)
COUNT = """
    INSERT INTO benefits_queue_block (bucket, queue_id, level, block, gone, settled_fen)
    SELECT %(bucket)s, queue_id, level, (number - 1) >> (6 * level), count(*),
           sum(first_target_fen)
    FROM benefits_queue_place CROSS JOIN generate_series(1, 5) AS level
    WHERE state <> 'waiting' GROUP BY 2, 3, 4
"""


class Line:
    """A queue in a database of its own; lives in a process of its own."""

    def __init__(self, url: str, places: int) -> None:
        from flask_migrate import upgrade

        from app import create_app
        from app.core.db import db, in_transaction

        self.chance = random.Random(SEED)
        self.application = create_app()
        self.application.app_context().push()
        upgrade(directory=str(ROOT / "migrations"))
        self.campaign_id, self.queue_id = in_transaction(_campaign)
        self.members = _fill(url, self.campaign_id, self.queue_id, places, self.chance)
        _fund(places * TARGET_FEN)
        db.engine.dispose()
        vacuum(url)

    def position(self, count: int) -> list[float]:
        """Seconds for each of so many questions of different members."""
        from app.benefits.queue_subsidy import reading
        from app.core.db import in_transaction

        spent = []
        for _ in range(count):
            member_id = self.chance.choice(self.members)
            begun = time.perf_counter()
            found = in_transaction(lambda member_id=member_id: reading.own(member_id))
            spent.append(time.perf_counter() - begun)
            assert found["places"][0]["position"] >= 1
        return spent

    def payout(self, count: int) -> list[float]:
        """Seconds for each of so many batches from the front."""
        from app.benefits.queue_subsidy import paying

        spent = []
        for _ in range(count):
            begun = time.perf_counter()
            paid = paying.pay(self.campaign_id)
            spent.append(time.perf_counter() - begun)
            assert paid == paying.BATCH
        return spent


def _campaign() -> tuple[UUID, UUID]:
    from app.benefits import service as benefits
    from app.benefits.queue_subsidy import queues
    from app.core.world import new_id, now

    terms = {"ripe_days": 0, "near_places": 0, "purse": "rebate"}
    dates = (now() - timedelta(days=30), now() + timedelta(days=30))
    new = benefits.Draft("queue_subsidy", "排队", "Queue", benefits.Funder.QUEUE_POOL, terms, {}, 0,
                         *dates)  # fmt: skip
    row = benefits.add(new, new_id(0))
    benefits.publish(row.id, new_id(0))
    queue_id = queues.queue_of(row.id)
    assert queue_id is not None
    return row.id, queue_id


def _fill(
    url: str, campaign_id: UUID, queue_id: UUID, places: int, chance: random.Random
) -> list[UUID]:
    """Places of as many buyers; some of those who wait, each with a queue account."""
    from app.core.world import bucket_of, new_id, now

    moment, buyers, step = now(), [], max(1, places // (2 * MEMBERS))
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY benefits_queue_place ({COLUMNS}) FROM STDIN") as copy:
            for number in range(1, places + 1):
                bucket = chance.randrange(1024)
                member_id, sale_id = new_id(bucket), new_id(bucket)
                state = _state(number, places, chance)
                is_over, paid_fen = state != "waiting", TARGET_FEN if state == "paid" else 0
                target_fen = 0 if state == "left" else TARGET_FEN
                copy.write_row((
                    bucket, new_id(bucket), queue_id, campaign_id, sale_id, member_id, number,
                    (number - 1) * TARGET_FEN, TARGET_FEN, target_fen, paid_fen, state, moment,
                    moment if is_over else None,
                ))  # fmt: skip
                if number > places * 0.75 and not is_over and number % step == 0:
                    buyers.append(member_id)
        connection.execute(COUNT, {"bucket": bucket_of(queue_id)})
        connection.execute(
            "UPDATE benefits_queue SET next_number = %s, targets_fen = %s, created_at = %s",
            (places + 1, places * TARGET_FEN, moment - timedelta(days=30)),
        )
        for member_id in buyers:
            connection.execute(
                "INSERT INTO benefits_queue_account VALUES (%s, %s, %s, %s, %s)",
                (bucket_of(member_id), queue_id, member_id, new_id(0), moment),
            )
    return buyers


def _state(number: int, places: int, chance: random.Random) -> str:
    if number <= places // 2:
        return "paid"
    return "left" if chance.random() < 0.05 else "waiting"


def _fund(amount_fen: int) -> None:
    """Puts what all together may get into the pot, as if it had come in."""
    from app.benefits.queue_subsidy import paying, queues
    from app.core.db import in_transaction
    from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id
    from app.ledger import service as ledger
    from app.ledger.service import Account, Journal, Leg

    legs = (
        Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        Leg(PLATFORM_ID, Account.QUEUE_POOL, amount_fen),
    )
    given = Journal(new_id(0), "fund_paid_in", new_id(0), SYSTEM_ID, "bench", legs)
    in_transaction(lambda: ledger.post([given]))
    ledger.fold_and_seal()
    running = in_transaction(queues.current)
    assert running is not None
    assert in_transaction(lambda: paying.feed(running.id)) == amount_fen


def serve(pipe: Any, url: str, places: int) -> None:
    """The process of one queue: answers what it is asked until it is asked nothing."""
    environment(url)
    line = Line(url, places)
    pipe.send(len(line.members))
    while wish := pipe.recv():
        name, count = wish
        pipe.send(getattr(line, name)(count))


def measure(options: argparse.Namespace, pipes: dict[str, Any], pids: dict[str, int], server: int):
    """Medians in milliseconds of both queues by kind of work, in turns; and processor time."""
    seen: dict[tuple[str, str], list[float]] = {}
    worked: dict[tuple[str, str], float] = {}
    wishes = {"position": options.questions, "payout": options.batches}
    for number in range(options.rounds + 1):
        for name, count in wishes.items():
            for line in sorted(pipes, reverse=bool(number % 2)):
                effort = Effort(server, [pids[line]])
                pipes[line].send((name, count))
                spent = pipes[line].recv()
                if number:  # the first round only warms up
                    seen.setdefault((name, line), []).extend(spent)
                    worked[name, line] = worked.get((name, line), 0.0) + effort.seconds()
        print(f"round {number} of {options.rounds}", flush=True)
    milliseconds = {each: statistics.median(spent) * 1000 for each, spent in seen.items()}
    efforts = {each: spent * 1000 / len(seen[each]) for each, spent in worked.items()}
    return milliseconds, efforts


def told(milliseconds: dict[tuple[str, str], float], efforts: dict[tuple[str, str], float]):
    """Each kind of work: both queues and their ratio."""
    found = {}
    for name in ("position", "payout"):
        short, long = milliseconds[name, "short"], milliseconds[name, "long"]
        thrift = efforts[name, "long"] / efforts[name, "short"]
        found[name] = {
            "short_ms": round(short, 2),
            "long_ms": round(long, 2),
            "growth": round(long / short, 3),
            "processor": round(thrift, 3),
        }
        print(f"{name:10}{short:9.2f} ms{long:9.2f} ms  growth {long / short:.3f}"
              f"  by processor time {thrift:.3f}")  # fmt: skip
    return found


def main() -> None:
    """Run the benchmark; fail where length costs more than the goal allows."""
    parser = argparse.ArgumentParser(prog="bench/queue", description=__doc__)
    parser.add_argument("--short", type=int, default=SHORT, help="places of the short queue")
    parser.add_argument("--long", type=int, default=LONG, help="places of the long queue")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--questions", type=int, default=100, help="positions asked in a turn")
    parser.add_argument("--batches", type=int, default=5, help="batches paid in a turn")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    pipes: dict[str, Any] = {}
    processes: dict[str, Any] = {}
    with durable_server() as server:
        for name, places in {"short": options.short, "long": options.long}.items():
            pipes[name], theirs = spawn.Pipe()
            arguments = (theirs, create_database(server, name), places)
            processes[name] = spawn.Process(target=serve, args=arguments, daemon=True)
            processes[name].start()
            print(f"{name}: {places} places, {pipes[name].recv()} members to ask", flush=True)
        pids = {name: process.pid for name, process in processes.items()}
        found = told(*measure(options, pipes, pids, _postmaster(server)))
        for name, pipe in pipes.items():
            pipe.send(None)
            processes[name].join(30)
    position = found["position"]
    worst = max(min(each["growth"], each["processor"]) for each in found.values())
    last = {"bench": "queue", "ratio": position["growth"], "ours": position["long_ms"],
            "yardstick": position["short_ms"], "runs": options.rounds,
            "short": options.short, "long": options.long, **found}  # fmt: skip
    print(json.dumps(last))
    raise SystemExit(1 if worst > GOAL else 0)


def _postmaster(server: Any) -> int:
    """The process of the server; its children do the work."""
    return int((server.cluster / "postmaster.pid").read_text().splitlines()[0])


if __name__ == "__main__":
    main()
