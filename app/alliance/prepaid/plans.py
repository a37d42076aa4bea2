"""Top-up plans: pay at least so much, get so much on top, paid by the store or the platform.

Nothing is promised that is not funded: a plan whose money, budget, days or count per person are
used up is closed, with the reason, before anything is paid. What an open order was promised is
reserved with it (`wallet`), so that it is there when the payment is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.alliance import catalogue, terms
from app.alliance.errors import (
    BonusTooHigh,
    ContractNotInForce,
    StoreUnknown,
    TopUpPlanClosed,
    TopUpPlanPublished,
    TopUpPlanUnknown,
)
from app.alliance.prepaid import advances
from app.alliance.prepaid.models import PlanClaim, TopUpPlan
from app.alliance.terms import StoreTerms
from app.core import four_eyes
from app.core.config import settings
from app.core.db import db, in_transaction, one_at_a_time
from app.core.world import PLATFORM_ID, beijing_day, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import service as wallet
from app.wallet.service import Bonus, Browser, CreditedTopUp, Promise, StartedTopUp

PURPOSE = "top_up"
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a version of a plan says. `tiers`: (at least so much, so much on top) in fen."""

    name: str
    merchant_id: UUID | None
    store_id: UUID | None
    tiers: tuple[tuple[int, int], ...]
    funder: str
    starts_on: date
    ends_on: date | None
    person_limit: int | None
    budget_fen: int


