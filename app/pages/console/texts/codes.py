"""What a code of the API is called, and the tone in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """The Chinese words for a code. Tones: quiet, wait, good, bad, busy."""

    title: str
    tone: str = "quiet"
