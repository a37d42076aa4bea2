"""What a member consents to when they give their real name (PIPL, articles 28–31: separate consent
to sensitive data, with the purpose and why it is needed). Each version stays for ever."""

from __future__ import annotations

VERSION = "2026-11"

TEXTS = {
    "2026-11": (
        "我单独同意平台处理我的姓名、证件号码、手机号码和银行卡号。\n"
        "目的与必要性:核对提现收款人的真实身份、办理预付卡实名登记、依法代扣代缴税款,"
        "以及防止一人多户。不提供这些信息不影响消费,但可能无法提现。\n"
        "方式:加密保存,页面只显示部分内容;工作人员查看完整内容须说明理由并留下记录;"
        "提现时姓名经加密提供给微信支付用于核对收款人。\n"
        "期限:保存至您注销账户;依法须留存的交易记录仅以匿名编号保存。\n"
        "您可以在“我的资料”中查看、导出个人信息或申请注销。"
    ),
}
