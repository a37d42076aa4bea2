"""Comparing a day's bills of WeChat Pay with the books: once for each bill, written down for good.

A bill is compared under a lock of its own; a repetition finds the run and changes nothing. What a
line differs by stays with it until somebody resolves it (reconciliation_resolving.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, CompoundSelect, func, select

from app.core.db import db, one_at_a_time
from app.core.world import PLATFORM_ID, bucket_of, new_id, now, start_of_beijing_day
from app.ledger import service as ledger
from app.wallet.reconciliation import books, rules
from app.wallet.reconciliation.bank_statements import read_statement
from app.wallet.reconciliation.bills import (
    Bill,
    FundLine,
    TradeLine,
    read_fund_bill,
    read_sharing_bill,
    read_trade_bill,
)
from app.wallet.reconciliation.models import (
    ReconciliationLine,
    ReconciliationRun,
    ReconciliationStep,
)
from app.wallet.reconciliation.rules import Finding, Known, Result

log = structlog.get_logger()
BUCKET = bucket_of(PLATFORM_ID)
TAKINGS = (Bill.BASIC, Bill.FEES)
IN_ORDER = (Bill.TRADE, Bill.FEES, Bill.BASIC, Bill.OPERATION, Bill.BANK, Bill.SHARING)
INSTANT = timedelta(microseconds=1)
LONGEST_TRANSIT = timedelta(days=40)
CLOSING = "closing"
LINES = "wallet/reconciliation"
READERS = {Bill.BANK: read_statement, Bill.SHARING: read_sharing_bill}


def compare_day(day: date, texts: Mapping[Bill, str | None], source: str) -> list[UUID]:
    """Compares a Beijing day's bills, in the current unit of work; the runs, old and new.

    A text of None is a day without lines. Raises BillMalformed; a bill compared before is left
    as it is.
    """
    one_at_a_time(LINES)
    return [_compare(day, bill, texts[bill], source) for bill in IN_ORDER if bill in texts]


def run_of(day: date, bill: Bill) -> ReconciliationRun | None:
    """The run of a bill, in the current unit of work."""
    return db.session.scalar(
        select(ReconciliationRun).where(
            ReconciliationRun.bucket == BUCKET,
            ReconciliationRun.day == day,
            ReconciliationRun.bill == bill,
        )
    )


def compared(bills: Sequence[Bill]) -> set[date]:
    """The days of which these bills have been compared, in the current unit of work."""
    found = db.session.execute(
        select(ReconciliationRun.day)
        .where(ReconciliationRun.bucket == BUCKET, ReconciliationRun.bill.in_(bills))
        .group_by(ReconciliationRun.day)
        .having(func.count() == len(bills))
    )
    return {row.day for row in found}


def is_open() -> tuple[ColumnElement[bool], ...]:
    """The conditions of a line that somebody has still to look into."""
    final = select(ReconciliationStep.line_id).where(
        ReconciliationStep.bucket == ReconciliationLine.bucket,
        ReconciliationStep.line_id == ReconciliationLine.id,
        ReconciliationStep.is_final,
    )
    return ReconciliationLine.result != Result.MATCHED, ~final.exists()


def _compare(day: date, bill: Bill, content: str | None, source: str) -> UUID:
    known = run_of(day, bill)
    if known is not None:
        return known.id
    run = ReconciliationRun(
        bucket=BUCKET,
        id=new_id(BUCKET),
        day=day,
        bill=bill,
        source=source,
        digest=sha256((content or "").encode()).digest(),
        lines=0,
        matched=0,
        created_at=now(),
    )
    if bill is Bill.TRADE:
        findings = _trades(day, read_trade_bill(content) if content else [])
    else:
        lines = READERS.get(bill, read_fund_bill)(content) if content else []
        findings = _movements(day, bill, lines)
        findings += _closing(run, bill, lines, findings)
    rows = [_row(run, finding) for finding in findings]
    run.lines = sum(row.place is not None for row in rows)
    run.matched = sum(row.result == Result.MATCHED for row in rows)
    db.session.add(run)
    db.session.flush()
    db.session.add_all(rows)
    db.session.flush()
    log.info("bill_compared", day=str(day), bill=bill, lines=run.lines, matched=run.matched)
    return run.id


def span(day: date) -> tuple[datetime, datetime]:
    """A Beijing day's begin and end (UTC)."""
    return start_of_beijing_day(day), start_of_beijing_day(day + timedelta(days=1))


