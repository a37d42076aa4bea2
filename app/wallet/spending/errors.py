"""Why money of a fund is not paid out, or not undone. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class RecipientClosed(AppError):
    """The recipient was closed, or receives from another fund."""

    status, code = 409, "recipient_closed"
    title, message = (
        "This recipient is closed, or receives from another fund",
        "该收款单位已停用，或不属于该基金",
    )


class ReceiptMissing(AppError):
    """No receipt with this hash was handed in: first the receipt, then the spending."""

    status, code = 409, "receipt_missing"
    title, message = "Hand in the receipt first", "请先上传票据"


class ReceiptUnreadable(AppError):
    """What was handed in as a receipt is no PDF, PNG or JPEG."""

    status, code = 422, "receipt_unreadable"
    title, message = "A receipt is a PDF, PNG or JPEG file", "票据须为 PDF、PNG 或 JPEG 文件"


class SpendingBooked(AppError):
    """This receipt, or this payment of the bank, stands in another spending already."""

    status, code = 409, "spending_booked"
    title, message = (
        "This receipt or bank payment stands in another spending",
        "该票据或银行流水已登记在另一笔支出中",
    )


class SpendingDecided(AppError):
    """The spending is not in a state in which this can be said of it."""

    status, code = 409, "spending_decided"
    title, message = "This was decided already", "该支出已处理"
