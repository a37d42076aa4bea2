"""Why a purchase moved what it moved: purses for the payer, concession and net for the merchant."""

from __future__ import annotations

from sqlalchemy import select

from app.alliance import catalogue
from app.alliance.explaining.shares import shares_of
from app.alliance.models import Contract, Refund, Sale, SaleShare
from app.alliance.orders import supply_returns
from app.alliance.rules import refund_parts
from app.core.db import db
from app.core.world import bucket_of
from app.ledger.service import Account, Asked, Explanation, Step, Version, rated

PURSES = (
    (("储值本金", "Prepaid principal"), "principal_fen"),
    (("储值赠金", "Prepaid bonus"), "bonus_fen"),
    (("体验金", "Experience gold"), "experience_fen"),
    (("返利", "Rebate"), "rebate_fen"),
    (("微信支付", "WeChat Pay"), "wechat_fen"),
    (("商家结算款", "Settled money"), "settled_fen"),
    (("活动奖品", "Paid by a campaign"), "gift_fen"),
)

FROM_PURSES = (
    "付款按所选钱包依次支付，不足部分由微信支付；付款总额等于各部分之和。",
    "The purses you chose paid in their order, WeChat the rest; the parts come to the amount.",
)
FROM_ESCROW = (
    "订单已完成：付款时进入担保账户的金额，现在成为消费。",
    "The order was completed: what had been paid into escrow became a purchase.",
)
FROM_CAMPAIGN = (
    "这是活动奖品的订单，货款由活动支付：全额归商家，不计让利。",
    "A prize in goods, paid by its campaign: all of it is the store's, nothing is conceded.",
)


def sale(asked: Asked) -> Explanation:
    """The first journal of a sale."""
    row = db.session.get(Sale, (bucket_of(asked.journal.reference_id), asked.journal.reference_id))
    told = Explanation("sale", "payment", [])
    if row is None:
        return told
    told.facts = _facts(row, asked)
    if asked.viewer.may_know(row.payer_id):
        is_order = any(leg.account is Account.ORDER_ESCROW for leg in asked.journal.legs)
        told.sentences.append(FROM_ESCROW if is_order else FROM_PURSES)
        told.steps += _price(row)
        told.steps += [Step(text, fen) for text, name in PURSES if (fen := getattr(row, name))]
    if asked.viewer.may_know(row.merchant_id):
        _for_merchant(told, row)
    return told


def _facts(row: Sale, asked: Asked) -> dict[str, object]:
    is_partner = asked.viewer.may_know(row.payer_id) or asked.viewer.may_know(row.merchant_id)
    if not is_partner:
        return {}
    paid_at = row.paid_at.isoformat() if row.paid_at else None
    facts: dict[str, object] = {
        "amount_fen": row.amount_fen,
        "discount_fen": row.discount_fen,
        "store_id": str(row.store_id),
        "store_name": catalogue.store(row.store_id).name,
        "paid_at": paid_at,
    }
    return facts | ({"payer_id": str(row.payer_id)} if asked.viewer.is_platform else {})


def _price(row: Sale) -> list[Step]:
    """How the member price came about, where there was one."""
    if not row.discount_fen:
        return []
    return [
        Step(("标价", "List price"), row.list_fen),
        Step(("会员价优惠", "Off by the member price"), -row.discount_fen),
    ]


def _for_merchant(told: Explanation, row: Sale) -> None:
    contract = db.session.get_one(Contract, (bucket_of(row.contract_id), row.contract_id))
    told.versions.append(Version("contract", contract.id, contract.version))
    if row.gift_fen:
        told.sentences.append(FROM_CAMPAIGN)
        told.steps += [] if told.steps else [Step(("消费金额", "Amount"), row.amount_fen)]
        return
    base = row.principal_fen + row.rebate_fen + row.wechat_fen + row.settled_fen
    base += row.bonus_fen if contract.is_bonus_included else 0
    told.sentences.append(
        (
            "让利按合同比例对实付金额计算（体验金不计，赠金按合同），四舍五入到分；"
            "其余货款记入待结算，体验金另记。",
            "The concession is the contract's rate of the money really paid (no experience gold; "
            "bonus as the contract says), rounded half up. The rest awaits settlement, experience "
            "gold by itself.",
        )
    )
    text = ("实付 × 让利比例", "Really paid × concession rate")
    told.steps += [] if told.steps else _price(row)
    told.steps += [
        Step(("消费金额", "Amount of the sale"), row.amount_fen),
        rated(text, base, contract.concession_bp, row.concession_fen),
        *(
            [Step(("其中体验金", "Of it experience gold"), row.experience_fen)]
            if row.experience_fen
            else []
        ),
        Step(("待结算货款", "Awaiting settlement"), row.net_fen),
    ]