def _trades(day: date, lines: list[TradeLine]) -> list[Finding]:
    known = books.known_trades(lines)
    findings = [rules.judge_trade(*pair) for pair in zip(lines, known, strict=True)]
    awaited = books.candidates(Bill.TRADE, *span(day))
    shown = used((Bill.TRADE,), awaited).keys() | {
        each.known.id for each in findings if each.known is not None
    }
    awaited = [whole(known) for known in awaited if known.id not in shown]
    return findings + rules.missing_there(awaited, {}, compared([Bill.TRADE]) | {day})


def whole(known: Known) -> Known:
    """A trade bill shows a record in one line, with its amount."""
    return replace(known, parts=(abs(known.parts[0]),))


def _movements(day: date, bill: Bill, lines: list[FundLine]) -> list[Finding]:
    known = books.known_movements(bill, lines)
    awaited = books.candidates(bill, *span(day))
    shown = used(group(bill), [*awaited, *(each for each in known if each is not None)])
    findings = rules.judge_movements(list(zip(lines, known, strict=True)), shown)
    return findings + rules.missing_there(awaited, shown, compared([bill]) | {day})


def group(bill: Bill) -> tuple[Bill, ...]:
    """The bills that together show the movements of this one's records: WeChat may take its fees
    from an account of their own."""
    return TAKINGS if bill in TAKINGS else (bill,)


def used(bills: Sequence[Bill], records: Sequence[Known]) -> dict[UUID, list[int]]:
    """The parts of these records that bills compared before have shown, in the current unit."""
    found: dict[UUID, list[int]] = {}
    wanted = sorted({known.id for known in records})
    for place in range(0, len(wanted), books.PART):
        part = wanted[place : place + books.PART]
        for record_id, our_fen in db.session.execute(_shown(bills, part)):
            if record_id is not None and our_fen is not None:
                found.setdefault(record_id, []).append(our_fen)
    return found


def _shown(
    bills: Sequence[Bill], record_ids: Sequence[UUID]
) -> CompoundSelect[UUID | None, int | None]:
    """What lines have shown of records: when compared, or as it turned out later."""
    line, step = ReconciliationLine, ReconciliationStep
    at_once = select(line.record_id, line.our_fen).where(
        line.bill.in_(bills), line.record_id.in_(record_ids), line.our_fen.is_not(None)
    )
    later = (
        select(step.record_id, step.our_fen)
        .join(line, (line.bucket == step.bucket) & (line.id == step.line_id))
        .where(line.bill.in_(bills), step.record_id.in_(record_ids))
    )
    return at_once.union_all(later)


def _row(run: ReconciliationRun, finding: Finding) -> ReconciliationLine:
    line, known = finding.line, finding.known
    row = ReconciliationLine(
        bucket=run.bucket,
        id=new_id(run.bucket),
        run_id=run.id,
        day=run.day,
        bill=run.bill,
        part="movement",
        place=line.line if line else None,
        at=line.at if line else None,
        reference=known.reference if known else "",
        wechat_number="",
        description="",
        result=finding.result,
        their_fen=finding.their_fen,
        our_fen=finding.our_fen,
        their_state=finding.their_state,
        our_state=finding.our_state,
        record_kind=known.kind if known else None,
        record_id=known.id if known else None,
        booked_at=known.booked_at if known else None,
    )
    if isinstance(line, TradeLine):
        row.part = "refund" if line.out_refund_no else "payment"
        row.reference = line.out_refund_no or line.out_trade_no
        row.wechat_number = line.refund_id or line.transaction_id
    elif isinstance(line, FundLine):
        row.reference, row.description = line.voucher[:64], line.business
        row.wechat_number = line.business_number[:64]
    elif known is None:
        row.part, row.reference = CLOSING, CLOSING
    elif run.bill == Bill.TRADE:
        row.part = "refund" if known.kind == "refund" else "payment"
    return row


def _closing(
    run: ReconciliationRun, bill: Bill, lines: Sequence[FundLine], findings: Sequence[Finding]
) -> list[Finding]:
    """The account's balance at the day's end: the channel's, and what the books make of it."""
    account = books.PLACES.get(bill)
    if account is None:
        return []
    end = span(run.day)[1]
    theirs, last = rules.closing_fen(lines), _last_closed(run.day, bill)
    if theirs is None and last is not None and last.day == run.day - timedelta(days=1):
        theirs = last.their_closing_fen  # nothing moved
    run.our_closing_fen = -ledger.balance_at(PLATFORM_ID, account, end - INSTANT)
    run.in_transit_fen = _in_transit(run.day, bill, findings, end)
    run.carried_fen = _carried(run.day, bill, end) + sum(
        rules.offset_fen(each.result, each.their_fen, each.our_fen) for each in findings
    )
    run.their_closing_fen = theirs
    expected = run.our_closing_fen + run.in_transit_fen + run.carried_fen
    if theirs is None or theirs == expected:
        return []
    return [Finding(None, None, Result.AMOUNT_DIFFERS, theirs, expected)]


