"""What an answer costs in processor time, by kind of work and by part; see `effort`."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from bench.harness.effort import Shares
from bench.load import Result


class Costs:
    """Microseconds of processor time an answer, gathered turn by turn."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[str, dict[str, list[float]]] = {}

    def during(self, kind: str, run: Callable[[], Result]) -> Result:
        """Do a turn of this kind, and note what it cost."""
        shares = Shares()
        result = run()
        self.note(kind, shares.seconds(), len(result.latencies))
        return result

    def note(self, kind: str, seconds: dict[str, float], count: int) -> None:
        """Note what this many answers cost, by part."""
        for part, used in seconds.items():
            self._found.setdefault(kind, {}).setdefault(part, []).append(used / count * 1_000_000)

    def microseconds(self) -> dict[str, dict[str, int]]:
        """The median of the turns, by kind and part."""
        return {
            kind: {part: round(statistics.median(found)) for part, found in parts.items()}
            for kind, parts in self._found.items()
        }
