"""Messages taken together: those that a look can answer share one statement.

Request threads queue what they received. One of them asks the rooms above for the answers of all
that wait and stores the notices, their replies and the traces of the answers in a transaction of
one statement; nobody is answered before it is durable. Whatever a look cannot answer, and a
notice whose handling is still owed, is left to the careful way of the inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.core import packing
from app.core.combining import Combiner
from app.core.db import read_plain, write_plain
from app.wechat.envelope import Message
from app.wechat.replies import kept
from app.wechat.signals import Ready, Trace, answers_asked, ask_answers

TEXTS = ("event", "app_id", "openid", "body", "reply")
EARLIER = """
    SELECT key, reply FROM wechat_notice WHERE key = ANY(%s) AND processed_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and the row of the inbox that will keep it."""

    message: Message
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is stored and handled, and its reply: the same for each repetition."""

    reply: str | None


def take(arrival: Arrival) -> Taken | None:
    """Stores a message that a look can answer; None, and nothing is stored, for any other.

    Raises ServiceUnavailable, and whatever the look raises; both store nothing.
    """
    if not answers_asked.has_receivers_for(arrival.message.event):
        return None
    return _combiner.run(arrival)


def _take_all(arrivals: Sequence[Arrival]) -> list[Taken | None]:
    found = [
        (arrival.row | {"reply": None if ready.reply is None else kept(ready.reply)}, ready)
        for arrival, ready in zip(arrivals, _look(arrivals), strict=True)
        if ready is not None
    ]
    found.sort(key=lambda pair: pair[0]["key"])  # one order of locks for all processes
    replies = _store(found) if found else {}
    return [replies.get(arrival.row["key"]) for arrival in arrivals]


def _look(arrivals: Sequence[Arrival]) -> list[Ready | None]:
    answers: list[Ready | None] = [None] * len(arrivals)
    for event in {arrival.message.event for arrival in arrivals}:
        places = [at for at, each in enumerate(arrivals) if each.message.event == event]
        asked = ask_answers(event, [arrivals[place].message for place in places])
        for place, answer in zip(places, asked, strict=True):
            answers[place] = answer
    return answers


def _store(found: Sequence[tuple[dict[str, Any], Ready]]) -> dict[bytes, Taken]:
    """The replies by key; those of notices that were standing already are the first ones."""
    rows = [row for row, _ in found]
    traces = tuple({ready.trace: None for _, ready in found})
    parameters: list[Any] = [rows[0]["received_at"], rows[0]["received_at"]]
    parameters.append(packing.bytestrings(row["key"] for row in rows))
    parameters += [packing.texts(row[name] for row in rows) for name in TEXTS]
    for trace in traces:
        parameters += trace.parameters([ready.left for _, ready in found if ready.trace is trace])
    fresh = {key for (key,) in write_plain(_statement(traces), tuple(parameters))}
    replies = {row["key"]: Taken(row["reply"]) for row in rows if row["key"] in fresh}
    standing = [row["key"] for row in rows if row["key"] not in fresh]
    if standing:
        replies |= {
            key: Taken(reply)
            for key, reply in read_plain(EARLIER, (packing.bytestrings(standing),))
        }
    return replies


@lru_cache(maxsize=64)
def _statement(traces: tuple[Trace, ...]) -> str:
    names = ", ".join(("key", *TEXTS))
    arrays = ", ".join(["%s"] * (1 + len(TEXTS)))
    parts = [
        f"notices AS (INSERT INTO wechat_notice (source, attempts, received_at, processed_at, "
        f"{names}) SELECT 'message', 1, %s::timestamptz, %s::timestamptz, {names} "
        f"FROM unnest({arrays}) AS given({names}) ON CONFLICT DO NOTHING RETURNING key)"
    ]
    parts += [f"trace_{number} AS ({trace.sql})" for number, trace in enumerate(traces)]
    return f"WITH {', '.join(parts)} SELECT key FROM notices"


_combiner: Combiner[Arrival, Taken | None] = Combiner(_take_all)
