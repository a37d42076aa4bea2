"""What every kind of account is called: Chinese, English."""

from __future__ import annotations

from app.ledger.accounts import Account

ACCOUNTS: dict[Account, tuple[str, str]] = {
    Account.PREPAID_PRINCIPAL: ("储值本金", "Prepaid principal"),
    Account.PREPAID_BONUS: ("储值赠金", "Prepaid bonus"),
    Account.EXPERIENCE: ("体验金", "Experience gold"),
    Account.PAYMENT_HOLD: ("支付冻结", "Held for a payment"),
    Account.REBATE_PENDING: ("待解冻返利", "Rebate, frozen"),
    Account.REBATE: ("返利", "Rebate"),
    Account.WITHDRAWING: ("提现中", "Being withdrawn"),
    Account.CLAWBACK_DUE: ("应追回", "Owed back"),
    Account.BONUS_RESERVED: ("预留赠金", "Bonus reserved"),
    Account.AVAILABLE: ("可结算", "Settled"),
    Account.DEPOSIT: ("保证金", "Deposit"),
    Account.OFFER_BUDGET: ("营销预算", "Offer budget"),
    Account.PREPAID_ADVANCE: ("储值预支", "Prepaid advance"),
    Account.CAMPAIGN_POT: ("活动资金池", "Campaign pot"),
    Account.CAMPAIGN_CLAIM: ("活动应追回", "Owed back to a campaign"),
    Account.ORDER_ESCROW: ("订单担保", "Order escrow"),
    Account.ERRAND_ESCROW: ("跑腿担保", "Errand escrow"),
    Account.PENDING: ("待结算", "Awaiting settlement"),
    Account.EXPERIENCE_PENDING: ("待结体验金", "Experience gold awaiting settlement"),
    Account.OPERATIONS: ("运营", "Operations"),
    Account.CAMPAIGN_FUND: ("活动资金", "Campaign fund"),
    Account.CHARITY: ("公益", "Charity"),
    Account.QUEUE_POOL: ("排队补贴池", "Queue pool"),
    Account.TAX_WITHHELD: ("代扣税", "Tax withheld"),
    Account.CONCESSION_CLEARING: ("让利清算", "Concession clearing"),
    Account.SUSPENSE: ("挂账", "Suspense"),
    Account.REFUND_CLEARING: ("退款清算", "Refund clearing"),
    Account.WECHAT_TAKINGS: ("微信收款户", "WeChat takings"),
    Account.WECHAT_OPERATING: ("微信运营户", "WeChat operating account"),
    Account.BANK_CUSTODY: ("银行存管户", "Bank custody"),
    Account.WECHAT_FROZEN: ("微信待分账资金", "Frozen at WeChat"),
    Account.CHANNEL_FEE: ("通道手续费", "Channel fee"),
}


def account(kind: Account) -> tuple[str, str]:
    """What an account is called; its own name where nobody has named it."""
    return ACCOUNTS.get(kind, (kind.label, kind.label))
