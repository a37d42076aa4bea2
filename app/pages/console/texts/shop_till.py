"""English of the merchants' till: taking payments, codes of amounts, what came in."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "退款金额须大于 0。要全部退回，请把金额留空。": (
        "A refund is more than 0. Leave the amount empty to give all back."
    ),
    "收银": "Till",
    "收款": "Take a payment",
    "收款码": "Payment codes",
    "收款记录": "Payments",
    "门店": "Store",
    "全部门店": "All stores",
    "全部": "All",
    "顾客扫码后无需输入金额。没有入会的顾客扫码后即成为本店会员。": (
        "Who scans one types no amount, and becomes a member of this store if they are none yet."
    ),
    "您的账号还没有可收款的门店": "Your account has no store to take payments at",
    "请商家负责人在“员工”中为您指定门店。": "Ask the owner to name your stores under Staff.",
    "用途": "Use",
    "有效至": "Valid until",
    "单次": "Once",
    "多次": "Many times",
    "停用": "End",
    "停用后不能恢复，已打印的码将失效。": "This cannot be undone; printed copies stop working.",
    "还没有收款码": "No payment codes yet",
    "固定价格的商品可以做成一张码，贴在柜台上。": (
        "What always costs the same can be a code on the counter."
    ),
    "新建收款码": "New payment code",
    "生成": "Make it",
    "如：牛肉面一份": "e.g. a bowl of beef noodles",
    "有效分钟（不填为长期）": "Minutes it is valid (empty: for good)",
    "只能付一次": "For one payment only",
    "收款码已停用": "The code was ended",
    "营业日": "Business day",
    "退款": "Refunds",
    "未退款": "Not refunded",
    "有退款": "Refunded",
    "今日": "today",
    "收款额": "Taken",
    "{count} 笔": "{count} payments",
    "商家应得": "Your share",
    "已扣让利 {amount}": "after a concession of {amount}",
    "当日退款": "Refunded that day",
    "各门店": "By store",
    "逐笔": "One by one",
    "笔数": "Number",
    "没有符合条件的收款": "No such payments",
    "扫微信付款码": "Scan WeChat's payment code",
    "扫码": "Scan",
    "微信付款码（18 位数字）": "WeChat payment code (18 digits)",
    "收取": "Charge",
    "不收了": "Call it off",
    "取消后顾客的钱原样保留。": "The customer keeps all of their money.",
    "取消此笔": "Cancel this payment",
    "已退款 {amount}": "{amount} refunded",
    "没有收款，顾客的钱原样保留。": "Nothing was taken; the customer keeps all of their money.",
    "收下一笔": "Next payment",
    "收款详情": "Payment",
    "下单时间": "Begun",
    "付款时间": "Paid",
    "应付": "List price",
    "会员优惠": "Member discount",
    "实付": "Paid amount",
    "储值": "Prepaid",
    "微信": "WeChat",
    "单号": "Number",
    "凭证与分账": "Receipt and split",
    "项目": "Item",
    "可用时间": "usable from",
    "分账通常在一秒内完成，稍后刷新可见。": (
        "The split takes about a second; load the page again to see it."
    ),
    "文字凭证": "Receipt as text",
    "打印": "Print",
    "可退 {amount}。每一分退回来处：储值退储值，微信退微信。": (
        "{amount} can be refunded. Each fen goes back to where it came from."
    ),
    "确定退款吗？退款后不能撤销。": "Refund it? This cannot be undone.",
    "退款金额（不填为全部）": "Amount (empty: all of it)",
    "如：收错金额": "e.g. wrong amount",
    "等待顾客确认": "Waiting for the customer",
    "请顾客在手机上输入支付密码。确认前不会扣款。": (
        "The customer enters their PIN on the phone. Nothing is taken before that."
    ),
    "请顾客用微信扫码支付余下的 {amount}": "The customer scans this with WeChat to pay {amount}",
    "等待微信支付 {amount}": "Waiting for WeChat: {amount}",
    "请顾客在手机上支付，或扫顾客的微信付款码。": (
        "The customer pays on the phone, or you scan their WeChat payment code."
    ),
    "此页会自动更新。": "This page renews itself.",
    "微信支付二维码": "QR code for WeChat Pay",
    "等待付款，此页会自动更新。": "Waiting for the payment; this page renews itself.",
    "扫会员付款码收款": "Scan the member's code",
    "会员付款码": "Member's payment code",
    "余额不足时": "If the balance is short",
    "不足部分由微信支付": "WeChat pays the rest",
    "顾客扫屏幕上的码": "customer scans the screen",
    "再扫顾客的微信付款码": "I scan their WeChat code",
    "顾客在自己手机上付": "customer pays on their phone",
    "仅当顾客的付款码允许微信支付时才会用到。": (
        "Only if the customer's code may use WeChat at all."
    ),
    "出示收款码": "Show a payment code",
    "正在读取…": "Loading…",
    "数字键盘": "Keypad",
    "删除": "Delete",
    "小数点": "Decimal point",
    "扫码枪或手动输入 20 位数字": "20 digits, by a scanner or by hand",
    "今日收款": "Today's takings",
    "今日全部收款": "All of today",
    "今天还没有收款": "Nothing taken today yet",
    "收到的每一笔都会立即出现在这里。": "Each payment appears here at once.",
    "请将二维码对准取景框": "Hold the code in front of the camera",
    "部分退款": "Partly refunded",
    "无法使用摄像头。请在浏览器中允许使用，或手动输入。": (
        "The camera cannot be used. Allow it in the browser, or type the code."
    ),
    "此设备或地址不支持摄像头，请手动输入。": "There is no camera here. Type the code.",
    "这不是付款码，请对准顾客手机上的二维码。": "That is no payment code.",
    "请用微信扫一扫付款": "Scan with WeChat to pay",
    "查看收款": "See the payment",
    "付 {amount} 的二维码": "QR code to pay {amount}",
    "退款已登记，待商户资金到位后退回": "Noted; it goes back once the merchant has the money",
    "已退款，各部分退回原处": "Refunded, each part to where it came from",
    "已取消，未收款": "Cancelled; nothing was taken",
    "收款成功": "Paid",
    "等待微信支付": "Waiting for WeChat",
    "这是微信付款码。请先扫会员付款码，不足部分再扫微信付款码。": (
        "That is WeChat's code. Scan the member's code first, then WeChat's for the rest."
    ),
    "待付款": "Open",
    "待确认": "Waiting",
    "待微信支付": "Waiting for WeChat Pay",
    "已拒绝": "Declined",
    "已收款": "Received",
    "已过期": "Over",
    "已全部退款": "Refunded in full",
    "已使用": "Used",
    "已停用": "Ended",
    "可使用": "Usable",
}
CODES = {
    "payment": {
        "confirming": Code("待确认", "wait"),
        "awaiting": Code("待微信支付", "wait"),
        "declined": Code("已拒绝", "bad"),
        "paid": Code("已收款", "good"),
        "cancelled": Code("已取消"),
        "expired": Code("已过期"),
        "refunded": Code("已全部退款", "quiet"),
    },
    "amount_code": {
        "open": Code("可使用", "good"),
        "used": Code("已使用"),
        "over": Code("已过期"),
        "ended": Code("已停用"),
    },
}
