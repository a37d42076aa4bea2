"""The books in themselves and against our journal: O-1 to O-6."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from chaos.evidence import Evidence, change, credited
from chaos.findings import Check
from chaos.people import Operation

KIND = {"pay": "sale", "combined": "sale", "top_up": "top_up", "withdraw": "withdrawal"}
KIND |= {"refund": "refund"}
KIND_AT = {"/payments": "sale", "/top-ups": "top_up", "/withdrawals": "withdrawal"}


def conservation(seen: Evidence) -> Check:
    """O-1."""
    check = Check("O-1", "each journal, and all accounts together, come to 0")
    total = 0
    for journal in seen.journals:
        own = sum(entry["amount_fen"] for entry in journal["entries"])
        total += own
        check.expect(own == 0, f"journal {journal['id']} comes to {own}")
    check.expect(total == 0, f"all together come to {total}")
    return check


def derivation(seen: Evidence) -> Check:
    """O-2: balances shown outside against the sums of exported entries, and the product's own
    audit, with the anchor of the hash chain that was taken before the first fault."""
    check = Check("O-2", "each balance is the sum of its entries; chain and anchor hold")
    for (owner, account), lines in seen.entries.items():
        _running(check, f"{owner} {account}", lines)
    for owner, purses in seen.wallets.items():
        for name, purse in purses.items():
            _shown(check, seen, owner, name, purse)
    platform = platform_of(seen)
    for name, shown in seen.funds.items():
        total = sum(line["amount_fen"] for line in seen.entries.get((platform, name), ()))
        fen = shown["balance_fen"]
        check.expect(fen == total, f"{name} shows {fen}, its entries come to {total}")
    found = seen.verified.get("findings")
    check.expect(seen.verified["exit"] == 0, f"audit verify: {found or seen.verified}")
    return check


def platform_of(seen: Evidence) -> str:
    """The owner of the platform's accounts."""
    return next(owner for owner, account in seen.entries if account == "wechat_takings")


def _running(check: Check, where: str, lines: list[dict[str, Any]]) -> None:
    if lines[0]["version"] is None:
        return
    total = 0
    for number, line in enumerate(lines, 1):
        total += line["amount_fen"]
        is_so = line["version"] == number and line["balance_fen"] == total
        check.expect(is_so, f"{where}: version {line['version']} is not the {number}th, {total}")


def _shown(check: Check, seen: Evidence, owner: str, name: str, purse: dict[str, Any]) -> None:
    lines = seen.entries.get((owner, name), [])
    expected = (sum(line["amount_fen"] for line in lines), len(lines))
    shown = (purse["balance_fen"], purse["ledger_version"])
    check.expect(shown == expected, f"{owner} {name} shows {shown}, its entries say {expected}")


def no_loss(seen: Evidence) -> Check:
    """O-3."""
    check = Check("O-3", "what was accepted is in the books once, with its amount")
    for operation, answer in seen.accepted("pay", "combined", "top_up", "withdraw"):
        _accepted(check, seen, operation, answer)
    for operation, answer in seen.accepted("refund"):
        found = seen.by_reference.get(("refund", answer["id"]), [])
        amounts = [credited(journal) for journal in found]
        check.expect(amounts == [operation.amount_fen], f"refund {answer['id']}: {amounts}")
    for journal in seen.journals:
        clearing = change(journal, "concession_clearing") if journal["kind"] == "sale" else 0
        if clearing:
            shares = seen.by_reference.get(("distribution", journal["reference_id"]), [])
            found = [change(share, "concession_clearing") for share in shares]
            check.expect(found == [-clearing], f"sale {journal['reference_id']} shared {found}")
    return check


def _accepted(check: Check, seen: Evidence, operation: Operation, answer: dict[str, Any]) -> None:
    identity = answer["id"]
    final = seen.finals[identity]["status"]
    found = seen.by_reference.get((KIND[operation.kind], identity), [])
    amounts = [credited(journal) for journal in found]
    is_void = final in ("cancelled", "expired", "closed")
    expected = [] if is_void else [operation.amount_fen]
    what = f"{operation.kind} {identity} ({final}): posted {amounts}, expected {expected}"
    check.expect(amounts == expected, what)
    promised = answer.get("journal_id")
    if promised:
        check.expect(promised in seen.by_id, f"{identity}: journal {promised} is not there")


def no_phantom(seen: Evidence) -> Check:
    """O-4: also holds for operations that nobody ever learned the outcome of."""
    check = Check("O-4", "nothing is in the books twice, or that nobody asked for")
    asked: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for operation in seen.operations:
        if operation.kind in KIND:
            asked[KIND[operation.kind]].add((operation.person.id, operation.amount_fen))
    for kind in sorted(set(KIND.values())):
        wishes = asked[kind]
        for journal in seen.journals:
            if journal["kind"] == kind:
                wish = (journal["principal_id"], credited(journal))
                check.expect(wish in wishes, f"{kind} {journal['id']} of {wish}: nobody asked")
        for amount, times in seen.posted(kind).items():
            check.expect(times == 1, f"{kind} of {amount} fen is there {times} times")
    return check


def refusals(seen: Evidence) -> Check:
    """O-5."""
    check = Check("O-5", "what was refused is not in the books")
    for operation in seen.operations:
        if operation.kind in KIND and operation.kind != "refund" and seen.was_refused(operation):
            times = seen.posted(KIND[operation.kind])[operation.amount_fen]
            check.expect(times == 0, f"refused {operation.kind} of {operation.amount_fen} fen")
    for record in seen.records:
        if record["op"] == "misuse" and record["class"] != "info":
            refused = record["status"] == 422
            check.expect(refused, f"same key, other body: {record['status']}")
            kind = KIND_AT[record["path"]]
            there = record["amount_fen"] in seen.posted(kind)
            check.expect(not there, f"same key, other body: {record['amount_fen']} fen posted")
    return check


def repetition(seen: Evidence) -> Check:
    """O-6."""
    check = Check("O-6", "the same key and request get the same answer")
    answers: dict[tuple[str, str, str], set[tuple[int, str]]] = defaultdict(set)
    times: dict[tuple[str, str, str], int] = defaultdict(int)
    for record in seen.records:
        if record["key"] and record["class"] == "ok":
            one = (record["principal"], record["key"], json.dumps(record["body"], sort_keys=True))
            answers[one].add((record["status"], record["answer_sha"]))
            times[one] += 1
    for one, found in answers.items():
        if times[one] > 1:
            check.expect(len(found) == 1, f"key {one[1]} had {len(found)} different answers")
    for record in seen.records:
        if record["op"] == "repeat" and record["class"] != "info":
            replayed = record["class"] == "ok" and record["replayed"]
            check.expect(replayed, f"{record['path']} {record['key']}: {record['status']}, anew")
    return check
