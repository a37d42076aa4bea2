"""One past sale again, under any policy: pure, by the rules that posted the real one.

Who existed for a sale is what its shares say; of parties that had no share then, what is known
today. So a sale replayed under its own policy gives what was posted, whatever has been corrected
since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.alliance.parties import receiver_of
from app.alliance.rules import FUNDS, Earner, Party, Policy, count_out, share_out


@dataclass(frozen=True, slots=True)
class Part:
    """What a party was given of a sale, who really got it, and what refunds took back (fen)."""

    party: Party
    receiver: Party
    owner_id: UUID
    amount_fen: int
    refunded_fen: int


@dataclass(frozen=True, slots=True)
class PastSale:
    """A distributed sale with its posted parts; `net_fen` and `experience_fen` went to the
    merchant, `refunded_fen` of the whole went back."""

    id: UUID
    merchant_id: UUID
    policy_id: UUID
    concession_fen: int
    net_fen: int
    experience_fen: int
    refunded_fen: int
    parts: tuple[Part, ...]


def replay(sale: PastSale, policy: Policy, earners: Mapping[Party, Earner]) -> tuple[Part, ...]:
    """The parts of the sale's concession under a policy, less what its refunds take of each."""
    shares = sorted(share_out(sale.concession_fen, policy, earners), key=lambda each: each.party)
    weights = [sale.net_fen, sale.experience_fen, *(share.amount_fen for share in shares)]
    back = count_out(sale.refunded_fen, weights)[2:]
    known = dict(earners)
    return tuple(
        Part(
            share.party,
            share.receiver,
            receiver_of(share.receiver, known).owner_id,
            share.amount_fen,
            refunded,
        )
        for share, refunded in zip(shares, back, strict=True)
    )


def earners_then(
    sale: PastSale, policy: Policy, today: Mapping[Party, Earner]
) -> dict[Party, Earner]:
    """Who existed for the sale when it was distributed under `policy`, its own. With what is
    known today of parties that had no share then, as long as that changes nothing of it."""
    proven = {part.receiver: part.owner_id for part in sale.parts if part.receiver not in FUNDS}
    found = {party: _earner(party, owner_id, today) for party, owner_id in proven.items()}
    persons = {earner.person_id for earner in found.values()}
    handed_on = {part.party for part in sale.parts if part.party is not part.receiver}
    for party, earner in today.items():
        is_unheard = party not in proven and party not in handed_on
        is_second = party in handed_on and party not in proven and earner.person_id in persons
        if is_unheard or is_second:
            found[party] = earner
    if replay(sale, policy, found) == sale.parts:
        return found
    order = list(Party)  # who had shares beside each other then were different persons then
    return {
        party: Earner(owner_id, UUID(int=order.index(party))) for party, owner_id in proven.items()
    }


def _earner(party: Party, owner_id: UUID, today: Mapping[Party, Earner]) -> Earner:
    """An earner with the person behind them, as far as the same one is there today."""
    known = today.get(party)
    return known if known and known.owner_id == owner_id else Earner(owner_id, owner_id)


def difference_fen(posted: Sequence[Part], replayed: Sequence[Part]) -> int:
    """By how much two divisions of one sale differ, over all who got something, refunds too."""
    sums: dict[tuple[UUID, Party], tuple[int, int]] = {}
    for sign, parts in ((1, posted), (-1, replayed)):
        for part in parts:
            amount, refunded = sums.get((part.owner_id, part.receiver), (0, 0))
            sums[part.owner_id, part.receiver] = (
                amount + sign * part.amount_fen,
                refunded + sign * part.refunded_fen,
            )
    return sum(abs(amount) + abs(refunded) for amount, refunded in sums.values())
