"""Every kind of journal of this room with its explanation. Whoever adds a kind adds it here."""

from __future__ import annotations

from app.alliance.explaining import sales, shares
from app.alliance.settlement.models import Settlement
from app.alliance.settlement.sealing import reference
from app.core.db import db
from app.core.world import bucket_of
from app.ledger.service import Asked, Explanation, Kind, Step, stated

FUNDS = {"deposit": ("保证金", "deposit"), "offer_budget": ("营销预算", "offer budget")}


def kinds() -> dict[str, Kind]:
    """All kinds of journals that the alliance posts."""
    return _sales() | _orders() | _supplies() | _advances() | _funds() | _rewards()


def _sales() -> dict[str, Kind]:
    return {
        "sale": Kind(("消费", "Purchase"), sales.sale),
        "distribution": Kind(("消费返利", "Shares of a sale"), shares.distribution),
        "rebate_release": Kind(("返利解冻", "Rebate released"), shares.release),
        "refund": Kind(("退款", "Refund"), sales.refund),
        "settlement": Kind(("结算", "Settlement"), settlement),
    }


def _orders() -> dict[str, Kind]:
    return {
        "order_paid": stated(
            "order",
            ("订单支付", "Order paid"),
            (
                "订单付款先由平台担保，取货或收货后才成为消费并结算给商家；此前取消则原路退回。",
                "What is paid for an order is kept in escrow until it was handed over; only then "
                "it is a sale. Before, it goes back where it came from.",
            ),
        ),
        "order_returned": stated(
            "order",
            ("订单退款", "Order given back"),
            (
                "订单完成前的退款，从担保账户按付款比例逐分退回原钱包和批次，微信部分经微信退回。",
                "Before the order was completed: from escrow to the purses and lots that paid, in "
                "proportion to the fen; WeChat's part goes back through WeChat.",
            ),
        ),
    }


def _supplies() -> dict[str, Kind]:
    return {
        "supply_recovered": stated(
            "supply_return",
            ("供货款追还", "Supply price recovered"),
            (
                "退款时供应商资金不足，由卖方先行垫付；供应商有款后退还给卖方。",
                "A refund found too little with the supplier, and the seller gave its part; the "
                "supplier pays it back as soon as it has money.",
            ),
        ),
        "supply_secured": stated(
            "supply_return",
            ("供货款从保证金追还", "Supply price recovered from the deposit"),
            (
                "供应商已停业，退款时由卖方垫付的款项先从其可结算余额、再从其保证金退还卖方；"
                "保证金先留足待收回的预支和其顾客等待中的退款。",
                "The supplier has closed: what the seller gave in its place comes from its settled "
                "money, then from its deposit, as far as neither what was lent to it nor refunds "
                "that its own customers wait for need that.",
            ),
        ),
    }


def settlement(asked: Asked) -> Explanation:
    """The sums of a statement; its lines say the rest."""
    key = (bucket_of(asked.journal.reference_id), asked.journal.reference_id)
    row = db.session.get(Settlement, key)
    told = Explanation(
        "settlement",
        "settlement",
        [
            (
                "结算周期到期的货款扣除费用后转为可结算，到期体验金全额转入；逐笔见对账单。",
                "What was due of sales less fees, and all experience gold that was due, became "
                "available; the statement has it line by line.",
            )
        ],
    )
    if row is not None:
        parts = (
            (("上期结转", "Carried over"), row.opening_fen + row.opening_experience_fen),
            (("本期货款", "Money of sales"), row.pending_fen),
            (("本期体验金", "Experience gold"), row.experience_fen),
            (("服务费", "Service fee"), -row.service_fee_fen),
            (("通道费", "Channel fee"), -row.channel_fee_fen),
            (("本期结算", "Became available"), row.total_fen),
        )
        told.steps = [Step(text, fen) for text, fen in parts if fen]
        told.facts = {"reference": reference(row.id, row.created_at), "number": row.number}
    return told


def _advances() -> dict[str, Kind]:
    return {
        "prepaid_advance": stated(
            "top_up",
            ("储值预支", "Prepaid advance"),
            (
                "会员在本店充值后，按合同比例在额度内预支给商家周转，会员消费或退款后逐步收回。",
                "Of a top-up at the store the contract lends its rate, within the limit; what is "
                "spent or refunded falls due again.",
            ),
        ),
        "advance_collected": stated(
            "advance_collection",
            ("预支收回", "Advance collected"),
            (
                "会员已消费或退款的储值对应的预支到期，先从待结算、再从保证金收回。",
                "Prepaid money was spent or refunded, so what was lent on it was collected: from "
                "what awaits settlement, then from the deposit.",
            ),
        ),
    }


def _funds() -> dict[str, Kind]:
    found = {}
    for name, (zh, en) in FUNDS.items():
        found[f"{name}_funded"] = stated(
            "merchant",
            (f"转入{zh}", f"Moved to the {en}"),
            (f"商家把可结算余额转入{zh}。", f"Settled money was moved to the {en}."),
        )
        found[f"{name}_paid_in"] = stated(
            "fund_movement",
            (f"缴纳{zh}", f"Paid into the {en}"),
            (
                f"商家的银行汇款经两人核对后计入{zh}。",
                f"A bank transfer, checked by two people, was booked into the {en}.",
            ),
        )
        found[f"{name}_released"] = stated(
            "fund_movement",
            (f"退还{zh}", f"Released from the {en}"),
            (
                f"{zh}经两人核准退回可结算余额。",
                f"With the agreement of two people it went from the {en} back to settled money.",
            ),
        )
    return found


def _rewards() -> dict[str, Kind]:
    return {
        "reward_paid": stated(
            "reward",
            ("推荐奖励", "Reward for recommending"),
            (
                "您推荐的会员消费让利达到活动规则的门槛，按规则奖励一次，由活动资金或商家营销预算支付；"
                "先抵扣应追回的款项。",
                "What the purchases of somebody you brought conceded reached the threshold of a "
                "rule, which pays once, from the campaign fund or the merchant's budget; what "
                "you owe back is taken from it first.",
            ),
        ),
        "reward_released": stated(
            "reward",
            ("推荐奖励解冻", "Reward released"),
            (
                "冻结期满，奖励转为可用返利。",
                "The freeze is over: it is yours to spend or withdraw.",
            ),
        ),
        "reward_taken_back": stated(
            "reward",
            ("推荐奖励收回", "Reward taken back"),
            (
                "退款后让利低于门槛，奖励退回出资方；已用掉的部分从以后的收入中扣回。",
                "After a refund too little was conceded, so the reward went back to who paid it; "
                "what was spent is taken from later earnings.",
            ),
        ),
    }
