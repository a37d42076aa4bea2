"""Connects lotteries to the application."""

from __future__ import annotations

from apiflask import APIFlask

from app.benefits.lottery import claims, counting, taking_back
from app.benefits.lottery.models import LotteryDraw, LotteryPurchase, LotterySeed, seed_context
from app.benefits.lottery.routes import blueprint
from app.core import health, outbox
from app.core.keys.columns import sealed
from app.core.personal_data import owned, part
from app.core.timetable import every


def open_kind(app: APIFlask) -> None:
    """Called once by the room's opening."""
    app.register_blueprint(blueprint)
    sealed(LotterySeed.seed_sealed, seed_context)
    theirs = owned(LotteryPurchase.bucket, LotteryPurchase.member_id)
    part("benefits.lottery_purchases", "抽奖机会来源", LotteryPurchase, theirs)
    part("benefits.lottery_draws", "抽奖记录", LotteryDraw, LotteryDraw.member_id.in_)
    outbox.reader("sale.distributed", "benefits.lottery_count", counting.on_sale, is_local=True)
    outbox.reader("sale.refunded", "benefits.lottery_refunded", counting.on_refund, is_local=True)
    every(claims.SECONDS, "benefits.lapse_claims", claims.lapse)
    every(taking_back.SECONDS, "benefits.take_prizes_back", taking_back.work_off)
    health.gauge("prizes_to_take_back", taking_back.waiting)
