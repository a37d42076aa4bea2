"""Processor time: what a turn cost the server and its clients, whoever else is busy meanwhile.

On a machine that is shared, rates say as much about the neighbours as about the work. Work done
per second of processor time hardly depends on them.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence
from pathlib import Path

import psutil

CLIENT, DATABASE, WEB = "client", "database", "web"


class Effort:
    """Seconds of processor time used by the server, by given processes and by ended children."""

    def __init__(self, server_pid: int, processes: Sequence[int] = ()) -> None:
        """Begin to count."""
        self._server = psutil.Process(server_pid)
        self._processes = [psutil.Process(pid) for pid in processes]
        self._start = self._used()

    def seconds(self) -> float:
        """What has been used since the beginning."""
        return self._used() - self._start

    def _used(self) -> float:
        living = [*self._processes, *self._server.children(recursive=True)]
        ended = self._server.cpu_times()
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = children.ru_utime + children.ru_stime
        used += ended.user + ended.system + ended.children_user + ended.children_system
        for process in living:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:  # its time is now among those of its parent's children
                continue
            used += times.user + times.system
        return used


class Processor:
    """Time on a processor of some processes and all below them, to the microsecond: what a single
    request costs, where `psutil` counts in hundredths of a second."""

    def __init__(self, pids: Sequence[int]) -> None:
        """Of these processes, as they are; `renew` finds those that began below them since."""
        self._processes = [psutil.Process(pid) for pid in pids]
        self._threads: list[Path] = []
        self.renew()

    def renew(self) -> None:
        """Look for all threads anew, which takes long where a machine has many processes."""
        below = {each.pid for one in self._processes for each in one.children(recursive=True)}
        pids = below | {each.pid for each in self._processes}
        self._threads = [
            thread for pid in pids for thread in Path(f"/proc/{pid}/task").glob("*/schedstat")
        ]

    def used_ms(self) -> float:
        """Milliseconds until now of all threads that live; the difference of two is a cost."""
        return sum(map(_nanoseconds, self._threads)) / 1_000_000


def _nanoseconds(thread: Path) -> int:
    try:
        return int(thread.read_text().split()[0])
    except OSError:  # it has ended meanwhile
        return 0


class Shares:
    """Seconds of processor time by part: the client (this process, and those of its children that
    have ended, as pgbench), the web server, PostgreSQL."""

    def __init__(self) -> None:
        """Begin to count, of this process and of all processes below it."""
        self._start = _by_part()

    def seconds(self) -> dict[str, float]:
        """What each part has used since the beginning."""
        return {part: used - self._start.get(part, 0.0) for part, used in _by_part().items()}


def _by_part() -> dict[str, float]:
    own, ended = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    client = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    found = {CLIENT: client, DATABASE: 0.0, WEB: 0.0}
    for process in psutil.Process().children(recursive=True):
        try:
            part = DATABASE if process.name() == "postgres" else WEB
            times = process.cpu_times()
        except psutil.NoSuchProcess:  # its time is now among those of its parent's children
            continue
        found[part] += times.user + times.system + times.children_user + times.children_system
    return found
