"""How somebody comes to a commission: a link, somebody else's click, and their purchase."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import service as alliance
from app.benefits import campaigns
from app.benefits.contract import Stage
from app.benefits.promotion import service
from app.core.db import in_transaction

COMMISSION_FEN = 500
PURCHASE_FEN = 10_000


class Promotion:
    """A promoter whose every customer buys for a hundred yuan."""

    settings: dict[str, Any] = {
        "commission_bp": 500,
        "cap_fen": COMMISSION_FEN,
        "window_days": 15,
        "subjects": ["store"],
    }
    budget_fen = 4 * COMMISSION_FEN
    grant_fen = COMMISSION_FEN

    def __init__(self) -> None:
        self._bought: dict[tuple[UUID, int], UUID] = {}

    def prepare(self, stage: Stage, campaign_id: UUID) -> None:
        """Nothing: the merchant has a store."""

    def ready(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The member is the promoter: somebody new comes by their link and buys."""
        store_id = in_transaction(lambda: _store(campaign_id))
        wish = {"campaign_id": str(campaign_id), "store_id": str(store_id)}
        status, link = stage.call(member_id, "POST", "/promotion-links", wish)
        if status != 201:
            return
        customer = stage.member()
        stage.call(customer, "POST", "/promotion-clicks", {"token": link["token"]})
        self._bought[member_id, number] = stage.buy(customer, PURCHASE_FEN, store_id)

    def earn(self, stage: Stage, campaign_id: UUID, member_id: UUID, number: int) -> None:
        """The sale's letter is read, as often as one likes."""
        sale_id = self._bought.get((member_id, number))
        if sale_id is not None:
            service.on_sale({"sale_id": str(sale_id)})


def _store(campaign_id: UUID) -> UUID:
    merchant_id = campaigns.terms(campaign_id).merchant_id
    assert merchant_id is not None
    return alliance.stores_of(merchant_id)[0]


REHEARSAL = Promotion()
