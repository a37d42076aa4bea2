"""What the bank says of the lines of a batch, taken in by people of finance.

That it paid may be told by one. That it did not, or that a payment came back, makes the money its
owner's again, who may withdraw it once more: two people have to tell the same of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core import four_eyes
from app.core.errors import SecondPersonNeeded
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet.errors import BankBatchNotReady
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import payouts, requests
from app.wallet.withdrawals.bank import batches, formats, rules
from app.wallet.withdrawals.bank.formats import Misfit, Outcome, Result
from app.wallet.withdrawals.bank.models import BankLine
from app.wallet.withdrawals.bank.rules import Waiting
from app.wallet.withdrawals.channels.channel import ChannelName, Told
from app.wallet.withdrawals.rules import Step

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an answer: how many of its lines are noted, now or before; those that wait
    for a second person, and those that fit nothing here, each by place and serial, with why."""

    noted: int
    waiting: list[Fields] = field(default_factory=list)
    unmatched: list[Fields] = field(default_factory=list)


def take_in(batch_id: UUID, content: str, staff_id: UUID) -> TakenIn:
    """Takes in the bank's answer to a batch, in the current unit of work, under the batch's lock.

    What fits nothing changes nothing. 失败 and 退回 are kept until somebody else tells the same of
    the line; a differing outcome replaces what waits. The same answer twice is once. Raises
    NotFound, BankBatchNotReady.
    """
    batch = batches.locked(batch_id)
    if batch.state != "exported":
        raise BankBatchNotReady(batch_status=batch.state)
    lines = {line.serial: line for line in batches.lines_of(batch_id)}
    noted = 0
    waiting: list[Fields] = []
    unmatched: list[Fields] = []
    for told in formats.read_results(content):
        is_read = isinstance(told, Result)
        why = _take(lines.get(told.serial), told, staff_id) if is_read else told.why
        if why is None:
            noted += 1
            continue
        shown = {"place": told.place, "serial": told.serial if is_read else None, "reason": why}
        (waiting if isinstance(why, Waiting) else unmatched).append(shown)
    return TakenIn(noted, waiting, unmatched)


def _take(line: BankLine | None, told: Result, staff_id: UUID) -> Misfit | Waiting | None:
    """Why a line of the answer is not carried out; None where it is, now or before."""
    row = requests.lock(line.withdrawal_id) if line else None
    if line is None or row is None or line.state == "left_out":
        return Misfit.NOT_SENT
    if (row.bill_number, line.amount_fen) != (told.bill_number, told.amount_fen):
        return Misfit.DIFFERS
    if rules.is_repeated(line.state, told.outcome):
        return None
    end = rules.end_of(line.state, told.outcome)
    if end is None:
        return Misfit.ENDED
    waits = _await_second(line, told, staff_id) if rules.gives_back(told.outcome) else None
    if waits is None:
        _carry_out(line, row, told, end, staff_id)
    return waits


def _await_second(line: BankLine, told: Result, staff_id: UUID) -> Waiting | None:
    """Keeps the first telling; None where another person has told the same before."""
    if line.proposed_outcome != told.outcome:
        line.proposed_outcome, line.proposed_by = told.outcome, staff_id
        line.proposed_reason, line.proposed_at = told.reason or None, now()
        return Waiting.SECOND_PERSON
    try:
        four_eyes.require_other(staff_id, line.proposed_by)
    except SecondPersonNeeded:  # the other lines of the file are taken in all the same
        return Waiting.SAME_EYES
    return None


def _carry_out(line: BankLine, row: Withdrawal, told: Result, end: str, staff_id: UUID) -> None:
    if end == "returned":
        line.return_journal_id = _give_back(line, row, staff_id)
    else:
        step = Step.SUCCEEDED if told.outcome is Outcome.PAID else Step.FAILED
        answer = Told(row.bill_number, told.outcome, step, line.amount_fen, None, told.reason)
        payouts.note(ChannelName.BANK_FILE, answer, is_confirmed=True)
    if not rules.gives_back(told.outcome):
        line.proposed_outcome = line.proposed_by = None
        line.proposed_reason = line.proposed_at = None
    line.state, line.reason, line.told_by, line.at = end, told.reason or None, staff_id, now()


def _give_back(line: BankLine, row: Withdrawal, staff_id: UUID) -> UUID:
    """A payment that the receiver's bank sent back is its owner's again, once: in the account it
    came from; what was experience gold had become money and is rebate. The journal."""
    account = Account(row.source)
    journal = Journal(
        id=new_id(row.bucket),
        kind="bank_payment_returned",
        reference_id=row.id,
        principal_id=staff_id,
        key=f"bank_returned:{row.id}",
        legs=(
            Leg(PLATFORM_ID, Account.BANK_CUSTODY, -line.amount_fen),
            Leg(row.owner_id, Account.REBATE if account.uses_lots else account, line.amount_fen),
        ),
    )
    return ledger.post([journal])[0].journal_id