def refund(asked: Asked) -> Explanation:
    """What a refund took back or gave back: cumulative allocation less the one before it."""
    key = (bucket_of(asked.journal.reference_id), asked.journal.reference_id)
    row = db.session.get(Refund, key)
    told = Explanation(
        "refund",
        "refund",
        [
            (
                "退款按原消费比例逐分退回：本次应退 = 累计分配 − 之前已分配，"
                "任意次退款合计都精确到分。",
                "A refund undoes the sale in proportion: allocation(cumulative) less "
                "allocation(before), so that any sequence ends exact to the fen.",
            )
        ],
    )
    if row is None:
        return told
    made = db.session.get_one(Sale, (row.bucket, row.sale_id))
    told.facts = _facts(made, asked)
    if told.facts:
        told.facts |= {"refund_fen": row.amount_fen, "refunded_before_fen": _before(row)}
    told.steps = [*_given(asked, row, made), *_supplied(asked, row)]
    return told


def _supplied(asked: Asked, row: Refund) -> list[Step]:
    """What the sale's supplier gave of a refund, or the seller in its place."""
    back = supply_returns.of_refund(row)
    parties = (back.supplier_id, back.merchant_id) if back else ()
    if back is None or not any(asked.viewer.may_know(each) for each in parties):
        return []
    text = ("其中供应商退回的供货款", "Of it the supplier's part")
    covered = ("供应商不足、由卖方垫付", "Given by the seller in the supplier's place")
    return [
        Step(text, -back.amount_fen),
        *([Step(covered, -back.covered_fen)] if back.covered_fen else []),
    ]


def _before(row: Refund) -> int:
    """What of the sale had gone back before a refund, in fen: those done earlier."""
    its = (Refund.bucket == row.bucket, Refund.sale_id == row.sale_id, Refund.status == "done")
    done = db.session.scalars(select(Refund).where(*its))
    mine = (row.done_at, row.number)
    return sum(each.amount_fen for each in done if (each.done_at, each.number) < mine)


def _given(asked: Asked, row: Refund, made: Sale) -> list[Step]:
    """What the viewer's own parts of the sale gave, by the rule that posted it."""
    shares = shares_of(made)
    parts = [made.net_fen, made.experience_fen, *(share.amount_fen for share in shares)]
    given = refund_parts(parts, _before(row), row.amount_fen)
    steps = []
    owners = {entry.owner_id for entry in asked.entries}
    if asked.viewer.may_know(made.merchant_id) and made.merchant_id in owners:
        names = (("退回的货款", "Of the store's money"), ("退回的体验金", "Of its experience gold"))
        pairs = zip(names, parts[:2], given[:2], strict=True)
        steps += [Step(name, -fen, base_fen=part) for name, part, fen in pairs if fen]
    steps += [
        Step(("退回的分润", "Of the share"), -fen, base_fen=share.amount_fen)
        for share, fen in zip(shares, given[2:], strict=True)
        if fen and share.owner_id in owners and _concerns(asked, share)
    ]
    return steps


def _concerns(asked: Asked, share: SaleShare) -> bool:
    """Whether a share went to one of the entries asked about: an earner's, or a fund's."""
    earners = {Account.REBATE_PENDING, Account.REBATE, Account.CLAWBACK_DUE}
    touched = {entry.account for entry in asked.entries if entry.owner_id == share.owner_id}
    return bool(touched & earners) if share.release_at else bool(touched - earners)
