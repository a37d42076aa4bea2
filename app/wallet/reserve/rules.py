"""Which accounts are owed to whom, what is held for them, and what is missing. Pure; fen.

Owed is positive and held negative in the books (docs/money.md); here both are shown positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.ledger.service import Account


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts shown together: by a stable code, a Chinese and an English name."""

    code: str
    title: str
    title_en: str
    accounts: tuple[Account, ...]


OWED = (
    Group("prepaid_principal", "会员储值本金", "Members' prepaid money",
          (Account.PREPAID_PRINCIPAL,)),
    Group("prepaid_bonus", "会员储值赠金", "Bonus on it",
          (Account.PREPAID_BONUS, Account.BONUS_RESERVED)),
    Group("experience", "会员体验金", "Experience gold", (Account.EXPERIENCE,)),
    Group("in_payment", "支付中与担保中", "Kept aside for payments, orders and errands",
          (Account.PAYMENT_HOLD, Account.ORDER_ESCROW, Account.ERRAND_ESCROW)),
    Group("rebates", "返利", "Rebates, frozen and free", (Account.REBATE_PENDING, Account.REBATE)),
    Group("withdrawing", "提现在途", "Withdrawals on their way", (Account.WITHDRAWING,)),
    Group("merchants_pending", "商家待结算", "Merchants' sales awaiting settlement",
          (Account.PENDING, Account.EXPERIENCE_PENDING)),
    Group("merchants_available", "商家已结算", "Settled for merchants", (Account.AVAILABLE,)),
    Group("deposits", "商家保证金与预存", "Merchants' deposits and budgets",
          (Account.DEPOSIT, Account.OFFER_BUDGET)),
    Group("funds", "公益、活动与补贴基金", "Charity, campaign fund and queue pool",
          (Account.CHARITY, Account.CAMPAIGN_FUND, Account.QUEUE_POOL)),
    Group("campaigns", "活动已拨付未发放", "Put aside for campaigns",
          (Account.CAMPAIGN_POT,)),
    Group("tax", "代扣税款", "Tax withheld", (Account.TAX_WITHHELD,)),
    Group("clearing", "清算与挂账", "Being cleared, and unexplained money received",
          (Account.CONCESSION_CLEARING, Account.REFUND_CLEARING, Account.SUSPENSE)),
)  # fmt: skip
CLAIMS = (
    Group("advances", "借给商家的储值预支", "Lent to stores on their top-ups",
          (Account.PREPAID_ADVANCE,)),
    Group("clawbacks", "退款后应追回", "To come back after refunds",
          (Account.CLAWBACK_DUE, Account.CAMPAIGN_CLAIM)),
)  # fmt: skip
OWN = (
    Group("operations", "平台自有资金", "The platform's own money, less fees not yet covered",
          (Account.OPERATIONS, Account.CHANNEL_FEE)),
)  # fmt: skip
PLACES = (
    Group("wechat_takings", "微信支付收款户", "WeChat Pay, takings", (Account.WECHAT_TAKINGS,)),
    Group("wechat_frozen", "微信支付待分账", "WeChat Pay, to be split", (Account.WECHAT_FROZEN,)),
    Group("wechat_operating", "微信支付运营户", "WeChat Pay, operating account",
          (Account.WECHAT_OPERATING,)),
    Group("bank_custody", "银行存管户", "Bank, custody account", (Account.BANK_CUSTODY,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is owed to others against what is held. `missing_fen`: what the channels' bills show
    to be less than the books; it does not count as held."""

    owed_fen: int
    held_fen: int
    missing_fen: int

    @property
    def surplus_fen(self) -> int:
        """How much more is held than owed; below 0: how much is lacking."""
        return self.held_fen - self.missing_fen - self.owed_fen

    @property
    def shortfall_fen(self) -> int:
        """What is lacking, 0 where everything is covered."""
        return max(0, -self.surplus_fen)


def amount_fen(group: Group, balances: Mapping[Account, int]) -> int:
    """What a group's accounts come to, in the sign of the books."""
    return sum(balances.get(account, 0) for account in group.accounts)


def coverage(balances: Mapping[Account, int], missing_fen: int = 0) -> Coverage:
    """Owed against held. Money lent and the platform's own count on neither side."""
    return Coverage(_sum(OWED, balances), -_sum(PLACES, balances), missing_fen)


def _sum(groups: Iterable[Group], balances: Mapping[Account, int]) -> int:
    return sum(amount_fen(group, balances) for group in groups)
