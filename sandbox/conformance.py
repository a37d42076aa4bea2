"""`python -m sandbox.conformance [--base URL]`: does the sandbox behave as WeChat is known to?

WeChat's published vectors, then protocol checks against a running sandbox: the one at --base,
whose accounts and keys come from the same variables, or else one of its own. Exit code 0 if all
hold, 1 if any does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import requests

from sandbox import conformance_vectors, keys
from sandbox.accounts import REQUIRED, MissingSettings, key_directory
from sandbox.conformance_checks import CHECKS
from sandbox.conformance_desk import Desk

# A sandbox of its own needs accounts of somebody; nothing of them is secret.
OWN = {name: f"conformance-{name.lower()}" for name in REQUIRED} | {
    "WECHAT_OA_AES_KEY": "A" * 43,
    "WECHAT_PAY_API_V3_KEY": "conformance0api0v3key0of0nobody0",
    "WECHAT_PAY_MERCHANT_SERIAL": "1DEF00000000000000000000000000000000CAFE",
    "WECHAT_PAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0000000000000000000000000000000001",
}
Row = tuple[str, str, str]


def vectors() -> list[Row]:
    """The published vectors: fact, what, and what is wrong."""
    found = conformance_vectors.read()
    return [
        _row(
            vector["fact"],
            f"published vector: {name}",
            partial(conformance_vectors.CHECKS[name], vector),
        )
        for name, vector in found.items()
    ]


def protocol(desk: Desk) -> list[Row]:
    """The checks against a running sandbox."""
    return [_row(fact, sentence, partial(work, desk)) for fact, sentence, work in CHECKS]


def _row(fact: str, what: str, work: Callable[[], None]) -> Row:
    try:
        work()
    except (AssertionError, KeyError, TypeError, ValueError, requests.RequestException) as error:
        return fact, what, f"{type(error).__name__}: {error}" if str(error) else "it does not hold"
    return fact, what, ""


@contextmanager
def own_sandbox() -> Iterator[Desk]:
    """A sandbox on a free port, with keys and data that are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sandbox-conformance-") as name:
        folder = Path(name)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WECHAT_")} | OWN
        environment["SANDBOX_KEY_DIR"] = str(folder / "keys")
        keys.make_missing(folder / "keys", OWN["WECHAT_PAY_MERCHANT_SERIAL"])
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(folder / "data")],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            base = process.stdout.readline().split()[-1]
            yield Desk(base, OWN, folder / "keys")
        finally:
            process.terminate()
            process.wait(10)


def told(base: str, environment: Mapping[str, str]) -> Desk:
    """The sandbox at this address. Raises MissingSettings."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise MissingSettings("not set: " + ", ".join(missing))
    return Desk(base, environment, key_directory(environment, Path("data")))


def show(rows: list[Row]) -> None:
    """The table."""
    for fact, what, problem in rows:
        print(f"{'FAIL' if problem else 'ok  '}  {fact:8} {what}")
        if problem:
            print(f"      {'':8} {problem}")
    wrong = sum(1 for row in rows if row[2])
    print(f"{len(rows) - wrong} of {len(rows)} hold")


def main(arguments: list[str]) -> int:
    """Run everything; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.conformance", description=__doc__)
    parser.add_argument("--base", default="", help="address of a running sandbox")
    wanted = parser.parse_args(arguments)
    rows = vectors()
    try:
        if wanted.base:
            rows += protocol(told(wanted.base, os.environ))
        else:
            with own_sandbox() as desk:
                rows += protocol(desk)
    except (MissingSettings, OSError) as error:
        parser.exit(2, f"conformance: {error}\n")
    show(rows)
    return 1 if any(problem for _, _, problem in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
