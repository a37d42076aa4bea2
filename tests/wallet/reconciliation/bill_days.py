"""Days of business in the sandbox, and their bills compared with the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.reconciliation import jobs
from app.wallet.reconciliation.bills import Bill
from app.wallet.reconciliation.comparing import BUCKET, compare_day, is_open, run_of
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationRun
from app.wallet.reconciliation.resolving import Action, resolve
from app.wechat import client as wechat
from tests.wallet.conftest import Phone, Sandbox

TEN = timedelta(hours=34, minutes=5)


def pass_until(sandbox: Sandbox, day: date, hours: float) -> None:
    """Moves the clock to so many hours after the day's begin in Beijing."""
    wanted = start_of_beijing_day(day) + timedelta(hours=hours)
    sandbox.pass_time((wanted - now(is_exact=True)).total_seconds())


def open_lines(day: date) -> list[ReconciliationLine]:
    """The open lines of a day's runs."""
    wanted = select(ReconciliationLine).where(
        ReconciliationLine.bucket == BUCKET, ReconciliationLine.day == day, *is_open()
    )
    db.session.rollback()
    found = list(db.session.scalars(wanted.order_by(ReconciliationLine.id)))
    for line in found:
        db.session.expunge(line)
    db.session.rollback()
    return found


def run(day: date, bill: Bill) -> ReconciliationRun:
    """The run of a bill."""
    found = in_transaction(lambda: run_of(day, bill))
    assert found is not None
    return found


def disagreement(compared: ReconciliationRun) -> int:
    """What the books make of an account at the day's end, less what its bill says, in fen."""
    parts = (compared.our_closing_fen, compared.in_transit_fen, compared.carried_fen)
    assert None not in (*parts, compared.their_closing_fen)
    return sum(part or 0 for part in parts) - (compared.their_closing_fen or 0)


def explain(lines: list[ReconciliationLine]) -> None:
    """Two people explain each line without booking anything."""
    for line in lines:
        for _ in range(2):
            in_transaction(lambda line=line: _explain_once(line))


def _explain_once(line: ReconciliationLine) -> None:
    if db.session.scalar(select(ReconciliationLine.id).where(
            ReconciliationLine.id == line.id, *is_open())):  # fmt: skip
        resolve(line.id, Action.EXPLAINED, "before the test", new_id())


@dataclass
class Day:
    """A Beijing day that begins with both accounts agreed on."""

    sandbox: Sandbox
    day: date

    def compared(self) -> list[ReconciliationLine]:
        """Compares the day's bills the next morning; what is open."""
        self.end()
        jobs.fetch_and_compare(self.day)
        return open_lines(self.day)

    def end(self) -> None:
        """Lets the next morning come, when the bills are there."""
        if now(is_exact=True) < start_of_beijing_day(self.day) + TEN:
            pass_until(self.sandbox, self.day, 34.1)

    def disagreement_by_honest_bill(self) -> int:
        """By how much the books and the takings account would disagree if its bill were compared
        as it is at this moment; nothing of that is kept."""
        self.end()
        content = wechat.fund_flow_bill(self.day, "BASIC")
        db.session.rollback()
        compare_day(self.day, {Bill.BASIC: content}, "wechat")
        found = run_of(self.day, Bill.BASIC)
        assert found is not None
        difference = disagreement(found)
        db.session.rollback()
        return difference

    def top_up(self, amount_fen: int) -> tuple[Phone, UUID]:
        """A member pays; the phone and the order."""
        phone = self.sandbox.phone()
        started = wallet.start_top_up(phone.member_id, new_id(), amount_fen, key=new_id().hex)
        self.sandbox.pay(phone, started.wechat_pay_parameters)
        self.sandbox.drain()
        return phone, started.order_id

    def refund(self, order_id: UUID, amount_fen: int) -> UUID:
        """What the room above does: its own journal into the clearing, and the refund."""
        identity = new_id(bucket_of(order_id))

        def work() -> None:
            wallet.refund_order(order_id, identity, amount_fen, "退货")
            legs = (*wallet.clearing_legs(amount_fen),
                    Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen))  # fmt: skip
            key = f"test:{identity}"
            ledger.post(
                [Journal(new_id(bucket_of(order_id)), "test", identity, PLATFORM_ID, key, legs)]
            )

        in_transaction(work)
        return identity


def begun(sandbox: Sandbox) -> Day:
    """The morning of a new day; the day before is compared, and what differed is explained."""
    before = beijing_day(now(is_exact=True)) + timedelta(days=3)
    pass_until(sandbox, before, 12)
    sandbox.drain()  # refunds of other tests that WeChat ended meanwhile are booked before this day
    while outbox.work_off():
        pass
    for account in ("BASIC", "OPERATION"):
        sandbox.control("/books/top-up", {"account": account, "amount_fen": 100_000})
    pass_until(sandbox, before, 34.1)
    jobs.fetch_and_compare(before)
    explain(open_lines(before))
    return Day(sandbox, before + timedelta(days=1))
