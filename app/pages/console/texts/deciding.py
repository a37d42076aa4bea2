"""English of errands and runners, salespeople, deliveries told to WeChat, and splits."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "仅商家的账号选择": "For accounts of a merchant only",
    "全部商家的门店": "The stores of all merchants",
    "该商家的全部门店": "All stores of the merchant",
    "或查找可提现的联系人（按手机号或会员编号）": "Or find a contact who may withdraw (by number or member id)",
    "还没有可用的让利分配方案，请先发布一个。": "There is no split policy to choose yet: publish one first.",
    "更改授权…": "Change…",
    "更改": "Change",
    "此后带来的会员和商家按新的状态处理。确定吗？": (
        "Whom they bring from now on is treated by the new state. Go on?"
    ),
    "带来的会员": "Members brought",
    "带来的商家": "Merchants brought",
    "海报": "Poster",
    "佣金": "Commission",
    "{name} 的推荐码": "The code of {name}",
    "来自会员": "Members they brought",
    "来自商家": "Merchants they brought",
    "跑腿争议": "Errands in dispute",
    "争议": "Dispute",
    "裁决": "Decision",
    "已提出：付给跑腿员 {amount}，其余退回发布人。": (
        "Proposed: {amount} for the runner, the rest goes back to who posted it."
    ),
    "确认裁决": "Confirm it",
    "提出裁决…": "Propose a decision…",
    "提出，待另一人确认": "Propose; another person confirms",
    "原因（双方可见）": "Reason (both sides see it)",
    "发货登记": "Deliveries told to WeChat",
    "重新提交…": "Tell WeChat again…",
    "重新提交": "Tell WeChat again",
    "尝试次数": "Tried",
    "微信的答复": "What WeChat answered",
    "预计入账": "Money expected",
    "会员确认收货": "Received by the member",
    "微信入账": "Money released",
    "已实名的会员申请接单，批准后才能接。暂停后不能再接新单，可以恢复。": (
        "Members with a real name ask to run errands. Whoever is suspended takes no further ones,"
        " which can be undone."
    ),
    "失约": "Let down",
    "批准…": "Approve…",
    "暂停接单…": "Suspend…",
    "暂停接单": "Suspend",
    "恢复接单…": "Let them run again…",
    "恢复接单": "Let them run again",
    "没有此状态的跑腿员。": "None in this state.",
    "发布人与跑腿员各执一词时，一人提出赏金如何分，另一名运营人员确认后付出。": (
        "Where the two sides disagree, one person proposes who gets how much, and another operator"
        " confirms; then it is paid."
    ),
    "没有此状态的跑腿单。": "None in this state.",
    "付款在微信内分给接收方。有问题的由两名财务一致决定再试或放弃，放弃的款项回到本应付出的账户。": (
        "Payments that WeChat splits among receivers. Of those in trouble two people of finance say "
        "the same: try again, or give up, then the money is back where it was to come from."
    ),
    "已有一人提出：{words}": "Proposed by one: {words}",
    "接收方": "Receiver",
    "再试…": "Try again…",
    "再试": "Try again",
    "没有此状态的分账。": "None in this state.",
    "业务员带来商家和会员，按分配方案得佣金。每人有自己的码。": (
        "They bring merchants and members and earn by the split policy. Each has a code."
    ),
    "添加业务员…": "Add a salesperson…",
    "本人的会员账号，佣金付到其钱包；可留空": (
        "Their own account, whose wallet commission goes to; may be empty"
    ),
    "还没有业务员": "No salespeople yet",
    "微信要求登记每笔订单的发货或到店消费，未登记的款项会被冻结。失败的可以重新提交。": (
        "WeChat is told how each order was handed over, or keeps its money. What it refused can be"
        " told again."
    ),
    "没有此状态的登记。": "None in this state.",
    "裁决已提出，待另一人确认": "Proposed; another person confirms",
    "裁决已生效，款项已付": "Decided and paid",
    "已暂停接单": "Suspended",
    "已恢复接单": "They may run again",
    "业务员已添加": "Added",
    "授权已更改": "Changed",
    "已重新提交微信": "WeChat is told again",
    "更改推荐资格…": "Change the right to recommend…",
    "推荐资格已更改": "Changed",
    "平台资金": "The platform's money",
    "平台的各项资金和存放处。存放在外的为负数。只登记已经在银行或微信发生的事，须确认身份；大额（一人当日累计也算）须另一人复核。": (
        "The platform's funds, and where its money is held outside (negative). Only what happened at"
        " the bank or WeChat is booked here, with a proof of who books it; a large sum, or much by"
        " one person on a day, takes another person."
    ),
    "资金登记": "What was booked",
    "登记类别": "Kind",
    "到账": "Arrived",
    "调拨": "Moved",
    "缴税": "Tax paid",
    "登记人": "Booked by",
    "同意入账": "Agree",
    "不同意入账": "Refuse",
    "没有此状态的登记": "No booking in this state.",
    "已登记，待另一名财务人员复核后入账": "It waits until another person of finance agrees",
    "已驳回，未入账": "Refused; nothing was booked",
    "冲正": "Reverse",
    "冲正…": "Reverse…",
    "冲正凭证": "The reversal's journal",
    "冲正原因": "Why it is reversed",
    "冲正申请人": "Reversal asked by",
    "冲正复核人": "Reversal agreed to by",
    "冲正不同意人": "Reversal refused by",
    "同意冲正": "Reverse it",
    "不同意冲正": "Leave it",
    "已申请冲正，待另一名财务人员复核": "The reversal waits until another person of finance agrees",
    "不冲正，登记照旧有效": "Not reversed; the booking stands",
    "将全额冲正 {amount}，只能一次。此笔确实登记有误吗？": (
        "This posts the exact opposite of {amount}, once. Was it booked by mistake?"
    ),
    "冲正待复核": "Reversal to be agreed to",
    "已冲正": "Reversed",
    "冲正已驳回": "Reversal refused",
    "登记待复核": "To be agreed to",
    "已登记入账": "Booked",
    "登记已驳回": "Refused",
    "待复核的资金登记": "Money booked, to be agreed to",
    "登记到账": "Book money that arrived",
    "此操作会增加平台的资金。款项确已到账吗？": "The platform's funds grow by it. Has it arrived?",
    "记入": "Into",
    "到账处": "Arrived at",
    "登记调拨": "Book money that was moved",
    "款项确已在外部调拨吗？": "Was it moved outside?",
    "往来总额": "Gross",
    "轧差后": "Netted",
    "各商家": "Each merchant",
    "自售自用": "Sold and spent here",
    "应收": "Receivable",
    "谁售出、在哪消费": "Who sold it, where it was spent",
    "售出商家": "Sold by",
    "一家售出、在别家消费的储值，按期汇总。款项随消费已经移动，轧差只作证明。": (
        "Prepaid money sold by one and spent at another, summed up by period. The money moved with"
        " each sale; netting proves it."
    ),
    "轧差一期…": "Net a period…",
    "轧差": "Net",
    "已轧差": "Netted",
    "还没有轧差的期间": "No period yet",
    "一家的商品由另一家按约定价供货并发出；货款在订单完成后付给供货商。在商品页请人供货。": (
        "One merchant's goods, supplied and sent by another at a price agreed upon, which is paid once"
        " the order is completed. Ask for it on an offer's page."
    ),
    "登记为供货商": "Let it supply others",
    "已登记为供货商": "It may supply others now",
    "此后别家可请它供货。确定吗？": "Others can ask it to supply them. Go on?",
    "工作日历": "Working days",
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午": "Dragon Boat Festival",
    "国庆节": "National Day",
    "中秋": "Mid-autumn Festival",
    "2027-01-01 休 元旦": "2027-01-01 休 New Year",
    "已保存": "Saved",
    "结算和退款的期限按工作日计。国务院公布下一年的安排后在此录入。": (
        "Settlements and refunds are due in working days. The next year is entered here once the"
        " State Council has announced it."
    ),
    "这一年的安排尚未录入，目前按周一至周五为工作日。": (
        "Not known yet: until then Monday to Friday are working days."
    ),
    "已知至": "Known until",
    "与平常的星期不同的日子": "Days that differ from the week",
    "日期": "Day",
    "安排": "What it is",
    "来源": "From",
    "上班": "Working day",
    "放假": "Day off",
    "内置": "Library",
    "录入": "Entered",
    "没有": "None",
    "未结清的期限将按新的安排计算。确定吗？": "What is not due yet is counted anew. Go on?",
    "每行一天：日期、休或班、说明": "One day a line: the day, 休 (off) or 班 (working), a note",
    "达到门槛的会员可领体验金，由活动资金在预算内支付。等级不能修改：结束后另设一个。": (
        "Whoever reaches a level may take its experience gold, paid from the campaign fund within the"
        " budget. Levels do not change: end one and add another."
    ),
    "门槛（所让出的金额）": "Reached with (conceded by purchases)",
    "天数": "Within days",
    "此后没有人能达到此等级，已领的体验金不受影响。确定吗？": (
        "Nobody reaches it from now on; gifts that were taken stay. End it?"
    ),
    "还没有等级": "No levels",
    "没有等级时会员都一样。": "Without any, all members are alike.",
    "设置等级": "Add a level",
    "等级立即生效，且不能修改。确定吗？": "It counts at once and never changes. Add it?",
    "最多为门槛的十分之一；可留空": "At most a tenth of what reaches it; may be empty",
    "等级已添加": "Added",
    "等级已结束": "Ended",
    "您是": "You are",
    "供货商": "Supplier",
    "供货": "Supplies",
    "其中欠卖方": "Owed to the seller of it",
    "每天的供货款、退回和欠款见次日的": "Each day's payments, returns and debts are in the next day's",
    "供货价": "Price",
    "卖方": "Seller",
    "此后此商品的订单由您发货。确定吗？": "You ship its orders from now on. Accept?",
    "已付款的订单照旧供货。确定结束吗？": "Orders already paid are supplied all the same. End it?",
    "还没有供货约定": "Nothing agreed yet",
    "欠付": "Short",
    "请人供货…": "Ask for a supplier…",
    "发出请求": "Ask",
    "供货价（每件）": "Price for each piece",
    "已答复": "Answered",
    "供货已结束": "Ended",
    "已请供货商答复": "The supplier is asked",
    "待供货商答复": "Waits for the supplier",
    "供货中": "Supplied",
    "供货商已拒": "Declined",
    "供货结束": "Ended",
    "开户人": "Holder",
    "收款账号": "Account number",
    "联系人姓名": "Contact's name",
    "联系人电话": "Contact's phone",
    "申请接单": "Asked to run",
    "可以接单": "May run",
    "暂停中": "Suspended",
    "未获批准": "Not approved",
    "微信已拒": "Refused by WeChat",
    "待提交微信": "To be told",
    "微信已登记": "Told",
    "无需登记": "Not needed",
    "待财务决定": "Finance decides",
    "等待分账": "Waiting",
    "分账中": "Under way",
    "已分账": "Done",
    "分账失败": "Given up",
}
CODES = {
    "treasury_booking": {
        "waiting": Code("登记待复核", "wait"),
        "booked": Code("已登记入账", "good"),
        "refused": Code("登记已驳回", "bad"),
        "reversed": Code("已冲正", "bad"),
    },
    "treasury_kind": {
        "paid_in": Code("到账"),
        "moved": Code("调拨"),
        "tax_paid": Code("缴税"),
    },
    "treasury_reversal": {
        "waiting": Code("冲正待复核", "wait"),
        "booked": Code("已冲正", "bad"),
        "refused": Code("冲正已驳回"),
    },
    "runner": {
        "applied": Code("申请接单", "wait"),
        "approved": Code("可以接单", "good"),
        "suspended": Code("暂停中", "bad"),
        "rejected": Code("未获批准"),
    },
    "shipping": {
        "refused": Code("微信已拒", "bad"),
        "due": Code("待提交微信", "wait"),
        "reported": Code("微信已登记", "good"),
        "not_needed": Code("无需登记"),
    },
    "split": {
        "troubled": Code("待财务决定", "bad"),
        "failed": Code("分账失败"),
        "waiting": Code("等待分账", "wait"),
        "sending": Code("分账中", "busy"),
        "done": Code("已分账", "good"),
    },
    "supply": {
        "proposed": Code("待供货商答复", "wait"),
        "accepted": Code("供货中", "good"),
        "declined": Code("供货商已拒", "bad"),
        "ended": Code("供货结束"),
    },
    "applicant": {
        "account_holder": Code("开户人"),
        "account_number": Code("收款账号"),
        "contact_name": Code("联系人姓名"),
        "contact_phone": Code("联系人电话"),
    },
    "brought": {"members": Code("来自会员"), "merchants": Code("来自商家")},
}
