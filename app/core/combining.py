"""Combining: work that many threads ask for is done in groups. Pure threads, no database.

There is no thread of its own. Whoever comes while a place is free leads: it does its own item
together with all that wait, then hands its place to the first that came meanwhile. Up to as many
callers as there are places therefore run exactly as they would alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.core.errors import ServiceUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

PLACES = 1  # one group at a time: what waits meanwhile makes the next one large and cheap
MOST_TOGETHER = 64


class _Waiting(Generic[Item, Result]):
    """One caller's item, and what became of it."""

    __slots__ = ("_woken", "error", "item", "leads", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.leads = False
        self.result: Result | None = None
        self.error: BaseException | None = None
        self._woken = threading.Lock()
        self._woken.acquire()

    def wait(self) -> None:
        self._woken.acquire()

    def wake(self) -> None:
        self._woken.release()


class Combiner(Generic[Item, Result]):
    """Runs `work` on groups of items; each caller gets the result or the error of its own.

    `work` does all items of a group or none. A group that is refused is halved and tried
    again, down to single items, so that only the one at fault is refused.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        places: int = PLACES,
        most: int = MOST_TOGETHER,
    ) -> None:
        self._work = work
        self._places = places
        self._most = most
        self._lock = threading.Lock()
        self._queue: deque[_Waiting[Item, Result]] = deque()
        self._leading = 0

    def run(self, item: Item) -> Result:
        """Does one item, alone or with others; raises what `work` raised for it alone."""
        mine: _Waiting[Item, Result] = _Waiting(item)
        with self._lock:
            mine.leads = self._leading < self._places
            if mine.leads:
                self._leading += 1
            else:
                self._queue.append(mine)
        if not mine.leads:
            mine.wait()
        if mine.leads:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]

    def _lead(self, mine: _Waiting[Item, Result]) -> None:
        group = [mine]
        try:
            with self._lock:
                while self._queue and len(group) < self._most:
                    group.append(self._queue.popleft())
            self._settle(group)
        finally:
            self._hand_over()
            for other in group[1:]:
                other.wake()

    def _hand_over(self) -> None:
        with self._lock:
            successor = self._queue.popleft() if self._queue else None
            if successor is None:
                self._leading -= 1
        if successor is not None:
            successor.leads = True
            successor.wake()

    def _settle(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        """Gives each of the group its result or its error; raises nothing but to end the thread."""
        try:
            results = self._work([one.item for one in group])
        except Exception as error:
            if len(group) > 1 and not isinstance(error, ServiceUnavailable):
                self._settle(group[: len(group) // 2])
                self._settle(group[len(group) // 2 :])
            else:
                self._fail(group, error)
        except BaseException:
            self._fail(group, ServiceUnavailable())
            raise
        else:
            for one, result in zip(group, results, strict=True):
                one.result = result

    def _fail(self, group: Sequence[_Waiting[Item, Result]], error: Exception) -> None:
        for one in group:
            one.error = error if len(group) == 1 else ServiceUnavailable()
