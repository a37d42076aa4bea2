"""The door of the wallet: purses, WeChat orders, withdrawals, experience gold, the treasury."""

from app.wallet.code_charges import charge as charge_code
from app.wallet.custody import PayoutWay, takes_wechat
from app.wallet.custody import allowed as payout_ways
from app.wallet.errors import (
    AmountOutOfRange,
    CustodyForbids,
    NotEnough,
    NoWeChatAccount,
    OrderNotOpen,
    RealNameRequired,
    ReceiverUnknown,
    TreasuryShort,
    WithdrawalLimitReached,
    WithdrawalNotCancellable,
    WithdrawalNotReviewable,
)
from app.wallet.experience import expire_experience, grant_experience, was_granted
from app.wallet.expiring import EXPIRING as EXPERIENCE_EXPIRING
from app.wallet.expiring import Expiring, expiring
from app.wallet.fees import fee_rates_bp
from app.wallet.holders import holding, prepaid_owners
from app.wallet.lots import issuing_stores
from app.wallet.lots import owner_of as lot_owner
from app.wallet.models import OrderRefund, WeChatOrder, Withdrawal
from app.wallet.order_calls import close_order, prepay
from app.wallet.orders import Browser, new_order
from app.wallet.orders import of_transaction as order_of_transaction
from app.wallet.profit_sharing.models import Split
from app.wallet.profit_sharing.returning import request_returns
from app.wallet.profit_sharing.rules import Remedy, merchant_part_fen, remedy
from app.wallet.profit_sharing.splitting import (
    decide as decide_split,
)
from app.wallet.profit_sharing.splitting import (
    is_retry,
    possible_split_fen,
    request_release,
    request_split,
    splits_of,
)
from app.wallet.purses import (
    PURSES,
    LotLeft,
    PaymentWish,
    compare_plans,
    give_back_legs,
    held_legs,
    hold_journal,
    lots_left,
    plan_payment,
    plan_payments,
    purses,
    release_hold,
    spend_legs,
    takings_legs,
)
from app.wallet.refunds import (
    RefundTooLarge,
    check_number_of_refunds,
    clearing_legs,
    refund_order,
)
from app.wallet.reserve.reading import history as reserve_history
from app.wallet.reserve.reading import report as reserve_report
from app.wallet.rules import (
    Part,
    PaymentPlan,
    Purse,
    at_member_price,
    fee_fen,
    fee_returned_fen,
    member_price_fen,
)
from app.wallet.shipping import RECEIVED as SHIPMENT_RECEIVED
from app.wallet.shipping import Shipped, report_shipped
from app.wallet.signals import (
    bank_account_asked,
    commission_asked,
    confirmation_asked,
    order_closed,
    order_paid,
    order_refunded,
    owner_names_asked,
    payee_asked,
    ring_asked,
    split_ended,
    top_up_refunded,
)
from app.wallet.spending.months import public_fund
from app.wallet.spending.months import summary as fund_summary
from app.wallet.spending.months import told as fund_spendings
from app.wallet.topups.bonuses import Bonus, Promise, bonus_lot, lots_with_bonus
from app.wallet.topups.limits import check as check_prepaid_limits
from app.wallet.topups.top_up import CREDITED as TOP_UP_CREDITED
from app.wallet.topups.top_up import (
    CreditedTopUp,
    StartedTopUp,
    check_top_up,
    continue_top_up,
    credited_top_up,
    start_top_up,
    top_up,
)
from app.wallet.topups.top_up import owner_of as top_up_owner
from app.wallet.treasury import Fund, Place, fund, funds, transfer
from app.wallet.withdrawals.charges import accidental_gross_fen, accidental_tax_fen
from app.wallet.withdrawals.facts import withdrawn_fen
from app.wallet.withdrawals.payees import BankAccount, OwnerKind, Payee
from app.wallet.withdrawals.payouts import pay_out
from app.wallet.withdrawals.prize_tax import note as note_prize_tax
from app.wallet.withdrawals.requests import FINISHED as WITHDRAWAL_FINISHED
from app.wallet.withdrawals.requests import RETURNED as WITHDRAWAL_RETURNED
from app.wallet.withdrawals.requests import (
    open_count,
    request_payout,
    request_withdrawal,
    withdrawal,
)
from app.wallet.withdrawals.review import approve_withdrawal, cancel_withdrawal, reject_withdrawal
from app.wallet.withdrawals.rules import WithdrawalState
from app.wallet.withdrawals.tax import month_of as tax_month
from app.wallet.wording import line as statement_title

__all__ = [
    "EXPERIENCE_EXPIRING",
    "PURSES",
    "SHIPMENT_RECEIVED",
    "TOP_UP_CREDITED",
    "WITHDRAWAL_FINISHED",
    "WITHDRAWAL_RETURNED",
    "AmountOutOfRange",
    "BankAccount",
    "Bonus",
    "Browser",
    "CreditedTopUp",
    "CustodyForbids",
    "Expiring",
    "Fund",
    "LotLeft",
    "NoWeChatAccount",
    "NotEnough",
    "OrderNotOpen",
    "OrderRefund",
    "OwnerKind",
    "Part",
    "Payee",
    "PaymentPlan",
    "PaymentWish",
    "PayoutWay",
    "Place",
    "Promise",
    "Purse",
    "RealNameRequired",
    "ReceiverUnknown",
    "RefundTooLarge",
    "Remedy",
    "Shipped",
    "Split",
    "StartedTopUp",
    "TreasuryShort",
    "WeChatOrder",
    "Withdrawal",
    "WithdrawalLimitReached",
    "WithdrawalNotCancellable",
    "WithdrawalNotReviewable",
    "WithdrawalState",
    "accidental_gross_fen",
    "accidental_tax_fen",
    "approve_withdrawal",
    "at_member_price",
    "bank_account_asked",
    "bonus_lot",
    "cancel_withdrawal",
    "charge_code",
    "check_number_of_refunds",
    "check_prepaid_limits",
    "check_top_up",
    "clearing_legs",
    "close_order",
    "commission_asked",
    "compare_plans",
    "confirmation_asked",
    "continue_top_up",
    "credited_top_up",
    "decide_split",
    "expire_experience",
    "expiring",
    "fee_fen",
    "fee_rates_bp",
    "fee_returned_fen",
    "fund",
    "fund_spendings",
    "fund_summary",
    "funds",
    "give_back_legs",
    "grant_experience",
    "held_legs",
    "hold_journal",
    "holding",
    "is_retry",
    "issuing_stores",
    "lot_owner",
    "lots_left",
    "lots_with_bonus",
    "member_price_fen",
    "merchant_part_fen",
    "new_order",
    "note_prize_tax",
    "open_count",
    "order_closed",
    "order_of_transaction",
    "order_paid",
    "order_refunded",
    "owner_names_asked",
    "pay_out",
    "payee_asked",
    "payout_ways",
    "plan_payment",
    "plan_payments",
    "possible_split_fen",
    "prepaid_owners",
    "prepay",
    "public_fund",
    "purses",
    "refund_order",
    "reject_withdrawal",
    "release_hold",
    "remedy",
    "report_shipped",
    "request_payout",
    "request_release",
    "request_returns",
    "request_split",
    "request_withdrawal",
    "reserve_history",
    "reserve_report",
    "ring_asked",
    "spend_legs",
    "split_ended",
    "splits_of",
    "start_top_up",
    "statement_title",
    "takes_wechat",
    "takings_legs",
    "tax_month",
    "top_up",
    "top_up_owner",
    "top_up_refunded",
    "transfer",
    "was_granted",
    "withdrawal",
    "withdrawn_fen",
]
