"""The front page of the operator console: how the alliance does, what is owed against what is held,
and what waits for somebody. It reads closings, rows of days and gauges, never a sum over all."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.core.auth import PLATFORM_ROLES
from app.core.kept import Kept
from app.pages.console import calls, frame, sessions
from app.pages.console.areas import Area, consoles, entry, paths
from app.pages.console.texts import t
from app.pages.console.wording import money, word

blueprint = frame.pages("dashboard", __name__)
AREA = Area(blueprint, (entry("/console", "概览", "总览", *PLATFORM_ROLES),))
DAYS = 31
FRESH_SECONDS = 10.0
# What waits for people: the gauge, where it is worked off, and whose it is.
QUEUES = (
    ("withdrawals_reviewing", "/console/withdrawals", ("finance", "reviewer")),
    ("withdrawals_manual", "/console/withdrawals?status=manual", ("finance",)),
    ("bank_lines_open", "/console/bank-batches", ("finance",)),
    ("bank_lines_to_confirm", "/console/bank-batches?shown=pending", ("finance",)),
    ("refunds_waiting", "/console/refunds", ("finance", "support", "operator")),
    ("suspense_open", "/console/suspense", ("finance",)),
    ("reconciliation_open", "/console/reconciliation", ("finance",)),
    ("spendings_waiting", "/console/spendings", ("finance",)),
    ("treasury_bookings_waiting", "/console/funds", ("finance",)),
    ("applications_waiting", "/console/applications", ("operator", "reviewer")),
    ("binding_disputes_open", "/console/binding", ("operator", "support")),
    ("binding_corrections_open", "/console/binding", ("operator", "support", "finance")),
    ("members_to_merge", "/console/merges", ("operator", "support")),
    ("rings_open", "/console/rings", ("operator", "reviewer", "finance", "support")),
    ("tickets_waiting", "/console/tickets", ("operator", "support")),
    ("outbox_dead", "/console/jobs", ("operator",)),
)
# What should be 0 in a healthy system, and the page that tells more of it, if there is one.
TROUBLES = (
    ("closings_late", "/console/ledger"),
    ("reconciliation_late", "/console/reconciliation"),
    ("sales_undistributed", ""),
    ("rebates_overdue", ""),
    ("withdrawals_unfunded", "/console/withdrawals"),
    ("withdrawals_contradicted", "/console/withdrawals"),
    ("refunds_troubled", "/console/refunds"),
    ("splits_troubled", "/console/splits"),
    ("orders_overdue", ""),
    ("wechat_paths_paused", ""),
    ("wechat_misconfigured", ""),
    ("calendar_ending", "/console/calendar"),
)
FUNDS = ("operations", "campaign_fund", "charity", "queue_pool", "tax_withheld", "suspense")


_health = Kept(calls.health, lambda: FRESH_SECONDS)


@blueprint.get("/console")
@sessions.page(*PLATFORM_ROLES)
def show_dashboard() -> Response:
    """How the alliance is, and what waits for somebody."""
    days = calls.read("/overview/days", limit=DAYS)["days"]
    reserve = calls.send("GET", "/reserve")
    return frame.render(
        "console/dashboard.html",
        today=days[0] if days else None,
        before=days[1] if len(days) > 1 else None,
        charts=_charts(days[::-1]),
        shares=_shares(days),
        reserve=None if reserve.is_refused else reserve.body,
        funds=_funds(),
        **_waiting(),
    )


@blueprint.get("/console/waiting")
@sessions.page(*PLATFORM_ROLES)
def show_waiting() -> Response:
    """The part of the front page that renews itself: queues and health."""
    return frame.render("console/waiting.html", **_waiting())


def _waiting() -> dict[str, Any]:
    health = _health.get()
    roles = sessions.visitor().roles
    known = set(paths(consoles()["/console"].areas))
    queues = [
        {
            "name": name,
            "path": path if path.partition("?")[0] in known else "",
            "count": health.get(name, 0),
        }
        for name, path, wanted in QUEUES
        if roles & set(wanted) and name in health
    ]
    menu = consoles()["/console"].menu(roles)
    theirs = {each.path for group in menu.values() for each in group}
    troubles = [
        {"name": name, "count": health[name], "path": path if path in theirs else ""}
        for name, path in TROUBLES
        if health.get(name)
    ]
    return {"queues": queues, "troubles": troubles, "health": health}


def _funds() -> list[tuple[str, str]]:
    """The platform's funds, for those who may see them."""
    if not sessions.visitor().roles & {"finance", "operator"}:
        return []
    accounts = calls.read("/funds")["accounts"]
    found = [name for name in FUNDS if name in accounts]
    return [(word("fund", name), money(accounts[name]["balance_fen"])) for name in found]


def _charts(days: list[dict[str, Any]]) -> dict[str, Any]:
    """What console.js draws: amounts in yuan, the words of its lines, by day."""
    labels = [day["day"][5:] for day in days]

    def series(**names: str) -> list[dict[str, Any]]:
        return [
            {"name": title, "values": [day[name] / 100 for day in days]}
            for name, title in names.items()
        ]

    sold = series(sold_fen=t("消费"), refunded_fen=t("退款"))
    conceded = series(concession_fen=t("让利"))
    people = [{"name": t("新会员"), "values": [day["joined"] for day in days]}]
    return {
        "sales": {"kind": "bar", "unit": "¥", "labels": labels, "series": sold},
        "concessions": {"kind": "line", "unit": "¥", "labels": labels, "series": conceded},
        "joined": {"kind": "bar", "unit": "", "labels": labels, "series": people},
    }


def _shares(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """To whom the concessions of the closed days went, the largest first."""
    sums: dict[str, int] = {}
    for day in days:
        for party, amount in day["shares"].items():
            sums[party] = sums.get(party, 0) + amount
    whole = sum(sums.values())
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    return [
        {
            "title": word("party", party),
            "amount": money(amount),
            "part": round(100 * amount / whole, 1) if whole else 0,
        }
        for party, amount in ordered
    ]
