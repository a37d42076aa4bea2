"""Measuring in turns: the yardstick and each of ours, one after the other, again and again."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from typing import Any

Measure = Callable[[], float]


def in_turns(
    rounds: int, yardstick: Measure, ours: Mapping[str, Measure]
) -> dict[str, list[float]]:
    """Measure `rounds` times in turns; what each gave, the yardstick under `yardstick`."""
    found: dict[str, list[float]] = {name: [] for name in ("yardstick", *ours)}
    for number in range(1, rounds + 1):
        for name, measure in {"yardstick": yardstick, **ours}.items():
            found[name].append(measure())
        told = ", ".join(f"{name} {values[-1]:.0f}" for name, values in found.items())
        print(f"round {number} of {rounds}: {told}", flush=True)
    return found


def ratios(found: Mapping[str, list[float]], name: str) -> list[float]:
    """The ratio to the yardstick in each round."""
    pairs = zip(found[name], found["yardstick"], strict=True)
    return [round(ours / yardstick, 3) for ours, yardstick in pairs]


def report(bench: str, headline: str, found: Mapping[str, list[float]], **more: Any) -> None:
    """Print the last line: JSON with the median ratio of the headline, and all that was seen."""
    ours = statistics.median(found[headline])
    line = {
        "bench": bench,
        "ratio": statistics.median(ratios(found, headline)),
        "ours": round(ours, 1),
        "yardstick": round(statistics.median(found["yardstick"]), 1),
        "runs": len(found["yardstick"]),
        "ratios": {name: ratios(found, name) for name in found if name != "yardstick"},
        **more,
    }
    print(json.dumps(line))
