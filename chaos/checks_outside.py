"""The books against WeChat's, and what a person notices: O-10, O-11, O-12, O-14."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from chaos.checks_books import platform_of
from chaos.ending import OPEN_GAUGES
from chaos.evidence import Evidence, change
from chaos.findings import Check

OVER = ("FAIL", "CANCELLED")
ENDED = {
    "pay": ("paid", "refunded"),
    "combined": ("paid", "refunded", "cancelled", "expired"),
    "top_up": ("credited", "closed"),
    "withdraw": ("paid", "returned", "rejected"),
}


def payouts(seen: Evidence) -> Check:
    """O-10. A bill's number is the withdrawal's id; amounts of withdrawals occur only once.

    A bill is the amount held less fee and tax: its end books what was sent, to the fen.
    """
    check = Check("O-10", "each withdrawal is paid out at most once, and to the fen")
    withdrawals = {
        journal["reference_id"].replace("-", ""): -change(journal, "rebate")
        for journal in seen.journals
        if journal["kind"] == "withdrawal"
    }
    bills: dict[str, dict[str, Any]] = {bill["out_bill_no"]: bill for bill in _bills(seen)}
    for number, bill in bills.items():
        held = withdrawals.get(number)
        check.expect(
            held is not None and 0 < bill["amount_fen"] <= held,
            f"bill {number}: held {held}, sent {bill}",
        )
    living = Counter(
        (bill["openid"], bill["amount_fen"]) for bill in _bills(seen) if bill["state"] not in OVER
    )
    for one, times in living.items():
        check.expect(times == 1, f"{times} living payouts of {one[1]} fen to one person")
    booked = 0
    for journal in seen.journals:
        if journal["kind"].startswith("withdrawal_"):
            booked += _end(check, journal, bills)
    sent = sum(bill["amount_fen"] for bill in _bills(seen) if bill["state"] == "SUCCESS")
    check.expect(booked == sent, f"booked {booked} fen as paid out, WeChat paid {sent}")
    return check


def _bills(seen: Evidence) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = seen.books["transfers"]
    return found


def _end(check: Check, journal: dict[str, Any], bills: dict[str, dict[str, Any]]) -> int:
    """What a withdrawal's end booked as paid; WeChat must agree that it was, or was not."""
    bill = bills.get(journal["reference_id"].replace("-", ""))
    state = bill["state"] if bill else "unknown"
    paid = change(journal, "wechat_operating")
    agrees = state == "SUCCESS" if paid else state in (*OVER, "unknown")
    check.expect(agrees, f"{journal['kind']} {journal['reference_id']}: WeChat says {state}")
    if paid and bill is not None:
        sent = bill["amount_fen"]
        check.expect(paid == sent, f"bill {bill['out_bill_no']}: booked {paid}, sent {sent}")
    return paid


def credits(seen: Evidence) -> Check:
    """O-11, for top-ups and for WeChat's part of payments; and the balance at WeChat Pay."""
    check = Check("O-11", "what was paid at WeChat is credited exactly once, and nothing else")
    fees: dict[str, int] = defaultdict(int)
    for journal in seen.journals:
        if journal["kind"] == "channel_fee":
            fees[journal["reference_id"].replace("-", "")] += 1
    paid = [one for one in seen.books["orders"] if one["state"] in ("SUCCESS", "REFUND")]
    for order in paid:
        times = fees[order["out_trade_no"]]
        expected = 1 if order["fee_fen"] else 0
        check.expect(times == expected, f"order {order['out_trade_no']} took a fee {times} times")
    theirs = Counter(order["total_fen"] for order in paid)
    kinds = ("sale", "top_up", "suspense")
    ours = Counter(
        -change(journal, "wechat_takings")
        for journal in seen.journals
        if journal["kind"] in kinds and change(journal, "wechat_takings")
    )
    for amount in theirs | ours:
        same = theirs[amount] == ours[amount]
        check.expect(same, f"{amount} fen paid {theirs[amount]}, credited {ours[amount]} times")
    lines = seen.entries[platform_of(seen), "wechat_takings"]
    held = -sum(line["amount_fen"] for line in lines)
    there = seen.books["basic_fen"]
    check.expect(held == there, f"the books say {held} fen are at WeChat Pay, WeChat {there}")
    return check


def liveness(seen: Evidence) -> Check:
    """O-12."""
    check = Check("O-12", "nothing is open any more when the faults are over")
    check.expect(seen.rest_seconds is not None, "it did not come to rest")
    for name in OPEN_GAUGES:
        value = seen.ready.get(name, "unknown")
        check.expect(value == 0, f"{name} is {value}")
    check.expect(seen.ready.get("status") == "ready", f"status {seen.ready.get('status')}")
    for operation, answer in seen.accepted(*ENDED):
        status = seen.finals[answer["id"]]["status"]
        is_over = status in ENDED[operation.kind]
        check.expect(is_over, f"{operation.kind} {answer['id']} is still {status}")
    for operation in seen.operations:
        known = operation.verdict in ("ok", "fail", "abandoned")
        check.expect(known, f"{operation.kind} {operation.number} never got an answer")
    for (owner, account), lines in seen.entries.items():
        if account in ("payment_hold", "withdrawing", "concession_clearing", "refund_clearing"):
            left = sum(line["amount_fen"] for line in lines)
            check.expect(left == 0, f"{left} fen are left in {account} of {owner}")
    return check


def hygiene(seen: Evidence) -> Check:
    """O-14."""
    check = Check("O-14", "no 5xx but 503 with Retry-After, and none once all is whole again")
    for record in seen.records:
        status = record["status"]
        if status is None or status < 500:
            check.expect(True, "")
            continue
        polite = status == 503 and record["retry_after"] is not None
        check.expect(polite, f"{record['op']} {record['path']}: {status}")
        late = record["t_invoke"] > seen.quiet_since
        check.expect(not late, f"{record['op']} {record['path']}: {status} without a fault")
    for error in seen.client_errors:
        check.expect(False, f"a client of ours failed: {error}")
    return check
