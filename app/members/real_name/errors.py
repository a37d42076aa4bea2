"""Why a real name is not taken. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class IdNumberTaken(AppError):
    """The ID number is another member's: staff see the two and bring them together, or not."""

    status, code = 409, "id_number_taken"
    title, message = (
        "This ID number belongs to another account; staff will look at both",
        "该证件号码已在其他账户实名，已提交人工核实",
    )


class CardTaken(AppError):
    """The bank card is another person's."""

    status, code = 409, "card_taken"
    title, message = "This bank card belongs to somebody else", "该银行卡已被他人绑定"


class IdNumberFixed(AppError):
    """The member gave another ID number before: a person has one."""

    status, code = 409, "id_number_fixed"
    title, message = (
        "Another ID number was given before; ask customer service",
        "证件号码与已实名信息不符，请联系客服",
    )


class TooYoung(AppError):
    """The date of birth in the ID number says that the person is younger than allowed."""

    status, code = 422, "too_young"
    title, message = "The person is too young", "未达到实名认证的最低年龄"


class ConsentOutdated(AppError):
    """The consent is to a text that is not the present one."""

    status, code = 409, "consent_outdated"
    title, message = (
        "The text of the consent has changed, show it again",
        "授权文本已更新，请重新确认",
    )


class FieldNotYours(AppError):
    """A role may see this personal data in part only."""

    status, code = 403, "field_not_yours"
    title, message = "Your role may not see this field in clear", "您的岗位无权查看该字段的完整内容"
