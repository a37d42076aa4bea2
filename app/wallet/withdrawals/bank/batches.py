"""Bank batches: prepared by one, approved by another, handed out once; then see answers.py.

A batch takes approved withdrawals for which the bank holds the money; it stays set aside until each
line's end. What is in a file that was handed out can no longer be taken back by its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select

from app.core import four_eyes
from app.core.db import db, read
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, bucket_of, now
from app.members import service as members
from app.wallet import treasury
from app.wallet.errors import BankBatchNotReady, NothingToPay
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import batches as sending
from app.wallet.withdrawals import requests
from app.wallet.withdrawals.bank import formats, rules
from app.wallet.withdrawals.bank.models import BankBatch, BankLine
from app.wallet.withdrawals.channels.bank_file import account_of
from app.wallet.withdrawals.channels.channel import ChannelName
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A batch with the number of its lines, their sum in fen, and how many wait for a second
    person."""

    batch: BankBatch
    line_count: int
    total_fen: int
    pending_count: int


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
    batch = locked(batch_id)
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
    batch = locked(batch_id)
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


def lines_of(batch_id: UUID) -> list[BankLine]:
    """The lines of a batch, in order, in the current unit of work."""
    mine = BankLine.bucket == BUCKET, BankLine.batch_id == batch_id
    return list(db.session.scalars(select(BankLine).where(*mine).order_by(BankLine.serial)))


def listed(before: UUID | None, limit: int, *, is_pending: bool) -> list[Listed]:
    """Batches, newest first, before a given one; `is_pending`: only those with lines that wait for
    a second person. In the current unit of work."""
    line, batch = BankLine, BankBatch
    pending = func.count().filter(*_pending())
    sums = (
        select(func.count(), func.coalesce(func.sum(line.amount_fen), 0), pending)
        .where(line.bucket == BUCKET, line.batch_id == batch.id)
        .subquery()
        .lateral()
    )
    wanted = select(batch, sums).where(batch.bucket == BUCKET)
    if before is not None:
        wanted = wanted.where(batch.id < before)
    if is_pending:
        wanted = wanted.where(batch.id.in_(select(line.batch_id).where(*_pending())))
    rows = db.session.execute(wanted.order_by(batch.id.desc()).limit(limit))
    return [Listed(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


def find(batch_id: UUID) -> BankBatch:
    """A batch, in the current unit of work. Raises NotFound."""
    row = db.session.get(BankBatch, (BUCKET, batch_id))
    if row is None:
        raise NotFound()
    return row


def locked(batch_id: UUID) -> BankBatch:
    """A batch under its lock, in the current unit of work: one change of it, or of its lines, at a
    time. Raises NotFound."""
    find(batch_id)
    key = (BUCKET, batch_id)
    return db.session.get_one(BankBatch, key, with_for_update=True, populate_existing=True)


def unanswered_count() -> int:
    """How many lines nobody has told an answer for: the gauge `bank_lines_open`."""
    unanswered = BankLine.state == "sent", BankLine.proposed_outcome.is_(None)
    return int(read(select(func.count()).where(*unanswered))[0][0])


def pending_count() -> int:
    """How many lines wait for a second person: the gauge `bank_lines_to_confirm`."""
    return int(read(select(func.count()).where(*_pending()))[0][0])


def _pending() -> tuple[ColumnElement[bool], ...]:
    return BankLine.proposed_outcome.is_not(None), BankLine.state.in_(rules.PENDING)
