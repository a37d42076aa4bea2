"""Pays a recommender once when what they brought has conceded enough, and takes it back if not.

`settle` looks at what is true now and does what is missing, under one lock for each rule and
person: letters may come twice, late and in any order. Never for registering alone: a rule asks
for a concession of at least one fen, and gives no more than was conceded.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.alliance import catalogue, parties
from app.alliance.debts import debts_of, note_debtor
from app.alliance.errors import RewardRuleUnknown
from app.alliance.models import Sale
from app.alliance.rewards.models import Reward, RewardRule
from app.alliance.rewards.reaching import conceded_fen, rules_of
from app.alliance.rules import Party
from app.core import outbox
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction, one_at_a_time, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members

log = structlog.get_logger()
MERGED = "reward.member_merged"
BATCH = 100
RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a rule says (fen; business days, both included)."""

    name: str
    kind: str
    threshold_fen: int
    reward_fen: int
    budget_fen: int
    starts_on: date
    ends_on: date
    merchant_id: UUID | None = None


def add_rule(new: NewRule, author: UUID) -> RewardRule:
    """Publishes a rule, in the current unit. Raises MerchantUnknown."""
    if new.merchant_id is not None:
        catalogue.merchant(new.merchant_id)
    bucket = bucket_of(new.merchant_id or PLATFORM_ID)
    row = RewardRule(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=new.merchant_id,
        name=new.name,
        kind=new.kind,
        threshold_fen=new.threshold_fen,
        reward_fen=new.reward_fen,
        budget_fen=new.budget_fen,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def rule(rule_id: UUID, *, is_locked: bool = False) -> RewardRule:
    """Raises RewardRuleUnknown."""
    key = (bucket_of(rule_id), rule_id)
    row = db.session.get(RewardRule, key, with_for_update=is_locked, populate_existing=is_locked)
    if row is None:
        raise RewardRuleUnknown()
    return row


def end_rule(rule_id: UUID) -> RewardRule:
    """Ends a rule now: later purchases do not count; what was earned before is paid. Ended before:
    no change. Raises RewardRuleUnknown."""
    row = rule(rule_id, is_locked=True)
    if row.ended_at is None:
        row.ended_at = now()
        db.session.flush()
    return row


def on_sale(payload: dict[str, Any]) -> None:
    """Reader of `sale.distributed` and `sale.refunded`, in units of its own; again is harmless."""
    sale_id = UUID(payload["sale_id"])
    for rule_id in in_transaction(lambda: _concerned(sale_id)):
        in_transaction(lambda rule_id=rule_id: settle(rule_id, sale_id))


def settle(rule_id: UUID, sale_id: UUID) -> None:
    """Pays or takes back what a rule gives for the payer of a sale, as things stand, in the
    current unit of work. Locks the rule's rewards for this person, then the rule."""
    sale = db.session.get_one(Sale, (bucket_of(sale_id), sale_id), populate_existing=True)
    person = members.today(sale.payer_id)
    one_at_a_time(f"alliance/reward/{rule_id}/{person}")
    people = members.everyone_of(person)
    known = _rewards(rule_id, people)
    found = rule(rule_id)
    if conceded_fen(found, people) < found.threshold_fen:
        for row in known:
            _take_back(row, found)
    elif any(row.status == "paid" for row in known):
        for row in known[1:]:  # given to two accounts that are one person now
            _take_back(row, found)
    elif not any(row.status == "closed" for row in known):
        row = known[0] if known else _new(found, person, sale)
        if row is not None:
            _pay(row, found)
    db.session.flush()


def note_merged(absorbed_id: UUID) -> None:
    """A member with rewards becomes another one, in the current unit of work: has it looked for
    what one person got twice."""
    if db.session.scalar(select(Reward.id).where(*_theirs([absorbed_id])).limit(1)):
        payload = {"member_id": str(absorbed_id)}
        outbox.emit(MERGED, payload, bucket=bucket_of(absorbed_id))


def on_merged(payload: dict[str, Any]) -> None:
    """Reader of MERGED: settles every rule that gave something for both accounts, each in a unit of
    its own; again is harmless."""

    def work() -> list[tuple[UUID, UUID]]:
        people = members.everyone_of(members.today(UUID(payload["member_id"])))
        rows = db.session.execute(select(Reward.rule_id, Reward.sale_id).where(*_theirs(people)))
        return list({row.rule_id: row.sale_id for row in rows}.items())

    for rule_id, sale_id in in_transaction(work):
        in_transaction(lambda one=rule_id, about=sale_id: settle(one, about))


def retry_waiting() -> int:
    """Duty: tries rewards that wait for their funder's money; how many were looked at."""
    waiting = select(Reward.rule_id, Reward.sale_id).where(Reward.status == "waiting")
    rows = read(waiting.order_by(func.random()).limit(BATCH))
    for row in rows:
        try:
            in_transaction(lambda row=row: settle(row.rule_id, row.sale_id))
        except Exception as error:
            log.error("reward_failed", rule=str(row.rule_id), exc_info=error)
    return len(rows)


def release() -> int:
    """Duty: frees rewards whose freeze is over, in a unit of its own; how many."""
    return in_transaction(_release)


def waiting_count() -> int:
    """How many rewards wait for their funder's money: the gauge `rewards_waiting`."""
    return int(read(select(func.count()).where(Reward.status == "waiting"))[0][0])


def released_fen(member_id: UUID) -> int:
    """What a recommender got in rewards that are released and theirs, in fen."""
    mine = (Reward.recommender_id == member_id, Reward.status == "paid")
    total = select(func.coalesce(func.sum(Reward.amount_fen), 0)).where(*mine)
    return int(db.session.scalar(total.where(Reward.released_at.is_not(None))) or 0)


def _concerned(sale_id: UUID) -> list[UUID]:
    """The rules for which a sale counts, and those that gave something for its payer before."""
    sale = db.session.get_one(Sale, (bucket_of(sale_id), sale_id))
    people = members.everyone_of(members.today(sale.payer_id))
    given = select(Reward.rule_id).where(*_theirs(people))
    return sorted({each.id for each in rules_of(sale)} | set(db.session.scalars(given)))


def _rewards(rule_id: UUID, people: Collection[UUID]) -> list[Reward]:
    """Those of a person under a rule, paid ones first, locked."""
    statement = select(Reward).where(*_theirs(people), Reward.rule_id == rule_id)
    ordered = statement.order_by((Reward.status == "paid").desc(), Reward.id).with_for_update()
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))


