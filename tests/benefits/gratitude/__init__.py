"""Thanks for a purchase: who buys for enough gets something back. The kind that a test adds."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apiflask import APIFlask
from app.benefits.gratitude import service
from app.benefits.gratitude.routes import blueprint
from app.benefits.gratitude.schemas import GratitudeSettings

from app.benefits.contract import Benefit, Funder, News, Words
from app.core import outbox


def open_room(app: APIFlask) -> None:
    """Wires the kind."""
    app.register_blueprint(blueprint)
    outbox.reader("sale.distributed", "benefits.gratitude", service.on_sale)
    outbox.reader("sale.refunded", "benefits.gratitude_refunded", service.on_refund)


def news(subject_id: UUID, what: str) -> News:
    """What somebody who was thanked is told."""
    return News("感谢惠顾", "谢谢您的消费，回赠已到账", "Thank you", "For your purchase")


def why(grant_id: UUID) -> Sequence[Words]:
    """Why there was a gift."""
    return [("消费满额回赠。", "A gift for a purchase that was large enough.")]


BENEFIT = Benefit(
    name="gratitude",
    title=("消费回赠", "Thanks for a purchase"),
    settings=GratitudeSettings,
    funders=(Funder.CAMPAIGN_FUND,),
    open_room=open_room,
    news=news,
    why=why,
)
