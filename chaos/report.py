"""The table for people, and the last line for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from chaos.coverage import totals
from chaos.evidence import Evidence
from chaos.findings import Check
from chaos.schedule import Schedule

SHOWN = 5


def verdict(checks: list[Check]) -> str:
    """`pass`, `fail`, or `invalid` if nothing failed but too little happened."""
    failed = [check.name for check in checks if not check.passed]
    if not failed:
        return "pass"
    return "invalid" if failed == ["O-15"] else "fail"


def table(checks: list[Check], seen: Evidence, seconds: float) -> str:
    """What was looked at and what was found, in lines."""
    lines = [f"{'fault':28}{'struck':>7}{'busy':>6}"]
    struck = Counter(hit.fault.kind for hit in seen.hits)
    busy = Counter(hit.fault.kind for hit in seen.hits if hit.in_flight)
    lines += [f"{kind:28}{struck[kind]:>7}{busy[kind]:>6}" for kind in sorted(struck)]
    lines += [f"missed: {what}" for what in seen.missed]
    counts = totals(seen)
    lines += ["", " · ".join(f"{name} {value}" for name, value in counts.items())]
    lines += [f"at rest {seen.rest_seconds} s after the last fault, {seconds:.0f} s in all", ""]
    for check in checks:
        mark = "ok  " if check.passed else "FAIL"
        lines.append(f"{mark} {check.name:5}{check.examined:>8}  {check.question}")
        lines += [f"       - {finding}" for finding in check.findings[:SHOWN]]
        if len(check.findings) > SHOWN:
            lines.append(f"       - and {len(check.findings) - SHOWN} more")
    return "\n".join(lines)


def last_line(
    checks: list[Check], seen: Evidence, schedule: Schedule, recovery: float, kept: str | None
) -> str:
    """One JSON object."""
    broken = [hit for hit in seen.hits if not hit.fault.kind.startswith("wechat")]
    found: dict[str, Any] = {
        "verdict": verdict(checks),
        "seed": schedule.seed,
        "faults": len(seen.hits),
        "process_faults": len(broken),
        "process_faults_under_load": sum(hit.in_flight > 0 for hit in broken),
        "missed": len(seen.missed),
        "rest_seconds": seen.rest_seconds,
        "longest_recovery_seconds": round(recovery, 1),
        "checks": {check.name: len(check.findings) for check in checks},
        "not_passed": [check.name for check in checks if not check.passed],
        "kept": kept,
        **totals(seen),
    }
    return json.dumps(found)
