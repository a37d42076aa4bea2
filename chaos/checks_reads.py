"""What people were shown while everything moved: O-7 and O-8.

Every read tells for each purse a balance and how many entries it contains, and the export tells
what those entries are. So a read is checked exactly, not only for its sum.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from typing import Any

from chaos.evidence import PURSES, Evidence
from chaos.findings import Check

Versions = dict[str, dict[str, int]]


def snapshots(seen: Evidence) -> Check:
    """O-7: the bank test. Money between two purses of a member is in exactly one of them."""
    check = Check("O-7", "each look at a wallet is one moment of it, nothing below its floor")
    touched = _versions_by_journal(seen)
    for record in seen.reads():
        purses = record["answer"]["purses"]
        for name, purse in purses.items():
            is_owed = name == "clawback_due"
            below = purse["balance_fen"] > 0 if is_owed else purse["balance_fen"] < 0
            check.expect(not below, f"{name} shows {purse['balance_fen']}")
        for journal, versions in touched[record["principal"]].items():
            inside = {
                purses[name]["ledger_version"] >= version
                for name, version in versions.items()
                if name in purses
            }
            check.expect(len(inside) < 2, f"a read shows half of journal {journal}")
    return check


def _versions_by_journal(seen: Evidence) -> dict[str, Versions]:
    """For each owner, the last version each journal gave to each of their purses."""
    found: dict[str, Versions] = defaultdict(lambda: defaultdict(dict))
    for (owner, account), lines in seen.entries.items():
        if account in PURSES:
            for line in lines:
                found[owner][line["journal"]][account] = line["version"]
    return found


def real_time(seen: Evidence) -> Check:
    """O-8."""
    check = Check("O-8", "reads are exact, never go back, and show what was acknowledged before")
    sums = {
        account: [0, *accumulate(line["amount_fen"] for line in lines)]
        for account, lines in seen.entries.items()
    }
    reads: dict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
    for record in seen.reads():
        for name, purse in record["answer"]["purses"].items():
            account = (record["principal"], name)
            version, shown = purse["ledger_version"], purse["balance_fen"]
            prefix = sums.get(account, [0])
            exact = version < len(prefix) and prefix[version] == shown
            check.expect(exact, f"{name} shows {shown} at version {version}")
            reads[account].append((record["t_invoke"], record["t_return"], version))
    _never_back(check, reads)
    _acknowledged(check, seen, reads)
    return check


def _never_back(check: Check, reads: dict[tuple[str, str], list[tuple[float, float, int]]]) -> None:
    for account, lines in reads.items():
        for invoked, _, version in lines:
            before = max((old for _, returned, old in lines if returned < invoked), default=0)
            check.expect(version >= before, f"{account}: {version} after {before}")


def _acknowledged(check: Check, seen: Evidence, reads: dict[Any, Any]) -> None:
    acked: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    touched = _versions_by_journal(seen)
    for record in seen.records:
        answer = record["answer"] if record["class"] == "ok" else None
        journal = answer.get("journal_id") if isinstance(answer, dict) else None
        if journal is not None and record["key"]:
            for owner, versions in touched.items():
                for name, version in versions.get(journal, {}).items():
                    acked[owner, name].append((record["t_return"], version))
    for account, lines in reads.items():
        for invoked, _, version in lines:
            owed = max((v for returned, v in acked[account] if returned < invoked), default=0)
            check.expect(version >= owed, f"{account}: shows {version}, {owed} was acknowledged")
