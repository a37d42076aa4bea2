"""Chances, odds and the chain of draws: pure. Whoever has the public data computes the same.

The seed of a campaign is fixed before its first draw and only its hash is told until the last one.
Draw n falls by the seed and by the head of the chain before it; its own nonce goes into the head
after it. So nobody bends their own draw by what they send, whoever made the seed cannot foresee
more than the next draw once somebody else has sent a nonce, and no draw can later be left out,
moved or changed. docs/lottery.md says it for strangers, with a program.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

WHOLE = 1_000_000
NOTHING = 0


@dataclass(frozen=True, slots=True)
class Odds:
    """A prize as a draw sees it: numbered from 1, `odds_ppm` of a million, so many of it."""

    number: int
    odds_ppm: int
    stock: int


def chances(
    conceded: Iterable[int],
    *,
    threshold_fen: int,
    is_cumulative: bool,
    most_per_purchase: int,
    most_per_member: int | None = None,
) -> int:
    """How many chances one person's purchases give; what each has conceded (fen), in their order.

    One for each whole threshold. Cumulative: what is left over counts for the next purchase, but
    never a whole threshold that a purchase had too many. More concession never gives less.
    `most_per_member` None: without that bound.
    """
    total, carried = 0, 0
    for fen in conceded:
        carried = fen + (carried if is_cumulative else 0)
        gained = min(carried // threshold_fen, most_per_purchase)
        carried = min(carried - gained * threshold_fen, threshold_fen - 1)
        total += gained
    return total if most_per_member is None else min(total, most_per_member)


def rules_hash(rules: Mapping[str, Any]) -> str:
    """The hash of published rules, over their JSON with sorted keys and without spaces."""
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def commitment(seed: str) -> str:
    """What is published of a seed (hex) before it may be known."""
    return sha256(bytes.fromhex(seed)).hexdigest()


def first_head(rules: Mapping[str, Any], committed: str) -> str:
    """The head of the chain before any draw."""
    return _hash(rules_hash(rules), committed)


def next_head(head: str, number: int, nonce: str, prize: int) -> str:
    """The head after a draw."""
    return _hash(head, str(number), nonce, str(prize))


def roll(seed: str, head: str, number: int) -> int:
    """What a draw falls on, 0 to 999,999: by the seed and the head before it."""
    digest = hmac.digest(bytes.fromhex(seed), f"{head}:{number}".encode(), "sha256")
    return int.from_bytes(digest) % WHOLE


def picked(prizes: Sequence[Odds], rolled: int) -> int:
    """The number of the prize on which a draw fell, or NOTHING."""
    reached = 0
    for prize in prizes:
        reached += prize.odds_ppm
        if rolled < reached:
            return prize.number
    return NOTHING


def given(
    prizes: Sequence[Odds], consolation: Odds | None, before: Mapping[int, int], chosen: int
) -> int:
    """What a draw that fell on `chosen` gives, when so many of each were given `before`.

    A prize that is gone gives the consolation while there is any of it, else nothing.
    """
    if chosen == NOTHING:
        return NOTHING
    prize = prizes[chosen - 1]
    if before.get(chosen, 0) < prize.stock:
        return chosen
    if consolation is not None and before.get(consolation.number, 0) < consolation.stock:
        return consolation.number
    return NOTHING


def _hash(*parts: str) -> str:
    return sha256(":".join(parts).encode()).hexdigest()
