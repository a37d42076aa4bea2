"""One run: start, load, break, mend, come to rest, read all books, judge."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path

from chaos import checks_books, checks_outside, checks_reads, coverage, report, schedule
from chaos.alliance import Alliance
from chaos.ending import Ending
from chaos.faults import Killer
from chaos.findings import Check
from chaos.instance import Instance
from chaos.journal import Journal
from chaos.load import Load
from chaos.people import Door, Sandbox
from chaos.schedule import Schedule

CHECKS = (
    checks_books.conservation,
    checks_books.derivation,
    checks_books.no_loss,
    checks_books.no_phantom,
    checks_books.refusals,
    checks_books.repetition,
    checks_reads.snapshots,
    checks_reads.real_time,
    checks_outside.payouts,
    checks_outside.credits,
    checks_outside.liveness,
    checks_outside.hygiene,
)
VARIETY_SECONDS = 90.0


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="chaos/run", description="Break a product of its own under load and check the books."
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to break things")
    parser.add_argument("--seed", type=int, default=None, help="for schedule, wishes and amounts")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="schedule.json of another run")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--think", type=float, default=0.25, help="seconds between two wishes")
    parser.add_argument(
        "--only", default="", metavar="PREFIX", help="faults whose name begins so; none: load alone"
    )
    return parser.parse_args(arguments)


def chosen(wanted: argparse.Namespace) -> Schedule:
    """The schedule of this run."""
    if wanted.replay is not None:
        return schedule.read(wanted.replay)
    seed = secrets.randbelow(1_000_000) if wanted.seed is None else wanted.seed
    return schedule.make(seed, wanted.seconds, wanted.only)


class Run:
    """One run in a folder of its own, which stays if anything was not as it should be."""

    def __init__(self, wanted: argparse.Namespace, plan: Schedule, folder: Path) -> None:
        self.wanted, self.plan, self.folder = wanted, plan, folder
        self.instance = Instance(folder)
        self.journal = Journal(folder / "journal.ndjson")

    def go(self) -> bool:
        """Do all of it and print the outcome; whether everything is as it should be."""
        began = time.monotonic()
        self.plan.write(self.folder / "schedule.json")
        self.instance.start()
        self.instance.require_own_database()
        sandbox = Sandbox(self.instance.endpoints()["sandbox"])
        alliance = Alliance(
            self.instance, Door(self.instance.endpoints()["web"], self.journal), sandbox
        )
        alliance.fund()
        anchor = self.folder / "anchor.ndjson"
        anchor.write_text(self.instance.flask("audit", "anchor").stdout, "utf-8")
        say(f"seed {self.plan.seed}: ready after {time.monotonic() - began:.0f} s")
        load = Load(alliance, self.plan.seed, self.wanted.clients, self.wanted.think)
        killer = Killer(self.instance, sandbox, self.journal)
        self._break(load, killer)
        ending = Ending(self.instance, load, killer, self.folder)
        ending.come_to_rest(self.plan.seed)
        seen = ending.gather(anchor)
        checks: list[Check] = [check(seen) for check in CHECKS]
        checks.append(coverage.coverage(seen, self.plan))
        passed = report.verdict(checks) == "pass"
        say(report.table(checks, seen, time.monotonic() - began))
        recovery = killer.longest_recovery_seconds
        kept = None if passed else str(self.folder)
        say(report.last_line(checks, seen, self.plan, recovery, kept))
        return passed

    def _break(self, load: Load, killer: Killer) -> None:
        load.start()
        try:
            killer.deliver(self.plan)
            load.wait_for_variety(VARIETY_SECONDS)
        finally:
            load.stop()
            killer.let_go()


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 passed, 1 not."""
    wanted = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing may stay behind
    run = Run(wanted, chosen(wanted), Path(tempfile.mkdtemp(prefix="lianhui-chaos-")))
    passed = False
    try:
        passed = run.go()
    finally:
        run.instance.stop()
        run.journal.close()
        if passed:
            run.instance.discard()
        else:
            print(f"kept: {run.folder}", file=sys.stderr, flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
