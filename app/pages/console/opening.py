"""Opens the operator console: its areas, in the order of the menu."""

from __future__ import annotations

from apiflask import APIFlask

from app.pages.console import (
    applications,
    audit,
    background_exports,
    bank_batches,
    binding,
    campaigns,
    dashboard,
    explanations,
    exports,
    jobs,
    ledger,
    mailings,
    members,
    merchants,
    notices,
    offer_reviews,
    partners,
    policies,
    receivers,
    reconciliation,
    refunds,
    settlements,
    signing_in,
    simulations,
    spendings,
    staff,
    taxes,
    tickets,
    trust,
    withdrawals,
)
from app.pages.console.areas import open_console

AREAS = (
    dashboard.AREA,
    members.AREA,
    binding.AREA,
    withdrawals.AREA,
    bank_batches.AREA,
    taxes.AREA,
    settlements.AREA,
    refunds.AREA,
    spendings.AREA,
    reconciliation.AREA,
    ledger.AREA,
    merchants.AREA,
    partners.AREA,
    applications.AREA,
    trust.AREA,
    receivers.AREA,
    offer_reviews.AREA,
    campaigns.AREA,
    policies.AREA,
    simulations.AREA,
    explanations.AREA,
    exports.AREA,
    background_exports.AREA,
    tickets.AREA,
    notices.AREA,
    mailings.AREA,
    jobs.AREA,
    audit.AREA,
    staff.AREA,
    signing_in.AREA,
)


def install(app: APIFlask) -> None:
    """Connects the pages to the application."""
    open_console(app, "/console", "运营后台", AREAS)
