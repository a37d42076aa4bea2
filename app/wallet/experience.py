"""Experience gold (体验金): granted from a fund that has it, and returned when its time is over."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction
from app.core.world import PLATFORM_ID, SYSTEM_ID, beijing_day, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet.models import ExperienceMonth, Lot

FUNDERS = frozenset({Account.CAMPAIGN_FUND, Account.OPERATIONS})


def grant_experience(
    member_id: UUID,
    amount_fen: int,
    *,
    grant_key: str,
    principal_id: UUID,
    funder: Account = Account.CAMPAIGN_FUND,
    pot_id: UUID | None = None,
) -> UUID | None:
    """Grants experience gold once for `grant_key`, in the current unit of work; its journal.

    From `funder`, or from what it put into the pot of a campaign; what expires returns to it.

    None, and nothing is granted, where the fund is short or EXPERIENCE_MONTHLY_BUDGET_FEN is used
    up: nothing is promised that is not funded. What a pot gives was decided and put aside when its
    campaign was published, and does not count. Locks the fund until the unit ends. The lot ends
    after EXPERIENCE_VALID_DAYS, pays at most EXPERIENCE_SALE_CAP_BP of a sale, and can be taken
    out if EXPERIENCE_IS_WITHDRAWABLE.
    Raises KeyReused for another amount.
    """
    if funder not in FUNDERS:
        raise ValueError(f"{funder.label} grants nothing")
    known = _granted(member_id, grant_key)
    if known is not None:
        return known
    if pot_id is None and not _count(amount_fen):
        return None
    source = Leg(PLATFORM_ID, funder, -amount_fen)
    if pot_id is not None:
        source = Leg(pot_id, Account.CAMPAIGN_POT, -amount_fen)
    journal = _grant_journal(member_id, source, grant_key, principal_id)
    posted = ledger.post_if_funded([journal])
    if posted is None or posted[0].replayed:
        if pot_id is None:
            _count(-amount_fen)
        return posted[0].journal_id if posted else None
    _write_lot(journal, member_id, grant_key, funder)
    return posted[0].journal_id


def was_granted(member_id: UUID, grant_key: str) -> bool:
    """Whether a member has been granted this, in the current unit of work."""
    return _granted(member_id, grant_key) is not None


def _count(amount_fen: int) -> bool:
    """Counts a grant against this month's budget, if there is one, under its row's lock; False,
    and nothing is counted, where it would go beyond."""
    budget_fen = settings().experience_monthly_budget_fen
    if not budget_fen:
        return True
    month = beijing_day(now()).replace(day=1)
    key = {"bucket": bucket_of(PLATFORM_ID), "month": month}
    db.session.execute(
        insert(ExperienceMonth).values(**key, granted_fen=0).on_conflict_do_nothing()
    )
    counted = (
        update(ExperienceMonth)
        .where(ExperienceMonth.bucket == key["bucket"], ExperienceMonth.month == month)
        .values(granted_fen=ExperienceMonth.granted_fen + amount_fen)
        .returning(ExperienceMonth.granted_fen)
        .execution_options(synchronize_session=False)
    )
    if amount_fen > 0:
        counted = counted.where(ExperienceMonth.granted_fen + amount_fen <= budget_fen)
    return db.session.scalar(counted) is not None


def _granted(member_id: UUID, grant_key: str) -> UUID | None:
    return db.session.scalar(
        select(Lot.journal_id).where(
            Lot.bucket == bucket_of(member_id),
            Lot.owner_id == member_id,
            Lot.grant_key == grant_key,
        )
    )


def _grant_journal(member_id: UUID, source: Leg, grant_key: str, principal_id: UUID) -> Journal:
    bucket = bucket_of(member_id)
    lot_id = new_id(bucket)
    amount_fen = -source.amount_fen
    meaning = f"experience\n{member_id}\n{grant_key}\n{amount_fen}\n{source.account.label}"
    return Journal(
        id=new_id(bucket),
        kind="experience_granted",
        reference_id=lot_id,
        principal_id=principal_id,
        key=f"experience:{member_id}:{grant_key}",
        legs=(
            source,
            Leg(member_id, Account.EXPERIENCE, amount_fen, lot_id),
        ),
        fingerprint=sha256(meaning.encode()).digest(),  # the lot's id differs at each attempt
    )


def _write_lot(journal: Journal, member_id: UUID, grant_key: str, funder: Account) -> None:
    moment = now()
    db.session.add(
        Lot(
            bucket=bucket_of(member_id),
            id=journal.reference_id,
            owner_id=member_id,
            account=Account.EXPERIENCE,
            funder=funder,
            grant_key=grant_key,
            journal_id=journal.id,
            issued_at=moment,
            expires_at=moment + timedelta(days=settings().experience_valid_days),
            sale_cap_bp=settings().experience_sale_cap_bp,
            is_withdrawable=settings().experience_is_withdrawable,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:  # another unit granted it under another principal
        raise TryAgain() from error


def expire_experience(limit: int = 100) -> int:
    """Returns what is left of up to `limit` expired lots to their funders; how many lots."""
    return in_transaction(lambda: _sweep(limit))


def _sweep(limit: int) -> int:
    expired = db.session.scalars(
        select(Lot)
        .where(Lot.expires_at <= now(), Lot.swept_at.is_(None))
        .order_by(Lot.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    journals = [journal for lot in expired if (journal := _return_journal(lot)) is not None]
    for lot in expired:
        lot.swept_at = now()
        lot.sweeps += 1
    db.session.flush()
    try:
        ledger.post(journals)
    except ledger.InsufficientFunds as error:  # a payment planned before the end was faster
        raise TryAgain() from error
    return len(expired)


def _return_journal(lot: Lot) -> Journal | None:
    left = ledger.lots(lot.owner_id, Account.EXPERIENCE).get(lot.id, 0)
    if not left or lot.funder is None:
        return None
    return Journal(
        id=new_id(lot.bucket),
        kind="experience_expired",
        reference_id=lot.id,
        principal_id=SYSTEM_ID,
        key=f"experience_expired:{lot.id}:{lot.sweeps}",
        legs=(
            Leg(lot.owner_id, Account.EXPERIENCE, -left, lot.id),
            Leg(PLATFORM_ID, Account(lot.funder), left),
        ),
    )
