"""Where the money of a gift goes when it comes back: whoever gave it says so, in the same unit.

It never goes to the member who has won it. A gift is an order that a campaign has paid.
"""

from __future__ import annotations

from uuid import UUID

from blinker import Signal

from app.ledger.service import Leg

gift_returned = Signal(
    "receiver(sender, order_id: UUID, amount_fen: int, journal_id: UUID, is_given_up: bool) ->"
    " list[Leg] | None: the legs of that journal that take `amount_fen` of an order that is the"
    " receiver's gift, in the current unit of work; `is_given_up`: its member wanted none of it, or"
    " had it already"
)


def legs_back(order_id: UUID, amount_fen: int, journal_id: UUID, *, is_given_up: bool) -> list[Leg]:
    """The legs that take back `amount_fen` of a gift in a journal that is being made, in the
    current unit of work; they come to that amount. Raises RuntimeError where nobody gave it."""
    wanted = {"order_id": order_id, "amount_fen": amount_fen, "journal_id": journal_id}
    answers = gift_returned.send("alliance", **wanted, is_given_up=is_given_up)
    legs = [leg for _, answer in answers for leg in answer or ()]
    if sum(leg.amount_fen for leg in legs) != amount_fen:
        raise RuntimeError(f"nobody takes {amount_fen} fen of the gift {order_id} back")
    return legs
