"""How long the server takes for each page of the consoles: in a fresh demo, then with a million
sales.

The product runs as `./run` starts it. People of each role sign in at their console and follow the
links they meet, two of each shape of address; each page is asked for some times on a quiet server,
one request at a time. Then a month of sales among a thousand members, a hundred merchants and
those of the demo is posted (one of these gets about a tenth), and the same people leaf again.

The goals are those of the design: 50 ms a page at the demo's size, 150 ms with the million.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from bench import long_books, paying
from bench.harness.effort import Processor
from bench.harness.followed import FollowedClock
from bench.harness.server import vacuum
from chaos.command import run_once, say
from chaos.instance import Instance
from chaos.people import Sandbox
from chaos.wechat_people import Answers, Staff

SALES, DAYS, FILLERS, LARGE = 1_000_000, 30, 2, 12
GOALS_MS = {"demo": 50.0, "long": 150.0}
OF_EACH_SHAPE, LOOKS, SLOWEST = 2, 7, 15
LINK = re.compile(r'href="(/(?:console|shop)(?:[/?][^"#]*)?)["#]')
HIDDEN = re.compile(r'name="csrf" value="([^"]*)"')
IDENTITY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")
FILES = (".csv", ".xlsx", ".pdf", ".jpg")
Found = dict[str, "Spent"]


@dataclass(frozen=True, order=True)
class Spent:
    """What a page took: milliseconds until it was there, and of the processor in the web server and
    PostgreSQL, which hardly depends on who else is busy."""

    shown_ms: float
    processor_ms: float


class Reader:
    """Somebody of the staff in front of a browser."""

    def __init__(
        self, web: str, known: Staff, facts: Mapping[str, Any], home: str, processor: Processor
    ) -> None:
        self._web, self._home, self._browser = web, home, requests.Session()
        self._processor = processor
        self._browser.headers["Accept"] = "text/html"
        form = self._browser.get(f"{web}/console/sign-in").text
        wish = {name: facts[name] for name in ("username", "password")}
        wish |= {"totp": known.code(), "csrf": unescape(HIDDEN.findall(form)[0]), "next": home}
        answer = self._browser.post(
            f"{web}/console/sign-in", wish, headers={"Origin": web}, allow_redirects=False
        )
        if answer.status_code != 303:
            raise RuntimeError(f"{facts['username']}: {answer.status_code} {answer.text[-500:]}")

    def leaf(self) -> Found:
        """What each shape of page that links lead to took, the slower of its two."""
        met: dict[str, int] = {}
        found: Found = {}
        waiting = deque([self._home])
        while waiting:
            address = waiting.popleft()
            shape = shape_of(address)
            if met.get(shape, 0) >= OF_EACH_SHAPE:
                continue
            met[shape] = met.get(shape, 0) + 1
            spent, page = self._look(address)
            found[shape] = max(found.get(shape, spent), spent)
            waiting.extend(each for each in links(page) if each not in waiting)
        return found

    def _look(self, address: str) -> tuple[Spent, str]:
        shown, used = [], []
        self._processor.renew()
        for _ in range(LOOKS):
            before, begun = self._processor.used_ms(), time.perf_counter()
            answer = self._browser.get(f"{self._web}{address}")
            shown.append((time.perf_counter() - begun) * 1000)
            used.append(self._processor.used_ms() - before)
            if answer.status_code >= 400:
                raise RuntimeError(f"{address}: {answer.status_code} {answer.text[-800:]}")
        return Spent(statistics.median(shown), statistics.median(used)), answer.text


def links(page: str) -> list[str]:
    """Pages of a console that a page leads to; no files."""
    met = dict.fromkeys(unescape(each) for each in LINK.findall(page))
    return [each for each in met if not urlsplit(each).path.endswith(FILES)]


def shape_of(address: str) -> str:
    """The address without the identities in it, and the names of what it asks for."""
    parts = urlsplit(address)
    asked = "&".join(sorted(name for name, _ in parse_qsl(parts.query)))
    path = IDENTITY.sub("…", parts.path)
    return f"{path}?{asked}" if asked else path


def fill(seed: int, sales: int, merchants: list[Any], members: list[Any]) -> None:
    """Posts so many sales, evenly over the last days until now; a process of its own."""
    from app import create_app
    from app.core.db import db

    chance = random.Random(seed)
    with FollowedClock() as clock:
        os.environ["CLOCK_URL"] = clock.address
        with create_app().app_context():
            for day in range(DAYS):
                clock.set_back((DAYS - 1 - day) * 86_400)
                long_books.post_sales(chance, members, merchants, sales // DAYS)
            db.engine.dispose()


def lengthen(instance: Instance, sales: int) -> int:
    """Adds so many sales to the product's books; how many entries they have then."""
    os.environ.update(instance.environment(), PYTHONPATH=str(paying.ROOT))
    url = instance.endpoints()["database_url"]
    tokens, stores = paying.prepare()
    members, merchants = long_books.people(url)
    large = instance.facts()["merchants"]["tea"]["id"]
    merchants += [each for each in merchants if str(each) == large] * LARGE
    first_id = _pay(instance.endpoints()["web"], tokens[0], stores[0])
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(FILLERS) as pool:
        shares = [(seed, sales // FILLERS, merchants, members) for seed in range(FILLERS)]
        pool.starmap(fill, shares)
    instance.flask("ops", "drain", "--timeout", "3000", seconds=3_100)
    entries = long_books.copy_sales(url, first_id)
    vacuum(url)
    return entries


def _pay(web: str, token: str, store_id: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "leafing-first"}
    wish = {"store_id": store_id, "amount_fen": long_books.AMOUNT_FEN}
    answer = requests.post(f"{web}/api/v1/payments", json=wish, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def everybody(instance: Instance) -> dict[str, Reader]:
    """People of each role who have a console, signed in."""
    facts, ends = instance.facts(), instance.endpoints()
    web, sandbox = ends["web"], Sandbox(ends["sandbox"])
    processor = Processor([ends["processes"][name]["pid"] for name in ("web", "postgres")])
    platform = {role: facts["staff"][role] for role in ("operator", "finance", "reviewer")}
    merchants = {role: facts["merchants"]["tea"][role] for role in ("owner", "cashier")}
    return {
        role: Reader(web, Staff(web, Answers(), sandbox, one), one, home, processor)
        for home, some in (("/console", platform), ("/shop", merchants))
        for role, one in some.items()
    }


def perform(wanted: argparse.Namespace, instance: Instance) -> bool:
    """Both lengths; whether each page was within its goal."""
    instance.start()
    instance.require_own_database()
    readers = everybody(instance)
    told = {"demo": _leaf(readers)}
    begun = time.monotonic()
    entries = lengthen(instance, wanted.sales)
    say(f"{entries} entries: {time.monotonic() - begun:.0f} s")
    told["long"] = _leaf(readers)
    return _report(told, entries, wanted)


def _leaf(readers: Mapping[str, Reader]) -> Found:
    found = {
        f"{role} {shape}": spent
        for role, reader in readers.items()
        for shape, spent in reader.leaf().items()
    }
    for page in sorted(found, key=lambda each: found[each].processor_ms, reverse=True)[:SLOWEST]:
        spent = found[page]
        say(f"{spent.shown_ms:9.1f} ms, processor {spent.processor_ms:6.1f} ms  {page}")
    return found


def _report(told: Mapping[str, Found], entries: int, wanted: argparse.Namespace) -> bool:
    late = {size: _late(found, GOALS_MS[size]) for size, found in told.items()}
    worst = {size: _of_all(found, "shown_ms", max) for size, found in told.items()}
    line = {
        "bench": "pages",
        "ratio": round(worst["long"] / GOALS_MS["long"], 3),
        "ours": worst["long"],
        "yardstick": GOALS_MS["long"],
        "runs": LOOKS,
        "pages": {size: len(found) for size, found in told.items()},
        "worst_ms": worst,
        "median_ms": {size: _of_all(each, "shown_ms") for size, each in told.items()},
        "processor_worst_ms": {
            size: _of_all(each, "processor_ms", max) for size, each in told.items()
        },
        "processor_median_ms": {size: _of_all(each, "processor_ms") for size, each in told.items()},
        "late": late,
        "sales": wanted.sales,
        "entries": entries,
    }
    print(json.dumps(line, ensure_ascii=False))
    return not any(late.values())


def _of_all(
    found: Found, name: str, summed: Callable[[list[float]], float] = statistics.median
) -> float:
    return round(summed([getattr(spent, name) for spent in found.values()]), 1)


def _late(found: Found, goal_ms: float) -> dict[str, float]:
    slowest = sorted(found, key=found.__getitem__, reverse=True)
    return {
        page: round(found[page].shown_ms, 1) for page in slowest if found[page].shown_ms > goal_ms
    }


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 where each page was within its goal, 1 where not."""
    parser = argparse.ArgumentParser(prog="bench/pages", description=__doc__)
    parser.add_argument("--sales", type=int, default=SALES)
    wanted = parser.parse_args(arguments)
    return run_once("pages", {}, lambda instance: perform(wanted, instance))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
