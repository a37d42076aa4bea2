"""Bank batches: prepared by one, approved by another, handed out once, then answered line by line.

A batch takes approved withdrawals for which the bank holds the money; it stays set aside until each
line's end. What is in a file that was handed out can no longer be taken back by its owner.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.core import four_eyes
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import treasury
from app.wallet.errors import BankBatchNotReady, NothingToPay
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import batches as sending
from app.wallet.withdrawals import payouts, requests
from app.wallet.withdrawals.bank import formats
from app.wallet.withdrawals.bank.formats import Outcome, Result, Unread
from app.wallet.withdrawals.bank.models import BankBatch, BankLine
from app.wallet.withdrawals.channels.bank_file import account_of
from app.wallet.withdrawals.channels.channel import ChannelName, Told
from app.wallet.withdrawals.channels.choosing import CHANNELS
from app.wallet.withdrawals.payees import BankAccount, OwnerKind
from app.wallet.withdrawals.rules import Step, WithdrawalState

log = structlog.get_logger()
BUCKET = bucket_of(PLATFORM_ID)
MOST_LINES = 300
PURPOSES = {OwnerKind.MERCHANT: "货款", OwnerKind.MEMBER: "返利", OwnerKind.SALESPERSON: "佣金"}
CARD_CHANGED = "the bank card was changed after the request"
ACCOUNT_CHANGED = "the bank account was changed after the batch was prepared"
NO_ACCOUNT = "there is no bank account any more"
ENDED = "the withdrawal was taken back or decided otherwise meanwhile"
SHOWN = ("name", "card_number")
ENDS = {Outcome.PAID: Step.SUCCEEDED, Outcome.FAILED: Step.FAILED, Outcome.RETURNED: Step.FAILED}
Fields = dict[str, Any]


def prepare(staff_id: UUID) -> BankBatch:
    """Puts approved withdrawals into a batch, the oldest first, as far as the bank's money goes;
    in the current unit of work. Raises NothingToPay."""
    waiting = sending.waiting(ChannelName.BANK_FILE).limit(MOST_LINES)
    rows = list(db.session.scalars(waiting.with_for_update(skip_locked=True)))
    treasury.take_turns()
    sending.send_through(CHANNELS[ChannelName.BANK_FILE], rows)
    funded = [row for row in rows if row.batch_id is not None]
    if not funded or funded[0].batch_id is None:
        raise NothingToPay(waiting=len(rows))
    batch = BankBatch(
        bucket=BUCKET,
        id=funded[0].batch_id,
        state="prepared",
        prepared_by=staff_id,
        created_at=now(),
    )
    db.session.add(batch)
    db.session.flush()
    for serial, row in enumerate(funded, 1):
        db.session.add(_line(batch, serial, row))
    db.session.flush()
    return batch


def _line(batch: BankBatch, serial: int, row: Withdrawal) -> BankLine:
    account = account_of(row.owner_kind, row.owner_id, row.member_id)
    return BankLine(
        bucket=BUCKET,
        batch_id=batch.id,
        serial=serial,
        withdrawal_id=row.id,
        amount_fen=row.transfer_fen,
        state="waiting",
        account_mark=account.mark() if account else None,
        account_last_four=account.number[-4:] if account else None,
        account_since=account.since if account else None,
        at=now(),
    )


def approve(batch_id: UUID, staff_id: UUID) -> BankBatch:
    """A second person agrees to a batch, in the current unit of work. Raises NotFound,
    BankBatchNotReady, SecondPersonNeeded."""
    batch = _locked(batch_id)
    if batch.state != "prepared":
        raise BankBatchNotReady(batch_status=batch.state)
    four_eyes.require_other(staff_id, batch.prepared_by)
    batch.state, batch.approved_by = "approved", staff_id
    return batch


def export(batch_id: UUID, staff_id: UUID) -> tuple[BankBatch, str]:
    """The file of an approved batch, handed out once; in the current unit of work.

    Withdrawals that ended meanwhile, or whose owner's account is no longer the one that was noted
    when the batch was prepared, are left out with the reason; the latter wait for another batch, so
    that nothing goes where its second person has not seen it go. Where a person has changed their
    card since they asked, the risk rules have not seen it: the money is theirs again. That somebody
    took people's cards is on record with each of them. Raises NotFound, BankBatchNotReady.
    """
    batch = _locked(batch_id)
    if batch.state != "approved":
        raise BankBatchNotReady(batch_status=batch.state)
    lines = [found for line in lines_of(batch_id) if (found := _sent(line, staff_id)) is not None]
    content = formats.write(lines)
    batch.state, batch.exported_by, batch.exported_at = "exported", staff_id, now()
    batch.file_hash = sha256(content.encode()).digest()
    log.info("bank_batch_exported", batch=str(batch_id), lines=len(lines))
    return batch, content


def _sent(line: BankLine, staff_id: UUID) -> formats.Line | None:
    row = requests.lock(line.withdrawal_id)
    line.at = now()
    is_due = row is not None and row.state == WithdrawalState.APPROVED
    account = _account(row, line) if row is not None and is_due else None
    if row is None or account is None:
        line.state, line.reason = "left_out", line.reason or ENDED
        return None
    if row.owner_kind != OwnerKind.MERCHANT and row.member_id is not None:
        reason = f"bank batch {line.batch_id}"
        members.note_disclosure(row.member_id, staff_id, SHOWN, reason)
    requests.move(row, Step.SEND)
    row.sent_at, line.state = now(), "sent"
    return formats.Line(
        line.serial,
        account.holder,
        account.number,
        account.bank,
        line.amount_fen,
        PURPOSES[OwnerKind(row.owner_kind)],
        row.bill_number,
    )


def _account(row: Withdrawal, line: BankLine) -> BankAccount | None:
    """Where an approved withdrawal goes; None where it does not go with this file, and why."""
    account = account_of(row.owner_kind, row.owner_id, row.member_id)
    is_own = row.owner_kind != OwnerKind.MERCHANT
    if account is None:
        row.batch_id, line.reason = None, NO_ACCOUNT
    elif is_own and account.since is not None and account.since > row.created_at:
        requests.move(row, Step.CANCEL, note=CARD_CHANGED)
        requests.finish(row)
        line.reason = CARD_CHANGED
        return None
    elif account.mark() != line.account_mark:
        row.batch_id, line.reason = None, ACCOUNT_CHANGED
        return None
    return account


def take_in(batch_id: UUID, content: str, staff_id: UUID) -> tuple[int, list[Fields]]:
    """Takes in the bank's answer to a batch, in the current unit of work: how many lines were
    noted, and those that fit nothing here, which change nothing. The same answer twice is once.

    Raises NotFound, BankBatchNotReady.
    """
    batch = _locked(batch_id)
    if batch.state != "exported":
        raise BankBatchNotReady(batch_status=batch.state)
    lines = {line.serial: line for line in lines_of(batch_id)}
    noted, unmatched = 0, []
    for told in formats.read_results(content):
        why = (
            told.why if isinstance(told, Unread) else _note(lines.get(told.serial), told, staff_id)
        )
        if why:
            unmatched.append({"place": told.place, "reason": why})
        else:
            noted += 1
    return noted, unmatched


def _note(line: BankLine | None, told: Result, staff_id: UUID) -> str:
    """Why a line of the answer fits nothing here; empty where it was noted, now or before."""
    row = requests.lock(line.withdrawal_id) if line else None
    if line is None or row is None or line.state == "left_out":
        return "no such line was sent"
    if (row.bill_number, line.amount_fen) != (told.bill_number, told.amount_fen):
        return "number or amount is not that of the line"
    is_back = told.outcome is Outcome.RETURNED
    if line.state == "paid" and is_back:
        _give_back(line, row, staff_id)
        line.state = "returned"
    elif line.state == "sent":
        step = ENDS[told.outcome]
        answer = Told(row.bill_number, told.outcome, step, line.amount_fen, None, told.reason)
        payouts.note(ChannelName.BANK_FILE, answer, is_confirmed=True)
        line.state = "paid" if step is Step.SUCCEEDED else "failed"
    elif not _is_repeated(line, told.outcome):
        return f"the line is {line.state} already"
    else:
        return ""
    line.reason, line.told_by, line.at = told.reason or None, staff_id, now()
    return ""


def _is_repeated(line: BankLine, outcome: Outcome) -> bool:
    said = {"paid": {Outcome.PAID}, "failed": {Outcome.FAILED, Outcome.RETURNED}}
    return outcome in said.get(line.state, {Outcome.RETURNED, Outcome.PAID})


def _give_back(line: BankLine, row: Withdrawal, staff_id: UUID) -> None:
    """A payment that the receiver's bank sent back is its owner's again, once: in the account it
    came from; what was experience gold had become money and is rebate."""
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
    line.return_journal_id = ledger.post([journal])[0].journal_id


def lines_of(batch_id: UUID) -> list[BankLine]:
    """The lines of a batch, in order, in the current unit of work."""
    mine = BankLine.bucket == BUCKET, BankLine.batch_id == batch_id
    return list(db.session.scalars(select(BankLine).where(*mine).order_by(BankLine.serial)))


def listed(before: UUID | None, limit: int) -> list[tuple[BankBatch, int, int]]:
    """Batches, newest first, before a given one, each with the number of its lines and their sum
    in fen; in the current unit of work."""
    line, batch = BankLine, BankBatch
    sums = (
        select(func.count(), func.coalesce(func.sum(line.amount_fen), 0))
        .where(line.bucket == BUCKET, line.batch_id == batch.id)
        .subquery()
        .lateral()
    )
    wanted = select(batch, sums).where(batch.bucket == BUCKET)
    if before is not None:
        wanted = wanted.where(batch.id < before)
    rows = db.session.execute(wanted.order_by(batch.id.desc()).limit(limit))
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def find(batch_id: UUID) -> BankBatch:
    """A batch, in the current unit of work. Raises NotFound."""
    row = db.session.get(BankBatch, (BUCKET, batch_id))
    if row is None:
        raise NotFound()
    return row


def _locked(batch_id: UUID) -> BankBatch:
    find(batch_id)
    key = (BUCKET, batch_id)
    return db.session.get_one(BankBatch, key, with_for_update=True, populate_existing=True)


def unanswered_count() -> int:
    """How many lines the bank has not answered for: the gauge `bank_lines_open`."""
    return int(read(select(func.count()).where(BankLine.state == "sent"))[0][0])
