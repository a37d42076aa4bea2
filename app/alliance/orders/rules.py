"""What may become of an order, and how its money is counted: pure. Amounts in fen.

 unpaid ─▶ paying ─▶ paid ─▶ shipped ─▶ completed      a sale
   │  ◀──────┘        │  └──────┼─────────▲            (picked up)
   ▼                  ▼         ▼
cancelled, expired   returned: every fen went back before there was a sale
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands."""

    UNPAID = "unpaid"
    PAYING = "paying"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETURNED = "returned"


S = OrderStatus
NEXT: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    S.UNPAID: frozenset({S.PAYING, S.PAID, S.CANCELLED, S.EXPIRED}),
    S.PAYING: frozenset({S.UNPAID, S.PAID, S.EXPIRED}),
    S.PAID: frozenset({S.SHIPPED, S.COMPLETED, S.RETURNED}),
    S.SHIPPED: frozenset({S.COMPLETED, S.RETURNED}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
    S.RETURNED: frozenset(),
}
ENDED = frozenset(status for status, following in NEXT.items() if not following)
IN_ESCROW = frozenset({S.PAID, S.SHIPPED})


@dataclass(frozen=True, slots=True)
class Piece:
    """One line as far as its price is concerned: pieces bought, returned, and what each costs."""

    number: int
    quantity: int
    returned: int
    unit_fen: int

    @property
    def left(self) -> int:
        """How many have not gone back."""
        return self.quantity - self.returned


def masked_phone(phone: str) -> str:
    """A phone number as others may see it: its first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}"


def total_fen(prices: Sequence[tuple[int, int]]) -> int:
    """What (quantity, price of one) come to."""
    return sum(quantity * price for quantity, price in prices)


def returning(pieces: Sequence[Piece], wanted: Mapping[int, int] | None) -> dict[int, int]:
    """How many of which line go back: those wanted, or all that is left.

    Raises KeyError for a line that there is not, ValueError(number, left) for too many.
    """
    left = {piece.number: piece.left for piece in pieces}
    if wanted is None:
        return {number: count for number, count in left.items() if count}
    for number, count in wanted.items():
        if count > left[number]:
            raise ValueError(number, left[number])
    return dict(wanted)


def returned_fen(pieces: Sequence[Piece], back: Mapping[int, int]) -> int:
    """What those pieces cost."""
    return sum(piece.unit_fen * back.get(piece.number, 0) for piece in pieces)
