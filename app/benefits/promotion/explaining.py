"""Why somebody got a commission, in words."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.benefits import campaigns
from app.benefits.contract import Words
from app.benefits.models import Grant
from app.benefits.promotion.models import PromotedSale
from app.core.db import db
from app.core.units import percent, yuan
from app.core.world import beijing_day, bucket_of


def why(grant_id: UUID) -> Sequence[Words]:
    """The rule and the days, without who bought."""
    grant = db.session.get_one(Grant, (bucket_of(grant_id), grant_id))
    said = campaigns.terms(grant.campaign_id).settings
    rate, cap = percent(said.commission_bp), yuan(said.cap_fen)
    rule = (
        f"有会员点击您的推广链接后{said.window_days}天内消费：佣金为实付金额的{rate}%，"
        f"每笔最高{cap}元，按消费前最后一次点击归属，退款时按比例收回。",
        f"Somebody came by your link and bought within {said.window_days} days: {rate} % of what "
        f"was really paid, at most {cap} yuan for each purchase. The last click before it counts; "
        "refunds take their part back.",
    )
    row = db.session.scalar(
        select(PromotedSale).where(
            PromotedSale.bucket == bucket_of(grant.subject_id),
            PromotedSale.sale_id == grant.subject_id,
        )
    )
    if row is None:
        return [rule]
    clicked, bought = beijing_day(row.clicked_at), beijing_day(row.purchased_at)
    return [
        rule,
        (
            f"点击日期{clicked.isoformat()}，消费日期{bought.isoformat()}。",
            f"The click was on {clicked.isoformat()}, the purchase on {bought.isoformat()}.",
        ),
    ]
