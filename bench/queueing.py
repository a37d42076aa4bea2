"""What a queue costs when it is long: one of a million places against one of ten thousand.

Each has a database of its own on one durable server, half of its tickets paid and one of twenty of
the others gone by a refund, as a queue looks after a while. In turns, in two processes:

`position`: everything `GET /me/queue` reads for one member: places, position, amount, estimate.
`payout`: a batch of fifty from the front, posted, counted and durable.

How they are compared, and the goal: `bench/harness/lengths.py`.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from uuid import UUID

import psycopg

from bench.harness import lengths
from bench.harness.server import vacuum
from bench.posting import ROOT, environment

SHORT, LONG = 10_000, 1_000_000
TARGET_FEN, MEMBERS, SEED = 100, 500, 20_261_123
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

        environment(url)
        self.chance = random.Random(SEED)
        self.application = create_app()
        self.application.app_context().push()
        upgrade(directory=str(ROOT / "migrations"))
        self.places = places
        self.campaign_id, self.queue_id = in_transaction(_campaign)
        self.members = _fill(url, self.campaign_id, self.queue_id, places, self.chance)
        _fund(places * TARGET_FEN)
        db.engine.dispose()
        vacuum(url)

    def __str__(self) -> str:
        return f"{self.places} places, {len(self.members)} members to ask"

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


def main() -> None:
    """Run the benchmark; fail where length costs more than the goal allows."""
    parser = lengths.options("queue", __doc__, SHORT, LONG, "places")
    parser.add_argument("--questions", type=int, default=100, help="positions asked in a turn")
    parser.add_argument("--batches", type=int, default=5, help="batches paid in a turn")
    wanted = parser.parse_args()
    wishes = {"position": wanted.questions, "payout": wanted.batches}
    lengths.compare("queue", Line, wanted, wishes)


if __name__ == "__main__":
    main()
