"""English of the merchants' stores, contracts, difference codes and staff."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "店铺": "Shop",
    "差异码": "Difference codes",
    "本店带来的会员在任何联盟商家消费，返利归本店。": (
        "Your members' purchases anywhere in the alliance earn you a rebate."
    ),
    "本店差异码": "Your code",
    "月份": "Month",
    "顾客来自": "Whose customers",
    "该月没有往来": "Nothing in that month",
    "员工": "Staff accounts",
    "角色": "Roles",
    "开通时间": "Opened",
    "待设密码": "Password to be chosen",
    "正常": "Active",
    "开通账号": "Open an account",
    "开通": "Open",
    "初始密码与动态码密钥由系统生成，只显示一次；员工首次登录后须自行更换密码。": (
        "Password and second factor are made here and shown once; they choose another at once."
    ),
    "门店（收银须指定）": "Stores (needed for cashiers)",
    "账号密钥": "Secrets of the account",
    "以下内容只显示这一次，请当面交给该员工录入验证器应用。": (
        "Shown this once. Hand it over in person, to be entered in an authenticator."
    ),
    "动态码密钥": "Secret of the second factor",
    "已交付": "Handed over",
    "停用…": "Stop…",
    "启用…": "Allow again…",
    "启用": "Allow again",
    "权限": "Rights",
    "退出其全部登录": "Sign out everywhere",
    "目前没有登录": "Not signed in now",
    "重置": "Reset",
    "旧的将立即失效。确定重置吗？": "The old one ends at once. Reset it?",
    "重置什么": "What to reset",
    "权限已更改，该员工需重新登录": "Changed; they sign in anew",
    "账号已停用": "Account stopped",
    "账号已启用": "Account allowed again",
    "已退出其全部登录": "Signed out everywhere",
    "重置已申请，待平台办理": "Asked for; the platform carries it out",
    "操作记录": "What staff did",
    "本商家员工做过的每件事，包括被拒绝的。": "Everything your staff did, also what was refused.",
    "还没有操作记录": "Nothing yet",
    "完成": "Done",
    "重复请求": "Repeated",
    "被拒绝": "Refused",
    "出错": "Failed",
    "门店与海报": "Stores and posters",
    "顾客扫海报上的码即可关注入会、付款。每个门店一张，一页一张打印。": (
        "Who scans a poster joins and pays. One for each store, one on a page."
    ),
    "打印海报": "Print the posters",
    "修改门店信息": "Change what people are told",
    "地址": "Address",
    "电话": "Telephone",
    "您的账号还没有门店": "Your account has no stores",
    "修改记录": "Changes",
    "{name} 的门店码海报": "Poster with the code of {name}",
    "已提交，平台审核后生效": "Sent; it counts once the operator agreed",
    "待审核": "In review now",
    "已生效": "Applied",
    "合同": "Contracts",
    "每一版合同不可更改；新版由平台提出，经您接受后自生效日起适用。": (
        "No version ever changes. The operator offers a new one; it counts once you accept it."
    ),
    "第 {number} 版": "Version {number}",
    "会员折扣": "Member discount rate",
    "体验金上限": "Cap of experience gold",
    "商家承担": "the merchant bears it",
    "平台承担": "the platform bears it",
    "单笔上限": "Most per payment",
    "结算周期（工作日）": "Cycle (working days)",
    "体验金周期（工作日）": "Cycle of experience gold",
    "充值预支": "Advance on top-ups",
    "预支上限": "Most that is lent",
    "预支所需保证金": "Deposit it needs",
    "平台向您提出此版合同，请核对后答复。": "This version is offered to you. Read it, then answer.",
    "接受": "Accept",
    "接受后自 {day} 起按此版执行。确定接受吗？": "It counts from {day} on. Accept it?",
    "拒绝…": "Decline…",
    "拒绝": "Decline",
    "还没有合同": "No contract yet",
    "合同已接受": "Contract accepted",
    "合同已拒绝": "Contract declined",
    "已签署": "Signed",
    "待您答复": "Your answer is needed",
    "已接受": "Accepted",
}
CODES = {
    "outcome": {
        "done": Code("完成", "good"),
        "repeated": Code("重复请求"),
        "refused": Code("被拒绝", "wait"),
        "failed": Code("出错", "bad"),
    },
    "store_change": {
        "proposed": Code("待审核", "wait"),
        "applied": Code("已生效", "good"),
        "rejected": Code("未通过", "bad"),
    },
    "acceptance": {
        "signed": Code("已签署", "good"),
        "offered": Code("待您答复", "wait"),
        "accepted": Code("已接受", "good"),
        "declined": Code("已拒绝", "bad"),
        "withdrawn": Code("已撤回"),
    },
}
