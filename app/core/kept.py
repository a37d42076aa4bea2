"""An answer that is costly to find, kept in this process for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The answer to one question for so many seconds; everybody is told the same, and whoever asks
    while it is being found waits for it."""

    def __init__(self, ask: Callable[[], T], seconds: Callable[[], float]) -> None:
        self._ask, self._seconds, self._lock = ask, seconds, Lock()
        self._until = 0.0
        self._found: T | None = None

    def get(self) -> T:
        """The answer, not older than `seconds`. Raises what asking raises, and keeps nothing."""
        with self._lock:
            if self._found is None or time.monotonic() >= self._until:
                self._found = self._ask()
                self._until = time.monotonic() + self._seconds()
            return self._found
