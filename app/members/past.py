"""Whether anything hangs on who a member is: what they paid, earned, ordered or withdrew."""

from __future__ import annotations

from uuid import UUID

from blinker import Signal

past_asked = Signal("receiver(sender, member_id: UUID) -> whether a room keeps a past of theirs")


def is_answered_for() -> bool:
    """Whether any room answers for members' money."""
    return bool(past_asked.receivers)


def keeps_past(member_id: UUID) -> bool:
    """Whether any room keeps a past of the member, in the current unit of work."""
    return any(answer for _, answer in past_asked.send("members", member_id=member_id))
