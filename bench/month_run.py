"""A month of an alliance: everything through the HTTP API and the sandbox, then the books.

Ends with `audit verify`, the books beside WeChat's, and a short report of who got what. No ratio:
it shows that all of it works together; what is fast is shown by the other benches. With `--stay`
the town stays open afterwards, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from bench.month_benefits import Benefits
from bench.month_days import Days, Diary
from bench.month_report import problems, report
from bench.month_town import Town
from chaos.command import run_once, say, say_verdict, seed_of
from chaos.instance import Instance

DAY_SECONDS, SHOWN = 86_400, 4
SETTINGS = {
    "WITHDRAWAL_MINIMUM_FEN": "1000",
    "REBATE_FREEZE_DAYS": "7",
    "SESSION_HOURS": "720",
    "STAFF_PAIR_DAYS": "0",  # the town's few people opened each other's accounts
    "TRUSTED_PROXIES": "1",
    "RECONCILIATION_DAYS_BACK": "7",
    "PAYMENT_FREE_DAILY_FEN": "1000000000",  # those phones prove nothing
}


def perform(wanted: argparse.Namespace, instance: Instance) -> bool:
    """The whole month; whether everything was as it should be."""
    began, seed = time.monotonic(), seed_of(wanted.seed)
    instance.start()
    instance.require_own_database()
    town, diary = Town.beside(instance, seed), Diary()
    town.build(wanted.stores, wanted.members)
    town.settle()
    say(f"{len(town.members)} members, {len(town.shops)} stores: {_since(began)}")
    benefits, days = Benefits(town, diary), Days(town, diary, wanted.buyers)
    benefits.publish(wanted.days)
    for day in range(wanted.days):
        days.live()
        town.settle()
        benefits.live(days)
        town.pass_days(1)
        done, refused = sum(diary.done.values()), sum(diary.refused.values())
        say(f"day {day + 1}: {done} things done, {refused} refused, {_since(began)}")
    benefits.end()
    town.pass_days(1)
    found = problems(town) + benefits.problems()
    facts = _facts(wanted, seed, town, diary, benefits)
    facts |= {"problems": found[:30], "seconds": round(time.monotonic() - began)}
    say_verdict(not found, facts)
    if wanted.stay:
        _stay(town, instance)
    return not found


def _stay(town: Town, instance: Instance) -> None:
    """Adds the town's people to those of the demo and waits until somebody ends it."""
    facts = instance.facts()
    for shop in town.shops[:SHOWN]:
        facts["merchants"][shop.merchant_id] = {"owner": shop.owner.credentials}
    facts["phones"] = [member.phone["id"] for member in town.members[:SHOWN]]
    (instance.data / "demo.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    say(
        f"open 开放查看: {town.web}   ({sys.executable} -m launcher.logins {instance.data}, Ctrl+C)"
    )
    with suppress(KeyboardInterrupt):
        signal.pause()


def _facts(
    wanted: argparse.Namespace, seed: int, town: Town, diary: Diary, benefits: Benefits
) -> dict[str, Any]:
    return {
        "bench": "month",
        "seed": seed,
        "members": len(town.members),
        "stores": len(town.shops),
        "days": wanted.days,
        "buyers": wanted.buyers,
        "sold_fen": diary.sold_fen,
        "done": dict(sorted(diary.done.items())),
        "refused": dict(sorted(diary.refused.items())),
        "who_got_what": report(town) | benefits.report(),
    }


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="bench/month", description="A month of a whole alliance with every benefit running."
    )
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--stores", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--buyers", type=float, default=0.03, help="part of them, on a day")
    parser.add_argument("--seed", type=int, default=None, help="for who does what")
    parser.add_argument("--stay", action="store_true", help="stay open to be looked at")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 passed, 1 not."""
    wanted = options(arguments)
    return run_once("month", SETTINGS, lambda instance: perform(wanted, instance))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
