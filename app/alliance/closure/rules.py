"""How a closure goes from one state to the next, and what is closed when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Decided, and not taken back: these take effect on their day.
IN_EFFECT = frozenset({"approved", "undo_requested"})
LIVE = IN_EFFECT | {"requested"}
DECIDED = {
    ("requested", True): "approved",
    ("requested", False): "rejected",
    ("undo_requested", True): "undone",
    ("undo_requested", False): "approved",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a store takes money: paused now, closed from a moment (UTC) on, or neither."""

    is_paused: bool = False
    closes_at: datetime | None = None

    def is_closed(self, moment: datetime) -> bool:
        """Whether it is closed at this moment (UTC)."""
        return self.closes_at is not None and self.closes_at <= moment

    def is_open(self, moment: datetime) -> bool:
        """Whether money is taken there at this moment (UTC)."""
        return not self.is_paused and not self.is_closed(moment)


OPEN = Standing()


@dataclass(frozen=True, slots=True)
class Closings:
    """From when on (UTC) merchants (`None` for the store) and single stores are closed."""

    starts: Mapping[tuple[UUID, UUID | None], datetime]

    def has_closed(self, merchant_id: UUID, store_id: UUID | None, moment: datetime) -> bool:
        """Whether a store was closed at a moment (UTC), by itself or with its merchant; without
        a store, whether the merchant was."""
        both = {(merchant_id, None), (merchant_id, store_id)}
        return any(self.starts[each] <= moment for each in both if each in self.starts)


def closings(rows: Iterable[tuple[UUID, UUID | None, datetime]]) -> Closings:
    """From rows of merchant, store and moment; of several the earliest counts."""
    starts: dict[tuple[UUID, UUID | None], datetime] = {}
    for merchant_id, store_id, starts_at in rows:
        key = (merchant_id, store_id)
        starts[key] = min(starts.get(key, starts_at), starts_at)
    return Closings(starts)
