"""Why a binding is not disputed or not corrected. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class DisputeOpen(AppError):
    """The member has a dispute that nobody has answered yet."""

    status, code = 409, "dispute_open"
    title, message = "A dispute of yours is open already", "您已有一项推荐关系异议正在处理"


class DisputeClosed(AppError):
    """The dispute was answered before, or is another member's."""

    status, code = 409, "dispute_closed"
    title, message = "This dispute is not open", "该异议已处理完毕"


class CorrectionPending(AppError):
    """Another correction of this member's binding waits for its second person."""

    status, code = 409, "correction_pending"
    title, message = "Another correction waits for a decision", "该会员已有待复核的更正申请"


class CorrectionStale(AppError):
    """The binding is another one than when the correction was proposed."""

    status, code = 409, "correction_stale"
    title, message = "The binding has changed since", "推荐关系已发生变化，请重新发起更正"


class CorrectionDecided(AppError):
    """Somebody has confirmed or declined this correction before."""

    status, code = 409, "correction_decided"
    title, message = "This correction was decided before", "该更正申请已处理"


class NothingToCorrect(AppError):
    """The binding says so already."""

    status, code = 409, "nothing_to_correct"
    title, message = "The binding says so already", "推荐关系已是如此，无需更正"


class HomeStoreUnfit(AppError):
    """There is no such store, or a merchant is to recommend with a store that is not theirs."""

    status, code = 409, "home_store_unfit"
    title, message = "This store cannot be home for that", "归属门店不存在或不属于该商家"
