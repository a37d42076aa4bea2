"""A process of the product that goes on writing with the ring it was started with.

Prints one line for each member whose real name is durable. Ends when its input is closed.
"""

from __future__ import annotations

import select
import sys

from app import create_app
from app.core.db import in_transaction
from app.core.world import new_id, now
from app.members import service
from app.members.real_name import service as real_names
from tests.members.real_name import numbers

FIRST = 500_000  # numbers that no other test gives


def write(serial: int) -> None:
    person = new_id().hex
    made = in_transaction(lambda: service.register("app", person, None, "test", None, now()))
    number = numbers.id_number("220101", order=serial % 1000, born=_born(serial))
    given = real_names.Given("王小明", number, f"150{serial:08d}", None, None, "2026-11", "test")
    real_names.give(made.member_id, given)
    say(f"{made.member_id} {person} {number}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _born(serial: int) -> str:
    return f"{1950 + serial // 1000 % 50}0307"


def main() -> None:
    with create_app().app_context():
        serial = FIRST
        say("ready")
        while not select.select([sys.stdin], [], [], 0.002)[0]:
            write(serial)
            serial += 1


if __name__ == "__main__":
    main()
