"""English of the books at the console."""

from __future__ import annotations

ENGLISH = {
    "账本": "The books",
    "任何所有人的账户与分录；点开凭证可看全部分录，以及这一分钱为什么在这里。": (
        "Accounts and entries of any owner; a journal shows all its entries, and why each fen is where it is."
    ),
    "分录数": "Entries",
    "查看分录": "Entries",
    "账本里没有这个所有人的账户。": "The books know no account of this owner.",
    "每日关账": "Closed days",
    "日期": "Day",
    "应付他人": "Owed",
    "持有": "Held",
    "账单短少": "Missing by bills",
    "缺口": "Lacking",
    "已对账": "Reconciled",
    "未对账": "Not reconciled",
    "储备报告": "Reserve report",
    "还没有关过账的日子。": "No day has been closed yet.",
    "截至哪一天（显示之前 31 天）": "Until which day (the 31 days before it)",
    "这 31 天里没有分录。": "There are no entries in these 31 days.",
    "选更早的一天查看以前的分录。": "Choose an earlier day for older ones.",
}
