"""Waits for the launcher to die, however it dies, and then ends everything it had started.

Its standard input is a pipe whose other end only the launcher holds: each line lists what runs
now. It also holds the launcher's lock, so that the next start on the same data waits until nothing
of this one is left.
"""

import shutil
import signal
import sys
from pathlib import Path

from launcher import postgres, sessions

GRACE_SECONDS = 3.0
SERVERS = ("valkey", "postgres")


def main(throw_away: Path | None) -> None:
    """Block until the launcher is gone; end what it listed last; remove `throw_away`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    last = b"[]\n"
    for line in sys.stdin.buffer:
        last = line if line.endswith(b"\n") else last
    left = sessions.listed(last)
    sessions.end([session for session in left if session.name not in SERVERS], 0)
    sessions.end([session for session in left if session.name in SERVERS], GRACE_SECONDS)
    if throw_away is not None:
        postgres.discard(throw_away / "postgres")
        shutil.rmtree(throw_away, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
