"""The reserve report: from closings of the books, with what reconciliation says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.db import read
from app.core.errors import NotFound
from app.ledger import service as ledger
from app.ledger.service import Account, Closing
from app.wallet.reconciliation.bills import Bill
from app.wallet.reconciliation.books import PLACES as ACCOUNT_OF
from app.wallet.reconciliation.comparing import BUCKET, is_open
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationRun
from app.wallet.reserve import rules
from app.wallet.reserve.rules import CLAIMS, OWED, OWN, PLACES, Coverage, Group

Fields = dict[str, Any]
BILL_OF = {account: bill for bill, account in ACCOUNT_OF.items()}


def report(day: date | None = None) -> Fields:
    """What is owed and held at the end of a business day, the newest closed one without `day`.

    Raises NotFound for a day that is not closed (yet).
    """
    found = ledger.closing(day) if day is not None else next(iter(ledger.closings(limit=1)), None)
    if found is None:
        raise NotFound()
    runs = _runs(found.day)
    places = [_place(group, found, runs) for group in PLACES]
    open_lines = _open_lines(found.day)
    covered = rules.coverage(found.balances, _missing(runs))
    return {
        "day": found.day,
        "closed_at": found.closed_at,
        "journals": found.journals,
        "seal": {"number": found.last_seal, "hash": found.seal_hash},
        "owed": [_line(group, found.balances) for group in OWED],
        "held": places,
        "lent": [_line(group, found.balances, -1) for group in CLAIMS],
        "own": [_line(group, found.balances) for group in OWN],
        **_sums(covered),
        "is_reconciled": not open_lines and all(place["is_reconciled"] for place in places),
        "open_lines": open_lines,
    }


def history(before: date | None, limit: int) -> list[Fields]:
    """Owed, held and lacking at the end of each closed day before `before`, newest first. Asks the
    same few questions for any number of days: everybody may ask."""
    closings = ledger.closings(before, limit)
    if not closings:
        return []
    oldest, newest = closings[-1].day, closings[0].day
    runs, later = _runs(oldest), _runs_within(oldest, newest)
    open_lines = _open_by_day(newest)
    days = []
    for found in reversed(closings):
        while later and later[0].day <= found.day:
            run = later.pop(0)
            runs[run.bill] = run
        places = (_place(group, found, runs) for group in PLACES)
        is_agreed = all(place["is_reconciled"] for place in places)
        is_agreed &= not any(day <= found.day for day in open_lines)
        covered = rules.coverage(found.balances, _missing(runs))
        days.append({"day": found.day, **_sums(covered), "is_reconciled": is_agreed})
    return days[::-1]


def _sums(covered: Coverage) -> Fields:
    return {
        "owed_fen": covered.owed_fen,
        "held_fen": covered.held_fen,
        "missing_fen": covered.missing_fen,
        "surplus_fen": covered.surplus_fen,
        "shortfall_fen": covered.shortfall_fen,
    }


def _line(group: Group, balances: Mapping[Account, int], sign: int = 1) -> Fields:
    return {
        "code": group.code,
        "title": group.title,
        "title_en": group.title_en,
        "amount_fen": sign * rules.amount_fen(group, balances),
    }


def _place(group: Group, found: Closing, runs: Mapping[str, ReconciliationRun]) -> Fields:
    """A place where money is held. One without a bill of its own counts as reconciled where
    nothing lies there, and else goes with the takings, out of which it is frozen."""
    bill = BILL_OF.get(group.accounts[0], Bill.BASIC)
    run, is_own = runs.get(bill), group.accounts[0] in BILL_OF
    fields = _line(group, found.balances, -1)
    is_agreed = run is not None and run.day == found.day and not _difference_fen(run)
    return fields | {
        "bill_day": run.day if run and is_own else None,
        "bill_fen": run.their_closing_fen if run and is_own else None,
        "difference_fen": _difference_fen(run) if run and is_own else None,
        "is_reconciled": is_agreed or (run is None and not fields["amount_fen"]),
    }


def _difference_fen(run: ReconciliationRun) -> int:
    """How much more the channel says it holds than the books, once what was on its way is
    counted; below 0: what is missing there."""
    ours = (run.our_closing_fen or 0) + (run.in_transit_fen or 0)
    return (run.their_closing_fen or 0) - ours


def _missing(runs: Mapping[str, ReconciliationRun]) -> int:
    return sum(max(0, -_difference_fen(run)) for run in runs.values())


def _runs(day: date) -> dict[str, ReconciliationRun]:
    """The newest bill of each account up to a day that told the account's balance."""
    run = ReconciliationRun
    newest = (
        select(run.__table__)
        .ext(distinct_on(run.bill))
        .where(*_TELLING, run.day <= day)
        .order_by(run.bill, run.day.desc())
    )
    return {row.bill: ReconciliationRun(**row._asdict()) for row in read(newest)}


def _runs_within(after: date, upto: date) -> list[ReconciliationRun]:
    run = ReconciliationRun
    wanted = select(run.__table__).where(*_TELLING, run.day > after, run.day <= upto)
    return [ReconciliationRun(**row._asdict()) for row in read(wanted.order_by(run.day))]


_TELLING = (
    ReconciliationRun.bucket == BUCKET,
    ReconciliationRun.their_closing_fen.is_not(None),
    ReconciliationRun.bill.in_(list(ACCOUNT_OF)),
)


def _open_by_day(upto: date) -> list[date]:
    """The days up to one with lines of bills that are open."""
    line = ReconciliationLine
    wanted = select(line.day).where(line.bucket == BUCKET, line.day <= upto, *is_open())
    return [row.day for row in read(wanted.distinct())]


def _open_lines(day: date) -> int:
    wanted = (ReconciliationLine.bucket == BUCKET, ReconciliationLine.day <= day, *is_open())
    return int(read(select(func.count()).select_from(ReconciliationLine).where(*wanted))[0][0])
