"""What is refused about paying in a store. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class PaymentCodeInvalid(AppError):
    """No phone shows this code now: mistyped, over, of an ended session, or guessed too often."""

    status, code = 422, "payment_code_invalid"
    title, message = "This payment code is not valid (any more)", "付款码无效或已过期，请刷新后重试"


class PaymentCodeUsed(AppError):
    """A code is good for one payment; the phone shows the next one within a minute."""

    status, code = 409, "payment_code_used"
    title, message = "This payment code was used before", "付款码已使用，请刷新后重试"


class PinNotSet(AppError):
    """The member has no payment PIN; a fresh login confirms instead, or they set one."""

    status, code = 409, "pin_not_set"
    title, message = "There is no payment PIN yet", "尚未设置支付密码"


class PinNeeded(AppError):
    """The member has a payment PIN, so nothing else confirms."""

    status, code = 403, "pin_needed"
    title, message = "The payment PIN is needed", "请输入支付密码"


class PinWrong(AppError):
    """The payment PIN is wrong; `attempts_left` until it is locked."""

    status, code = 403, "pin_wrong"
    title, message = "The payment PIN is wrong", "支付密码错误"


class PinLocked(AppError):
    """Too many wrong PINs, or it has just replaced a forgotten one; `usable_at`."""

    status, code = 403, "pin_locked"
    title, message = "The payment PIN cannot be used now", "支付密码已锁定，请稍后再试"


class PinTooSimple(AppError):
    """The same digit six times, or a run like 123456."""

    status, code = 422, "pin_too_simple"
    title, message = "This PIN is too easy to guess", "支付密码过于简单"


class StepUpFailed(AppError):
    """The fresh WeChat login is somebody else's."""

    status, code = 403, "step_up_failed"
    title, message = "This login is not yours", "身份验证失败"


class AmountCodeUnknown(AppError):
    """There is no such amount code, or it is not of the caller's store."""

    status, code = 404, "amount_code_unknown"
    title, message = "There is no such amount code", "没有找到该收款码"


class NotAPaymentCode(AppError):
    """The scanned code is somebody's invitation, not one to pay by."""

    status, code = 422, "not_a_payment_code"
    title, message = "This code is not one to pay by", "该二维码不是收款码"


class AmountCodeUsed(AppError):
    """The code was for one payment, which was made or is under way."""

    status, code = 409, "amount_code_used"
    title, message = "This code was used before", "该收款码已使用"


class AmountCodeOver(AppError):
    """The code's time is over, or its store has ended it."""

    status, code = 409, "amount_code_over"
    title, message = "This code is over", "该收款码已失效"


class AmountDiffers(AppError):
    """The request names another store or amount than the scanned code."""

    status, code = 422, "amount_differs"
    title, message = "The code is for another store or amount", "金额或门店与收款码不一致"


class NoReceiptYet(AppError):
    """The payment is not paid; `payment_status` says where it stands."""

    status, code = 409, "no_receipt_yet"
    title, message = "This payment is not paid", "该笔付款未完成，暂无凭证"


class OwnStore(AppError):
    """A merchant pays in other merchants' stores, not in its own: that would be no sale."""

    status, code = 422, "own_store"
    title, message = "This store is the merchant's own", "不能在本商家自己的门店消费"


class BuyerPaused(AppError):
    """The merchant is paused or closed: its settled money is not spent meanwhile."""

    status, code = 409, "buyer_paused"
    title, message = "This merchant is paused or closed", "该商家已暂停或关闭，暂不能采购"


class RefundsWait(AppError):
    """Customers wait for refunds that the merchant's money does not cover; they come first."""

    status, code = 409, "refunds_wait"
    title, message = "Customers wait for refunds first", "有退款待商家资金到位，请先补足"
