"""Closing what differs between the bills and the books: each line once, by people or by itself.

Money is booked for a line of a fund-flow bill only: bills of trades and of splits show money that
is booked elsewhere, and their lines close by themselves once the books agree. Every step is kept
(ReconciliationStep).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.core import four_eyes
from app.core.db import db, in_transaction, one_at_a_time
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import order_calls, refunds
from app.wallet.errors import LineNotOpen, LineNotResolvable
from app.wallet.models import SuspenseItem
from app.wallet.reconciliation import alone, books, rules
from app.wallet.reconciliation import comparing as reconciliation
from app.wallet.reconciliation.bills import Bill, FundLine, TradeLine
from app.wallet.reconciliation.comparing import BUCKET, CLOSING, LINES
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationStep
from app.wallet.reconciliation.rules import Known, Result
from app.wallet.withdrawals import payouts

BY_ITSELF = "matched_later"
RECHECKED_AT_ONCE = 200
NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")  # of an order at WeChat (WeChat fact D5)


class Action(StrEnum):
    """How people close a line: ask WeChat and take in what it says, book the difference against
    an account, or explain it without booking anything."""

    ASK = "ask"
    SUSPENSE = "suspense"
    FEE = "fee"
    BANK = "bank"
    OPERATIONS = "operations"
    EXPLAINED = "explained"


COUNTERPARTS = {
    Action.SUSPENSE: Account.SUSPENSE,
    Action.FEE: Account.CHANNEL_FEE,
    Action.BANK: Account.BANK_CUSTODY,
    Action.OPERATIONS: Account.OPERATIONS,
}


def difference_fen(line: ReconciliationLine) -> int:
    """How much more the channel has than the books because of this line, in fen."""
    return rules.offset_fen(Result(line.result), line.their_fen, line.our_fen)


def actions(line: ReconciliationLine) -> list[Action]:
    """What may be done with an open line.

    Where the record is here and under way (STATE_DIFFERS) nothing is booked for the line: the
    record's own end books the same money.
    """
    possible = [Action.EXPLAINED]
    if line.result in (Result.MISSING_HERE, Result.STATE_DIFFERS) and _can_ask(line):
        possible.append(Action.ASK)
    is_under_way = line.result == Result.STATE_DIFFERS
    if is_under_way or line.bill in (Bill.TRADE, Bill.SHARING) or not difference_fen(line):
        return possible
    possible += [Action.OPERATIONS] if line.bill == Bill.BANK else [Action.BANK, Action.OPERATIONS]
    if line.bill in (Bill.BASIC, Bill.FEES):
        possible.append(Action.FEE)
    if difference_fen(line) > 0:
        possible.append(Action.SUSPENSE)
    return possible


def _can_ask(line: ReconciliationLine) -> bool:
    """Whether the line names something that WeChat can be asked about."""
    if line.bill in (Bill.BANK, Bill.SHARING):
        return False
    if line.record_kind in ("refund", "withdrawal"):
        return True
    is_payment = line.part == "payment" or (line.bill == Bill.BASIC and line.part != CLOSING)
    return is_payment and NUMBER.fullmatch(line.reference) is not None


def resolve(line_id: UUID, action: Action, reason: str, principal_id: UUID) -> ReconciliationStep:
    """Closes an open line, in the current unit of work; the step taken.

    From RECONCILIATION_FOUR_EYES_FEN on, with what the person has closed alone on that day, the
    first person's step proposes and the second one's closes. Raises NotFound, LineNotOpen,
    LineNotResolvable (`actions`), SecondPersonNeeded, and InsufficientFunds where `operations`
    cannot bear it.
    """
    line = _locked(line_id)
    if action not in actions(line) or action is Action.ASK:
        raise LineNotResolvable(actions=sorted(actions(line)))
    if _needs_another(line, action, principal_id):
        return _step(line, action, principal_id, reason)
    journal_id = _book(line, action, principal_id) if action in COUNTERPARTS else None
    item = _suspense(line, journal_id) if journal_id and action is Action.SUSPENSE else None
    done = _step(
        line, action, principal_id, reason, is_final=True, journal_id=journal_id, known=item
    )
    recheck(_open(ReconciliationLine.reference == line.reference))
    return done


def ask_wechat(line_id: UUID, reason: str, principal_id: UUID) -> None:
    """Asks WeChat about what a line names, and takes the answer in as always. Not within a unit.

    A payment is credited to its order, or set aside where it fits none; the line closes if the
    books agree then. Raises NotFound, LineNotOpen, LineNotResolvable, WeChatUnavailable.
    """
    line = in_transaction(lambda: _asked(line_id, reason, principal_id))
    if line.record_kind == "refund":
        refunds.look_at_refund({"refund_id": str(line.record_id)})
    elif line.record_kind == "withdrawal":
        payouts.pay_out({"withdrawal_id": str(line.record_id)})
    else:
        order_calls.ask(line.reference)
    in_transaction(lambda: _recheck_like(line.reference))


def _recheck_like(reference: str) -> None:
    _take_turns()
    recheck(_open(ReconciliationLine.reference == reference))


def _take_turns() -> None:
    """One decision over lines at a time, until the current unit of work ends."""
    one_at_a_time(LINES)


def _asked(line_id: UUID, reason: str, principal_id: UUID) -> ReconciliationLine:
    line = _locked(line_id)
    if Action.ASK not in actions(line):
        raise LineNotResolvable(actions=sorted(actions(line)))
    _step(line, Action.ASK, principal_id, reason)
    db.session.expunge(line)
    return line


def recheck_open() -> int:
    """Duty: closes what the books have caught up with, in the current unit; how many lines."""
    _take_turns()
    late = ReconciliationLine.result.in_([Result.MISSING_HERE, Result.STATE_DIFFERS])
    return recheck(_open(late))


def recheck(lines: Sequence[ReconciliationLine]) -> int:
    """Closes those of these open lines that agree with the books by now; how many.

    The caller holds the lock under which lines are closed.
    """
    closed = 0
    for line in lines:
        if line.place is None or line.at is None:
            continue
        found = _agreeing(line, line.at)
        if found is not None:
            _step(line, BY_ITSELF, SYSTEM_ID, "the books agree by now", is_final=True, known=found)
            closed += 1
    return closed


def _agreeing(line: ReconciliationLine, at: datetime) -> Known | None:
    """The record that a line agrees with now, with the part that it shows."""
    amount = line.their_fen or 0
    if line.bill == Bill.TRADE:
        is_refund = line.part == "refund"
        number = line.reference
        trade = TradeLine(
            0, at, "" if is_refund else line.wechat_number, number, None,
            number if is_refund else None, line.their_state or "", amount, 0,
        )  # fmt: skip
        (known,) = books.known_trades([trade])
        is_agreed = rules.judge_trade(trade, known).result is Result.MATCHED
        return reconciliation.whole(known) if known and is_agreed else None
    bill = Bill(line.bill)
    moved = FundLine(0, at, line.wechat_number, "", "", amount, 0, "", line.reference)
    (known,) = books.known_movements(bill, [moved])
    if known is None or known.booked_at is None:
        return None
    used = reconciliation.used(reconciliation.group(bill), [known])
    return rules.only(known, amount) if amount in rules.left(known, used) else None


def _locked(line_id: UUID) -> ReconciliationLine:
    _take_turns()
    line = db.session.get(ReconciliationLine, (BUCKET, line_id))
    if line is None:
        raise NotFound()
    if not _open(ReconciliationLine.id == line_id):
        raise LineNotOpen()
    return line


def _open(condition: ColumnElement[bool]) -> list[ReconciliationLine]:
    wanted = (
        select(ReconciliationLine)
        .where(ReconciliationLine.bucket == BUCKET, condition, *reconciliation.is_open())
        .order_by(ReconciliationLine.id)
        .limit(RECHECKED_AT_ONCE)
    )
    return list(db.session.scalars(wanted))


def _needs_another(line: ReconciliationLine, action: Action, principal_id: UUID) -> bool:
    """Whether this is the first of two people; a differing proposal replaces the one before."""
    if alone.may_close(principal_id, alone.size_fen(line)):
        return False
    last = steps_of(line.id)[-1:]
    if not last or last[0].action != action:
        return True
    four_eyes.require_other(principal_id, last[0].principal_id)
    return False


def steps_of(line_id: UUID) -> list[ReconciliationStep]:
    """Everything that was done about a line, in order, in the current unit of work."""
    mine = ReconciliationStep.bucket == BUCKET, ReconciliationStep.line_id == line_id
    found = select(ReconciliationStep).where(*mine).order_by(ReconciliationStep.number)
    return list(db.session.scalars(found))


def _book(line: ReconciliationLine, action: Action, principal_id: UUID) -> UUID:
    """Posts what the line differs by, so that the books hold what the channel holds."""
    amount = difference_fen(line)
    place = books.PLACES.get(Bill(line.bill), Account.WECHAT_TAKINGS)
    journal = Journal(
        id=new_id(BUCKET),
        kind=f"reconciliation_{action}",
        reference_id=line.id,
        principal_id=principal_id,
        key=f"reconciliation:{line.id}",
        legs=(
            Leg(PLATFORM_ID, place, -amount),
            Leg(PLATFORM_ID, COUNTERPARTS[action], amount),
        ),
    )
    return ledger.post([journal])[0].journal_id


def _suspense(line: ReconciliationLine, journal_id: UUID) -> Known:
    """Writes what was booked as an item for people to work off. It takes WeChat's number of the
    payment where no other item has it."""
    number, amount, moment = line.wechat_number, difference_fen(line), now()
    taken = select(SuspenseItem.id).where(SuspenseItem.transaction_id == number)
    is_free = bool(number) and db.session.scalar(taken.limit(1)) is None
    item = SuspenseItem(
        bucket=BUCKET,
        id=new_id(BUCKET),
        number=line.reference if NUMBER.fullmatch(line.reference) else line.id.hex,
        transaction_id=number if is_free else line.id.hex,
        amount_fen=amount,
        reason=f"reconciliation_{line.result}",
        journal_id=journal_id,
        created_at=moment,
    )
    db.session.add(item)
    db.session.flush()
    return Known("suspense", item.id, item.number, "suspense", moment, moment, (amount,))


def _step(
    line: ReconciliationLine,
    action: str,
    principal_id: UUID,
    reason: str,
    *,
    is_final: bool = False,
    journal_id: UUID | None = None,
    known: Known | None = None,
) -> ReconciliationStep:
    count = select(func.count()).where(
        ReconciliationStep.bucket == BUCKET, ReconciliationStep.line_id == line.id
    )
    effective_at = now() if journal_id else (known.booked_at if known else None)
    step = ReconciliationStep(
        bucket=BUCKET,
        line_id=line.id,
        number=db.session.scalar(count),
        action=action,
        principal_id=principal_id,
        reason=reason,
        is_final=is_final,
        journal_id=journal_id,
        effective_at=effective_at,
        record_id=known.id if known else None,
        our_fen=known.parts[0] if known else None,
        at=now(),
    )
    db.session.add(step)
    db.session.flush()
    return step
