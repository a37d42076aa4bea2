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


class PrizeOfferUnfit(AppError):
    """A prize in goods is an offer that is displayed at the prize's value, in stock for all its
    pieces; a merchant's campaign gives the merchant's own (`offer_id`, `price_fen`, `left`)."""

    status, code = 409, "prize_offer_unfit"
    title, message = "The offer does not fit its prize", "奖品商品未上架、价格或库存与奖品不符"


class NothingToClaim(AppError):
    """The draw has no goods to claim, or not any more; `claim` says how it stands."""

    status, code = 409, "nothing_to_claim"
    title, message = "There is nothing to claim", "没有可领取的奖品，或已领取、已过期"


class GoodsToBeHad(AppError):
    """The value of goods is paid in money only where they are not to be had."""

    status, code = 409, "goods_to_be_had"
    title, message = "The goods are to be had: claim them", "奖品可正常领取，请选择自提或配送"


class DrawUnknown(AppError):
    """There is no such draw, or it is not the caller's."""

    status, code = 404, "draw_unknown"
    title, message = "There is no such draw", "没有找到该抽奖记录"


class ExperiencePrizeUnfit(AppError):
    """Experience gold is a prize in the platform's campaigns only."""

    status, code = 409, "experience_prize_unfit"
    title, message = "Only the platform gives experience gold", "只有平台活动可以体验金作为奖品"
