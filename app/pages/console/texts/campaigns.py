"""English of campaigns at the operator's console, and what their codes are called."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "加入时": "On joining",
    "首次消费时": "With a first purchase",
    "实付金额": "What was paid",
    "让利金额": "What was conceded",
    "从头逐个发足": "In full, one after the other",
    "前几名分发": "In parts, to the first ones",
    "等 {count} 个": " and more, {count} in all",
    "都不勾选即为全部": "None ticked: all of them",
    "查找商品（按名称）": "Find offers by name",
    "找到的列在选项中；填写的内容会保留。": "Those found are among the choices; what you typed stays.",
    "查找商家（按名称）": "Find merchants by name",
    "查找门店（按名称、地址）": "Find stores by name or address",
    "平台与商家的活动。起草后由另一名运营人员发布，发布时规则固定、预算划入专户。": (
        "Campaigns of the platform and of merchants. Another operator publishes a draft; its rules "
        "are fixed then, and its budget is put aside."
    ),
    "全部状态": "All states",
    "全部类型": "All kinds",
    "出资": "Paid by",
    "保存草稿": "Save the draft",
    "修改草稿": "Rewrite the draft",
    "仅由活动基金出资时填写": "Only where the campaign fund pays",
    "参与对象": "For whom",
    "都不填则面向所有会员；填写的条件须同时满足。": (
        "Empty: all members. Every condition that is given must hold."
    ),
    "加入不早于": "Joined from",
    "加入早于": "Joined before",
    "归属商家": "At home with merchants",
    "会员等级": "Member levels",
    "所有会员": "All members",
    "发布": "Publish",
    "发布后规则不能更改，预算 {amount} 将划入专户。确定吗？": (
        "Its rules cannot change once it is published, and {amount} are put aside. Go on?"
    ),
    "恢复": "Resume",
    "结束后不能恢复，余款退回出资方。": (
        "It cannot be resumed; what is left returns to who paid it."
    ),
    "您起草了此活动，须由另一名运营人员发布。": "You wrote this draft; another operator publishes it.",
    "草稿待发布。发布前请核对规则与预算。": (
        "A draft waits to be published. Check its rules and its budget first."
    ),
    "已承诺": "Promised",
    "起草人": "Written by",
    "发布人": "Published by",
    "发布时间": "Published at",
    "结束于": "Ended at",
    "余款退回": "Rest returned at",
    "发放记录": "Grants",
    "获得者": "Receiver",
    "还没有发放。": "Nothing was given yet.",
    "草稿已保存，须由另一名运营人员发布": "Saved; another operator publishes it",
    "草稿已修改": "The draft was rewritten",
    "活动已发布，预算已划入专户": "Published, and its budget put aside",
    "活动已恢复": "Resumed",
    "活动基金": "Campaign fund",
    "商家活动预算": "A merchant's offer budget",
    "排队补贴池": "Queue pool",
    "发起人付款": "Whoever asks",
    "现金": "Money",
    "体验金": "Experience gold",
    "实物（商品）": "Goods, one piece of an offer",
    "全部消费累计": "All purchases together",
    "每笔单独": "Each purchase by itself",
}
CODES = {
    "setting": {
        "money": Code("现金"),
        "experience": Code("体验金"),
        "goods": Code("实物（商品）"),
        "cumulative": Code("全部消费累计"),
        "single": Code("每笔单独"),
        "registration": Code("加入时"),
        "first_purchase": Code("首次消费时"),
        "paid": Code("实付金额"),
        "concession": Code("让利金额"),
        "full": Code("从头逐个发足"),
        "parts": Code("前几名分发"),
        "rebate": Code("返利"),
        "rebate_pending": Code("冻结中返利"),
        "store": Code("门店"),
        "product": Code("商品"),
        "content": Code("内容"),
    },
    "funder": {
        "campaign_fund": Code("活动基金"),
        "offer_budget": Code("商家活动预算"),
        "queue_pool": Code("排队补贴池"),
        "payer": Code("发起人付款"),
    },
    "audience": {
        "joined_from": Code("加入不早于"),
        "joined_before": Code("加入早于"),
        "home_of_merchants": Code("归属商家"),
        "levels": Code("会员等级"),
    },
}
