"""The wish of whoever started us that we stop, noticed at the next pause."""

import os
import signal
import sys
import threading
from types import FrameType

ASKED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Stopping:
    """Turns the signals that ask for an end into `Stopped` at the next pause.

    Nothing is interrupted in the middle: a part that has been started is always noted.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()
        for number in ASKED_BY:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()

    def pause(self, seconds: float) -> None:
        """Wait so many seconds. Raises Stopped as soon as an end is asked for."""
        if self._asked.wait(seconds):
            raise Stopped


def say(line: str) -> None:
    """Print a line; goes on silently when nobody reads any more."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
