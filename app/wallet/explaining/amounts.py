"""Explanations that need to look: what a top-up, a withdrawal or a grant was made of.

They read in the current unit of work or outside any, and tell the viewer nothing of others.
"""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.core.units import percent
from app.core.world import beijing_day, bucket_of
from app.ledger.service import Account, Asked, Explanation, Step, rated
from app.wallet.funding import reversing
from app.wallet.models import Lot, TopUp, WeChatOrder, Withdrawal


def top_up(asked: Asked) -> Explanation:
    """Principal as it was paid; a bonus as the plan promised it."""
    row = _row(TopUp, asked)
    told = Explanation(
        "top_up",
        "top_up",
        [
            (
                "充值金额按微信实际收款全额记入储值本金，单独成批，记明发行门店。",
                "What WeChat took became prepaid principal, all of it, as a lot of its store.",
            )
        ],
    )
    if row is None:
        return told
    told.steps.append(Step(("微信收款", "Paid by WeChat"), row.amount_fen))
    if row.bonus_fen:
        told.steps.append(Step(("方案赠金", "Bonus of the plan"), row.bonus_fen))
        told.sentences.append(
            (
                "赠金在下单时已从出资方预留，付款确认后转为储值赠金。",
                "The bonus had been set aside from its funder and became yours with the payment.",
            )
        )
    told.facts = {"store_id": str(row.store_id)}
    return told


def top_up_refund(asked: Asked) -> Explanation:
    """What left the prepaid lot, what of the bonus went with it, what was sent."""
    moved = {entry.account: entry.amount_fen for entry in asked.entries}
    steps = [
        Step(("退出的储值本金", "Principal taken out"), -moved.get(Account.PREPAID_PRINCIPAL, 0))
    ]
    if moved.get(Account.PREPAID_BONUS):
        bonus = -moved[Account.PREPAID_BONUS]
        steps.append(Step(("按比例退还的赠金", "Bonus going back in proportion"), bonus))
    return Explanation(
        "top_up_refund",
        "top_up",
        [
            (
                "未消费的储值原路退回；赠金按退还本金的比例退给出资方，已花掉的赠金从退款中扣除。",
                "Unspent principal goes back the way it came. Bonus goes back to its funder in "
                "proportion; bonus already spent is kept of the refund.",
            )
        ],
        steps,
    )


def withdrawal(asked: Asked) -> Explanation:
    """Amount, fee and tax of a withdrawal."""
    row = _row(Withdrawal, asked)
    is_end = asked.journal.kind != "withdrawal"
    sentence = (
        ("提现已付出。", "The withdrawal was paid out.")
        if is_end
        else (
            "申请提现后金额先移入提现中，到账或退回后了结。",
            "The amount is held from the request on, until it is paid out or comes back.",
        )
    )
    told = Explanation("withdrawal", "withdrawal", [sentence])
    if row is not None:
        parts = (
            (("提现金额", "Amount withdrawn"), row.amount_fen),
            (("手续费", "Fee"), -row.fee_fen),
            (("代扣税", "Tax withheld"), -row.tax_fen),
            (("实际付出", "Paid to the receiver"), row.transfer_fen),
        )
        told.steps = [Step(text, fen) for text, fen in parts if fen]
        told.facts = {"bill_number": row.bill_number, "status": row.state}
    return told


def gold_granted(asked: Asked) -> Explanation:
    """Gold is granted only where its funder holds it; its lot says until when and how much."""
    told = Explanation(
        "experience.granted",
        "lot",
        [
            (
                "体验金由出资账户当场拨付，资金不足时不发放。",
                "The gold was paid by its funder at that moment; without funds none is granted.",
            )
        ],
    )
    row = _row(Lot, asked)
    if row is not None:
        told.facts = {
            "funder": Account(row.funder).label if row.funder else None,
            "expires_at": row.expires_at.isoformat() if row.expires_at else None,
            "sale_cap_bp": row.sale_cap_bp,
        }
        if row.expires_at and row.sale_cap_bp is not None:
            until, share = beijing_day(row.expires_at), f"{percent(row.sale_cap_bp)} %"
            told.sentences.append(
                (
                    f"有效期至 {until}（北京时间），每笔消费最多抵 {share}。",
                    f"It is good until {until} (Beijing time), for up to {share} of a sale.",
                )
            )
    return told


def gold_expired(asked: Asked) -> Explanation:
    """What was left of a lot at its end."""
    row = _row(Lot, asked)
    facts = {"expires_at": row.expires_at.isoformat() if row and row.expires_at else None}
    return Explanation(
        "experience.expired",
        "lot",
        [
            (
                "体验金到期，未用完的部分退回出资账户。",
                "The gold reached its end; what was left of it went back to its funder.",
            )
        ],
        facts=facts,
    )


def channel_fee(asked: Asked) -> Explanation:
    """The rate that WeChat Pay keeps of an order, rounded half up."""
    told = Explanation(
        "channel_fee",
        "order",
        [
            (
                "微信支付按费率从收款中扣下手续费，四舍五入到分。",
                "WeChat Pay keeps its rate of what it took, rounded half up to the fen.",
            )
        ],
    )
    row = _row(WeChatOrder, asked)
    if row is not None:
        fee = _booked_fee(asked)
        text = ("收款 × 费率", "Takings × rate")
        told.steps.append(rated(text, row.amount_fen, row.fee_bp, fee))
    return told


def _booked_fee(asked: Asked) -> int:
    """What the books kept as the fee, in fen."""
    legs = asked.journal.legs
    return sum(leg.amount_fen for leg in legs if leg.account is Account.WECHAT_TAKINGS)


def booking_reversed(asked: Asked) -> Explanation:
    """What was booked of the platform's money by mistake, why it was reversed, and by whom."""
    told = Explanation(
        "treasury_booking_reversed",
        "platform",
        [
            (
                "登记有误，全额冲正：原凭证的每一笔反向记账，并与原凭证关联，只能一次。外部没有资金移动。",
                "It had been booked by mistake: each entry of that journal is posted the other "
                "way, linked to it, once. Nothing moved outside.",
            )
        ],
    )
    row = reversing.behind(asked.journal.id)
    if row is None or not asked.viewer.is_platform:
        return told
    told.sentences.append(
        (f"冲正原因：{row.reversal_reason}", f"The reason given: {row.reversal_reason}")
    )
    told.facts = {
        "booking_id": str(row.id),
        "reason": row.reversal_reason,
        "asked_by": str(row.reversal_asked_by),
        "decided_by": str(row.reversal_decided_by) if row.reversal_decided_by else None,
    }
    if row.receipt is not None:
        told.sentences.append(
            (f"完税凭证号：{row.receipt}", f"The tax office's receipt: {row.receipt}")
        )
        told.facts["receipt"] = row.receipt
    return told


def _row(model: Any, asked: Asked) -> Any:
    reference_id = asked.journal.reference_id
    return db.session.get(model, (bucket_of(reference_id), reference_id))
