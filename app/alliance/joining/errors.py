"""What joining refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class ApplicationOpen(AppError):
    """The member has an open application with this licence; `application_id`."""

    status, code = 409, "application_open"
    title, message = "There is an open application already", "该营业执照已有申请在处理中"


class TooManyApplications(AppError):
    """The member has as many open applications as one may have; `most`."""

    status, code = 409, "too_many_applications"
    title, message = "Too many open applications", "处理中的入驻申请过多，请等待审核"


class ApplicationNotChangeable(AppError):
    """In its present state the applicant can do nothing about it; `application_status`."""

    status, code = 409, "application_not_changeable"
    title, message = "The application cannot be changed now", "申请当前状态不能修改"


class ApplicationPictureUnknown(AppError):
    """There is no such picture of the member's, or another application has it; `ids`."""

    status, code = 404, "application_picture_unknown"
    title, message = "There is no such picture", "没有找到该图片"


class TooManyApplicationPictures(AppError):
    """Too many pictures of the member are with no application yet; they go within a day; `most`."""

    status, code = 409, "too_many_application_pictures"
    title, message = "Use the pictures sent before, or wait", "未使用的图片过多，请先使用或稍后再传"


class ApplicationDecided(AppError):
    """It waits for no such decision (any more); `application_status`."""

    status, code = 409, "application_decided"
    title, message = "The application waits for no such decision", "该申请已处理或状态已变化"


class ApplicationChanged(AppError):
    """The applicant has sent another version since the reviewer looked; `version`."""

    status, code = 409, "application_changed"
    title, message = "The application has changed meanwhile", "申请资料已更新，请重新审核"


class FindingsChanged(AppError):
    """Serious findings came since the approval was proposed; `findings` names them."""

    status, code = 409, "application_findings_changed"
    title, message = "There are new serious findings", "出现新的严重风险提示，请重新审核"


class LicenceDoubtful(AppError):
    """The licence is blacklisted, or another merchant's or applicant's; `findings`. Such a merchant
    joins by an application, which two people look at."""

    status, code = 409, "licence_doubtful"
    title, message = (
        "The licence needs two reviewers",
        "该营业执照存在严重风险提示，请走入驻申请由两人审核",
    )


class BlacklistedAlready(AppError):
    """This stands on the blacklist; `entry_id`."""

    status, code = 409, "blacklisted_already"
    title, message = "It is on the blacklist already", "已在黑名单中"


class NotBlacklisted(AppError):
    """The entry was removed before."""

    status, code = 409, "not_blacklisted"
    title, message = "It was removed from the blacklist before", "已移出黑名单"


class ProposalDecided(AppError):
    """The proposed bank account was confirmed or declined before."""

    status, code = 409, "bank_account_proposal_decided"
    title, message = "The proposed account was decided on before", "该收款账户已处理"
