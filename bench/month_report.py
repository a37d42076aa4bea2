"""What the month came to: who holds what, and whatever is not as it should be."""

from __future__ import annotations

from typing import Any

from bench.month_town import Town

LEFT = ("outbox_dead", "sales_undistributed", "rebates_overdue", "refunds_waiting")


def problems(town: Town) -> list[str]:
    """The audit, WeChat's own books, answers no client should see, and work left undone."""
    found = town.instance.audit_findings() + town.answers.impolite()
    theirs = town.sandbox.ask("GET", "books")
    ours = -_accounts(town)["wechat_takings"]["balance_fen"]
    if ours != theirs["basic_fen"]:
        found.append(f"takings: {ours} fen here, {theirs['basic_fen']} at WeChat")
    ready = town.instance.ready() or {}
    return found + [f"{name}: {ready[name]}" for name in LEFT if ready.get(name)]


def report(town: Town) -> dict[str, Any]:
    """Balances of the platform's accounts at the end, in fen."""
    return {name: one["balance_fen"] for name, one in _accounts(town).items() if one["balance_fen"]}


def _accounts(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = town.finance.get("/funds")["accounts"]
    return found
