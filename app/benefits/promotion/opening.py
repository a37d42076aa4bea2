"""Wires promotion to the application."""

from __future__ import annotations

from uuid import UUID

from apiflask import APIFlask

from app.alliance import service as alliance
from app.benefits.contract import Terms
from app.benefits.promotion import clicks, digests, links, own_data, service
from app.benefits.promotion.errors import PromotionUnfit, PromotionUnfunded
from app.benefits.promotion.routes import blueprint
from app.benefits.promotion.rules import Subject
from app.core import health, outbox
from app.core.timetable import every
from app.members import service as members
from app.qr import service as qr


def open_room(app: APIFlask) -> None:
    """Called once by the room's opening."""
    own_data.declare()
    app.register_blueprint(blueprint)
    outbox.reader("sale.distributed", "benefits.promote_sale", service.on_sale, is_local=True)
    outbox.reader("sale.refunded", "benefits.promotion_refunded", service.on_refund, is_local=True)
    outbox.reader(alliance.ORDER_CHANGED, "benefits.promote_order", service.on_order, is_local=True)
    alliance.came.connect(clicks.came)
    alliance.promoter_asked.connect(service.promoters_of)
    qr.caption_asked.connect(links.caption)
    members.remaining_asked.connect(own_data.remaining)
    members.erasing.connect(own_data.erase)
    every(service.RETRY_SECONDS, "benefits.retry_promotions", service.retry)
    every(clicks.CLEAR_SECONDS, "benefits.clear_clicks", clicks.clear_old)
    every(digests.TELL_SECONDS, "benefits.tell_promoters", digests.tell_due)
    health.gauge("promotions_waiting", service.waiting_count)


def published(terms: Terms) -> None:
    """Everything that is named is the merchant's, and the budget pays one commission at least.

    Raises PromotionUnfit, PromotionUnfunded.
    """
    named: list[tuple[Subject, UUID]] = [
        *((Subject.STORE, each) for each in terms.settings.store_ids),
        *((Subject.PRODUCT, each) for each in terms.settings.offer_ids),
    ]
    for subject, subject_id in named:
        if links.target(terms, subject, str(subject_id)) is None:
            raise PromotionUnfit(field=subject.value)
    if terms.budget_fen < terms.settings.cap_fen:
        raise PromotionUnfunded(needed_fen=terms.settings.cap_fen)
