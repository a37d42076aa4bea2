"""Looking for stores: 100,000 in a database of its own, a third of them in one city. For each kind
of question the time of many different ones, from the wish to the page, what one costs the
processor, whoever else is busy meanwhile, and its plan."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg

from bench.harness.effort import Shares
from bench.harness.server import create_database, durable_server, vacuum
from bench.paying import ROOT, environment

STORES, CITIES, QUESTIONS, SEED = 100_000, 20, 200, 20_260_101
LIMIT_MS = 50.0
SCANNED = "Seq Scan on alliance_store"
CENTRE = (30.25, 120.16)
NAMES = "清风老街拾光湖滨春和明月山河千里晴川半亩云上江南"
KINDS = {
    "茶馆": "food.tea",
    "面馆": "food.fast",
    "书店": "culture.books",
    "火锅": "food.hotpot",
    "咖啡": "food.coffee",
    "药店": "retail.pharmacy",
    "超市": "retail.grocery",
    "理发": "beauty.hair",
    "洗衣": "life.laundry",
    "酒店": "travel.hotel",
    "健身": "leisure.sport",
    "影院": "leisure.cinema",
    "烘焙": "food.bakery",
    "生鲜": "retail.fresh",
    "母婴": "retail.infant",
    "数码": "retail.electronics",
    "宠物": "life.pets",
    "文具": "culture.stationery",
}
CODES = list(KINDS.values())
WHOLE = "{[0,10080)}"
COLUMNS = (
    "bucket, id, merchant_id, name, address, category, category_code, latitude, longitude,"
    " weekly_hours, open_weekly, created_at"
)


def store(chance: random.Random, number: int, merchant: tuple[Any, Any]) -> tuple[Any, ...]:
    """A store's row: a third lie in the first city, one of a hundred never closes."""
    from app.core.world import new_id, now

    city = 0 if chance.random() < 1 / 3 else chance.randrange(CITIES)
    kind = chance.choice(list(KINDS))
    name = "".join(chance.sample(NAMES, 2)) + kind
    north, east = CENTRE[0] + city * 0.9, CENTRE[1] - city * 0.9
    week = [f"[{day * 1440 + 540},{day * 1440 + 1260})" for day in range(7)]
    hours = WHOLE if chance.random() < 0.01 else "{" + ",".join(week) + "}"
    place = north + chance.gauss(0, 0.1), east + chance.gauss(0, 0.1)
    branch = f"{name}·{''.join(chance.sample(NAMES, 2))}店"
    address = f"{''.join(chance.sample(NAMES, 2))}路 {number} 号"
    bucket, merchant_id = merchant
    return (
        bucket, new_id(bucket), merchant_id, branch, address, kind, KINDS[kind],
        *place, "{}", hours, now(),
    )  # fmt: skip


def fill(url: str, count: int) -> None:
    """Make the tables, a merchant and its stores; analyse them."""
    from flask_migrate import upgrade

    from app import create_app
    from app.alliance import service as alliance
    from app.core.db import db, in_transaction

    application = create_app()
    with application.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        merchant = in_transaction(lambda: _named(alliance.add_merchant("bench")))
        db.engine.dispose()
    chance = random.Random(SEED)
    copying = f"COPY alliance_store ({COLUMNS}) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor().copy(copying) as copy:
        for number in range(count):
            copy.write_row(store(chance, number, merchant))
    vacuum(url)


def _named(merchant: Any) -> tuple[Any, Any]:
    return merchant.bucket, merchant.id


def shapes(chance: random.Random) -> dict[str, Callable[[], Any]]:
    """The kinds of questions; each call makes another one."""
    from app.alliance.stores.search import Wish

    def place() -> tuple[float, float]:
        return CENTRE[0] + chance.gauss(0, 0.05), CENTRE[1] + chance.gauss(0, 0.05)

    def some(letters: int) -> str:
        return "".join(chance.sample(NAMES, letters))

    return {
        "nearest": lambda: Wish(place=place()),
        "nearest of a category": lambda: Wish(place=place(), category=chance.choice(CODES)),
        "nearest, open now": lambda: Wish(place=place(), is_open=True),
        "nearest, one word": lambda: Wish(place=place(), words=some(2)),
        "nearest, a common word": lambda: Wish(place=place(), words="店"),
        "nearest, two words": lambda: Wish(place=place(), words=f"{some(2)} {some(1)}"),
        "nearest, no such word": lambda: Wish(place=place(), words="鲸鱼"),
        "category, word and open": lambda: Wish(
            place=place(), category="food", words=some(2), is_open=True
        ),
        "page 11 of the nearest": lambda: Wish(place=place(), after="page"),
        "words anywhere": lambda: Wish(words=some(2)),
        "a category anywhere": lambda: Wish(category="food"),
        "everything": lambda: Wish(),
    }


