"""Waits for the launcher to die, however it dies, and then ends everything it had started.

Its standard input is a pipe whose other end only the launcher holds. It also holds the launcher's
lock, so that the next start on the same data waits until nothing of this one is left.
"""

import shutil
import signal
import sys
from pathlib import Path

from launcher import postgres, sessions

GRACE_SECONDS = 3.0
SERVERS = ("valkey", "postgres")


def main(notes: Path, throw_away: Path | None) -> None:
    """Block until the launcher is gone; end what `notes` lists; remove the folder `throw_away`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    left = sessions.noted(notes)
    sessions.end([session for session in left if session.name not in SERVERS], 0)
    sessions.end([session for session in left if session.name in SERVERS], GRACE_SECONDS)
    notes.unlink(missing_ok=True)
    if throw_away is not None:
        postgres.discard(throw_away / "postgres")
        shutil.rmtree(throw_away, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
