"""What a programme has promised, and whether it can promise more. In the current unit of work."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.benefits import pots
from app.benefits.contract import Terms
from app.benefits.promotion.errors import PromotionUnfunded
from app.benefits.promotion.models import PromotedSale
from app.benefits.promotion.rules import OPEN
from app.core.db import db
from app.core.world import now

GRACE = timedelta(hours=1)


def promised_fen(terms: Terms) -> int:
    """What the pot must still keep: all commissions that are expected or wait.

    All of it for an hour after the end: what was bought in the last minutes is still being read of.
    """
    if terms.ended_at is not None and now() < terms.ended_at + GRACE:
        return pots.left_fen(terms.id)
    return open_fen(terms.id)


def open_fen(campaign_id: UUID) -> int:
    """Commissions that are expected or wait for money, in fen."""
    total = func.coalesce(func.sum(PromotedSale.amount_fen - PromotedSale.lost_fen), 0)
    mine = (PromotedSale.campaign_id == campaign_id, PromotedSale.status.in_(OPEN))
    return int(db.session.scalar(select(total).where(*mine)) or 0)


def is_funded(terms: Terms) -> bool:
    """Whether the pot pays one more whole commission beside what is promised."""
    cap_fen: int = terms.settings.cap_fen
    return pots.left_fen(terms.id) - open_fen(terms.id) >= cap_fen


def require_funded(terms: Terms) -> None:
    """Raises PromotionUnfunded."""
    if not is_funded(terms):
        raise PromotionUnfunded(needed_fen=terms.settings.cap_fen)
