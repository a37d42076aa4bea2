"""A cheap load: many keep-alive connections of one process, each with one request in flight.

Raw sockets and prepared bytes, because a client that costs as much as the server would measure
itself. Latencies are of the whole request as the client sees it.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER_BYTES = 65_536


class UnexpectedAnswer(RuntimeError):
    """The server refused, or closed the connection."""


@dataclass
class Result:
    """How many requests were answered as wished, in how many seconds, and how long each took."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in seconds that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(
    port: int, connections: int, seconds: float, request: Callable[[], bytes], wanted: bytes
) -> Result:
    """Send requests for some seconds; each answer must begin with `wanted`. UnexpectedAnswer."""
    selector = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ)
        sent[one] = 0.0
    result, clock = Result(), time.perf_counter
    start = clock()
    for one in sent:
        sent[one] = clock()
        one.sendall(request())
    while sent:
        for key, _ in selector.select(10):
            one: socket.socket = key.fileobj  # type: ignore[assignment]
            _read(one, wanted)
            moment = clock()
            result.latencies.append(moment - sent[one])
            if moment - start < seconds:
                sent[one] = moment
                one.sendall(request())
            else:
                selector.unregister(one)
                one.close()
                del sent[one]
    result.seconds = clock() - start
    return result


def run_paced(
    port: int,
    connections: int,
    seconds: float,
    per_second: float,
    request: Callable[[], bytes],
    wanted: bytes,
) -> Result:
    """Send `per_second` requests evenly; a latency counts from when its request was due, so one
    that waited for a free connection is late by that. UnexpectedAnswer."""
    selector = selectors.DefaultSelector()
    free = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for one in free:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ)
    result, clock, due = Result(), time.perf_counter, {}
    start, count, total = clock(), 0, int(seconds * per_second)
    while len(result.latencies) < total:
        while free and count < total and start + count / per_second <= clock():
            one = free.pop()
            due[one] = start + count / per_second
            one.sendall(request())
            count += 1
        for key, _ in selector.select(0.001):
            one: socket.socket = key.fileobj  # type: ignore[assignment,no-redef]
            _read(one, wanted)
            result.latencies.append(clock() - due[one])
            free.append(one)
    result.seconds = clock() - start
    for one in free:
        one.close()
    return result


def _read(one: socket.socket, wanted: bytes) -> None:
    answer = one.recv(ANSWER_BYTES)
    while not _is_whole(answer):
        more = one.recv(ANSWER_BYTES)
        if not more:
            raise UnexpectedAnswer(answer[:500].decode("utf-8", "replace"))
        answer += more
    if not answer.startswith(wanted):
        raise UnexpectedAnswer(answer[:1000].decode("utf-8", "replace"))


def _is_whole(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = answer.lower().find(b"content-length:", 0, head)
    length = int(answer[at + 15 : answer.find(b"\r\n", at)]) if at >= 0 else 0
    return len(answer) >= head + 4 + length
