"""What we asked and what we were told: one JSON line for each attempt.

Written by us alone, who are never killed. As in Jepsen an attempt is `ok` (done), `fail`
(definitely refused) or `info` (nobody knows: no answer, or 503).
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

Record = dict[str, Any]
IN_PROGRESS = "request_in_progress"


def class_of(status: int | None, answer: Any) -> str:
    """The class of an attempt with this answer."""
    if status is None or status >= 500 or status == 429:
        return "info"
    if status == 409 and isinstance(answer, dict) and answer.get("code") == IN_PROGRESS:
        return "info"
    return "ok" if status < 300 else "fail"


class Journal:
    """The records of one run, in memory and on file. Any thread may add."""

    def __init__(self, path: Path) -> None:
        self.records: list[Record] = []
        self._file = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()
        self._in_flight = 0

    @property
    def in_flight(self) -> int:
        """How many requests are under way at this moment."""
        return self._in_flight

    def begin(self) -> None:
        """A request leaves."""
        with self._lock:
            self._in_flight += 1

    def end(self, record: Record) -> None:
        """It came back, or will not."""
        with self._lock:
            self._in_flight -= 1
            self.records.append(record)
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
