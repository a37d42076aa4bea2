"""Every kind of journal of this room with its explanation. Whoever adds a kind adds it here."""

from __future__ import annotations

from app.ledger.service import Kind, stated
from app.wallet import wording
from app.wallet.explaining import amounts

HOLD_BACK = (
    "微信部分未付成，预留的余额原路退回各钱包。",
    "WeChat's part was not paid, so what had been kept aside went back to the purses it came from.",
)
NOT_PAID_OUT = (
    "提现没有付出，全额退回原账户，已计手续费和代扣税同时取消。",
    "It was not paid out: all of it went back where it came from, fee and tax with it.",
)

REFUSED = (
    "微信拒绝了这次分账请求，扣住的金额退回原处。",
    "WeChat refused; what was held is back where it was.",
)


def kinds() -> dict[str, Kind]:
    """All kinds of journals that the wallet posts."""
    return PURSES | TOP_UPS | _withdrawals() | SPLITS | OUTSIDE | _by_people()


PURSES: dict[str, Kind] = {
    "payment_hold": stated(
        "payment",
        wording.LINES["payment_hold"],
        (
            "本次付款还有一部分由微信支付；确认前，余额部分先冻结，付成后转为消费。",
            "WeChat pays a part of this payment. Until that is sure, the part from the purses "
            "is held; the purchase then spends it.",
        ),
    ),
    "payment_hold.reversed": stated("payment", wording.LINES["payment_hold.reversed"], HOLD_BACK),
    "experience_granted": Kind(wording.LINES["experience_granted"], amounts.gold_granted),
    "experience_expired": Kind(wording.LINES["experience_expired"], amounts.gold_expired),
    "experience_returned": stated(
        "lot",
        wording.LINES["experience_returned"],
        (
            "两个账户合并为同一人后，重复领取的体验金退回出资账户。",
            "Two accounts were found to be one person: gold granted twice went back to its funder.",
        ),
    ),
    "experience_returned.reversed": stated(
        "lot",
        wording.LINES["experience_returned.reversed"],
        ("合并撤销，体验金恢复。", "The merge was undone, and the gold given again."),
    ),
    "member_merged": stated(
        "member",
        wording.LINES["member_merged"],
        (
            "两个账户合并为同一人，原账户各钱包余额逐笔转入保留的账户，总额不变。",
            "Two accounts were merged: each purse moved to the remaining account, to the fen.",
        ),
    ),
    "member_merged.reversed": stated(
        "member",
        wording.LINES["member_merged.reversed"],
        ("账户合并撤销，余额退回原账户。", "The merge was undone, and the purses moved back."),
    ),
}


TOP_UPS: dict[str, Kind] = {
    "top_up": Kind(wording.LINES["top_up"], amounts.top_up),
    "top_up_refund": Kind(wording.LINES["top_up_refund"], amounts.top_up_refund),
    "bonus_reserved": stated(
        "top_up",
        ("赠金预留", "Bonus reserved"),
        (
            "充值方案的赠金在下单时即从出资方预留，付款确认后到账。",
            "A plan's bonus is set aside from its funder when the top-up begins, so that it is "
            "there when the payment is confirmed.",
        ),
    ),
    "bonus_released": stated(
        "top_up",
        ("赠金退回出资方", "Bonus given back to its funder"),
        (
            "充值未付款，预留的赠金全额退回出资方。",
            "The top-up was not paid; the bonus set aside went back to its funder.",
        ),
    ),
}


def _withdrawals() -> dict[str, Kind]:
    back = {
        f"withdrawal_{state}": stated(
            "withdrawal", wording.LINES[f"withdrawal_{state}"], NOT_PAID_OUT
        )
        for state in ("returned", "rejected", "cancelled")
    }
    return back | {
        "withdrawal": Kind(wording.LINES["withdrawal"], amounts.withdrawal),
        "withdrawal_paid": Kind(wording.LINES["withdrawal_paid"], amounts.withdrawal),
        "tax_given_back": stated(
            "withdrawal",
            wording.LINES["tax_given_back"],
            (
                "工作人员更正了这笔提现的代扣税，多扣的税款退回。",
                "Staff corrected the tax withheld from this withdrawal and gave it back.",
            ),
        ),
        "bank_payment_returned": stated(
            "withdrawal",
            ("银行退票", "Bank payment returned"),
            (
                "银行付款后退回，款项退还到原账户。",
                "The bank's payment came back; the money is where it was before.",
            ),
        ),
    }


