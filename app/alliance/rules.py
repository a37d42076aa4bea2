"""The arithmetic of a sale: concession, shares, refunds. Pure; all amounts in fen.

Source of the rules: design, "Split policy" and "Refunds".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

WHOLE_BP = 10_000


class Party(StrEnum):
    """Who may have a share of a concession. The order of this list decides ties."""

    CONSUMER = "consumer"
    RECOMMENDER = "recommender"
    MERCHANT_RECOMMENDER = "merchant_recommender"
    HOME_STORE = "home_store"
    SALESPERSON = "salesperson"
    PROMOTER = "promoter"
    OPERATIONS = "operations"
    CAMPAIGN_FUND = "campaign_fund"
    CHARITY = "charity"
    QUEUE_POOL = "queue_pool"


FUNDS = frozenset({Party.OPERATIONS, Party.CAMPAIGN_FUND, Party.CHARITY, Party.QUEUE_POOL})


@dataclass(frozen=True, slots=True)
class Policy:
    """A split policy: basis points by party (sum 10,000) and who takes an absent party's share."""

    shares_bp: Mapping[Party, int]
    fallbacks: Mapping[Party, Party]
    is_one_share_per_person: bool = True


@dataclass(frozen=True, slots=True)
class Earner:
    """Somebody outside the platform's funds: the owner of the account, and whom it belongs to.

    `person_id` is equal for two earners behind whom the same person stands.
    """

    owner_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Share:
    """What `party` was given by the policy, and the `receiver` party that really gets it."""

    party: Party
    receiver: Party
    amount_fen: int

    @property
    def reason(self) -> str:
        """`direct`, or `fallback` when the named party does not exist for this sale."""
        return "direct" if self.party is self.receiver else "fallback"


def next_of(policy: Policy, party: Party) -> Party:
    """To whom the share of a party falls that does not exist."""
    return policy.fallbacks.get(party, Party.OPERATIONS)


def portion_fen(base_fen: int, rate_bp: int) -> int:
    """`rate_bp` of an amount, rounded half up."""
    return (base_fen * rate_bp + WHOLE_BP // 2) // WHOLE_BP


def concession_fen(
    rate_bp: int,
    *,
    principal_fen: int,
    rebate_fen: int,
    wechat_fen: int,
    bonus_fen: int = 0,
    settled_fen: int = 0,
    is_bonus_included: bool = False,
) -> int:
    """What the shop concedes: on money really paid, on bonus only if the contract says so."""
    base_fen = principal_fen + rebate_fen + wechat_fen + settled_fen
    return portion_fen(base_fen + (bonus_fen if is_bonus_included else 0), rate_bp)


def allocate(total_fen: int, weights: Sequence[int]) -> list[int]:
    """`total_fen` in proportion to `weights`, exact to the fen, by largest remainder.

    Of equal remainders the earlier wins. Raises ValueError without any weight.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0 or total_fen < 0:
        raise ValueError("an allocation needs a total and weights that are not negative")
    parts = [total_fen * weight // whole for weight in weights]
    remainders = [total_fen * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: total_fen - sum(parts)]:
        parts[index] += 1
    return parts


def refund_parts(parts_fen: Sequence[int], before_fen: int, refund_fen: int) -> list[int]:
    """What a refund takes of each part of a sale of which `before_fen` was refunded already.

    Allocation(cumulative) less allocation(before), so that any sequence ends exact. The fen are
    counted out one after the other (`count_out`), so that a later refund never gives a part back
    what an earlier one took. Raises ValueError beyond the sale's total.
    """
    if refund_fen <= 0 or before_fen < 0 or before_fen + refund_fen > sum(parts_fen):
        raise ValueError("a refund lies within what is left of the sale")
    before = count_out(before_fen, parts_fen)
    after = count_out(before_fen + refund_fen, parts_fen)
    return [late - early for late, early in zip(after, before, strict=True)]


def discount_back_fen(discount_fen: int, amount_fen: int, before_fen: int, refund_fen: int) -> int:
    """How much of a member price's discount a refund of `refund_fen` undoes, in proportion to what
    was paid and rounded down, after `before_fen` went back: any sequence ends exact."""
    after = discount_fen * (before_fen + refund_fen) // amount_fen
    return after - discount_fen * before_fen // amount_fen


def count_out(total_fen: int, weights: Sequence[int]) -> list[int]:
    """The first `total_fen` fen of `sum(weights)`, each to whose turn it is (Webster's method).

    Unlike largest remainders this is monotonous: of a larger total nobody gets less. Of equal
    claims the earlier wins. `total_fen` lies between 0 and the sum of the weights, which none
    exceeds at the end.
    """
    whole = sum(weights)
    if not 0 <= total_fen <= whole:
        raise ValueError("more is counted out than there is")
    if not total_fen:
        return [0] * len(weights)
    parts = [(2 * total_fen * weight + whole) // (2 * whole) for weight in weights]
    while sum(parts) > total_fen:
        parts[_turn(weights, parts, is_last=True)] -= 1
    while sum(parts) < total_fen:
        parts[_turn(weights, parts, is_last=False)] += 1
    return parts


def _turn(weights: Sequence[int], parts: Sequence[int], *, is_last: bool) -> int:
    """Whose fen came last, or comes next: claims are weight / (2 · fen already counted ± 1)."""
    if is_last:
        held = [index for index in range(len(parts)) if parts[index]]
        return min(held, key=lambda index: (Fraction(weights[index], 2 * parts[index] - 1), -index))
    wanting = [index for index in range(len(parts)) if weights[index]]
    return max(wanting, key=lambda index: (Fraction(weights[index], 2 * parts[index] + 1), -index))


def share_out(
    concession: int, policy: Policy, earners: Mapping[Party, Earner]
) -> tuple[Share, ...]:
    """The concession divided by the policy; `earners` are the parties that exist for this sale.

    Each party's share is fixed first; then that of a party that does not exist, or behind which
    stands a person who has a share already, goes to its fallback.
    """
    parties = [party for party in Party if policy.shares_bp.get(party, 0) > 0]
    amounts = allocate(concession, [policy.shares_bp[party] for party in parties])
    receivers = _receivers(policy, earners)
    return tuple(
        Share(party, _receiver_of(policy, party, receivers), amount)
        for party, amount in zip(parties, amounts, strict=True)
        if amount > 0
    )


def _receivers(policy: Policy, earners: Mapping[Party, Earner]) -> set[Party]:
    if not policy.is_one_share_per_person:
        return FUNDS | set(earners)
    found = set(FUNDS)
    persons: set[UUID] = set()
    present = [party for party in Party if party in earners]
    for party in sorted(present, key=lambda party: policy.shares_bp.get(party, 0) == 0):
        if earners[party].person_id not in persons:
            found.add(party)
            persons.add(earners[party].person_id)
    return found


def _receiver_of(policy: Policy, party: Party, receivers: set[Party]) -> Party:
    while party not in receivers:
        party = next_of(policy, party)
    return party


def split_over(amount_fen: int, limits_fen: Sequence[int]) -> list[int]:
    """`amount_fen` taken from several sources in order; the last item is what they do not cover."""
    taken = []
    for limit in limits_fen:
        part = min(amount_fen, max(0, limit))
        taken.append(part)
        amount_fen -= part
    return [*taken, amount_fen]
