"""English of the frame: signing in, the menu, tables, forms, errors."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "联惠": "Lianhui",
    "跳到正文": "Skip to the content",
    "工作人员": "Staff",
    "您": "you",
    "登录会话": "Sessions",
    "上次登录后有 {count} 次密码正确但动态码错误。若非本人操作，请立即修改密码。": (
        "Since you last signed in, {count} wrong codes came with your right password. If that was"
        " not you, change it now."
    ),
    "修改密码": "Password",
    "请先绑定自己的动态码": "Set up a second factor of your own first",
    "请先设置自己的密码": "Choose a password of your own first",
    "密码已修改": "The password was changed",
    "修改后其他登录会话会立即退出。": "Every other session ends.",
    "当前密码": "Current password",
    "新密码": "New password",
    "至少 12 个字符": "At least 12 characters",
    "保存": "Save",
    "导出": "Export",
    "仅含前 {count} 行；完整清单请用后台导出。": "The first {count} rows only: export all in the background.",
    "退出登录": "Sign out",
    "菜单": "Menu",
    "主菜单": "Main menu",
    "仍在处理，请稍候…": "Still working, one moment…",
    "确定": "Yes",
    "取消": "Cancel",
    "填写不符合要求": "Not as it should be",
    "筛选": "Filter",
    "分类": "Sections",
    "列表": "List",
    "翻页": "Pages",
    "首页": "First page",
    "下一页": "Next page",
    "登录": "Sign in",
    "异业联盟 · 会员、钱包与结算": "Membership, wallet and settlement for an alliance of shops",
    "用户名": "User name",
    "密码": "Password",
    "动态码": "Code",
    "验证器应用中的六位数字": "Six digits of your authenticator",
    "确认身份": "Confirm who you are",
    "此操作较为敏感，请再次输入密码和动态码，完成后自动继续。": (
        "This needs your password and a code once more; it goes on by itself afterwards."
    ),
    "每个动态码只能使用一次，请等待下一个": "Each code works once: wait for the next one",
    "确认并继续": "Confirm and go on",
    "没有任何数据被改变。": "Nothing was changed.",
    "回到首页": "To the front page",
    "重试": "Try again",
    "请求编号": "Request",
    "您的账号目前在这些地方登录。发现陌生的会话请立即退出并修改密码。": (
        "Where your account is signed in now. End what you do not know, and change your password."
    ),
    "登录时间": "Signed in",
    "最近确认身份": "Confirmed",
    "到期": "Ends",
    "操作": "Actions",
    "当前会话": "This one",
    "退出": "Sign out",
    "已退出该处登录": "Signed out there",
    "暂时无法完成，请稍后再试。": "That did not work. Please try again.",
    "运营后台": "Operator console",
    "商家后台": "Merchant console",
    "运营": "Operator",
    "财务": "Finance",
    "审核": "Reviewer",
    "客服": "Support",
    "商家负责人": "Owner",
    "收银": "Cashier",
    "业务员": "Salesperson",
    "跑腿员": "Runner",
}
CODES = {
    "role": {
        "operator": Code("运营"),
        "finance": Code("财务"),
        "reviewer": Code("审核"),
        "support": Code("客服"),
        "merchant_owner": Code("商家负责人"),
        "cashier": Code("收银"),
        "salesperson": Code("业务员"),
        "runner": Code("跑腿员"),
    }
}