SPLITS: dict[str, Kind] = {
    "sharing_frozen": stated(
        "order",
        ("待分账", "Frozen for a split"),
        (
            "这笔微信收款属于分账订单，分账或解冻前由微信冻结。",
            "This payment is to be split, so WeChat keeps it frozen until then.",
        ),
    ),
    "split_held": stated(
        "split",
        ("分账中", "Split under way"),
        (
            "结算金额正通过微信分账付给商家，结果明确前先行扣住。",
            "Settled money is being paid by a split at WeChat; it is held until that ends.",
        ),
    ),
    "split_done": stated(
        "split",
        ("分账成功", "Split done"),
        ("微信确认分账成功。", "WeChat confirmed the split."),
    ),
    "split_failed": stated("split", ("分账失败退回", "Split failed"), REFUSED),
    "release_failed": stated("split", ("解冻失败", "Giving free failed"), REFUSED),
    "release_done": stated(
        "split",
        ("剩余资金解冻", "Remainder given free"),
        (
            "订单不再分账，微信把剩余冻结金额解冻到收款户。",
            "Nothing more is split of the order; WeChat gave the remainder free.",
        ),
    ),
    "split_returned": stated(
        "split",
        ("分账回退", "Split taken back"),
        (
            "因退款，已分给接收方的金额由微信退回。",
            "For a refund, what had been split came back from its receiver.",
        ),
    ),
}


OUTSIDE: dict[str, Kind] = {
    "channel_fee": Kind(("微信手续费", "WeChat Pay's fee"), amounts.channel_fee),
    "channel_fee_covered": stated(
        "platform",
        ("手续费承担", "Channel fee covered"),
        (
            "微信扣下的手续费由运营资金承担，使账面与微信实际持有一致。",
            "Operations pays what WeChat has kept, so that the books equal what WeChat holds.",
        ),
    ),
    "refund_paid_out": stated(
        "refund",
        ("退款到账", "Refund paid out"),
        (
            "微信已把退款付回付款人，退款清算随之归零；微信同时退还相应手续费。",
            "WeChat has paid the refund to the payer: the clearing returns to 0, and WeChat "
            "gives back its fee for that part.",
        ),
    ),
    "fund_paid_in": stated(
        "platform",
        ("资金到位", "Money paid into a fund"),
        ("款项到账后计入该资金。", "Money that arrived outside was booked into the fund."),
    ),
    "treasury_transfer": stated(
        "platform",
        ("账户间划转", "Moved between places outside"),
        (
            "资金在微信与银行账户之间划转，不影响任何人的余额。",
            "Money moved between WeChat and the bank; nobody's balance changes.",
        ),
    ),
    "fund_paid_in.reversed": Kind(
        ("资金到位冲正", "Money paid into a fund, reversed"), amounts.booking_reversed
    ),
    "treasury_transfer.reversed": Kind(
        ("账户间划转冲正", "Move between places outside, reversed"), amounts.booking_reversed
    ),
    "tax_paid.reversed": Kind(
        ("代扣税缴纳冲正", "Withheld tax paid, reversed"), amounts.booking_reversed
    ),
    "fund_spent": stated(
        "spending",
        ("基金支出", "Paid from a fund"),
        (
            "基金经两人核准，从银行付给收款方，凭证公示；撤销时原数退回基金。",
            "With the agreement of two people the fund paid a recipient by the bank, against a "
            "receipt that is shown in public; undone, all of it goes back to the fund.",
        ),
    ),
    "tax_paid": stated(
        "platform",
        ("代扣税缴纳", "Withheld tax paid"),
        (
            "代扣的税款已凭完税凭证缴纳，一张凭证只记一次。",
            "Withheld tax was paid to the tax office; each receipt is booked once.",
        ),
    ),
}


SUSPENSE = (
    "这笔款项对不上任何待付订单，先挂账，由工作人员处理。",
    "The money fits no open order; it waits in suspense for people.",
)
WAYS = {
    "refund": ("已退回付款人", "paid back to the payer"),
    "refunded": ("已退回付款人", "paid back to the payer"),
    "order": ("已归入订单", "given to its order"),
    "operations": ("转入运营", "moved to operations"),
}
BOOKED = {
    "suspense": ("转挂账", "to suspense"),
    "fee": ("计入手续费", "as channel fee"),
    "bank": ("计入银行存管", "as bank custody"),
    "operations": ("计入运营", "to operations"),
}
DIFFERENCE = (
    "账单与账面的差额由工作人员确认后入账，使账面与渠道一致。",
    "Staff booked what the channel's bill and the books differ by.",
)


def _by_people() -> dict[str, Kind]:
    worked_off = {
        f"suspense_{way}": stated(
            "suspense",
            (f"挂账处理（{zh}）", f"Suspense worked off: {en}"),
            (
                f"工作人员处理挂账：{zh}。大额须两人。",
                f"Staff worked off an amount in suspense: {en}. A large one takes two people.",
            ),
        )
        for way, (zh, en) in WAYS.items()
    }
    differences = {
        f"reconciliation_{action}": stated(
            "reconciliation_line",
            (f"对账差异入账（{zh}）", f"Reconciliation difference booked {en}"),
            DIFFERENCE,
        )
        for action, (zh, en) in BOOKED.items()
    }
    return (
        worked_off | differences | {"suspense": stated("suspense", ("挂账", "Suspense"), SUSPENSE)}
    )
