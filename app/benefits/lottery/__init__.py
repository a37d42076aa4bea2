"""Lottery: a chance for each so much of concession, drawn so that anyone can check it. 抽奖"""

from app.benefits.contract import Benefit, Funder
from app.benefits.lottery import claims, opening, reading, service
from app.benefits.lottery.schemas import EXAMPLE, LotterySettings

BENEFIT = Benefit(
    name="lottery",
    title=("抽奖", "Lottery"),
    settings=LotterySettings,
    funders=(Funder.CAMPAIGN_FUND, Funder.OFFER_BUDGET),
    open_room=opening.open_kind,
    news=reading.news,
    why=reading.why,
    published=service.begin,
    promised_fen=service.promised_fen,
    report=reading.report,
    view=reading.view,
    came_back=claims.reopen,
    example=EXAMPLE,
)
