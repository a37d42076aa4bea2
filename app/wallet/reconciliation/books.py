"""What the books know of the numbers in a bill, and what of a day a bill should show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of, identity_of, number_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import rules
from app.wallet.funding import reversing
from app.wallet.models import OrderRefund, SuspenseItem, WeChatOrder, Withdrawal
from app.wallet.profit_sharing.models import Split, SplitReturn
from app.wallet.reconciliation import sharing
from app.wallet.reconciliation.bills import Bill, FundLine, TradeLine
from app.wallet.reconciliation.models import ReconciliationLine, SuspenseStep
from app.wallet.reconciliation.rules import BORDER, Known
from app.wallet.spending import booking
from app.wallet.withdrawals import rules as withdrawal_rules
from app.wallet.withdrawals.channels.channel import ChannelName
from app.wallet.withdrawals.rules import WithdrawalState

Row = TypeVar("Row", WeChatOrder, OrderRefund, Withdrawal, Split, SplitReturn)
MODELS: dict[str, Any] = {
    "order": WeChatOrder,
    "refund": OrderRefund,
    "withdrawal": Withdrawal,
    "release": Split,
    "split": Split,
    "split_return": SplitReturn,
}
OVER = frozenset({"paid", "done", "failed", *withdrawal_rules.FINAL})
PART = 500
PLACES = {
    Bill.BASIC: Account.WECHAT_TAKINGS,
    Bill.OPERATION: Account.WECHAT_OPERATING,
    Bill.BANK: Account.BANK_CUSTODY,
}
PAID_THROUGH = {
    Bill.OPERATION: ChannelName.WECHAT_TRANSFER,
    Bill.BANK: ChannelName.BANK_FILE,
}
PAID_BACK = "suspense_refund"
MOVED_BY_HAND = (
    "treasury_transfer", "fund_paid_in", "tax_paid", "bank_payment_returned",
    booking.KIND, f"{booking.KIND}.reversed",
)  # fmt: skip
BOOKED_WITHIN = timedelta(days=3)
"""How long before or after the bill staff may have booked what they moved themselves."""


def known_trades(lines: Sequence[TradeLine]) -> list[Known | None]:
    """The record of each line of a trade bill, in the current unit of work."""
    numbers = [line.out_refund_no or line.out_trade_no for line in lines]
    refunds = _refunds(_of(OrderRefund, numbers)) | _paid_back(numbers)
    orders = _orders(_of(WeChatOrder, numbers))
    aside = _aside(line.transaction_id for line in lines)
    return [
        refunds.get(line.out_refund_no)
        if line.out_refund_no is not None
        else _payment(line.out_trade_no, line.transaction_id, orders, aside)
        for line in lines
    ]


def known_movements(bill: Bill, lines: Sequence[FundLine]) -> list[Known | None]:
    """The record of each movement: by its voucher, else what staff have moved and booked."""
    numbers = [line.voucher for line in lines]
    by_number: dict[str, Known] = {}
    if bill is Bill.SHARING:
        by_number |= sharing.splits(_of(Split, numbers))
        by_number |= sharing.returns(_of(SplitReturn, numbers))
        return [by_number.get(line.voucher) for line in lines]
    by_number |= _refunds(_of(OrderRefund, numbers))
    by_number |= _withdrawals(_of(Withdrawal, numbers))
    by_number |= _paid_back(numbers)
    by_number |= sharing.releases(_of(Split, numbers))
    by_number |= sharing.returns(_of(SplitReturn, numbers))
    orders = _orders(_of(WeChatOrder, numbers))
    aside = _aside(line.business_number for line in lines)
    spent = _spent(line.flow_number for line in lines) if bill is Bill.BANK else {}
    found = [
        by_number.get(line.voucher)
        or spent.get(line.flow_number)
        or _if_paid(_payment(line.voucher, line.business_number, orders, aside))
        for line in lines
    ]
    return _with_journals(bill, lines, found)


def candidates(bill: Bill, begin: datetime, end: datetime) -> list[Known]:
    """What the books say moved from `begin` until before `end` (UTC), and a little around it."""
    first, last = begin - BORDER, end + BORDER
    if bill in PAID_THROUGH:
        paid = _within(Withdrawal, Withdrawal.sent_at, first, last)
        paid = paid.where(Withdrawal.channel == PAID_THROUGH[bill])
        paid = paid.where(Withdrawal.state == WithdrawalState.PAID)
        return list(_withdrawals(db.session.scalars(paid)).values())
    if bill is Bill.FEES:
        return []
    if bill is Bill.SHARING:
        return _shared(first, last)
    orders = _within(WeChatOrder, WeChatOrder.created_at, first, last)
    orders = orders.where(WeChatOrder.state == "paid")
    refunds = _within(OrderRefund, OrderRefund.created_at, first, last)
    refunds = refunds.where(OrderRefund.state == "done")
    paid = list(db.session.scalars(orders))
    aside = _aside(row.transaction_id or "" for row in paid)
    released = _within(Split, Split.created_at, first, last).where(Split.state == "done")
    returned = _within(SplitReturn, SplitReturn.created_at, first, last)
    returned = returned.where(SplitReturn.state == "done")
    shared: list[Known] = []
    if bill is Bill.BASIC:
        shared += sharing.releases(db.session.scalars(released)).values()
        shared += sharing.returns(db.session.scalars(returned)).values()
    return [
        *shared,
        *_orders(row for row in paid if row.transaction_id not in aside).values(),
        *_refunds(db.session.scalars(refunds)).values(),
    ]


def _shared(first: datetime, last: datetime) -> list[Known]:
    split = _within(Split, Split.created_at, first, last).where(Split.state == "done")
    returned = _within(SplitReturn, SplitReturn.created_at, first, last)
    returned = returned.where(SplitReturn.state == "done")
    return [
        *sharing.splits(db.session.scalars(split)).values(),
        *sharing.returns(db.session.scalars(returned)).values(),
    ]


def unbooked(records: Collection[tuple[str, UUID]], moment: datetime) -> set[UUID]:
    """Those of these records (kind, id) that the books had not taken in at a moment (UTC)."""
    found: set[UUID] = set()
    for kind, model in MODELS.items():
        numbers = [number_of(each) for name, each in records if name == kind]
        for row in _of(model, numbers):
            is_over = row.state in OVER and row.finished_at is not None
            if not is_over or row.finished_at >= moment:
                found.add(row.id)
    back = _paid_back(number_of(each) for name, each in records if name == PAID_BACK)
    ends = ((known.id, known.booked_at) for known in back.values())
    return found | {identity for identity, end in ends if end is None or end >= moment}


def _within(model: Any, began: Any, first: datetime, last: datetime) -> Any:
    return select(model).where(model.finished_at >= first, began < last)


def _of(model: type[Row], numbers: Iterable[str]) -> list[Row]:
    """The rows behind numbers of ours; numbers of others have none."""
    wanted = sorted({found for number in numbers if (found := identity_of(number))})
    rows: list[Row] = []
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        buckets = {bucket_of(each) for each in part}
        rows += db.session.scalars(
            select(model).where(model.bucket.in_(buckets), model.id.in_(part))
        )
    return rows


def _aside(transactions: Iterable[str]) -> dict[str, Known]:
    """Payments in suspense, by WeChat's own number of them."""
    wanted = sorted({each for each in transactions if each})
    found: dict[str, Known] = {}
    for place in range(0, len(wanted), PART):
        part = wanted[place : place + PART]
        items = db.session.scalars(
            select(SuspenseItem).where(SuspenseItem.transaction_id.in_(part))
        ).all()
        held = {
            row.transaction_id: row for row in _of(WeChatOrder, [each.number for each in items])
        }
        for item in items:
            found[item.transaction_id] = Known(
                "suspense",
                item.id,
                item.number,
                "suspense",
                item.created_at,
                item.created_at,
                (item.amount_fen, *sharing.frozen_parts(held.get(item.transaction_id), {})),
            )
    return found


