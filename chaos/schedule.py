"""What is broken when: made from a seed, written down, and read again for a repetition."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROCESS_FAULTS = (
    "kill_web_worker",
    "kill_web",
    "kill_worker",
    "kill_worker_parent",
    "kill_relay",
    "kill_valkey",
    "kill_database_backend",
    "kill_database",
    "kill_sandbox",
    "flush_valkey",
    "pause_web_worker",
    "pause_worker",
    "pause_relay",
)
# What WeChat does: kind of the sandbox's fault, how often, and what it strikes.
WECHAT_FAULTS: dict[str, dict[str, Any]] = {
    "wechat_repeats": {"kind": "repeat", "count": 3, "match": "notify:"},
    "wechat_drops": {"kind": "drop", "count": 1, "match": "notify:"},
    "wechat_delays": {"kind": "delay", "count": 2, "match": "notify:", "delay_seconds": 4},
    "wechat_reorders": {"kind": "reorder", "count": 1, "match": "notify:"},
    "wechat_forges": {"kind": "forge", "count": 2, "match": "notify:"},
    "wechat_probes": {"kind": "signtest", "count": 2, "match": "notify:"},
    "wechat_tells_other_amount": {"kind": "amount_mismatch", "count": 1, "match": "notify:"},
    "wechat_tells_unknown_order": {"kind": "unknown_order", "count": 1, "match": "notify:"},
    "wechat_resets_before": {"kind": "reset_before", "count": 2, "match": "/v3/"},
    "wechat_resets_after": {"kind": "reset_after", "count": 3, "match": "/v3/"},
    "wechat_error": {"kind": "system_error", "count": 2, "match": "/v3/"},
    "wechat_error_after": {"kind": "system_error_after", "count": 3, "match": "/v3/"},
    "wechat_bad_gateway": {"kind": "bad_gateway", "count": 1, "match": "/v3/"},
}
GAP_SECONDS = (1.2, 2.4)
WECHAT_GAP_SECONDS = (1.2, 2.4)
LONGEST_STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Planned:
    """One fault: `at` seconds after the load began; `chance` picks among several targets."""

    at: float
    kind: str
    chance: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Schedule:
    """All faults of a run, in order of time."""

    seed: int
    seconds: float
    faults: tuple[Planned, ...]

    def write(self, path: Path) -> None:
        """Keep it for a repetition."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def read(path: Path) -> Schedule:
    """A schedule written by an earlier run."""
    found = json.loads(path.read_text("utf-8"))
    faults = tuple(Planned(**fault) for fault in found["faults"])
    return Schedule(found["seed"], found["seconds"], faults)


def make(seed: int, seconds: float, only: str = "") -> Schedule:
    """Every kind once in random order, however long it takes; then again until time is up.

    `only` leaves those kinds whose name begins with it: `wechat`, `kill_database`, `none`.
    """
    dice = random.Random(f"{seed}:schedule")
    planned = []
    for kinds, gap in ((PROCESS_FAULTS, GAP_SECONDS), (tuple(WECHAT_FAULTS), WECHAT_GAP_SECONDS)):
        chosen = tuple(kind for kind in kinds if kind.startswith(only))
        planned += _line(dice, chosen, gap, seconds) if chosen else []
    return Schedule(seed, seconds, tuple(sorted(planned, key=lambda fault: fault.at)))


def _line(
    dice: random.Random, kinds: tuple[str, ...], gap: tuple[float, float], seconds: float
) -> list[Planned]:
    planned: list[Planned] = []
    moment = 1.0
    while moment < seconds:
        is_first = not planned
        for kind in dice.sample(kinds, len(kinds)):
            if moment >= seconds and not is_first:
                break
            pause = dice.uniform(1.0, LONGEST_STOP_SECONDS) if kind.startswith("pause") else 0.0
            planned.append(
                Planned(round(moment, 2), kind, round(dice.random(), 3), round(pause, 2))
            )
            moment += dice.uniform(*gap)
    return planned
