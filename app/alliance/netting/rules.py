"""What a matrix of issuers and sellers comes to for each merchant: pure, amounts in fen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

Cell = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Spent:
    """Principal of an issuer's top-ups spent at a seller, and what of such went back."""

    spent_fen: int = 0
    refunded_fen: int = 0

    @property
    def kept_fen(self) -> int:
        """What remains spent; below 0 where refunds of earlier sales outweigh."""
        return self.spent_fen - self.refunded_fen


@dataclass(frozen=True, slots=True)
class Collected:
    """Advances that came back from a merchant, from its sales and from its deposit."""

    from_pending_fen: int = 0
    from_deposit_fen: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """What a period's prepaid spending comes to for a merchant.

    `receivable_fen`: others' top-ups spent there; `payable_fen`: its own spent elsewhere; their
    difference is `net_fen`. `moves_fen`: what of it reaches the merchant in money: all principal
    spent there, less the advances collected from it.
    """

    merchant_id: UUID
    own_fen: int
    receivable_fen: int
    payable_fen: int
    collected: Collected

    @property
    def net_fen(self) -> int:
        """Above 0: the others owe it, below: it owes them."""
        return self.receivable_fen - self.payable_fen

    @property
    def moves_fen(self) -> int:
        """What the period's prepaid spending brings it, advances netted."""
        collected = self.collected.from_pending_fen + self.collected.from_deposit_fen
        return self.own_fen + self.receivable_fen - collected


def positions(matrix: Mapping[Cell, Spent], collected: Mapping[UUID, Collected]) -> list[Position]:
    """Each merchant's position, in the order of their ids. The nets come to 0."""
    own: Counter[UUID] = Counter()
    receivable: Counter[UUID] = Counter()
    payable: Counter[UUID] = Counter()
    merchants = set(collected)
    for (issuer, seller), spent in matrix.items():
        merchants |= {issuer, seller}
        if issuer == seller:
            own[seller] += spent.kept_fen
        else:
            receivable[seller] += spent.kept_fen
            payable[issuer] += spent.kept_fen
    return [
        Position(each, own[each], receivable[each], payable[each],
                 collected.get(each, Collected()))
        for each in sorted(merchants)
    ]  # fmt: skip


def gross_fen(matrix: Mapping[Cell, Spent]) -> int:
    """What would move if each pair of merchants settled each spending by itself."""
    return sum(
        abs(spent.kept_fen) for (issuer, seller), spent in matrix.items() if issuer != seller
    )


def netted_fen(found: list[Position]) -> int:
    """What moves when all settle at once: the sum of all who are owed something."""
    return sum(max(0, each.net_fen) for each in found)
