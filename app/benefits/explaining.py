"""Why money moved for a campaign: the kind says how a grant came about."""

from __future__ import annotations

from sqlalchemy import select

from app.benefits.models import Campaign, Grant
from app.benefits.registry import benefit
from app.core.db import db
from app.core.world import bucket_of
from app.ledger.service import Asked, Explanation, Kind, Step, Version, stated

TAXED = (
    "奖金属于偶然所得，按20%代扣个人所得税。",
    "A prize in money is accidental income: 20 % is withheld as tax.",
)
BORNE = (
    "奖品属于偶然所得，个人所得税由活动承担：税款按20%计入奖品价值并代缴，您无需支付。",
    "A prize in goods is accidental income. The campaign bears the tax: it is counted as a part of "
    "the prize, of which it is 20 %, and paid for you.",
)
COLLECTED = (
    "其中一部分抵扣了您应退回的款项。",
    "Part of it paid what you owed back.",
)


def kinds() -> dict[str, Kind]:
    """All kinds of journals that this room posts."""
    return _of_campaigns() | _of_grants()


def _of_campaigns() -> dict[str, Kind]:
    return {
        "campaign_funded": stated(
            "campaign",
            ("活动拨款", "Campaign funded"),
            (
                "活动发布时，全部预算从出资账户转入活动资金池；只发放池内的钱。",
                "When a campaign is published its budget moves from its funder into its pot; "
                "nothing is given away but what is in it.",
            ),
        ),
        "campaign_returned": stated(
            "campaign",
            ("活动余款退回", "Rest of a campaign"),
            (
                "活动结束且不再有应发放的款项，余款退回出资账户。",
                "The campaign has ended and owes nothing: what is left goes back to its funder.",
            ),
        ),
    }


def _of_grants() -> dict[str, Kind]:
    return {
        "benefit_granted": Kind(("活动奖励", "Benefit"), granted),
        "benefit_released": stated(
            "benefit",
            ("活动奖励解冻", "Benefit released"),
            (
                "冻结期满，奖励转为可用返利。",
                "The freeze is over: it is yours to spend or withdraw.",
            ),
        ),
        "benefit_taken_back": stated(
            "benefit",
            ("活动奖励收回", "Benefit taken back"),
            (
                "对应的消费已退款，奖励按比例收回；已用掉的部分记为应退回。",
                "The purchase behind it was refunded, so its part is taken back; what was spent "
                "is owed.",
            ),
        ),
        "benefit_collected": stated(
            "benefit",
            ("应退回款收讫", "What was owed back is paid"),
            (
                "会员应退回的活动奖励已从其后来的收入中扣回，款项回到活动资金池。",
                "What a receiver owed back was paid from what they got later: it is money of the "
                "campaign's pot again.",
            ),
        ),
    }


def granted(asked: Asked) -> Explanation:
    """The rule of its kind, the campaign, and what was withheld or collected."""
    row = db.session.scalar(
        select(Grant).where(
            Grant.bucket == bucket_of(asked.journal.reference_id),
            Grant.id == asked.journal.reference_id,
        )
    )
    if row is None:
        return Explanation("benefit_granted", "benefit", [])
    told = Explanation(f"benefit_{row.benefit}", "benefit", list(benefit(row.benefit).why(row.id)))
    campaign = db.session.get(Campaign, (bucket_of(row.campaign_id), row.campaign_id))
    if campaign is not None:
        told.versions.append(Version("campaign", campaign.id, 1, campaign.name))
    told.steps.append(Step(("奖励", "Benefit"), row.amount_fen))
    if row.tax_fen:
        told.sentences.append(BORNE if row.order_id else TAXED)
        told.steps.append(Step(("代扣税", "Tax withheld"), -row.tax_fen))
    if row.order_id:
        told.steps.append(Step(("支付奖品订单", "Paid for the order"), -row.free_fen))
        told.facts["order_id"] = str(row.order_id)
    if row.collected_fen:
        told.sentences.append(COLLECTED)
        told.steps.append(Step(("抵扣应退回", "Paid back"), -row.collected_fen))
    return told
