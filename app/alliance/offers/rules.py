"""How offers are found by words, and what one of them costs: pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONGEST_TERM = 24


def terms(*texts: str) -> list[str]:
    """What a text is found by: each character, and each pair that stands together within a word,
    so that Chinese needs no dictionary. Sorted, each once."""
    found: set[str] = set()
    for word in _words(" ".join(texts)):
        found.update(word)
        found.update(word[place : place + 2] for place in range(len(word) - 1))
    return sorted(found)


def wanted_terms(words: str) -> list[str]:
    """What an offer must have to be found by these words: the pairs of each, or the one character
    of which it consists."""
    found: set[str] = set()
    for word in _words(words):
        cut = word[:LONGEST_TERM]
        found.update(cut[place : place + 2] for place in range(len(cut) - 1))
        if len(cut) == 1:
            found.add(cut)
    return sorted(found)


def _words(text: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char if char.isalnum() else " " for char in plain).split()


def price_fault(price_fen: int, member_price_fen: int | None) -> str | None:
    """Why these two prices cannot stand together, or None."""
    if member_price_fen is not None and member_price_fen > price_fen:
        return "the member price is not above the price"
    return None
