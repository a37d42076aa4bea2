"""HTTP load over kept connections: as fast as answers come, or at a fixed pace.

Requests are made beforehand, bytes and all, so that making them is not measured.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


def request_bytes(method: str, path: str, host: str, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request, whole."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@dataclass
class Outcome:
    """What a load saw: seconds each answer took, and answers that were not 200."""

    latencies: list[float] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in seconds within which `share` (0–1) of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Caller(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], outcome: Outcome, until: float) -> None:
        self._requests, self._outcome, self._until = requests, outcome, until
        self._buffer = b""
        self._needed = 0
        self.idle = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, due_at: float | None = None) -> None:
        """Send the next request; its latency counts from when it was due."""
        request = next(self._requests, None)
        if request is None or time.perf_counter() >= self._until:
            self.finish()
            return
        self.idle, self._started = False, due_at or time.perf_counter()
        self._transport.write(request)

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._needed and (end := self._buffer.find(HEAD_END)) >= 0:
            found = LENGTH.search(self._buffer, 0, end)
            self._needed = end + len(HEAD_END) + (int(found[1]) if found else 0)
        if not self._needed or len(self._buffer) < self._needed:
            return
        if self._buffer.startswith(b"HTTP/1.1 200"):
            self._outcome.latencies.append(time.perf_counter() - self._started)
        else:
            self._outcome.failures.append(self._buffer[:300])
        self._buffer, self._needed = b"", 0
        self.answered()

    def answered(self) -> None:
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._outcome.failures.append(b"connection lost")
            self.done.set_result(None)


class _PacedCaller(_Caller):
    def answered(self) -> None:
        self.idle = True


def run(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Outcome:
    """As many requests as get answered in `seconds` over `connections`."""
    return asyncio.run(_run(port, requests, connections, seconds))


def run_paced(
    port: int, requests: Iterator[bytes], connections: int, seconds: float, per_second: float
) -> Outcome:
    """`per_second` requests, evenly; one that waits for a free connection is late by that."""
    return asyncio.run(_run_paced(port, requests, connections, seconds, per_second))


async def _connect(
    kind: type[_Caller], port: int, requests: Iterator[bytes], count: int, outcome: Outcome,
    until: float,
) -> list[_Caller]:  # fmt: skip
    loop, callers = asyncio.get_running_loop(), []
    for _ in range(count):
        _, caller = await loop.create_connection(
            lambda: kind(requests, outcome, until), "127.0.0.1", port
        )
        callers.append(caller)
    return callers


async def _run(port: int, requests: Iterator[bytes], count: int, seconds: float) -> Outcome:
    outcome, start = Outcome(), time.perf_counter()
    callers = await _connect(_Caller, port, requests, count, outcome, start + seconds)
    for caller in callers:
        caller.send()
    await asyncio.gather(*(caller.done for caller in callers))
    outcome.seconds = time.perf_counter() - start
    return outcome


async def _run_paced(
    port: int, requests: Iterator[bytes], count: int, seconds: float, per_second: float
) -> Outcome:
    outcome, start = Outcome(), time.perf_counter()
    callers = await _connect(_PacedCaller, port, requests, count, outcome, start + seconds + 5)
    for caller in callers:
        caller.idle = True
    total, sent = int(seconds * per_second), 0
    while sent < total:
        free = [caller for caller in callers if caller.idle]
        while free and sent < total and start + sent / per_second <= time.perf_counter():
            free.pop().send(start + sent / per_second)
            sent += 1
        await asyncio.sleep(0.001)
    while not all(caller.idle or caller.done.done() for caller in callers):
        await asyncio.sleep(0.001)
    outcome.seconds = time.perf_counter() - start
    for caller in callers:
        caller.finish()
    return outcome