def add(new: NewPlan, author: UUID) -> TopUpPlan:
    """Publishes the next version of a plan, which takes the place of the one before, in the
    current unit; one that the platform pays is a draft until somebody else publishes it. Raises
    MerchantUnknown, StoreUnknown (of another merchant), BonusTooHigh."""
    _check_bonus(new)
    if new.merchant_id is not None:
        catalogue.merchant(new.merchant_id)
    if new.store_id is not None and catalogue.store(new.store_id).merchant_id != new.merchant_id:
        raise StoreUnknown()
    owner_id = new.merchant_id or PLATFORM_ID
    bucket = bucket_of(owner_id)
    one_at_a_time(f"alliance/plan/{owner_id}/{new.name}")
    mine = (TopUpPlan.merchant_id.is_not_distinct_from(new.merchant_id), TopUpPlan.name == new.name)
    latest = db.session.scalar(select(func.max(TopUpPlan.version)).where(*mine))
    is_draft = new.funder == "platform"
    row = TopUpPlan(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=new.merchant_id,
        store_id=new.store_id,
        name=new.name,
        version=(latest or 0) + 1,
        tiers=[{"at_least_fen": at_least, "bonus_fen": fen} for at_least, fen in new.tiers],
        funder=new.funder,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        person_limit=new.person_limit,
        budget_fen=new.budget_fen,
        ended_at=now() if is_draft else None,
        is_draft=is_draft,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _check_bonus(new: NewPlan) -> None:
    """Raises BonusTooHigh where more is given on top than TOP_UP_BONUS_MAXIMUM_BP of an amount."""
    most_bp = settings().top_up_bonus_maximum_bp
    if any(bonus * 10_000 > at_least * most_bp for at_least, bonus in new.tiers):
        raise BonusTooHigh(maximum_bp=most_bp)


def publish(plan_id: UUID, staff_id: UUID) -> TopUpPlan:
    """Lets a draft count from now on, in the current unit. Locks it. Raises TopUpPlanUnknown,
    TopUpPlanPublished, SecondPersonNeeded for who drafted it."""
    row = find(plan_id, is_locked=True)
    if not row.is_draft:
        raise TopUpPlanPublished()
    four_eyes.require_other(staff_id, row.created_by)
    row.is_draft, row.ended_at, row.published_by = False, None, staff_id
    db.session.flush()
    return row


def drafts(after: UUID | None) -> Sequence[TopUpPlan]:
    """What waits to be published, up to MOST_SHOWN, in the current unit of work."""
    wanted = select(TopUpPlan).where(TopUpPlan.is_draft).order_by(TopUpPlan.id).limit(MOST_SHOWN)
    if after is not None:
        wanted = wanted.where(TopUpPlan.id > after)
    return db.session.scalars(wanted).all()


def running(after: UUID | None) -> Sequence[TopUpPlan]:
    """The newest version of each plan that runs or is to begin, up to MOST_SHOWN in the order of
    their ids, in the current unit of work."""
    day, later = beijing_day(now()), aliased(TopUpPlan)
    follows = exists().where(
        later.merchant_id.is_not_distinct_from(TopUpPlan.merchant_id),
        later.name == TopUpPlan.name,
        later.version > TopUpPlan.version,
        ~later.is_draft,
    )
    wanted = select(TopUpPlan).where(
        TopUpPlan.ended_at.is_(None),
        or_(TopUpPlan.ends_on.is_(None), TopUpPlan.ends_on >= day),
        ~follows,
    )
    if after is not None:
        wanted = wanted.where(TopUpPlan.id > after)
    return db.session.scalars(wanted.order_by(TopUpPlan.id).limit(MOST_SHOWN)).all()


def promised(plan_ids: Set[UUID]) -> dict[UUID, tuple[int, int]]:
    """To how many top-ups each of these plans promised or gave a bonus, and how many fen; plans
    without any are left out. In the current unit of work."""
    total = (
        select(PlanClaim.plan_id, func.count(), func.sum(PlanClaim.bonus_fen))
        .where(PlanClaim.plan_id.in_(plan_ids), PlanClaim.released_at.is_(None))
        .group_by(PlanClaim.plan_id)
    )
    return {plan_id: (int(count), int(fen)) for plan_id, count, fen in db.session.execute(total)}


def find(plan_id: UUID, *, is_locked: bool = False) -> TopUpPlan:
    """A version of a plan, in the current unit of work. Raises TopUpPlanUnknown."""
    key = (bucket_of(plan_id), plan_id)
    row = db.session.get(TopUpPlan, key, with_for_update=is_locked, populate_existing=is_locked)
    if row is None:
        raise TopUpPlanUnknown()
    return row


def end(plan_id: UUID) -> TopUpPlan:
    """Ends a plan now; what was promised under it is kept, and again is fine. A draft is given up:
    it is gone, and the version before goes on. Locks the plan. Raises TopUpPlanUnknown."""
    row = find(plan_id, is_locked=True)
    if row.is_draft:
        db.session.delete(row)
    else:
        row.ended_at = row.ended_at or now()
    db.session.flush()
    return row


def in_force(store_id: UUID) -> Sequence[TopUpPlan]:
    """The newest version of each plan of a store, its merchant or the platform, where it is in
    force today. In the current unit of work. Raises StoreUnknown."""
    store = catalogue.store(store_id)
    here = or_(TopUpPlan.merchant_id == store.merchant_id, TopUpPlan.merchant_id.is_(None))
    newest = (
        select(TopUpPlan)
        .where(here, ~TopUpPlan.is_draft)
        .ext(distinct_on(TopUpPlan.merchant_id, TopUpPlan.name))
        .order_by(TopUpPlan.merchant_id, TopUpPlan.name, TopUpPlan.version.desc())
    )
    found = db.session.scalars(newest)
    there = [row for row in found if _is_in_force(row) and row.store_id in (None, store_id)]
    return sorted(there, key=lambda row: row.id)[:MOST_SHOWN]


def _is_in_force(row: TopUpPlan) -> bool:
    day = beijing_day(now())
    has_begun = row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
    return has_begun and row.ended_at is None


def tier_bonus_fen(row: TopUpPlan, amount_fen: int) -> int:
    """What a plan adds to a top-up of so much (fen); 0 below its first tier."""
    reached = [tier["bonus_fen"] for tier in row.tiers if tier["at_least_fen"] <= amount_fen]
    return max(reached, default=0)


def smallest(row: TopUpPlan) -> int:
    """The amount (fen) with which a plan begins."""
    return min(tier["at_least_fen"] for tier in row.tiers)


def open_reason(row: TopUpPlan, store: StoreTerms, amount_fen: int, member_id: UUID | None) -> str:
    """Why a plan gives this top-up no bonus, or an empty text, in the current unit of work.

    Looks only; `_decided` decides, under locks.
    """
    bonus_fen = tier_bonus_fen(row, amount_fen)
    if not store.standing.is_open(now()):
        return "store_not_open"
    if not _is_newest(row) or not _is_in_force(row):
        return "ended"
    if row.merchant_id not in (None, store.merchant_id) or row.store_id not in (
        None,
        store.store_id,
    ):
        return "other_store"
    if not bonus_fen:
        return "amount_too_small"
    if _claimed(row, None)[1] + bonus_fen > row.budget_fen:
        return "budget"
    if member_id is not None and _has_enough(row, members.today(member_id)):
        return "person_limit"
    return "" if _funder(row, store, bonus_fen) else "unfunded"


def _has_enough(row: TopUpPlan, member_id: UUID) -> bool:
    return row.person_limit is not None and _claimed(row, member_id)[0] >= row.person_limit


def _is_newest(row: TopUpPlan) -> bool:
    later = select(TopUpPlan.id).where(
        TopUpPlan.merchant_id.is_not_distinct_from(row.merchant_id),
        TopUpPlan.name == row.name,
        TopUpPlan.version > row.version,
        ~TopUpPlan.is_draft,
    )
    return db.session.scalar(later.limit(1)) is None


def _claimed(row: TopUpPlan, member_id: UUID | None) -> tuple[int, int]:
    """How many top-ups were promised a bonus or got it, and how many fen: all, or one member's."""
    total = select(func.count(), func.coalesce(func.sum(PlanClaim.bonus_fen), 0)).where(
        PlanClaim.plan_id == row.id, PlanClaim.released_at.is_(None)
    )
    if member_id is not None:
        total = total.where(PlanClaim.member_id == member_id)
    count, fen = db.session.execute(total).one()
    return int(count), int(fen)


def _funder(row: TopUpPlan, store: StoreTerms, bonus_fen: int) -> Bonus | None:
    """Whose account pays: the store's `offer_budget`, else its advance within the limit, or the
    platform's campaign fund; None where none of them can."""
    if row.funder == "platform":
        held = ledger.balances(PLATFORM_ID)[Account.CAMPAIGN_FUND].balance_fen
        found = Bonus(bonus_fen, PLATFORM_ID, Account.CAMPAIGN_FUND)
        return found if held >= bonus_fen else None
    merchant_id = store.merchant_id
    if ledger.balances(merchant_id)[Account.OFFER_BUDGET].balance_fen >= bonus_fen:
        return Bonus(bonus_fen, merchant_id, Account.OFFER_BUDGET)
    try:
        contract = store.in_force(now())
    except ContractNotInForce:
        return None
    if advances.left_to_lend_fen(merchant_id, contract) >= bonus_fen:
        return Bonus(bonus_fen, merchant_id, Account.PREPAID_ADVANCE)
    return None


def promise(
    plan_id: UUID | None, member_id: UUID, store_id: UUID, amount_fen: int
) -> Promise | None:
    """What a top-up under a plan is to reserve; None without a plan. Not within a unit of work.
    Raises TopUpPlanUnknown, TopUpPlanClosed where that can be seen already."""
    if plan_id is None:
        return None
    store = terms.of_store(store_id)

    def look() -> None:
        reason = open_reason(find(plan_id), store, amount_fen, member_id)
        if reason:
            raise TopUpPlanClosed(reason=reason)

    in_transaction(look)

    def decide(top_up_id: UUID) -> Bonus:
        return _decided(plan_id, store, member_id, top_up_id, amount_fen)

    return Promise(plan_id, decide)


def _decided(
    plan_id: UUID, store: StoreTerms, member_id: UUID, top_up_id: UUID, amount_fen: int
) -> Bonus:
    """In the top-up's own unit: claims a bonus under the plan's lock, so that budget, count and
    limit are kept; the ledger keeps the fund. Locks the merchant where it lends for the bonus."""
    row = find(plan_id, is_locked=True)
    if row.funder == "store":
        advances.lock_merchant(store.merchant_id)
    reason = open_reason(row, store, amount_fen, member_id)
    if reason:
        raise TopUpPlanClosed(reason=reason)
    bonus = _funder(row, store, tier_bonus_fen(row, amount_fen))
    if bonus is None:
        raise TopUpPlanClosed(reason="unfunded")
    if bonus.funder is Account.PREPAID_ADVANCE:
        advances.room_fen(store.merchant_id, store.in_force(now()))
    db.session.add(
        PlanClaim(
            bucket=bucket_of(member_id),
            top_up_id=top_up_id,
            plan_id=row.id,
            member_id=members.today(member_id),
            merchant_id=store.merchant_id,
            funder=bonus.funder,
            bonus_fen=bonus.amount_fen,
            created_at=now(),
        )
    )
    db.session.flush()
    return bonus


def start(
    member_id: UUID,
    store_id: UUID,
    amount_fen: int,
    trade_type: str,
    *,
    browser: Browser | None = None,
    promise: Promise | None = None,
    app_id: str | None = None,
) -> StartedTopUp:
    """Starts a top-up as `wallet.start_top_up`; raises also TopUpPlanClosed, where another top-up
    was faster to the fund."""
    try:
        asked_in: Any = {"browser": browser, "promise": promise, "app_id": app_id}
        return wallet.start_top_up(member_id, store_id, amount_fen, trade_type, **asked_in)
    except ledger.InsufficientFunds:
        raise TopUpPlanClosed(reason="unfunded") from None


def on_paid(_: str, *, order: Any, **__: Any) -> None:
    """Receiver of the wallet's `order_paid` for top-ups, inside its unit: a claim is granted; what
    the store's advance paid for it will fall due as the bonus is spent."""
    claim = db.session.get(PlanClaim, (order.bucket, order.subject_id))
    if claim is None or claim.released_at is not None:
        return
    claim.granted_at = now()
    lot = wallet.bonus_lot(order.subject_id)
    if claim.funder != Account.PREPAID_ADVANCE or lot is None:
        return
    store_id = wallet.top_up(order.subject_id).store_id
    who = (claim.top_up_id, order.member_id, store_id, lot.lot_id)
    bonus = CreditedTopUp(*who, claim.bonus_fen, now())
    journal_id, account = lot.journal_id, Account.PREPAID_BONUS
    advances.note(bonus, claim.merchant_id, claim.bonus_fen, journal_id, account)


def on_closed(_: str, *, order: Any, **__: Any) -> None:
    """Receiver of the wallet's `order_closed` for top-ups: the claim is free for others."""
    claim = db.session.get(PlanClaim, (order.bucket, order.subject_id))
    if claim is not None and claim.granted_at is None:
        claim.released_at = claim.released_at or now()
        db.session.flush()
