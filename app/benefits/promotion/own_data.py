"""What promotion holds of a member: told to them, what keeps them, and what is erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.benefits.promotion import clicks, digests, links
from app.benefits.promotion.models import Digest, Link, LinkClick, PromotedSale
from app.benefits.promotion.rules import OPEN
from app.core.db import db
from app.core.personal_data import owned, part


def declare() -> None:
    """Declares the kind's parts; called by its opening."""
    part("benefits.promotion_links", "推广链接", Link, owned(Link.bucket, Link.member_id))
    part(
        "benefits.promotion_clicks",
        "点击过的推广链接",
        LinkClick,
        owned(LinkClick.bucket, LinkClick.member_id),
        but={"minute"},
    )
    part(
        "benefits.promotion_sales",
        "推广成交",
        PromotedSale,
        lambda ids: PromotedSale.promoter_id.in_(ids),
        "promoter_id",
        "sale_id",
    )
    part(
        "benefits.promotion_days",
        "推广日报",
        Digest,
        owned(Digest.bucket, Digest.member_id),
    )


def remaining(_: Any, *, member_id: UUID) -> list[dict[str, Any]]:
    """Receiver of `remaining_asked`: commissions that are on their way."""
    mine = (PromotedSale.promoter_id == member_id, PromotedSale.status.in_(OPEN))
    found = db.session.scalars(select(PromotedSale.sale_id).where(*mine))
    return [{"what": "promotion_commission", "id": each} for each in found]


def erase(_: Any, *, member_id: UUID) -> None:
    """Receiver of `erasing`: their links, by which links they came, and what they were told of
    their days. Purchases that were brought stay under the pseudonymous id, with the books."""
    links.forget(member_id)
    clicks.forget(member_id)
    digests.forget(member_id)
