"""What the wallet refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class NotEnough(AppError):
    """The chosen purses do not hold enough; `missing_fen` says how much is missing."""

    status, code = 409, "not_enough"
    title, message = "The chosen purses do not hold enough", "余额不足"


class AmountOutOfRange(AppError):
    """The amount is below the minimum or above the maximum (`minimum_fen`, `maximum_fen`)."""

    status, code = 422, "amount_out_of_range"
    title, message = "The amount is outside the allowed range", "金额不在允许范围内"


class RealNameRequired(AppError):
    """Such an amount goes only to a receiver whose real name is known: from `from_fen`, at the
    latest where WeChat demands it (WeChat fact D9)."""

    status, code = 409, "real_name_required"
    title, message = "Such an amount needs a verified real name", "该金额需先完成实名认证"


class NoWeChatAccount(AppError):
    """The member has never opened the mini-program, so that WeChat cannot pay or be paid."""

    status, code = 409, "no_wechat_account"
    title, message = "Open the mini-program once before paying or withdrawing", "请先打开小程序"


class OrderNotOpen(AppError):
    """The WeChat order was paid or closed already; `order_status` says which."""

    status, code = 409, "order_not_open"
    title, message = "This order is paid or closed already", "订单已支付或已关闭"


class NotPayableByCode(AppError):
    """The payment is not one that waits for a WeChat payment code, or none are taken here."""

    status, code = 409, "not_payable_by_wechat_code"
    title, message = "This payment is not paid by a WeChat payment code", "该笔付款不支持微信付款码"


class CodeRefused(AppError):
    """WeChat does not know the payment code (any more): the payment waits for a fresh one."""

    status, code = 409, "wechat_code_refused"
    title, message = "Scan a fresh WeChat payment code", "微信付款码无效或已过期，请刷新后重新扫码"


class CodeBeingCharged(AppError):
    """Another WeChat payment code is being charged for this payment."""

    status, code = 409, "wechat_code_pending"
    title, message = "This payment is being charged already", "该笔付款正在扣款，请稍候"


class WithdrawalNotReviewable(AppError):
    """The withdrawal waits for no decision (any more); `withdrawal_status` says where it stands."""

    status, code = 409, "withdrawal_not_reviewable"
    title, message = "This withdrawal does not wait for a decision", "该提现申请无需审核或已处理"


class WithdrawalLimitReached(AppError):
    """Today's withdrawals are used up: their `limit`, "count" or "amount" (`left_fen` is left);
    `resets_at` is the next Beijing midnight."""

    status, code = 409, "withdrawal_limit_reached"
    title, message = "Today's withdrawals are used up", "今日提现次数或额度已用完"


class NotWithdrawable(AppError):
    """Nothing can be withdrawn from this account (`source`) by such an owner."""

    status, code = 409, "not_withdrawable"
    title, message = "Nothing can be withdrawn from this account", "该账户不支持提现"


class ReceiverUnknown(AppError):
    """The chosen member is no contact of the merchant who may receive its money."""

    status, code = 409, "receiver_unknown"
    title, message = "This member may not receive the merchant's money", "该收款人未获商家授权"


class WithdrawalNotCancellable(AppError):
    """The withdrawal is at its end or with people; `withdrawal_status` says where it stands."""

    status, code = 409, "withdrawal_not_cancellable"
    title, message = "This withdrawal can no longer be taken back", "该提现已无法撤销"


class WithdrawalNotManual(AppError):
    """The withdrawal does not wait for people to find out its end (any more)."""

    status, code = 409, "withdrawal_not_manual"
    title, message = "This withdrawal is not in manual handling", "该提现不在人工处理中"


class TopUpNotRefundable(AppError):
    """Only a credited top-up can go back; one that was not paid closes by itself."""

    status, code = 409, "top_up_not_refundable"
    title, message = "This top-up was not credited", "该笔充值未到账，无需退款"


class TooManyRefunds(AppError):
    """WeChat takes at most fifty refunds of one payment (fact D8): the last one takes all that is
    left, `left_fen`."""

    status, code = 409, "too_many_refunds"
    title, message = "This payment was refunded too many times", "该笔付款的退款次数已达上限"


class TopUpSpent(AppError):
    """Less is left unspent of the top-up than is to go back; `left_fen` says how much."""

    status, code = 409, "top_up_spent"
    title, message = "Less is left of this top-up", "该笔充值的未消费余额不足"


class RefundPeriodOver(AppError):
    """The days are over in which no reason is needed (`refundable_until`); ask the service."""

    status, code = 409, "refund_period_over"
    title, message = "Ask the service for this refund", "已超过无理由退款期限，请联系客服"


class TaxNotReversible(AppError):
    """Nothing was withheld, it is not paid out yet, or the tax was given back before."""

    status, code = 409, "tax_not_reversible"
    title, message = "There is no withheld tax to give back", "该笔提现没有可退还的代扣税款"


class ReceiptBooked(AppError):
    """A payment to the tax office with this receipt's number is booked, or waits to be."""

    status, code = 409, "receipt_booked"
    title, message = "This receipt is booked or waits to be", "该完税凭证已入账或待复核"


