"""Withdrawals: held at once, decided, then paid out (payouts.py).

What may follow what: rules.py. Every step is written down beside the withdrawal.
"""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select

from app.core import outbox
from app.core.config import settings
from app.core.db import db
from app.core.errors import NotFound
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import custody, lots
from app.wallet.errors import AmountOutOfRange, RealNameRequired
from app.wallet.models import Withdrawal, WithdrawalStep
from app.wallet.withdrawals import facts as withdrawal_facts
from app.wallet.withdrawals import limits, rules, tax
from app.wallet.withdrawals import risk as withdrawal_risk
from app.wallet.withdrawals.channels.choosing import channel, choose
from app.wallet.withdrawals.charges import Charges
from app.wallet.withdrawals.payees import OwnerKind, Payee, Source, check_source
from app.wallet.withdrawals.rules import Step, WithdrawalState
from app.wallet.withdrawals.sources import minimum_fen, returned_legs, taken_legs

FINISHED, RETURNED = "withdrawal.finished", "withdrawal.returned"


def request_withdrawal(
    member_id: UUID, amount_fen: int, source: Source = Source.REBATE
) -> Withdrawal:
    """A member withdraws what is their own, in the current unit of work. Raises as `request`."""
    check_amount(OwnerKind.MEMBER, source, amount_fen)
    members.require_present(member_id)
    return request(
        Payee(OwnerKind.MEMBER, member_id, member_id), source, amount_fen, principal_id=member_id
    )


def request(payee: Payee, source: Source, amount_fen: int, *, principal_id: UUID) -> Withdrawal:
    """Holds money for a withdrawal (source → withdrawing), in the current unit of work.

    Below the automatic limits and without a risk it goes its way as soon as the money is there,
    otherwise it waits for reviewers; from WITHDRAWAL_FOUR_EYES_FEN for two. Takes the owner's and
    the receiver's turn, so that daily limits hold however many ask at once. Raises
    AmountOutOfRange, NotWithdrawable, RealNameRequired, NoWeChatAccount, WithdrawalLimitReached,
    NotEnough, InsufficientFunds, CustodyForbids.
    """
    check_amount(payee.kind, source, amount_fen)
    check_source(payee, source)
    way, moment, needs_name = choose(payee), now(), _needs_name(payee, amount_fen)
    if source is Source.AVAILABLE:
        custody.check_payout(settings().custody, way.name)
    limits.check(payee, amount_fen, moment)
    facts = withdrawal_facts.facts_of(payee, amount_fen, moment)
    charges = tax.charges_of(payee, source, amount_fen, moment)
    way.check(payee, amount_fen - charges.fee_fen - charges.tax_fen)
    row = _new(payee, source, amount_fen, charges)
    row.channel, row.created_at, row.needs_name = way.name, moment, needs_name
    db.session.add(row)
    found = withdrawal_risk.risks(facts, settings())
    row.risks = [asdict(risk) for risk in found]
    is_automatic = not found and limits.is_automatic(amount_fen, moment)
    move(row, Step.AUTOMATIC if is_automatic else Step.REVIEW, principal_id)
    db.session.flush()
    tax.record(row, charges)
    ledger.post([_hold(row, principal_id)])
    return row


def request_payout(payee: Payee, amount_fen: int, *, principal_id: UUID) -> Withdrawal:
    """A merchant's settled money leaves without its asking, in the current unit of work. Raises as
    `request`."""
    if payee.member_id is not None:
        members.require_present(payee.member_id)
    return request(payee, Source.AVAILABLE, amount_fen, principal_id=principal_id)


def _new(payee: Payee, source: Source, amount_fen: int, charges: Charges) -> Withdrawal:
    bucket = bucket_of(payee.owner_id)
    withdrawal_id = new_id(bucket)
    return Withdrawal(
        bucket=bucket,
        id=withdrawal_id,
        member_id=payee.member_id,
        app_id=payee.app_id,
        on_behalf_of=None if payee.kind is OwnerKind.MEMBER else payee.owner_id,
        owner_kind=payee.kind,
        source=source.account,
        amount_fen=amount_fen,
        fee_fen=charges.fee_fen,
        tax_fen=charges.tax_fen,
        state=WithdrawalState.HELD,
        bill_number=number_of(withdrawal_id),
        risks=[],
        approvals_needed=2 if amount_fen >= settings().withdrawal_four_eyes_fen else 1,
        steps=0,
        is_asked_back=False,
        journal_id=new_id(bucket),
    )


def _hold(row: Withdrawal, principal_id: UUID) -> Journal:
    return Journal(
        id=row.journal_id,
        kind="withdrawal",
        reference_id=row.id,
        principal_id=principal_id,
        key=f"withdrawal:{row.id}",
        legs=(
            *taken_legs(row),
            Leg(row.owner_id, Account.WITHDRAWING, row.amount_fen),
        ),
    )


def check_amount(kind: OwnerKind, source: Source, amount_fen: int) -> None:
    """Raises AmountOutOfRange where nobody may withdraw so much, or so little (fen)."""
    low, high = minimum_fen(source), limits.maximum_fen(kind)
    if not low <= amount_fen <= high:
        raise AmountOutOfRange(minimum_fen=low, maximum_fen=high)


def _needs_name(payee: Payee, amount_fen: int) -> bool:
    """Whether the receiver's real name is needed. Raises RealNameRequired where it is unknown."""
    from_fen = settings().withdrawal_real_name_from_fen
    if payee.member_id is None or amount_fen < from_fen:
        return False
    if members.real_name_of(payee.member_id) is None:
        raise RealNameRequired(from_fen=from_fen)
    return True


