"""What looks like a ring (团伙): pure, no database, no clock.

Each rule says with which figures it fired, so that whoever looks at it sees why, and
later why then. A finding punishes nobody: people look at it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.members.service import Flock, SuspectedPair
from config.settings import Settings

Spending = Mapping[tuple[UUID, UUID], int]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: about whom, who takes part, and the figures it saw."""

    rule: str
    subject_kind: str
    subject_id: UUID
    parties: tuple[UUID, ...]
    figures: dict[str, str | int] = field(default_factory=dict)


def burst(flock: Flock, limits: Settings) -> Finding | None:
    """One code registers more people within minutes than somebody brings by talking to them."""
    span, fewest = timedelta(minutes=limits.ring_burst_minutes), limits.ring_burst_count
    most: tuple[UUID, ...] = ()
    begin = 0
    for end, (_, at) in enumerate(flock.members):
        while at - flock.members[begin][1] > span:
            begin += 1
        if end + 1 - begin > len(most):
            most = tuple(member_id for member_id, _ in flock.members[begin : end + 1])
    if len(most) < fewest:
        return None
    figures: dict[str, str | int] = {"members": len(most), "minutes": limits.ring_burst_minutes}
    return Finding("burst", flock.recommender_kind, flock.recommender_id, most, figures)


def withdraw_only(
    flock: Flock,
    withdrawn_fen: Mapping[UUID, int],
    payers: Collection[UUID],
    limits: Settings,
) -> Finding | None:
    """One code registers people who take money out and never buy anything."""
    idle = tuple(
        member_id
        for member_id, _ in flock.members
        if withdrawn_fen.get(member_id, 0) > 0 and member_id not in payers
    )
    if len(idle) < limits.ring_idle_members:
        return None
    figures: dict[str, str | int] = {
        "members": len(idle),
        "amount_fen": sum(withdrawn_fen[member_id] for member_id in idle),
        "days": limits.ring_days,
    }
    return Finding("withdraw_only", flock.recommender_kind, flock.recommender_id, idle, figures)


def own_second_account(pairs: Iterable[SuspectedPair]) -> list[Finding]:
    """Somebody has brought a second account of their own."""
    found = []
    for pair in pairs:
        one, other = pair.member_id, pair.same_person_as
        bringer = {pair.recommender_id: one, pair.other_recommender_id: other}
        for recommender_id, brought in bringer.items():
            if recommender_id in (one, other) and recommender_id != brought:
                figures: dict[str, str | int] = {"same": pair.kind}
                parties = (recommender_id, brought)
                found.append(
                    Finding("own_second_account", "member", recommender_id, parties, figures)
                )
    return found


def second_accounts(pairs: Iterable[SuspectedPair], limits: Settings) -> list[Finding]:
    """Of those whom one recommender brought, several are one person with another of them."""
    by_recommender: dict[tuple[str, UUID], list[SuspectedPair]] = defaultdict(list)
    for pair in pairs:
        is_together = pair.recommender_id == pair.other_recommender_id
        kind = pair.recommender_kind
        if pair.recommender_id and is_together and kind in ("member", "salesperson"):
            by_recommender[kind, pair.recommender_id].append(pair)
    return [
        Finding(
            "second_accounts",
            kind,
            recommender_id,
            _members_of(together),
            {"pairs": len(together)},
        )
        for (kind, recommender_id), together in sorted(by_recommender.items())
        if len(together) >= limits.ring_second_accounts
    ]


def one_card(
    pairs: Iterable[SuspectedPair], tops: Mapping[UUID, UUID], limits: Settings
) -> list[Finding]:
    """Members of one tree of recommendations want their money on one bank card.

    `tops` names for each member the beginning of their tree. A card is one member's: whoever else
    gives it is refused, and known from that.
    """
    trees: dict[UUID, list[SuspectedPair]] = defaultdict(list)
    for pair in pairs:
        top = tops.get(pair.member_id)
        if pair.kind == "card" and top is not None and top == tops.get(pair.same_person_as):
            trees[top].append(pair)
    found = []
    for top, together in sorted(trees.items()):
        for parties in _connected((one.member_id, one.same_person_as) for one in together):
            if len(parties) >= limits.ring_card_members:
                figures: dict[str, str | int] = {"members": len(parties), "top": str(top)}
                found.append(Finding("one_card", "member", parties[0], parties, figures))
    return found


def mutual_buying(
    spent_fen: Spending, contacts: Mapping[UUID, Collection[UUID]], limits: Settings
) -> list[Finding]:
    """People of shops buy at each other's shops in a circle, for amounts that friends do not.

    `spent_fen` is what contacts of one merchant paid at another one, by both merchants' ids.
    """
    large = {
        pair: fen
        for pair, fen in spent_fen.items()
        if fen >= limits.ring_circle_fen and pair[0] != pair[1]
    }
    circles = _circles(set(large))
    found = []
    for shops in circles:
        within = {pair: fen for pair, fen in large.items() if set(pair) <= set(shops)}
        people = sorted({person for shop in shops for person in contacts.get(shop, ())})
        figures: dict[str, str | int] = {
            "merchants": len(shops),
            "amount_fen": sum(within.values()),
            "days": limits.ring_days,
        }
        parties = (*shops, *people)
        found.append(Finding("mutual_buying", "merchant", shops[0], parties, figures))
    return found


def _members_of(pairs: Iterable[SuspectedPair]) -> tuple[UUID, ...]:
    return tuple(sorted({each for one in pairs for each in (one.member_id, one.same_person_as)}))


def _connected(edges: Iterable[tuple[UUID, UUID]]) -> list[tuple[UUID, ...]]:
    """The groups that edges join, each sorted, in the order of their first member."""
    groups: list[set[UUID]] = []
    for one, other in edges:
        joined = {one, other}
        for group in [group for group in groups if group & joined]:
            groups.remove(group)
            joined |= group
        groups.append(joined)
    return sorted(tuple(sorted(group)) for group in groups)


def _circles(edges: set[tuple[UUID, UUID]]) -> list[tuple[UUID, ...]]:
    """The groups in which each reaches each other one along the edges (two or more), sorted."""
    ways: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in edges:
        ways[one].add(other)
    reached = {start: _reached(start, ways) for start in sorted(ways)}
    mutual = (
        (one, other)
        for one in reached
        for other in reached[one]
        if one < other and one in reached.get(other, ())
    )
    return _connected(mutual)


def _reached(start: UUID, ways: Mapping[UUID, Collection[UUID]]) -> set[UUID]:
    found: set[UUID] = set()
    waiting = [start]
    while waiting:
        for other in ways.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
