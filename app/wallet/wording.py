"""How the lines of a statement read, in Chinese and English. Pure."""

from __future__ import annotations

from app.ledger.service import Account

LINES: dict[str, tuple[str, str]] = {
    "top_up": ("充值", "Top-up"),
    "top_up_refund": ("储值退款", "Top-up refunded"),
    "sale": ("消费", "Purchase"),
    "payment_hold": ("付款预留", "Kept aside for a payment"),
    "payment_hold.reversed": ("付款预留退回", "Kept-aside money returned"),
    "order_paid": ("订单支付", "Order paid"),
    "order_returned": ("订单退款", "Order given back"),
    "distribution": ("消费返利", "Rebate earned"),
    "rebate_release": ("返利解冻", "Rebate released"),
    "reward_paid": ("推荐奖励", "Reward for recommending"),
    "reward_released": ("推荐奖励解冻", "Reward released"),
    "reward_taken_back": ("推荐奖励收回", "Reward taken back"),
    "refund": ("退款", "Refund"),
    "experience_granted": ("体验金发放", "Experience gold granted"),
    "experience_expired": ("体验金到期", "Experience gold expired"),
    "experience_returned": ("体验金收回", "Experience gold taken back"),
    "experience_returned.reversed": ("体验金恢复", "Experience gold given again"),
    "member_merged": ("账户合并", "Accounts merged"),
    "member_merged.reversed": ("账户合并撤销", "Merge of accounts undone"),
    "withdrawal": ("申请提现", "Withdrawal requested"),
    "withdrawal_paid": ("提现到账", "Withdrawal paid out"),
    "withdrawal_returned": ("提现退回", "Withdrawal returned"),
    "withdrawal_rejected": ("提现未通过", "Withdrawal rejected"),
    "withdrawal_cancelled": ("提现撤销", "Withdrawal taken back"),
    "benefit_granted": ("活动奖励", "Benefit"),
    "benefit_released": ("活动奖励解冻", "Benefit released"),
    "benefit_taken_back": ("活动奖励收回", "Benefit taken back"),
    "errand_posted": ("跑腿赏金担保", "Reward put aside for an errand"),
    "errand_returned": ("跑腿赏金退回", "Reward of an errand returned"),
    "tax_given_back": ("代扣税款退回", "Withheld tax given back"),
}
OTHER = ("其他变动", "Other movement")
PURSES: dict[Account, tuple[str, str]] = {
    Account.PREPAID_PRINCIPAL: ("储值本金", "Prepaid"),
    Account.PREPAID_BONUS: ("储值赠送", "Prepaid bonus"),
    Account.EXPERIENCE: ("体验金", "Experience gold"),
    Account.PAYMENT_HOLD: ("付款中", "Kept aside"),
    Account.REBATE_PENDING: ("待解冻返利", "Rebate, frozen"),
    Account.REBATE: ("可提现返利", "Rebate"),
    Account.WITHDRAWING: ("提现中", "Being withdrawn"),
    Account.CLAWBACK_DUE: ("待扣回", "Owed back"),
}


def line(kind: str) -> tuple[str, str]:
    """What a journal of this kind is called on a member's statement: Chinese, English."""
    return LINES.get(kind, OTHER)
