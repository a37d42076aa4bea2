"""Who is thanked. Decides; paying is the room's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.benefits.gratitude.models import Thanks
from sqlalchemy.dialects.postgresql import insert

from app.alliance import service as alliance
from app.benefits import campaigns, grants
from app.benefits.contract import Award, Purse, Terms
from app.benefits.news import tell
from app.core.db import db, in_transaction
from app.core.world import bucket_of, now


def on_sale(payload: dict[str, Any]) -> None:
    """Reader of `sale.distributed`, in a unit of its own for each campaign."""
    sale_id = UUID(payload["sale_id"])
    for terms in in_transaction(lambda: campaigns.published("gratitude")):
        in_transaction(lambda terms=terms: _thank(terms, sale_id))


def on_refund(payload: dict[str, Any]) -> None:
    """Reader of `sale.refunded`: a purchase undone is not thanked for."""
    sale_id = UUID(payload["sale_id"])
    in_transaction(lambda: _take_back(sale_id))


def _thank(terms: Terms, sale_id: UUID) -> None:
    sale = alliance.sale_facts(sale_id)
    if sale.amount_fen < terms.settings.minimum_fen or not terms.is_running(now()):
        return
    key = {"bucket": bucket_of(sale_id), "sale_id": sale_id, "campaign_id": terms.id}
    db.session.execute(insert(Thanks).values(**key, status="none").on_conflict_do_nothing())
    row = db.session.get_one(Thanks, tuple(key.values()), with_for_update=True)
    if row.grant_id is not None:
        return
    award = Award(str(sale_id), sale.payer_id, terms.settings.gift_fen, Purse.REBATE, sale_id)
    given = grants.grant(terms.id, award)
    if given is None:
        row.status = "budget_spent"
        return
    row.grant_id, row.status = given.id, "thanked"
    tell("gratitude", sale.payer_id, sale_id, "thanked")


def _take_back(sale_id: UUID) -> None:
    rows = db.session.query(Thanks).filter_by(bucket=bucket_of(sale_id), sale_id=sale_id)
    for row in rows.with_for_update():
        if row.grant_id is not None and row.status == "thanked":
            grants.take_back(row.grant_id, grants.find(row.grant_id).amount_fen)
            row.status = "taken_back"
    db.session.flush()
