"""What a split policy may say: its faults, its limits, its totals, and examples of it. Pure.

One level of recommendation only: there is a party for whoever brought the customer and none for
whoever brought that one. Nothing is paid for recruiting: all there is to share is the concession of
a sale (《禁止传销条例》, 2005). The caps are the operator's, with their lawyer's advice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.alliance.parties import receiver_of
from app.alliance.policies.wording import FAULTS, PARTIES
from app.alliance.rules import FUNDS, WHOLE_BP, Earner, Party, Policy, next_of, share_out
from app.core.world import PLATFORM_ID

HUNDRED_YUAN_FEN = 10_000
BRINGING = (Party.RECOMMENDER, Party.MERCHANT_RECOMMENDER, Party.SALESPERSON)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most (basis points of a concession) that bringing somebody, and promoting, may earn."""

    recommender_bp: int
    promoter_bp: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a policy cannot be used: a stable code, the party if one is at fault, and numbers."""

    code: str
    party: Party | None = None
    found_bp: int | None = None
    allowed_bp: int | None = None

    def view(self) -> dict[str, Any]:
        """As answers show it, in both languages."""
        zh, en = FAULTS[self.code]
        named = PARTIES[self.party] if self.party else ("", "")
        numbers = {"found": self.found_bp, "allowed": self.allowed_bp}
        return {
            "code": self.code,
            "party": self.party.value if self.party else None,
            "found_bp": self.found_bp,
            "allowed_bp": self.allowed_bp,
            "text": zh.format(party=named[0], **numbers),
            "text_en": en.format(party=named[1], **numbers),
        }


def faults(policy: Policy, caps: Caps | None = None) -> list[Fault]:
    """Everything that is wrong with a policy; with caps also what is above them."""
    found = [Fault("share_negative", party) for party, bp in policy.shares_bp.items() if bp < 0]
    total = sum(policy.shares_bp.values())
    if total != WHOLE_BP:
        found.append(Fault("shares_sum", found_bp=total, allowed_bp=WHOLE_BP))
    circles = [party for party in Party if party not in FUNDS and chain(policy, party) is None]
    found += [Fault("fallback_circle", party) for party in circles]
    found += [Fault("fallback_of_fund", party) for party in policy.fallbacks if party in FUNDS]
    if caps is not None and not circles:
        found += _above_caps(policy, caps)
    return found


def _above_caps(policy: Policy, caps: Caps) -> Iterator[Fault]:
    groups: list[tuple[str, Party, Collection[Party], int]] = [
        ("recommender_above_cap", party, {party}, caps.recommender_bp) for party in BRINGING
    ]
    if not policy.is_one_share_per_person:  # one person may be all of them
        groups = [("recommender_above_cap", BRINGING[0], BRINGING, caps.recommender_bp)]
    groups.append(("promoter_above_cap", Party.PROMOTER, {Party.PROMOTER}, caps.promoter_bp))
    for code, party, receivers, cap in groups:
        most = most_bp(policy, receivers)
        if most > cap:
            yield Fault(code, party, most, cap)


def chain(policy: Policy, party: Party) -> list[Party] | None:
    """To whom a party's share falls, one after the other, until a fund; None for a circle."""
    found: list[Party] = []
    while party not in FUNDS:
        party = next_of(policy, party)
        if party in found:
            return None
        found.append(party)
    return found


def most_bp(policy: Policy, receivers: Collection[Party]) -> int:
    """The most that these parties together may get of a concession: their own shares and all that
    fall to them where others do not exist."""
    return sum(
        bp
        for party, bp in policy.shares_bp.items()
        if {party, *(chain(policy, party) or ())} & set(receivers)
    )


def totals(policy: Policy) -> list[dict[str, Any]]:
    """What each 100 yuan of concession give to whom (fen), and to whom it falls instead."""
    everybody = {party: _somebody(party) for party in Party if party not in FUNDS}
    shares = {each.party: each for each in share_out(HUNDRED_YUAN_FEN, policy, everybody)}
    return [
        {
            "party": party.value,
            "title": PARTIES[party][0],
            "title_en": PARTIES[party][1],
            "share_bp": policy.shares_bp.get(party, 0),
            "amount_fen": shares[party].amount_fen if party in shares else 0,
            "falls_to": [each.value for each in chain(policy, party) or ()],
            "most_bp": most_bp(policy, {party}),
        }
        for party in Party
        if most_bp(policy, {party})
    ]


def examples(policy: Policy, concession_fen: int) -> list[dict[str, Any]]:
    """How a concession is divided where everybody exists, and in each case where somebody does
    not: by the allocator that divides real ones."""
    return [
        {
            "case": name,
            "shares": [
                {
                    "party": share.party.value,
                    "receiver": share.receiver.value,
                    "reason": share.reason,
                    "account": receiver_of(share.receiver, earners).account.label,
                    "amount_fen": share.amount_fen,
                }
                for share in share_out(concession_fen, policy, earners)
            ],
        }
        for name, earners in _cases(policy)
    ]


def _cases(policy: Policy) -> Iterator[tuple[str, dict[Party, Earner]]]:
    people = {party: _somebody(party) for party in Party if party not in FUNDS}
    platform = Earner(PLATFORM_ID, PLATFORM_ID)
    yield "everybody", people
    for party in people:
        if party is not Party.CONSUMER and most_bp(policy, {party}):
            yield f"without_{party}", {one: who for one, who in people.items() if one is not party}
    yield "brought_by_platform", people | {Party.RECOMMENDER: platform}
    home = Earner(people[Party.HOME_STORE].owner_id, people[Party.RECOMMENDER].person_id)
    yield "home_store_is_recommender", people | {Party.HOME_STORE: home}
    nobody = {Party.CONSUMER: people[Party.CONSUMER], Party.RECOMMENDER: platform}
    yield "nobody_else", nobody


def _somebody(party: Party) -> Earner:
    identity = UUID(int=list(Party).index(party) + 1)
    return Earner(identity, identity)
