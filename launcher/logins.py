"""Who can sign in to the consoles of a demo, and the codes of their second factor at this moment.

`.venv/bin/python -m launcher.logins [DATA]`. An authenticator app shows the same codes, once the
secrets of `demo.json` are in it; they are those of the sandbox's clock.
"""

import json
import shlex
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp

STEP_SECONDS = 30


def accounts(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every staff account that a seed made: the platform's, then each merchant's."""
    yield from facts["staff"].values()
    for merchant in facts["merchants"].values():
        yield from (merchant[role] for role in ("owner", "cashier") if role in merchant)


def offset_seconds(sandbox: str) -> float:
    """How far the sandbox's clock is ahead. Raises OSError where it does not answer."""
    with urllib.request.urlopen(f"{sandbox}/__ctl/clock", timeout=5) as answer:
        return float(json.load(answer)["offset_seconds"])


def rows(facts: dict[str, Any], moment: float) -> Iterator[tuple[str, str, str, str]]:
    """User name, roles, password and present code of each account."""
    for one in accounts(facts):
        code = pyotp.TOTP(one["totp_secret"]).at(int(moment))
        yield one["username"], ",".join(one["roles"]), one["password"], code


def command(data: Path) -> str:
    """What to type for the table of this folder, with the interpreter that has what it needs."""
    return shlex.join([sys.executable, "-m", "launcher.logins", str(data)])


def main(arguments: list[str]) -> int:
    """Print the table; 1 where no product runs on that folder."""
    data = Path(arguments[0] if arguments else ".data")
    try:
        facts = json.loads((data / "demo.json").read_text("utf-8"))
        ends = json.loads((data / "endpoints.json").read_text("utf-8"))
        moment = time.time() + offset_seconds(ends["sandbox"])
    except OSError:
        print(f"nothing runs on {data}; start it with ./run. 该目录没有正在运行的系统。")
        return 1
    for row in rows(facts, moment):
        print("  {:<16}{:<16}{:<20}{}".format(*row))
    left = STEP_SECONDS - int(moment) % STEP_SECONDS
    print(f"\n  {ends['web']}/console/sign-in   ({left} s left for these codes 动态码剩余秒数)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
