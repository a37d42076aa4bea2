"""What something costs when it is long: the same in two lengths, measured in turns.

Each length has a database of its own on one durable server and a process of its own, which makes
it and then does what it is asked. The growth is the cost of the long one for that of the short one,
by time; `processor` says the same by processor time of the process and PostgreSQL together, which
busy neighbours disturb less. The goal is at most 1.15.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Protocol

from bench.harness.effort import Effort
from bench.harness.server import create_database, durable_server

GOAL = 1.15
Told = dict[str, dict[str, float]]


class Worker(Protocol):
    """Something of a length; each kind of work is a method that takes how often, and returns the
    seconds that each took."""

    def __str__(self) -> str:
        """What was made, for people."""


def options(name: str, about: str | None, short: int, long: int, what: str):
    """The options that all benchmarks of lengths share; others may be added."""
    parser = argparse.ArgumentParser(prog=f"bench/{name}", description=about)
    parser.add_argument("--short", type=int, default=short, help=f"{what} of the short one")
    parser.add_argument("--long", type=int, default=long, help=f"{what} of the long one")
    parser.add_argument("--rounds", type=int, default=8)
    return parser


def compare(
    name: str,
    make: Callable[[str, int], Worker],
    wanted: argparse.Namespace,
    wishes: Mapping[str, int],
) -> None:
    """Measures each kind of work (`wishes`: how often in a turn) in both lengths and prints the
    report, the first kind's growth as its ratio. Exits with 1 where a goal is missed."""
    spawn = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    processes: dict[str, Any] = {}
    with durable_server() as server:
        for length in ("short", "long"):
            pipes[length], theirs = spawn.Pipe()
            url = create_database(server, length)
            arguments = (theirs, make, url, getattr(wanted, length))
            processes[length] = spawn.Process(target=_serve, args=arguments, daemon=True)
            processes[length].start()
            theirs.close()  # so that the end of the process is the end of the pipe
            print(f"{length}: {pipes[length].recv()}", flush=True)
        postmaster = int((server.cluster / "postmaster.pid").read_text().splitlines()[0])
        pids = {length: process.pid for length, process in processes.items()}
        found = _measure(wanted.rounds, pipes, pids, postmaster, wishes)
        for length, pipe in pipes.items():
            pipe.send(None)
            processes[length].join(30)
    _report(name, found, wanted)


def _serve(pipe: Connection, make: Callable[[str, int], Worker], url: str, length: int) -> None:
    worker = make(url, length)
    pipe.send(str(worker))
    while wish := pipe.recv():
        kind, count = wish
        pipe.send(getattr(worker, kind)(count))


def _measure(
    rounds: int,
    pipes: Mapping[str, Connection],
    pids: Mapping[str, int],
    postmaster: int,
    wishes: Mapping[str, int],
) -> Told:
    spent: dict[tuple[str, str], list[float]] = {}
    worked: dict[tuple[str, str], float] = {}
    for number in range(rounds + 1):
        for kind, count in wishes.items():
            for length in sorted(pipes, reverse=bool(number % 2)):
                effort = Effort(postmaster, [pids[length]])
                pipes[length].send((kind, count))
                seconds = pipes[length].recv()
                if number:  # the first round only warms up
                    spent.setdefault((kind, length), []).extend(seconds)
                    worked[kind, length] = worked.get((kind, length), 0.0) + effort.seconds()
        print(f"round {number} of {rounds}", flush=True)
    return {kind: _grown(kind, spent, worked) for kind in wishes}


def _grown(
    kind: str, spent: dict[tuple[str, str], list[float]], worked: dict[tuple[str, str], float]
) -> dict[str, float]:
    short, long = (statistics.median(spent[kind, length]) * 1000 for length in ("short", "long"))
    found = {
        "short_ms": round(short, 2),
        "long_ms": round(long, 2),
        "growth": round(long / short, 3),
        "processor": round(worked[kind, "long"] / worked[kind, "short"], 3),
    }
    print(
        f"{kind:10}{short:9.2f} ms{long:9.2f} ms  growth {found['growth']:.3f}"
        f"  by processor time {found['processor']:.3f}"
    )
    return found


def _report(name: str, found: Told, wanted: argparse.Namespace) -> None:
    first = next(iter(found.values()))
    last = {
        "bench": name,
        "ratio": first["growth"],
        "ours": first["long_ms"],
        "yardstick": first["short_ms"],
        "runs": wanted.rounds,
        "short": wanted.short,
        "long": wanted.long,
    }
    print(json.dumps(last | found))
    worst = max(min(each["growth"], each["processor"]) for each in found.values())
    raise SystemExit(1 if worst > GOAL else 0)