def _paid_back(numbers: Iterable[str]) -> dict[str, Known]:
    """Amounts in suspense that go back to their payers, by the number of the refund."""
    wanted = sorted({each for number in numbers if (each := identity_of(number))})
    found: dict[str, Known] = {}
    for place in range(0, len(wanted), PART):
        steps = db.session.execute(
            select(SuspenseStep, SuspenseItem)
            .join(
                SuspenseItem,
                (SuspenseItem.bucket == SuspenseStep.bucket)
                & (SuspenseItem.id == SuspenseStep.item_id),
            )
            .where(SuspenseStep.refund_id.in_(wanted[place : place + PART]))
        )
        for step, item in steps:
            refund_id = step.refund_id or item.id
            number = number_of(refund_id)
            state = "done" if item.resolved_at else "processing"
            found[number] = Known(
                PAID_BACK, refund_id, number, state, step.at, item.resolved_at,
                (-item.amount_fen,),
            )  # fmt: skip
    return found


def _payment(
    number: str, transaction_id: str, orders: dict[str, Known], aside: dict[str, Known]
) -> Known | None:
    """The order paid by this very payment, what stands aside, or else the order not paid yet; an
    order paid by another payment is not this one."""
    return (
        aside.get(transaction_id)
        or orders.get(f"{number} {transaction_id}")
        or orders.get(f"{number} ")
    )


