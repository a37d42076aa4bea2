"""Every fault of WeChat on every operation it can strike, one after the other: chaos/wechat.

After each pair the fault is lifted, the virtual clock goes on where the product waits, and the
operation must reach the end its table names. A pair whose fault did not strike has failed too. At
the end everything drains, the audit is green and the books equal WeChat's.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from typing import Any

from chaos.command import run_once, say, say_verdict, seed_of
from chaos.instance import Instance
from chaos.wechat_pairs import everything
from chaos.wechat_people import Answers
from chaos.wechat_stage import Stage
from chaos.wechat_table import Pair

STRIKE_SECONDS, END_SECONDS = 60.0, 90.0
PATIENT_SECONDS = 1.0  # before the clock is moved on
HELD_SECONDS = 14.0  # an answer that WeChat holds back is waited for in real time: ten seconds
LEAP_SECONDS = 31.0
REFRESH_SECONDS = 7 * 3600.0  # the product has fetched the certificates anew
FEW = 20  # pairs, of which perhaps none was notified of anything
# The merchant is on the way from platform certificates to the public key: both sign (fact D3).
SETTINGS = {
    "WITHDRAWAL_MINIMUM_FEN": "100",
    "WECHAT_PAY_KEY_MODE": "switching",
    # Told at any hour of the virtual day, however often: a notice held back meets no fault.
    "QUIET_HOURS": "00:00-00:00",
    # A charged code waits as long as it may, so that WeChat is asked first.
    "WECHAT_PAYMENT_CODE": "v3",
    "WECHAT_CODE_WAIT_SECONDS": "120",
    "SETTLEMENT_WORKING_DAYS": "0",  # what is split of a sale is known when it is settled
    "NOTICE_DAILY_LIMITS": '{"member.rebate": 1000, "member.topped_up": 1000}',
}


@dataclass
class Outcome:
    """How a pair went; `problem` is empty where it went as it should."""

    pair: Pair
    end: str
    problem: str
    seconds: float


class Run:
    """All pairs on one stage."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.seed = stage, seed
        self.outcomes: list[Outcome] = []
        self._letters: dict[str, int] = {}
        self._serials: set[str] = set()

    def go(self, pairs: list[Pair]) -> None:
        """Each pair once, in an order that depends on the seed."""
        random.Random(self.seed).shuffle(pairs)
        for number, pair in enumerate(pairs, 1):
            began = time.monotonic()
            try:
                end, problem = self._play(pair, number)
            except Exception as error:
                end, problem = "", f"{type(error).__name__}: {error}"
            self.stage.sandbox.ask("DELETE", "faults")
            if pair.controls:
                self.stage.advance(REFRESH_SECONDS)
            seconds = time.monotonic() - began
            self.outcomes.append(Outcome(pair, end, problem or self._impolite_letters(), seconds))
            say(_line(self.outcomes[-1]))

    def _play(self, pair: Pair, number: int) -> tuple[str, str]:
        deed = pair.deed(self.stage)  # type: ignore[call-arg]
        seeds = {"seed": f"{self.seed}:{number}"}
        for path, body in pair.controls:
            self.stage.sandbox.ask("POST", path, body)
        planned = [self._plan(wish | seeds) for wish in pair.wishes]
        deed.start()
        missed = self._wait_for_strikes(deed, planned)
        self.stage.sandbox.ask("DELETE", "faults")
        if missed:
            return "", f"did not strike: {', '.join(missed)}"
        if pair.until_midnight:
            self.stage.advance(_until_beijing_midnight(self.stage.moment()))
        end = self._wait_for_end(deed, _patience(pair))
        if end not in pair.ends:
            return end, f"ended as {end!r}, not as {' or '.join(map(repr, pair.ends))}"
        return end, ""

    def _plan(self, wish: dict[str, Any]) -> str:
        made = self.stage.sandbox.ask("POST", "faults", wish)
        if "id" not in made:
            raise RuntimeError(f"{wish}: {made}")
        return str(made["id"])

    def _wait_for_strikes(self, deed: Any, planned: list[str]) -> list[str]:
        """The kinds that did not strike in time."""
        until, patient = time.monotonic() + STRIKE_SECONDS, time.monotonic() + PATIENT_SECONDS
        while True:
            seen = self.stage.sandbox.ask("GET", "faults")
            struck = {one["fault"] for one in seen["struck"]}
            missing = [one for one in planned if one not in struck]
            if not missing or time.monotonic() > until:
                return [one["kind"] for one in seen["faults"] if one["id"] in missing]
            deed.look()
            if time.monotonic() > patient:
                self.stage.advance(LEAP_SECONDS)
            time.sleep(0.05)

    def _wait_for_end(self, deed: Any, patience: float) -> str:
        until, patient = time.monotonic() + END_SECONDS, time.monotonic() + patience
        while time.monotonic() < until:
            if (end := deed.look()) is not None:
                return str(end)
            if time.monotonic() > patient:
                self.stage.advance(LEAP_SECONDS)
            time.sleep(0.1)
        return "nothing"

    def _impolite_letters(self) -> str:
        """5xx to what WeChat pushed since the last look, other than 503."""
        seen = self.stage.sandbox.ask("GET", "pushes")
        wrong = []
        for letter in seen["pushes"] + seen["notices"]:
            known = self._letters.get(letter["id"], 0)
            for attempt in letter["attempts"][known:]:
                status = attempt["status"]
                if status >= 500 and status != 503:
                    wrong.append(f"{status} to {attempt.get('twist') or 'a push'}")
            self._letters[letter["id"]] = len(letter["attempts"])
            self._serials |= {attempt.get("serial", "")[:3] for attempt in letter["attempts"]}
        return ", ".join(wrong)

    def finish(self) -> list[str]:
        """What is wrong when everything has come to rest."""
        self.stage.advance(7200)
        found = [] if self.stage.settle(120) else ["it did not come to rest"]
        if len(self._serials - {"", "777"}) < 2 and len(self.outcomes) > FEW:
            found.append("notifications were not signed with both kinds of key")
        ready = self.stage.ready()
        for name in ("withdrawals_open", "orders_overdue", "refunds_open", "outbox_dead"):
            if ready.get(name, 0):
                found.append(f"{name} is {ready[name]}")
        return found + self.stage.books() + self.stage.answers.impolite()


