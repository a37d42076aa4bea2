"""What a lottery refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class NoChanceLeft(AppError):
    """Every chance was drawn, or purchases have not conceded enough (`chances`, `drawn`)."""

    status, code = 409, "no_chance_left"
    title, message = "There is no chance left to draw", "没有可用的抽奖机会"


class DrawsClosed(AppError):
    """The time to draw is over since `closed_at`."""

    status, code = 409, "draws_closed"
    title, message = "The time to draw is over", "抽奖时间已结束"


class PrizesNotCovered(AppError):
    """The budget is below what all prizes together cost (`needed_fen`)."""

    status, code = 409, "prizes_not_covered"
    title, message = "The budget does not cover all prizes", "活动预算不足以支付全部奖品"


class ExperiencePrizeUnfit(AppError):
    """Experience gold is a prize in the platform's campaigns only."""

    status, code = 409, "experience_prize_unfit"
    title, message = "Only the platform gives experience gold", "只有平台活动可以体验金作为奖品"
