"""What this room tells the rooms above it. Receivers are connected by create_app only.

A receiver runs inside the unit of work that stores the notice: it may write, it may not commit
and may not use the network. If it raises, nothing of the notice remains.
"""

from __future__ import annotations

from typing import Any

from blinker import Signal

from app.wechat import replies
from app.wechat.envelope import Message

message_received = Signal("receiver(message: Message) -> replies.Answer, or None for no reply")
payment_notified = Signal("receiver(event_type: str, resource: dict) -> None")


def tell_message(message: Message) -> str | None:
    """Sends `message_received`; the first reply that is not None, as the inbox keeps it."""
    answers = (answer for _, answer in message_received.send(message))
    return next((replies.kept(answer) for answer in answers if answer is not None), None)


def tell_payment(event_type: str, resource: dict[str, Any]) -> None:
    """Sends `payment_notified`."""
    payment_notified.send(event_type, resource=resource)
