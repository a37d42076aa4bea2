"""O-15: what must have happened for the other checks to mean anything. Otherwise the run is
invalid, which is not a pass."""

from __future__ import annotations

from collections import Counter

from chaos.evidence import Evidence
from chaos.findings import Check
from chaos.load import FEWEST_READS, WISHES
from chaos.schedule import Schedule

LONG_SECONDS = 300.0
IN_FLIGHT_SHARE = 0.9


def coverage(seen: Evidence, schedule: Schedule) -> Check:
    """O-15."""
    check = Check("O-15", "enough happened: faults under load, repeated and unknown requests")
    done = Counter(one.kind for one in seen.operations if one.verdict == "ok")
    for kind in WISHES:
        check.expect(done[kind] > 0, f"no {kind} succeeded")
    check.expect(len(seen.reads()) > FEWEST_READS, "hardly anybody looked at a wallet")
    counts = totals(seen)
    for name in ("replayed", "misused", "paid_out", "credited"):
        check.expect(counts[name] > 0, f"nothing was {name}")
    if schedule.faults:
        _faults(check, seen, schedule, counts)
    return check


def _faults(check: Check, seen: Evidence, schedule: Schedule, counts: dict[str, int]) -> None:
    hit = {one.fault.kind for one in seen.hits}
    for kind in sorted({fault.kind for fault in schedule.faults}):
        check.expect(kind in hit, f"{kind} never struck")
    broken = [one for one in seen.hits if not one.fault.kind.startswith("wechat")]
    busy = sum(one.in_flight > 0 for one in broken)
    enough = busy >= IN_FLIGHT_SHARE * len(broken)
    check.expect(enough, f"only {busy} of {len(broken)} faults struck under load")
    if broken:
        check.expect(counts["unknown"] > 0, "no outcome was ever unknown")
    if schedule.seconds >= LONG_SECONDS:
        check.expect(counts["unknown_applied"] > 0, "no unknown outcome had been applied")
        check.expect(counts["unknown_lost"] > 0, "no unknown outcome had not been applied")


def totals(seen: Evidence) -> dict[str, int]:
    """The numbers of a run, for people and for the last line."""
    records = [record for record in seen.records if record["key"]]
    kinds = Counter(record["class"] for record in records)
    found = {"attempts": len(records), "reads": len(seen.reads()), **kinds}
    found["operations"] = len(seen.operations)
    found["unknown"] = kinds["info"]
    found["retried"] = sum(one.attempts > 1 for one in seen.operations)
    found["abandoned"] = sum(one.verdict == "abandoned" for one in seen.operations)
    found["replayed"] = sum(bool(record.get("replayed")) for record in records)
    found["misused"] = sum(record["op"] == "misuse" for record in records)
    found["paid_out"] = sum(one["state"] == "SUCCESS" for one in seen.books["transfers"])
    found["credited"] = sum(one["kind"] == "top_up" for one in seen.journals)
    found["journals"] = len(seen.journals)
    found |= _unknown(seen)
    return found


def _unknown(seen: Evidence) -> dict[str, int]:
    """Of those unknown first and known later: how many had been done, how many had not."""
    applied = lost = 0
    for attempts in seen.attempts.values():
        classes = [record["class"] for record in attempts]
        if "info" in classes and classes[-1] == "ok":
            replayed = attempts[-1].get("replayed")
            applied, lost = applied + bool(replayed), lost + (not replayed)
    return {"unknown_applied": applied, "unknown_lost": lost}
