"""Promotion 推广: members share links of what a merchant offers, for commission."""

from app.benefits.contract import Benefit, Funder
from app.benefits.promotion import digests, explaining, money, opening, reading
from app.benefits.promotion.links import NAME
from app.benefits.promotion.schemas import PromotionSettings

BENEFIT = Benefit(
    name=NAME,
    title=("推广", "Promotion"),
    settings=PromotionSettings,
    funders=(Funder.OFFER_BUDGET,),
    open_room=opening.open_room,
    news=digests.worded,
    why=explaining.why,
    published=opening.published,
    promised_fen=money.promised_fen,
    report=reading.figures,
    view=reading.view,
    example={
        "commission_bp": 500,
        "cap_fen": 5_000,
        "window_days": 15,
        "subjects": ["store", "product", "content"],
        "contents": [{"key": "spring", "title": "春季新品", "text": "当季鲜茶，到店品尝。"}],
    },
    is_labour=True,
)
