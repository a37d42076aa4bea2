"""Errands (跑腿): what somebody wants done, paid into escrow at once, run by approved members."""

from app.benefits.contract import Benefit, Funder
from app.benefits.errands import news, opening, views
from app.benefits.errands.schemas import EXAMPLE, ErrandSettings

BENEFIT = Benefit(
    name="errands",
    title=("跑腿", "Errands"),
    settings=ErrandSettings,
    funders=(Funder.PAYER,),
    open_room=opening.open_room,
    news=news.worded,
    why=news.why,
    report=views.report,
    view=views.programme,
    example=EXAMPLE,
)