def _if_paid(known: Known | None) -> Known | None:
    """An order that is not paid here should show nothing; a transfer or refund under way does."""
    return replace(known, parts=()) if known and known.booked_at is None else known


def _orders(rows: Iterable[WeChatOrder]) -> dict[str, Known]:
    found, kept = {}, list(rows)
    freed = sharing.freed_by_itself([row for row in kept if row.is_shared])
    for row in kept:
        is_paid = row.state == "paid"
        fee = rules.fee_fen(row.amount_fen, row.fee_bp)
        found[f"{number_of(row.id)} {row.transaction_id or ''}"] = Known(
            "order",
            row.id,
            number_of(row.id),
            row.state,
            row.created_at,
            row.finished_at if is_paid else None,
            tuple(
                part for part in (row.amount_fen, -fee, *sharing.frozen_parts(row, freed)) if part
            ),
        )
    return found


def _refunds(rows: Iterable[OrderRefund]) -> dict[str, Known]:
    kept = list(rows)
    fees = ledger.amounts(
        PLATFORM_ID, Account.CHANNEL_FEE, [row.journal_id for row in kept if row.journal_id]
    )
    return {
        number_of(row.id): Known(
            "refund",
            row.id,
            number_of(row.id),
            row.state,
            row.created_at,
            row.finished_at if row.state == "done" else None,
            tuple(
                part
                for part in (
                    -row.amount_fen,
                    fees.get(row.journal_id, 0) if row.journal_id else 0,
                    row.from_frozen_fen,
                )
                if part
            ),
        )
        for row in kept
    }


def _withdrawals(rows: Iterable[Withdrawal]) -> dict[str, Known]:
    """Money locked for a transfer leaves the account at once, and comes back if it fails."""
    found = {}
    for row in rows:
        is_paid = row.state == WithdrawalState.PAID
        is_back = row.sent_at is not None and row.end_journal_id is not None and not is_paid
        parts = (-row.transfer_fen, row.transfer_fen) if is_back else (-row.transfer_fen,)
        found[row.bill_number] = Known(
            "withdrawal",
            row.id,
            row.bill_number,
            row.state,
            row.sent_at or row.created_at,
            row.finished_at if is_paid or is_back else None,
            parts,
        )
    return found


def _with_journals(
    bill: Bill, lines: Sequence[FundLine], found: list[Known | None]
) -> list[Known | None]:
    account = PLACES.get(bill)
    open_ = [line for line, known in zip(lines, found, strict=True) if known is None]
    if account is None or not open_:
        return found
    begin = min(line.at for line in open_) - BOOKED_WITHIN
    end = max(line.at for line in open_) + BOOKED_WITHIN
    booked = ledger.movements(PLATFORM_ID, account, MOVED_BY_HAND, begin, end)
    # What was booked by mistake and reversed never happened outside: no line shows it.
    gone = reversing.reversed_among([each.journal_id for each in booked])
    moved = [_by_hand(each) for each in booked if each.journal_id not in gone]
    return _assigned(lines, found, moved)


def _by_hand(movement: ledger.Movement) -> Known:
    """Money outside is negative in the books."""
    at = movement.posted_at
    number = number_of(movement.journal_id)
    return Known("journal", movement.journal_id, number, "booked", at, at, (-movement.amount_fen,))


def _spent(flow_numbers: Iterable[str]) -> dict[str, Known]:
    """What a fund spent, by the bank's number of the payment, whenever it was booked."""
    booked = booking.by_bank_reference({number for number in flow_numbers if number})
    return {
        reference: Known("journal", journal, number_of(journal), "booked", at, at, (-amount,))
        for reference, (journal, at, amount) in booked.items()
    }


def _assigned(
    lines: Sequence[FundLine],
    found: list[Known | None],
    moved: list[Known],
) -> list[Known | None]:
    """Gives each open line the first journal of its amount that no other line has."""
    taken = _shown([known.id for known in moved]) | {known.id for known in found if known}
    result = list(found)
    for place, line in enumerate(lines):
        for known in moved if result[place] is None else ():
            if known.id not in taken and known.parts == (line.amount_fen,):
                result[place] = known
                taken.add(known.id)
                break
    return result


def _shown(journal_ids: Collection[UUID]) -> set[UUID]:
    known = ReconciliationLine.record_id.in_(journal_ids)
    return set(db.session.scalars(select(ReconciliationLine.record_id).where(known)))