def _in_transit(day: date, bill: Bill, findings: Sequence[Finding], end: datetime) -> int:
    """What the channel has counted and the books had not yet, less what is the other way round."""
    earlier = db.session.scalars(
        select(ReconciliationLine).where(
            ReconciliationLine.bucket == BUCKET,
            ReconciliationLine.bill == bill,
            ReconciliationLine.day < day,
            ReconciliationLine.day >= day - LONGEST_TRANSIT,
            ReconciliationLine.result.in_([Result.MATCHED, Result.AMOUNT_DIFFERS]),
            ReconciliationLine.record_id.is_not(None),
            ReconciliationLine.booked_at.is_(None) | (ReconciliationLine.booked_at >= span(day)[0]),
        )
    )
    shown = [
        _Shown(str(line.record_kind), line.record_id, line.our_fen or 0, line.booked_at)
        for line in earlier
        if line.record_id is not None
    ]
    shown += [
        _Shown(each.known.kind, each.known.id, each.our_fen or 0, each.known.booked_at)
        for each in findings
        if each.known and each.result in (Result.MATCHED, Result.AMOUNT_DIFFERS)
    ]
    asked = {(each.kind, each.record_id) for each in shown if each.booked_at is None}
    late = books.unbooked(asked, end)
    late |= {each.record_id for each in shown if each.booked_at and each.booked_at >= end}
    there = sum(each.our_fen for each in shown if each.record_id in late)
    return there - _ahead(day, bill, findings, end)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A record that a bill has shown, and when the books had taken it in, as known then."""

    kind: str
    record_id: UUID
    our_fen: int
    booked_at: datetime | None


def _ahead(day: date, bill: Bill, findings: Sequence[Finding], end: datetime) -> int:
    """What the books have taken in before the day's end and a later bill may still show."""
    done = compared([bill]) | {day}
    waiting = [
        known
        for known in books.candidates(bill, *span(day))
        if known.booked_at and known.booked_at < end and not done.issuperset(known.days())
    ]
    shown = used(group(bill), waiting)
    for finding in findings:
        if finding.known and finding.our_fen is not None:
            shown.setdefault(finding.known.id, []).append(finding.our_fen)
    return sum(sum(rules.left(known, shown)) for known in waiting)


def _carried(day: date, bill: Bill, end: datetime) -> int:
    """What the channel held more than the books when last compared, and what lines since then
    differ by, less what has been booked for such lines until the day's end."""
    last = _last_closed(day, bill)
    base, since = 0, datetime.min.replace(tzinfo=UTC)
    if last is not None:
        ours = (last.our_closing_fen or 0) + (last.in_transit_fen or 0)
        base, since = (last.their_closing_fen or 0) - ours, span(last.day)[1]
    lines = _differing(bill, ReconciliationLine.day < day)
    between = [line for line, _ in lines if last is None or line.day > last.day]
    booked = [line for line, at in lines if at is not None and since <= at < end]
    return base + _offsets(between) - _offsets(booked)


def _offsets(lines: Sequence[ReconciliationLine]) -> int:
    return sum(
        rules.offset_fen(Result(line.result), line.their_fen, line.our_fen) for line in lines
    )


def _differing(
    bill: Bill, condition: ColumnElement[bool]
) -> list[tuple[ReconciliationLine, datetime | None]]:
    """Lines that differed, each with the moment from which the books held the difference."""
    line, step = ReconciliationLine, ReconciliationStep
    final = (step.bucket == line.bucket) & (step.line_id == line.id) & step.is_final
    found = db.session.execute(
        select(line, step.effective_at)
        .outerjoin(step, final)
        .where(line.bucket == BUCKET, line.bill == bill, line.result != Result.MATCHED, condition)
    )
    return [(row[0], row[1]) for row in found]


def _last_closed(day: date, bill: Bill) -> ReconciliationRun | None:
    """The newest earlier run of this bill that knew the account's balance."""
    return db.session.scalar(
        select(ReconciliationRun)
        .where(
            ReconciliationRun.bucket == BUCKET,
            ReconciliationRun.bill == bill,
            ReconciliationRun.day < day,
            ReconciliationRun.their_closing_fen.is_not(None),
        )
        .order_by(ReconciliationRun.day.desc())
        .limit(1)
    )