def _theirs(people: Collection[UUID]) -> tuple[Any, ...]:
    return Reward.bucket.in_({bucket_of(each) for each in people}), Reward.member_id.in_(people)


def _new(found: RewardRule, person: UUID, sale: Sale) -> Reward | None:
    """A reward to be paid to whoever brought the member; None if that is the platform, a closed
    merchant, the merchant that would pay it, or the payer's own person."""
    earners = parties.earners_of([sale])[sale.id]
    earner = earners.get(Party.RECOMMENDER)
    if earner is None or earner.owner_id in (PLATFORM_ID, found.merchant_id):
        return None
    recommender_id = members.today(earner.owner_id)
    if person == recommender_id or earner.person_id == earners[Party.CONSUMER].person_id:
        return None
    moment, bucket = now(), bucket_of(person)
    row = Reward(
        bucket=bucket,
        id=new_id(bucket),
        rule_id=found.id,
        member_id=person,
        recommender_id=recommender_id,
        sale_id=sale.id,
        status="waiting",
        amount_fen=found.reward_fen,
        collected_fen=0,
        attempt=0,
        created_at=moment,
        changed_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _pay(row: Reward, found: RewardRule) -> None:
    """Pays who the recommender is today from the rule's funder, if its budget and the funder's
    money suffice; nobody for themselves."""
    row.recommender_id = members.today(row.recommender_id)
    if row.recommender_id == members.today(row.member_id):
        _turn(row, "taken_back")
        return
    rule(found.id, is_locked=True)  # one at a time looks at the budget
    if _spent_fen(found.id) + row.amount_fen > found.budget_fen:
        _turn(row, "closed")
        return
    owner_id = row.recommender_id
    row.collected_fen = min(row.amount_fen, debts_of([owner_id]).get(owner_id, 0))
    row.attempt += 1
    legs = (
        _funder(found, -row.amount_fen),
        Leg(owner_id, Account.REBATE_PENDING, row.free_fen),
        Leg(owner_id, Account.CLAWBACK_DUE, row.collected_fen),
    )
    posted = ledger.post_if_funded([_journal(row, "reward_paid", legs)])
    if posted is None:
        row.attempt, row.collected_fen = row.attempt - 1, 0
        _turn(row, "waiting")
        return
    row.journal_id, row.released_at = posted[0].journal_id, None
    row.release_at = now() + timedelta(days=settings().rebate_freeze_days)
    _turn(row, "paid")


def _take_back(row: Reward, found: RewardRule) -> None:
    """Gives the funder back what a reward took of it: from where it lies, the rest is owed by who
    the recommender is today."""
    if row.status == "waiting":
        _turn(row, "taken_back")
    if row.status != "paid":
        return
    taken = _from_purses(row)
    owed_fen = row.amount_fen + sum(leg.amount_fen for leg in taken)
    person = members.today(row.recommender_id)
    legs = (
        *taken,
        Leg(person, Account.CLAWBACK_DUE, -owed_fen),
        _funder(found, row.amount_fen),
    )
    if owed_fen:
        note_debtor(person)
    _turn(row, "taken_back")
    try:
        ledger.post([_journal(row, "reward_taken_back", legs)])
    except ledger.InsufficientFunds as error:  # the recommender was faster
        raise TryAgain() from error


def _from_purses(row: Reward) -> list[Leg]:
    """What is there of a paid reward: frozen it stays with its recommender, released it may have
    gone with them to who they are today."""
    owner_id, wanted_fen = row.recommender_id, row.free_fen
    if row.released_at is None:
        return [Leg(owner_id, Account.REBATE_PENDING, -wanted_fen)]
    found = []
    for each in dict.fromkeys((owner_id, members.today(owner_id))):
        taken_fen = min(wanted_fen, ledger.balances(each)[Account.REBATE].balance_fen)
        wanted_fen -= taken_fen
        found.append(Leg(each, Account.REBATE, -taken_fen))
    return found


def _release() -> int:
    due = select(Reward).where(
        Reward.status == "paid", Reward.released_at.is_(None), Reward.release_at <= now()
    )
    rows = db.session.scalars(
        due.order_by(Reward.release_at).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.released_at = now()
    db.session.flush()
    ledger.post([_freeing(row) for row in rows if row.free_fen])
    return len(rows)


def _freeing(row: Reward) -> Journal:
    legs = (
        Leg(row.recommender_id, Account.REBATE_PENDING, -row.free_fen),
        Leg(row.recommender_id, Account.REBATE, row.free_fen),
    )
    return _journal(row, "reward_released", legs)


def _spent_fen(rule_id: UUID) -> int:
    mine = (Reward.rule_id == rule_id, Reward.status == "paid")
    return int(
        db.session.scalar(select(func.coalesce(func.sum(Reward.amount_fen), 0)).where(*mine))
    )


def _turn(row: Reward, status: str) -> None:
    row.status, row.changed_at = status, now()
    db.session.flush()


def _funder(found: RewardRule, amount_fen: int) -> Leg:
    if found.merchant_id is None:
        return Leg(PLATFORM_ID, Account.CAMPAIGN_FUND, amount_fen)
    return Leg(found.merchant_id, Account.OFFER_BUDGET, amount_fen)


def _journal(row: Reward, kind: str, legs: tuple[Leg, ...]) -> Journal:
    return Journal(
        id=new_id(row.bucket),
        kind=kind,
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"{kind}:{row.id}:{row.attempt}",
        legs=tuple(leg for leg in legs if leg.amount_fen),
    )
