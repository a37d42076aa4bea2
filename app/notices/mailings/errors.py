"""Why a service message is not made or changed. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class MailingNotInState(AppError):
    """The message is not in a state in which this can be done with it; `state`."""

    status, code = 409, "mailing_not_in_state"
    title, message = "The message is in another state", "该服务消息当前状态不允许此操作"


class MailingConsentOutdated(AppError):
    """The consent is to a text that is not the present one (`version`)."""

    status, code = 409, "mailing_consent_outdated"
    title, message = "The text has changed, show it again", "授权文本已更新，请重新确认"
