"""English of merchants' accounts and funds, top-up plans, and stores as the platform keeps them."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "收款与资金": "Account and funds",
    "确认人": "Confirmed by",
    "还没有收款账户": "No account yet",
    "提出新账户…": "Propose another account…",
    "提交确认": "Send to be confirmed",
    "由另一名财务确认后启用，商家联系人会收到通知。确定提交吗？": (
        "Another person of finance confirms it, and the merchant's contacts are told. Send it?"
    ),
    "户名": "Holder",
    "8 至 32 位数字": "8 to 32 digits",
    "付款渠道": "Paid by",
    "当前渠道": "In force",
    "更改人": "Changed by",
    "未指定，按默认渠道付款": "None was named: by the default one",
    "更改渠道": "Change",
    "此后的付款走此渠道。确定吗？": "Payments go this way from now on. Go on?",
    "开启": "On",
    "起付金额": "From this amount on",
    "收款会员": "Member who receives it",
    "未开启，由商家自行提现": "Off: the merchant takes money out itself",
    "联系人 {id}": "Contact {id}",
    "结算后自动付出": "Pay out by itself after settlement",
    "付给": "To",
    "分账接收方": "Receiver of profit sharing",
    "微信商户号": "WeChat merchant id",
    "关系": "Relation",
    "未登记": "None was named",
    "保证金与活动预算的划转": "Movements of deposit and offer budget",
    "银行流水号或原因": "Bank's number, or reason",
    "商家资金划转": "Merchants' funds",
    "还没有划转": "None yet",
    "提出划转…": "Ask for one…",
    "由另一名财务决定后入账。确定提交吗？": "Another person of finance decides, then it is booked. Send it?",
    "商家汇来的保证金或活动预算，以及释放回商家的款项：一名财务提出，另一名决定后入账。在商家的「收款与资金」页提出。": (
        "Deposits and budgets that merchants paid in, and what is released to them: asked for by one"
        " person of finance on the merchant's page, decided by another, then booked."
    ),
    "待另一人决定": "Waits for another person",
    "同意并入账": "Agree and book",
    "没有此状态的划转。": "None in this state.",
    "账户已提出，待另一名财务确认": "Sent; another person of finance confirms",
    "付款渠道已更改": "Changed",
    "自动付款已更改": "Changed",
    "划转已提出，待另一名财务决定": "Sent; another person of finance decides",
    "待复核划转": "Waiting",
    "划转已入账": "Booked",
    "划转已拒绝": "Refused",
    "汇入": "Paid in",
    "释放": "Released",
    "微信转账": "WeChat transfer",
    "银行代付": "Bank transfer",
    "微信分账": "Profit sharing",
    "待微信登记": "Being told to WeChat",
    "已登记接收方": "Named",
    "正在解除": "Being taken back",
    "已解除": "Gone",
    "微信拒绝登记": "Refused by WeChat",
    "平台（全部门店）": "The platform (every store)",
    "赠送最多为充值额的 {share}。平台出资的方案由一名运营人员起草、另一名发布。": (
        "At most {share} of an amount is given on top. What the platform pays is drafted by one"
        " operator and published by another."
    ),
    "待发布": "To be published",
    "范围": "Where",
    "待另一人发布": "Waits for another person",
    "发布后不能修改，赠送由平台活动资金支付。确定吗？": (
        "It cannot be changed then, and the platform's campaign fund pays. Publish it?"
    ),
    "草稿作废后不能恢复，之前的版本继续有效。确定吗？": (
        "The draft is gone for good, and the version before goes on. Discard it?"
    ),
    "没有待发布的方案": "Nothing waits",
    "进行中与将开始": "Running, or to begin",
    "每人次数": "Times per person",
    "已承诺赠送": "Promised or given",
    "仅一家门店": "One store only",
    "没有进行中的充值方案": "No plan runs",
    "起草平台出资的方案": "Draft a plan that the platform pays",
    "同名方案发布后替换前一版": "It takes the place of the one with its name",
    "草稿已保存，待另一人发布": "Saved; another operator publishes it",
    "门店类别": "Categories of stores",
    "两级类别；代码一经使用不变，规则按代码。关闭的类别不能再选，已有门店不受影响。": (
        "Two levels. Codes never change, and rules go by them. A closed one cannot be chosen; stores"
        " that have it keep it."
    ),
    "添加类别…": "Add a category…",
    "代码": "Code",
    "如 food 或 food.tea": "Such as food or food.tea",
    "英文名称": "English name",
    "次序": "Position",
    "可选": "Open",
    "修改…": "Change…",
    "添加门店…": "Add a store…",
    "门店资料审核": "Changes of stores",
    "商家提出的名称、地址、营业时间和图片，生效后顾客才看得到。": (
        "Names, addresses, hours and pictures that merchants proposed; customers see them once"
        " they are applied."
    ),
    "改为": "Wanted",
    "之前": "Before",
    "生效": "Apply",
    "已生效": "Applied",
    "修改立即对顾客可见。确定吗？": "Customers see it at once. Go on?",
    "原因（会告知商家）": "Reason (the merchant is told)",
    "没有此状态的修改。": "None in this state.",
    "平台的修改立即生效；修改前的资料会保留。": "What the platform changes counts at once; what was before is kept.",
    "此刻": "At this moment",
    "休息": "closed",
    "未填营业时间": "No hours are known",
    "纬度（GCJ-02）": "Latitude (GCJ-02)",
    "经度（GCJ-02）": "Longitude (GCJ-02)",
    "营业时间（如 09:00-14:00, 17:00-21:00；留空为休息）": (
        "Hours (such as 09:00-14:00, 17:00-21:00; empty: a day off)"
    ),
    "特别日（每行一天，如 2026-10-01 10:00-16:00 国庆；不写时间为休息）": (
        "Special days (one a line, such as 2026-10-01 10:00-16:00 holiday; without hours: closed)"
    ),
    "无图片": "no pictures",
    "去掉": "taken away",
    "修改资料与图片": "Details and pictures",
    "提交后由平台审核，生效前顾客看到的是原来的资料。": (
        "The platform looks at it first; until it is applied customers see what was there before."
    ),
    "添加图片（JPEG、PNG 或 WebP，每张不超过 4 MB，最多 6 张）": (
        "Add pictures (JPEG, PNG or WebP, 4 MB each, at most 6)"
    ),
    "门店已添加": "Added",
    "已修改": "Changed",
    "类别已添加": "Added",
    "类别已修改": "Changed",
    "接收门店": "Takes its members over",
    "{count} 张图片（查看会留下记录）": "{count} pictures (looking at them is recorded)",
    "周一": "Monday",
    "周二": "Tuesday",
    "周三": "Wednesday",
    "周四": "Thursday",
    "周五": "Friday",
    "周六": "Saturday",
    "周日": "Sunday",
    "纬度": "Latitude",
    "经度": "Longitude",
    "特别日": "Special days",
    "营业时间": "Hours",
    "图片": "Pictures",
}
CODES = {
    "fund_movement": {
        "requested": Code("待复核划转", "wait"),
        "done": Code("划转已入账", "good"),
        "rejected": Code("划转已拒绝", "bad"),
    },
    "movement_kind": {"paid_in": Code("汇入"), "released": Code("释放")},
    "movement_target": {"deposit": Code("保证金"), "offer_budget": Code("活动预算")},
    "payout_channel": {
        "wechat_transfer": Code("微信转账"),
        "bank_file": Code("银行代付"),
        "profit_sharing": Code("微信分账"),
    },
    "receiver": {
        "wanted": Code("待微信登记", "wait"),
        "registered": Code("已登记接收方", "good"),
        "leaving": Code("正在解除", "wait"),
        "gone": Code("已解除"),
        "refused": Code("微信拒绝登记", "bad"),
    },
    "store_field": {
        "name": Code("名称"),
        "address": Code("地址"),
        "telephone": Code("电话"),
        "category": Code("类别"),
        "latitude": Code("纬度"),
        "longitude": Code("经度"),
        "weekly_hours": Code("营业时间"),
        "special_days": Code("特别日"),
        "pictures": Code("图片"),
    },
}
