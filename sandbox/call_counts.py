"""How often each account called each API. Only in memory: a restart begins anew."""

from __future__ import annotations

import threading


class CallCounts:
    """Counts of the current day and minute; those before are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}

    def add(self, app_id: str, path: str, day: int, minute: int) -> tuple[int, int]:
        """Count a call; how many that makes today and in this minute."""
        with self._lock:
            counts = self._counts.setdefault((app_id, path), {})
            told = []
            for span, current in (("day", day), ("minute", minute)):
                when, count = counts.get(span, (current, 0))
                counts[span] = (current, count + 1 if when == current else 1)
                told.append(counts[span][1])
            return told[0], told[1]

    def today(self, app_id: str, path: str, day: int) -> int:
        """Calls of this day so far."""
        with self._lock:
            when, count = self._counts.get((app_id, path), {}).get("day", (day, 0))
            return count if when == day else 0

    def clear(self, app_id: str = "") -> None:
        """Forget the counts of one account, or of all."""
        with self._lock:
            for key in [key for key in self._counts if not app_id or key[0] == app_id]:
                del self._counts[key]