def move(
    row: Withdrawal, step: Step, principal_id: UUID = SYSTEM_ID, note: str | None = None
) -> bool:
    """Takes a step of a locked withdrawal and writes it down; False, and nothing changes, if it
    contradicts the state it is in."""
    before = WithdrawalState(row.state)
    after = rules.follow(before, step)
    if after is None:
        return False
    row.state = after
    if rules.is_journaled(before, step, after):
        row.steps += 1
        db.session.add(
            WithdrawalStep(
                bucket=row.bucket,
                withdrawal_id=row.id,
                number=row.steps,
                step=step,
                state=after,
                principal_id=principal_id,
                note=note,
                at=now(),
            )
        )
    return True


def finish(row: Withdrawal) -> None:
    """Books the end of a withdrawal whose state is final: paid out, or back where it came from.

    Both ends share one key, so that the ledger itself refuses a second, different end.
    """
    is_paid = row.state == WithdrawalState.PAID
    row.end_journal_id, row.finished_at = new_id(row.bucket), now()
    journal = Journal(
        id=row.end_journal_id,
        kind=f"withdrawal_{row.state}",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"withdrawal_end:{row.id}",
        legs=_paid_legs(row) if is_paid else _returned_legs(row),
    )
    row.next_look_at, row.package_info = None, None
    if not is_paid:
        tax.undo(row)
    event = FINISHED if is_paid else RETURNED
    outbox.emit(event, {"withdrawal_id": str(row.id)}, bucket=row.bucket)
    db.session.flush()
    ledger.post([journal])


def _paid_legs(row: Withdrawal) -> tuple[Leg, ...]:
    place = Account[channel(row.channel).place.name]
    legs = (
        Leg(row.owner_id, Account.WITHDRAWING, -row.amount_fen),
        Leg(PLATFORM_ID, place, row.transfer_fen),
        Leg(PLATFORM_ID, Account.OPERATIONS, row.fee_fen),
        Leg(PLATFORM_ID, Account.TAX_WITHHELD, row.tax_fen),
    )
    return tuple(leg for leg in legs if leg.amount_fen)


def _returned_legs(row: Withdrawal) -> tuple[Leg, ...]:
    return (
        Leg(row.owner_id, Account.WITHDRAWING, -row.amount_fen),
        *returned_legs(row),
    )


def lock(withdrawal_id: UUID | None) -> Withdrawal | None:
    """The withdrawal, locked until the current unit of work ends; None if there is none."""
    if withdrawal_id is None:
        return None
    return db.session.scalar(
        select(Withdrawal)
        .where(Withdrawal.bucket == bucket_of(withdrawal_id), Withdrawal.id == withdrawal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """A withdrawal, in the current unit of work. Raises NotFound."""
    row = db.session.get(Withdrawal, (bucket_of(withdrawal_id), withdrawal_id))
    if row is None:
        raise NotFound()
    return row


def steps_of(row: Withdrawal) -> list[WithdrawalStep]:
    """Everything that has happened to a withdrawal, in order, in the current unit of work."""
    mine = (WithdrawalStep.bucket == row.bucket, WithdrawalStep.withdrawal_id == row.id)
    found = db.session.scalars(select(WithdrawalStep).where(*mine).order_by(WithdrawalStep.number))
    return list(found)


def waiting_withdrawals(state: WithdrawalState, after: UUID | None, limit: int) -> list[Withdrawal]:
    """Unfinished withdrawals in one state, oldest first, after a given one, in this unit."""
    wanted = select(Withdrawal).where(
        Withdrawal.state == state, Withdrawal.end_journal_id.is_(None)
    )
    if after is not None:
        wanted = wanted.where(Withdrawal.id > after)
    return list(db.session.scalars(wanted.order_by(Withdrawal.id).limit(limit)))


def withdrawals_of(owner_id: UUID, before: UUID | None, limit: int) -> list[Withdrawal]:
    """An owner's withdrawals, newest first, before a given one, in the current unit of work."""
    wanted = select(Withdrawal).where(
        Withdrawal.bucket == bucket_of(owner_id), Withdrawal.owner_id == owner_id
    )
    if before is not None:
        wanted = wanted.where(Withdrawal.id < before)
    return list(db.session.scalars(wanted.order_by(Withdrawal.id.desc()).limit(limit)))


def open_count() -> int:
    """How many withdrawals have not reached their end."""
    statement = select(func.count()).where(Withdrawal.end_journal_id.is_(None))
    return int(lots.rows(statement)[0][0])


def reviewing_count() -> int:
    """How many withdrawals wait for reviewers: the gauge `withdrawals_reviewing`."""
    waiting = Withdrawal.state == WithdrawalState.REVIEWING, Withdrawal.end_journal_id.is_(None)
    return int(lots.rows(select(func.count()).where(*waiting))[0][0])


def contradicted_count() -> int:
    """How many withdrawals WeChat has told two different ends of."""
    statement = select(func.count()).where(Withdrawal.contradictions > 0)
    return int(lots.rows(statement)[0][0])


def manual_count() -> int:
    """How many withdrawals wait for people because WeChat has stopped answering for them."""
    statement = select(func.count()).where(
        Withdrawal.state == WithdrawalState.MANUAL, Withdrawal.end_journal_id.is_(None)
    )
    return int(lots.rows(statement)[0][0])
