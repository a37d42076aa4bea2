"""English of what the funds spend and whom they pay, and the states of a spending."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "下载票据": "Receipt",
    "不冲销": "Leave it",
    "停用后不能再付款给此机构。确定吗？": "Nothing more goes to this organisation. Go on?",
    "冲销原因": "Why it is undone",
    "冲销时间": "Undone at",
    "冲销申请人": "Undoing asked by",
    "原因（对公众公开）": "Reason (public)",
    "可付款": "Open",
    "同意冲销": "Undo it",
    "基金": "Fund",
    "基金只付给登记在此的机构；机构和用途由运营登记，支出由财务登记。": (
        "Funds pay organisations kept here only; operators keep them, finance books payments."
    ),
    "基金支出": "Spending of funds",
    "复核入账": "Agree and book",
    "已停用收款机构": "Closed",
    "已冲销": "Undone",
    "已添加收款机构": "Added",
    "已申请冲销，等待另一人复核": "Asked for; another person decides",
    "待复核冲销": "Undoing waits",
    "支出已登记，等待另一人复核": "Asked for; another person decides",
    "收款机构": "Recipients",
    "添加机构…": "Add…",
    "申请冲销…": "Undo…",
    "登记支出": "Book a payment",
    "登记支出…": "Book a payment…",
    "登记时间": "Asked at",
    "登记人": "Asked by",
    "确定拒绝吗？": "Refuse it?",
    "票据号": "Receipt's number",
    "票据（PDF、PNG 或 JPEG，4 MB 以内）": "Receipt (PDF, PNG or JPEG, up to 4 MB)",
    "提交复核": "Send to the second person",
    "付款日": "Paid on",
    "停用时间": "Closed at",
    "统一社会信用代码": "Registration number",
    "没有收款机构。": "No recipients.",
    "没有此状态的支出。": "No spendings in this state.",
    "用途": "For what",
    "银行已付给收款机构的款项，凭票据入账；入账和冲销都须两人。公益金和活动资金的支出对公众公开。": (
        "What the bank has paid to recipients, booked by receipt; booking and undoing take two"
        " people. What charity and campaign money pay for is public."
    ),
    "银行流水号": "Bank's reference",
    "待复核入账": "Waits for a second person",
    "已入账": "Booked",
    "已拒绝支出": "Refused",
}
CODES = {
    "spending": {
        "requested": Code("待复核入账", "wait"),
        "undoing": Code("待复核冲销", "wait"),
        "paid": Code("已入账", "good"),
        "rejected": Code("已拒绝支出", "bad"),
        "undone": Code("已冲销"),
    },
}
