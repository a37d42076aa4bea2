"""What people are told of the queue: no names, no promise."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.benefits import campaigns
from app.benefits.contract import News, Words
from app.benefits.models import Grant
from app.benefits.queue_subsidy.models import QueuePlace
from app.core.db import db
from app.core.units import money, percent
from app.core.world import bucket_of

PROMISE = (
    "补贴只来自联盟门店已实际让出、已入池的资金；没有入池就没有发放。名次与预计时间均不构成承诺。"
)
PROMISE_EN = (
    "Paid only out of what shops have really conceded and the pool has really collected. Position "
    "and estimate are no promise."
)
TITLE = ("排队补贴", "Queue subsidy")


def news(place_id: UUID, what: str) -> News:
    """What a member is told of a place: paid in full, its first part, near the front, taken back.

    `what` may carry an amount behind a slash. Raises LookupError for anything else.
    """
    row = _place(place_id)
    kind, _, _ = what.partition("/")
    text, text_en, amount_fen = {
        "paid": (
            f"第{row.number}号已足额发放，补贴已存入您的返利钱包，共",
            f"ticket {row.number} was paid in full",
            row.paid_fen - row.taken_fen,
        ),
        "first_part": (
            f"第{row.number}号已开始发放，其余随资金入池陆续发放，已发",
            f"ticket {row.number} got its first part",
            row.paid_fen - row.taken_fen,
        ),
        "near": (
            f"第{row.number}号已排到队伍前列。发放时间取决于资金入池，不构成承诺",
            f"ticket {row.number} is near the front; when it is paid is no promise",
            None,
        ),
        "taken_back": (
            f"第{row.number}号对应的消费已退款，补贴按比例收回，累计收回",
            f"the purchase of ticket {row.number} was refunded, its part was taken back",
            row.taken_fen,
        ),
    }[kind]
    return News(TITLE[0], text, TITLE[1], text_en, amount_fen)


def why(grant_id: UUID) -> list[Words]:
    """How a grant came about: the ticket, its target and what limits it."""
    grant = db.session.scalar(
        select(Grant).where(Grant.bucket == bucket_of(grant_id), Grant.id == grant_id)
    )
    if grant is None:
        return []
    row = _place(grant.subject_id)
    says = campaigns.terms(row.campaign_id).settings
    basis = ("实付金额", "what was really paid") if says.basis == "paid" else (
        "该单让利", "what the purchase conceded"
    )  # fmt: skip
    part = f"{percent(says.rate_bp)}%"
    return [
        (
            f"您的一笔消费排在第{row.number}号，补贴上限按{basis[0]}的{part}计算，"
            f"且不超过该单让利扣除各方分成后的余额，为{money(row.first_target_fen)}。",
            f"A purchase of yours has ticket {row.number}; it may get up to {part} of "
            f"{basis[1]}, and no more than is left of its concession beside the shares of people: "
            f"{money(row.first_target_fen)}.",
        ),
        (PROMISE, PROMISE_EN),
    ]


def _place(place_id: UUID) -> QueuePlace:
    return db.session.get_one(QueuePlace, (bucket_of(place_id), place_id))
