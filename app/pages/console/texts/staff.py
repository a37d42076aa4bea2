"""English and codes of staff accounts and of the own second factor."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "待另一人启用": "Waits for another person",
    "更换动态码": "Second factor",
    "账号重置": "Resets of accounts",
    "换手机或验证器时使用。输入新的动态码之前，旧的一直有效。": (
        "For another telephone or authenticator. The old one holds until a code of the new one is shown."
    ),
    "用验证器应用扫描此码，或输入密钥。只显示这一次。": (
        "Scan it with the authenticator, or type the secret. It is shown this once."
    ),
    "启用新的动态码": "Use the new one",
    "新的六位动态码": "Six digits of the new one",
    "重新开始": "Begin anew",
    "开始更换": "Begin",
    "动态码密钥的二维码": "QR code of the secret",
    "平台与商家的账号。涉及资金的角色只由财务授予，其余由运营授予；没有人能更改自己的账号。": (
        "Accounts of the platform and of merchants. Finance gives the roles that decide over money, operators the"
        " others; nobody changes their own."
    ),
    "开通账号…": "Open an account…",
    "没有这样的账号。": "There are no such accounts.",
    "重置已申请，须由另一人办理": "Asked for; somebody else carries it out",
    "已拒绝重置": "The reset was declined",
    "新的动态码已生效，其他登录已退出": "The new one counts; other sessions ended",
    "收银须指定门店": "Cashiers need stores",
    "由一人申请、另一人办理；新的密码或密钥只给办理的人看一次。": (
        "Asked for by one, carried out by another, who sees the new secret once."
    ),
    "这是您自己的账号，须由别人更改。": "This account is yours: others change it.",
    "申请重置": "Ask for a reset",
    "如何确认是本人（至少 4 个字）": "How one knows that its holder asks (4 characters or more)",
    "如何确认是本人": "How one knows",
    "待另一人办理": "Waits for somebody else",
    "办理，生成新的": "Carry out: make a new one",
    "没有这样的重置。": "There are no such resets.",
    "待办理": "To carry out",
    "已办理": "Carried out",
    "已拒绝": "Declined",
}

CODES = {
    "staff_reset": {
        "open": Code("待办理", "wait"),
        "done": Code("已办理", "good"),
        "declined": Code("已拒绝"),
    },
}
