"""Amounts that occur once, so that an entry in the books names the request it came from."""

from __future__ import annotations

import itertools
import random
import threading

KIND_OF_MONEY = {"pay": "sale", "combined": "sale", "top_up": "top_up", "withdraw": "withdrawal"}


class Amounts:
    """Hands out amounts in fen, each once for a kind of posting. Any thread may ask."""

    def __init__(self, dice: random.Random) -> None:
        withdrawals = list(range(10_000, 20_000))
        dice.shuffle(withdrawals)
        self._lock = threading.Lock()
        self._next = {
            "sale": itertools.count(101),
            "top_up": itertools.count(2_001),
            "withdrawal": iter(withdrawals),
        }

    def take(self, kind: str) -> int:
        """An amount no other operation of this kind of posting has."""
        with self._lock:
            return next(self._next[KIND_OF_MONEY[kind]])