class TreasuryShort(AppError):
    """The account outside holds less than is to be moved from it; `held_fen` says how much."""

    status, code = 409, "treasury_short"
    title, message = "This account does not hold that much", "资金账户余额不足"


class FundShort(AppError):
    """The fund does not hold what is to be taken back from it; `held_fen` says what it holds."""

    status, code = 409, "fund_short"
    title, message = "The fund does not hold that much (any more)", "该资金已不足以冲正"


class LineNotOpen(AppError):
    """The line agrees with the books, or was resolved before."""

    status, code = 409, "reconciliation_line_not_open"
    title, message = "This line is not open (any more)", "该对账差异已处理"


class LineNotResolvable(AppError):
    """A line like this cannot be resolved that way; `actions` says how it can."""

    status, code = 409, "reconciliation_action_not_possible"
    title, message = "This line cannot be resolved that way", "该对账差异不能这样处理"


class SuspenseResolved(AppError):
    """The amount has left suspense before, or WeChat is asked to pay it back."""

    status, code = 409, "suspense_resolved"
    title, message = "This amount is no longer in suspense", "该笔挂账已处理"


class SuspenseNotAssignable(AppError):
    """The amount's number is no ended top-up of the same amount."""

    status, code = 409, "suspense_not_assignable"
    title, message = "No order can take this amount", "该笔挂账无法归入订单"


class NothingToSplit(AppError):
    """Less of the payment may be split: `splittable_fen` (frozen, and within the agreed ratio)."""

    status, code = 409, "nothing_to_split"
    title, message = "So much of this payment cannot be split", "该笔付款可分账金额不足"


class SplitNotDecidable(AppError):
    """The split is not in trouble (any more); `split_status` says how it stands."""

    status, code = 409, "split_not_decidable"
    title, message = "This split does not wait for a decision", "该笔分账无需人工处理"


class CustodyForbids(AppError):
    """CUSTODY forbids it: the platform may not hold this money (docs/custody.md)."""

    status, code = 409, "custody_forbids"
    title, message = "Who may hold the money forbids this", "资金存管方式不允许此操作"


class ChannelNotOffered(AppError):
    """This owner's withdrawals are not paid that way; `channels` are those that may be chosen."""

    status, code = 409, "channel_not_offered"
    title, message = "Withdrawals are not paid that way here", "不支持该提现方式"


class NoBankAccount(AppError):
    """The bank is to pay, and does not know where: no bank account was named."""

    status, code = 409, "no_bank_account"
    title, message = "No bank account is named", "尚未登记收款银行账户"


class NothingToPay(AppError):
    """No approved withdrawal waits for the bank, or it holds too little for any (`waiting`)."""

    status, code = 409, "nothing_to_pay"
    title, message = "There is nothing the bank could pay now", "暂无可由银行支付的提现"


class BankBatchNotReady(AppError):
    """The batch does not allow this now: `batch_status`. A file is handed out once."""

    status, code = 409, "bank_batch_not_ready"
    title, message = "The batch does not allow this now", "该批次当前状态不允许此操作"


class PrepaidLimitReached(AppError):
    """A card, or all cards of a person, may not hold so much prepaid money (fact E3)."""

    status, code = 409, "prepaid_limit_reached"
    title, message = (
        "So much prepaid money may not be held",
        "储值余额超过上限，实名后可提高额度",
    )
