"""What pausing and closing refuses, and what is refused while it lasts. See docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class StorePaused(AppError):
    """The store, or its merchant, is paused: no payment and no top-up is taken there."""

    status, code = 409, "store_paused"
    title, message = "The store is paused", "该门店暂停营业，暂时无法付款或充值"


class StoreClosed(AppError):
    """The store, or its merchant, was closed at `closed_at`; prepaid money is good elsewhere."""

    status, code = 409, "store_closed"
    title, message = "The store is closed", "该门店已停业，储值可在联盟其他门店使用或申请退款"


class MerchantClosed(AppError):
    """A closed merchant gets no new store and no new contract."""

    status, code = 409, "merchant_closed"
    title, message = "The merchant is closed", "该商家已停业"


class AlreadyPaused(AppError):
    """This store, or this merchant as a whole, is paused already; `pause_id`."""

    status, code = 409, "already_paused"
    title, message = "It is paused already", "已处于暂停状态"


class NotPaused(AppError):
    """The pause was ended before."""

    status, code = 409, "not_paused"
    title, message = "This pause has ended already", "该暂停已解除"


class ClosureOpen(AppError):
    """A closure of this store, or of this merchant as a whole, is asked for already, or decided;
    `closure_id`."""

    status, code = 409, "closure_open"
    title, message = "A closure of it is under way or done", "已有停业申请或已停业"


class ClosureDateOver(AppError):
    """The day of the closure has begun: it can be neither agreed to nor undone any more."""

    status, code = 409, "closure_date_over"
    title, message = "The day of the closure has begun", "停业日期已到，不能再更改"


class FallbackUnfit(AppError):
    """The store that is to be the members' home afterwards closes too, or is the same."""

    status, code = 409, "fallback_unfit"
    title, message = "Members cannot go to this store", "接收门店无效：它也将停业，或与停业门店相同"


class ClosureNotDecidable(AppError):
    """Nothing about this closure waits for a decision, or it cannot be undone;
    `closure_status`."""

    status, code = 409, "closure_not_decidable"
    title, message = "Nothing waits for a decision here", "该停业申请当前状态不允许此操作"
