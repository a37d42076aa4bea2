"""What this room tells the rooms above it. Receivers are connected by create_app only.

A receiver runs inside the unit of work that stores the notice: it may write, it may not commit
and may not use the network. If it raises, nothing of the notice remains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from blinker import Signal

from app.wechat import replies
from app.wechat.envelope import Message

message_received = Signal("receiver(message: Message) -> replies.Answer, or None for no reply")
payment_notified = Signal("receiver(event_type: str, resource: dict) -> None")
answers_asked = Signal(
    "receiver(event: str, messages: list[Message]) -> list[Ready | None]: the answers that a look "
    "finds; connected with the event as sender, run outside any unit of work, writes nothing"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """What the answers of many messages leave behind, as one SQL statement that may stand in WITH.

    `parameters` makes its parameters of what each answer left. Repeated, it must be harmless.
    """

    sql: str
    parameters: Callable[[Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that nothing but a look was needed for, and what it leaves behind."""

    reply: replies.Answer | None
    trace: Trace
    left: Any


def tell_message(message: Message) -> str | None:
    """Sends `message_received`; the first reply that is not None, as the inbox keeps it."""
    answers = (answer for _, answer in message_received.send(message))
    return next((replies.kept(answer) for answer in answers if answer is not None), None)


def tell_payment(event_type: str, resource: dict[str, Any]) -> None:
    """Sends `payment_notified`."""
    payment_notified.send(event_type, resource=resource)


def ask_answers(event: str, messages: Sequence[Message]) -> Sequence[Ready | None]:
    """Sends `answers_asked`: for each message its answer, or None where it must be handled."""
    for _, answers in answers_asked.send(event, messages=messages):
        return list(answers)
    return [None] * len(messages)
