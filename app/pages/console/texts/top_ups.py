"""English and codes of members' top-ups and their refunds."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "充值与退款": "Top-ups and refunds",
    "已到账的充值，最新的在前。未花完的本金可由财务说明原因后退回。": "Credited top-ups, the newest first. Finance may give unspent money back, with a reason.",
    "到账时间": "Credited",
    "充值": "Top-up",
    "累计已退": "Refunded so far",
    "未花完": "Unspent",
    "没有到账的充值。": "Nothing was topped up.",
    "会员可无理由退款至": "Member may refund without a reason until",
    "退款试算": "What a refund comes to",
    "先试算，再退款：试算不改变任何东西。": "Look first, then refund: looking changes nothing.",
    "退回的本金": "Principal to give back",
    "至多 {amount}": "{amount} at most",
    "试算退款": "Look",
    "从本金扣除": "Taken from the principal",
    "收回的赠送": "Bonus taken back",
    "抵作已花掉的赠送": "Kept for bonus that was spent",
    "退给付款人": "Goes back to the payer",
    "退回 {amount}": "Give {amount} back",
    "{amount} 将由微信退回付款人，不能撤销。确定吗？": "{amount} goes back to the payer through WeChat and cannot be called back. Do it?",
    "原因（付款人会看到）": "Reason (the payer sees it)",
    "由财务退款。": "Finance gives it back.",
    "没有未花完的本金可退。": "Nothing unspent is left to give back.",
    "退款已提交，由微信原路退回": "Refund asked for; WeChat sends it the way it came",
    "等待付款": "Waiting for payment",
    "已到账": "Credited",
    "未付款": "Not paid",
    "待核实": "Being looked into",
    "到账后赠送": "given when credited",
    "已赠送": "given",
    "未赠送": "not given",
}
CODES = {
    "top_up_status": {
        "waiting": Code("等待付款", "wait"),
        "credited": Code("已到账", "good"),
        "closed": Code("未付款"),
        "suspense": Code("待核实", "bad"),
    },
    "bonus_status": {
        "promised": Code("到账后赠送"),
        "granted": Code("已赠送"),
        "released": Code("未赠送"),
    },
}