def _asked(wish: Any) -> Any:
    """A wish for a later page names the place where the page before ended."""
    from dataclasses import replace

    from app.alliance.stores.search import search

    if wish.after != "page":
        return wish
    before = search(replace(wish, after=None, limit=200))
    return replace(wish, after=before.next)


def measure(questions: int) -> dict[str, dict[str, Any]]:
    """p50 and p99 of each kind in milliseconds, and the index of its plan. At four o'clock in the
    afternoon, and once more at four in the morning, when one store of a hundred is open."""
    from unittest.mock import patch

    from app import create_app
    from app.alliance.stores import search

    hours = {"": "2026-03-02T08:00+00:00", " (04:00)": "2026-03-01T20:00+00:00"}
    found = {}
    with create_app().app_context():
        for suffix, moment in hours.items():
            with patch.object(search, "now", partial(_moment, moment)):
                for name, make in shapes(random.Random(SEED)).items():
                    if not suffix or "open" in name:
                        found[name + suffix] = _one(make, questions)
    return found


def _moment(written: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(written)


def _one(make: Callable[[], Any], questions: int) -> dict[str, Any]:
    from app.alliance.stores.search import search
    from app.core.db import db

    wishes = [_asked(make()) for _ in range(questions)]
    spent, rows, effort = [], 0, Shares()
    for wish in wishes:
        db.session.rollback()
        begun = time.perf_counter()
        rows += len(search(wish).stores)
        spent.append((time.perf_counter() - begun) * 1000)
        db.session.rollback()
    worked = sum(effort.seconds().values()) * 1000 / questions
    spent.sort()
    return {
        "processor_ms": round(worked, 1),
        "p50_ms": round(statistics.median(spent), 1),
        "p99_ms": round(spent[int(len(spent) * 0.99) - 1], 1),
        "rows": round(rows / questions, 1),
        "plan": _plan(_asked(make())),
    }


def _plan(wish: Any) -> list[str]:
    from app.alliance.stores import search
    from app.core.db import db

    search.plan_for(wish)
    found = plan_of(search.question(wish, search.now()))
    db.session.rollback()
    return found


def plan_of(statement: Any) -> list[str]:
    """How the database answers a statement: the scans of its plan."""
    from app.core.db import db

    written = statement.compile(db.engine).construct_expanded_state()
    connection = db.session.connection()
    told = connection.exec_driver_sql(f"EXPLAIN {written.statement}", written.parameters)
    lines = told.scalars().all()
    return [line.strip(" ->").split("  (")[0] for line in lines if "Scan" in line]


def main() -> None:
    """Run the benchmark; fail where a kind of question takes longer or has no index."""
    parser = argparse.ArgumentParser(prog="bench/stores", description=__doc__)
    parser.add_argument("--stores", type=int, default=STORES)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    options = parser.parse_args()
    with durable_server() as server:
        url = create_database(server, "stores")
        environment(url)
        fill(url, options.stores)
        found = measure(options.questions)
    print(f"{'':32}{'p50':>11}{'p99':>11}{'processor':>11}")
    for name, each in found.items():
        times = f"{each['p50_ms']:8} ms{each['p99_ms']:8} ms{each['processor_ms']:8} ms"
        print(f"{name:32}{times}  {each['rows']:5} rows")
        print(f"{'':34}{'; '.join(each['plan'])}")
    slow = [name for name, each in found.items() if each["p99_ms"] > LIMIT_MS]
    bare = [name for name, each in found.items() if SCANNED in each["plan"]]
    worst = max(each["p99_ms"] for each in found.values())
    last = {"bench": "stores", "stores": options.stores, "worst_p99_ms": worst}
    last["worst_processor_ms"] = max(each["processor_ms"] for each in found.values())
    print(json.dumps(last | {"slow": slow, "without_index": bare}, ensure_ascii=False))
    raise SystemExit(1 if slow or bare else 0)


if __name__ == "__main__":
    main()