def _until_beijing_midnight(moment: float) -> float:
    """Seconds until a daily quota begins anew, and a little more."""
    return 86_400 - (moment + 8 * 3600) % 86_400 + 61


def _patience(pair: Pair) -> float:
    """How long the clock stands still (real seconds): while an answer is held back hours must not
    pass, after which WeChat would take a repeated message for another one (fact B5)."""
    is_held = any(str(wish["kind"]).startswith("timeout") for wish in pair.wishes)
    return HELD_SECONDS if is_held else PATIENT_SECONDS


def _line(outcome: Outcome) -> str:
    mark = "FAIL" if outcome.problem else "ok  "
    what = f"{outcome.pair.operation:20} {outcome.pair.name:38}"
    return f"{mark} {what} {outcome.seconds:5.1f} s  {outcome.problem or outcome.end}"


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="chaos/wechat", description="Every fault of WeChat on every operation it can strike."
    )
    parser.add_argument("--seed", type=int, default=None, help="for order, chances and contents")
    parser.add_argument("--only", default="", metavar="TEXT", help="pairs whose line has this")
    parser.add_argument("--short", action="store_true", help="one pair of each family")
    return parser.parse_args(arguments)


def chosen(wanted: argparse.Namespace) -> list[Pair]:
    """The pairs that were asked for."""
    return [
        pair
        for pair in everything()
        if (pair.is_short or not wanted.short) and wanted.only in f"{pair.operation} {pair.name}"
    ]


def perform(wanted: argparse.Namespace, instance: Instance) -> bool:
    """The whole run; whether everything was as it should be."""
    seed = seed_of(wanted.seed)
    began = time.monotonic()
    instance.start()
    instance.require_own_database()
    stage = Stage(instance, Answers())
    pairs = chosen(wanted)
    say(f"seed {seed}: {len(pairs)} pairs, ready after {time.monotonic() - began:.0f} s")
    run = Run(stage, seed)
    run.go(pairs)
    problems = run.finish()
    for problem in problems:
        say(f"FAIL {problem}")
    failed = [outcome for outcome in run.outcomes if outcome.problem]
    passed = bool(pairs) and not failed and not problems
    facts = {
        "seed": seed,
        "pairs": len(run.outcomes),
        "failed": len(failed),
        "problems": problems,
        "seconds": round(time.monotonic() - began),
    }
    say_verdict(passed, facts)
    return passed


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 passed, 1 not."""
    wanted = options(arguments)
    return run_once("wechat", SETTINGS, lambda instance: perform(wanted, instance))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
