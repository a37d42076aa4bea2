"""Pays what a kind decided, once, from the campaign's money, and takes it back where it must.

The one place of this room, with `pots` and `escrows`, that posts. Locks: the campaign (shared),
then accounts in the ledger's order. A grant is unique by campaign, owner and key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.alliance import service as alliance
from app.benefits import campaigns, prize_tax
from app.benefits.contract import Award, Funder, Goods, Purse
from app.benefits.errors import BudgetSpent, CampaignNotRunning
from app.benefits.models import Campaign, Grant
from app.benefits.registry import benefits
from app.core.config import settings
from app.core.db import TryAgain, db
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.wallet import service as wallet

ACCOUNTS = {
    Purse.REBATE: Account.REBATE,
    Purse.REBATE_PENDING: Account.REBATE_PENDING,
    Purse.GOODS: Account.ORDER_ESCROW,
}


def grant(
    campaign_id: UUID,
    award: Award,
    principal_id: UUID = SYSTEM_ID,
    *,
    beside: Sequence[Journal] = (),
) -> Grant | None:
    """Pays an award once, in the current unit of work; the grant, also of an earlier call.

    Journals `beside` one in money are posted with it, so that all accounts are locked in one order.

    None, and nothing is posted, where the money is short: the kind says what that means. Older
    debts of the owner are paid first, tax is withheld. Goods are ordered in the same unit and pay
    no debt. Raises CampaignUnknown; CampaignNotRunning unless the award is owed; KeyReused where
    the key stands for another amount; TryAgain where the owner's debt was collected meanwhile; for
    goods what `order_gift` raises, and BudgetSpent.
    """
    row = campaigns.locked(campaign_id, is_shared=True)
    known = given(campaign_id, award.owner_id, award.key)
    if known is not None:
        if known.amount_fen != award.amount_fen:
            raise ledger.KeyReused()
        return known
    if not award.is_owed and not campaigns.terms_of(row).is_running(now()):
        raise CampaignNotRunning(campaign_status=row.status)
    if award.purse is Purse.EXPERIENCE:
        return _grant_experience(row, award, principal_id)
    return _grant_money(row, award, principal_id, beside)


def grant_all(
    campaign_id: UUID, awards: Sequence[Award], principal_id: UUID = SYSTEM_ID
) -> list[Grant] | None:
    """Pays awards in money, untaxed, from a running campaign's pot with one posting, all or none,
    in the current unit; their grants.

    None, and nothing is posted, where the money is short. For kinds that keep their own account
    of what was paid: no key may stand for an earlier grant. Raises CampaignUnknown,
    CampaignNotRunning; TryAgain where an owner's debt was collected meanwhile.
    """
    row = campaigns.locked(campaign_id, is_shared=True)
    if not campaigns.terms_of(row).is_running(now()):
        raise CampaignNotRunning(campaign_status=row.status)
    debts = dict(alliance.debts_of({each.owner_id for each in awards}))
    found = []
    for award in awards:
        collected_fen = min(award.amount_fen, debts.get(award.owner_id, 0))
        debts[award.owner_id] = debts.get(award.owner_id, 0) - collected_fen
        found.append(_money_row(row, award, 0, collected_fen))
    return _keep_all(found) if _is_posted(found, awards, principal_id, ()) else None


def given(campaign_id: UUID, owner_id: UUID, key: str) -> Grant | None:
    """What somebody got for a key, in the current unit of work."""
    return db.session.scalar(
        select(Grant).where(
            Grant.bucket == bucket_of(owner_id),
            Grant.campaign_id == campaign_id,
            Grant.owner_id == owner_id,
            Grant.key == key,
        )
    )


def find(grant_id: UUID) -> Grant:
    """A grant that exists, in the current unit of work."""
    return db.session.get_one(Grant, (bucket_of(grant_id), grant_id))


def take_back(grant_id: UUID, total_fen: int) -> int:
    """Takes back until `total_fen` of a grant is taken back, in the current unit; how much now.

    From where it lies, also after a merge of its owner; what was spent is owed (`clawback_due`)
    and the campaign's claim, spent experience gold is let go. What was there goes back to the
    campaign, and from an ended one to its funder; tax that was withheld in an earlier month does
    not. Locks the grant, then the campaign. Raises ValueError for more than was given.
    """
    row = locked(grant_id)
    if total_fen > row.amount_fen:
        raise ValueError(f"{total_fen} fen of a grant of {row.amount_fen}")
    amount_fen = total_fen - row.taken_back_fen
    if amount_fen <= 0:
        return 0
    receiving(row.campaign_id)
    legs = _experience_back(row, amount_fen) if row.purse == Purse.EXPERIENCE else None
    legs = legs if legs is not None else _money_back(row, amount_fen)
    row.taken_back_fen, row.takings_back = total_fen, row.takings_back + 1
    db.session.flush()
    if any(leg.amount_fen for leg in legs):
        _post_back(row, legs, amount_fen)
    return amount_fen


def receiving(campaign_id: UUID) -> None:
    """Locks a campaign to which something comes back, in the current unit: shared, and alone where
    it had given its rest on to its funder, which it then does once more, soon."""
    is_returned = campaigns.find(campaign_id).returned_at is not None
    row = campaigns.locked(campaign_id, is_shared=not is_returned)
    if row.returned_at is not None:
        if not is_returned:  # a shared lock never grows: two who hold one would wait for each other
            raise TryAgain()
        row.returned_at = row.looked_at = None
        db.session.flush()


def source(row: Grant, amount_fen: int) -> Leg:
    """The leg of where a grant is paid from, and where it comes back to."""
    if row.escrow_of is not None:
        return Leg(row.escrow_of, Account.ERRAND_ESCROW, amount_fen)
    return Leg(row.campaign_id, Account.CAMPAIGN_POT, amount_fen)


def released_fen(owner_id: UUID, benefits: tuple[str, ...]) -> int:
    """What somebody got of some kinds that is theirs for good, in fen: what was withheld and
    taken back apart."""
    rows = db.session.scalars(
        select(Grant).where(
            Grant.bucket == bucket_of(owner_id),
            Grant.owner_id == owner_id,
            Grant.benefit.in_(benefits),
            Grant.purse != Purse.EXPERIENCE,
        )
    )
    return sum(
        each.amount_fen - each.taken_back_fen
        for each in rows
        if each.released_at is not None or each.release_at is None
    )


def labour_fen(owner_id: UUID) -> int:
    """Receiver of the wallet's `commission_asked`: what somebody got for services to campaigns, as
    far as it is theirs for good, in fen."""
    return released_fen(owner_id, tuple(n for n, kind in benefits().items() if kind.is_labour))


def _grant_money(
    row: Campaign, award: Award, principal_id: UUID, beside: Sequence[Journal]
) -> Grant | None:
    tax_fen = wallet.accidental_tax_fen(award.amount_fen) if award.is_taxed else 0
    if award.goods is not None:
        return _grant_goods(_money_row(row, award, tax_fen, 0), award.goods, principal_id)
    owed_fen = alliance.debts_of([award.owner_id]).get(award.owner_id, 0)
    found = _money_row(row, award, tax_fen, min(award.amount_fen - tax_fen, owed_fen))
    return _keep(found) if _is_posted([found], [award], principal_id, beside) else None


def _is_posted(
    rows: Sequence[Grant], awards: Sequence[Award], principal_id: UUID, beside: Sequence[Journal]
) -> bool:
    """Posts grants, all or none; False where the money is short. The ledger also refuses more than
    is still owed of an older debt: that is no want of money, so all is looked at again."""
    pairs = list(zip(rows, awards, strict=True))
    journals = [_granting(each, principal_id, award.fee_fen) for each, award in pairs]
    if ledger.post_if_funded([*journals, *beside]) is not None:
        return True
    is_collecting = any(each.collected_fen for each in rows)
    if is_collecting and _held_fen(rows[0]) >= sum(a.amount_fen + a.fee_fen for a in awards):
        raise TryAgain()
    return False


def _held_fen(row: Grant) -> int:
    """What lies where a grant is paid from."""
    place = source(row, 0)
    return ledger.balances(place.owner_id)[place.account].balance_fen


def _grant_goods(found: Grant, goods: Goods, principal_id: UUID) -> Grant:
    """What its award is worth pays for the order, in full: nothing of it is anybody's cash."""
    if found.free_fen != goods.price_fen or found.purse != Purse.GOODS:
        raise ValueError(f"{found.free_fen} fen for goods of {goods.price_fen}")
    wanted = (goods.offer_id, goods.price_fen, goods.delivery, goods.receiver)
    found.order_id = alliance.order_gift(found.owner_id, alliance.Gift(*wanted))
    if ledger.post_if_funded([_granting(found, principal_id, 0)]) is None:
        raise BudgetSpent()
    return _keep(found)


def _money_row(row: Campaign, award: Award, tax_fen: int, collected_fen: int) -> Grant:
    found = _row(row, award, tax_fen, collected_fen)
    if award.purse is Purse.REBATE_PENDING:
        found.release_at = now() + timedelta(days=settings().rebate_freeze_days)
    return found


def _granting(row: Grant, principal_id: UUID, fee_fen: int) -> Journal:
    return Journal(
        id=row.journal_id,
        kind="benefit_granted",
        reference_id=row.id,
        principal_id=principal_id,
        key=f"benefit_granted:{row.id}",
        legs=_legs(row, fee_fen),
    )


def _legs(row: Grant, fee_fen: int) -> tuple[Leg, ...]:
    legs = (
        source(row, -row.amount_fen - fee_fen),
        Leg(row.owner_id, ACCOUNTS[Purse(row.purse)], row.free_fen),
        Leg(row.owner_id, Account.CLAWBACK_DUE, row.collected_fen),
        Leg(PLATFORM_ID, Account.TAX_WITHHELD, row.tax_fen),
        Leg(PLATFORM_ID, Account.OPERATIONS, fee_fen),
    )
    return tuple(leg for leg in legs if leg.amount_fen)


def _grant_experience(row: Campaign, award: Award, principal_id: UUID) -> Grant | None:
    if row.funder != Funder.CAMPAIGN_FUND:
        raise ValueError("experience gold is given by the platform's campaigns only")
    found = _row(row, award, 0, 0)
    journal_id = wallet.grant_experience(
        award.owner_id,
        award.amount_fen,
        grant_key=f"benefit:{row.id}:{award.key}",
        principal_id=principal_id,
        pot_id=row.id,
    )
    if journal_id is None:
        return None
    found.journal_id = journal_id
    return _keep(found)


def _row(row: Campaign, award: Award, tax_fen: int, collected_fen: int) -> Grant:
    bucket = bucket_of(award.owner_id)
    return Grant(
        bucket=bucket,
        id=new_id(bucket),
        campaign_id=row.id,
        benefit=row.benefit,
        key=award.key,
        owner_id=award.owner_id,
        subject_id=award.subject_id,
        escrow_of=award.escrow_of,
        purse=award.purse.value,
        amount_fen=award.amount_fen,
        tax_fen=tax_fen,
        collected_fen=collected_fen,
        taken_back_fen=0,
        taken_free_fen=0,
        takings_back=0,
        claimed_fen=0,
        journal_id=new_id(bucket),
        created_at=now(),
    )


def _keep(row: Grant) -> Grant:
    return _keep_all([row])[0]


def _keep_all(rows: list[Grant]) -> list[Grant]:
    db.session.add_all(rows)
    try:
        db.session.flush()
    except IntegrityError as error:  # another unit paid the same key
        raise TryAgain() from error
    for row in rows:
        prize_tax.note(row, row.journal_id, row.amount_fen, row.tax_fen)
    return rows


def locked(grant_id: UUID) -> Grant:
    """A grant that exists, locked until the current unit of work ends."""
    key = (bucket_of(grant_id), grant_id)
    return db.session.get_one(Grant, key, with_for_update=True, populate_existing=True)


def _money_back(row: Grant, amount_fen: int) -> tuple[Leg, ...]:
    """From the purse first, then what was withheld, the rest is owed and claimed."""
    withheld_fen = _withheld_fen(row, amount_fen)
    tax_fen = withheld_fen if prize_tax.is_here(row, withheld_fen) else 0
    wanted_fen = min(row.free_fen - row.taken_free_fen, amount_fen - withheld_fen)
    taken = _from_purses(row, wanted_fen)
    taken_fen = sum(-leg.amount_fen for leg in taken)
    owed_fen = amount_fen - withheld_fen - taken_fen
    row.taken_free_fen += taken_fen
    row.claimed_fen += owed_fen
    person = members.today(row.owner_id)
    if owed_fen:
        alliance.note_debtor(person)
    return (
        *taken,
        Leg(PLATFORM_ID, Account.TAX_WITHHELD, -tax_fen),
        Leg(person, Account.CLAWBACK_DUE, -owed_fen),
        Leg(row.campaign_id, Account.CAMPAIGN_CLAIM, owed_fen),
        source(row, taken_fen + tax_fen),
    )


def _from_purses(row: Grant, wanted_fen: int) -> list[Leg]:
    """What is there of a grant: frozen it stays with its owner, free it may have gone with them to
    who they are today; of goods that were handed over nothing."""
    if row.purse == Purse.GOODS:
        return []
    if row.purse == Purse.REBATE_PENDING and row.released_at is None:
        return [Leg(row.owner_id, Account.REBATE_PENDING, -wanted_fen)]
    found = []
    for each in dict.fromkeys((row.owner_id, members.today(row.owner_id))):
        taken_fen = min(wanted_fen, ledger.balances(each)[Account.REBATE].balance_fen)
        wanted_fen -= taken_fen
        found.append(Leg(each, Account.REBATE, -taken_fen))
    return found


def _withheld_fen(row: Grant, amount_fen: int) -> int:
    """How much of what is taken back now was withheld; exact over any sequence."""
    if row.purse == Purse.GOODS:
        return row.tax_fen - row.tax_fen * row.taken_free_fen // row.free_fen
    after = row.tax_fen * (row.taken_back_fen + amount_fen) // row.amount_fen
    return after - row.tax_fen * row.taken_back_fen // row.amount_fen


def _experience_back(row: Grant, amount_fen: int) -> tuple[Leg, ...]:
    lot_id = ledger.journal(row.journal_id).journal.reference_id
    holder_id = wallet.lot_owner(lot_id) or row.owner_id
    left_fen = ledger.lots(holder_id, Account.EXPERIENCE).get(lot_id, 0)
    held_fen = min(amount_fen, left_fen)
    row.taken_free_fen += held_fen
    return (
        Leg(holder_id, Account.EXPERIENCE, -held_fen, lot_id),
        Leg(row.campaign_id, Account.CAMPAIGN_POT, held_fen),
    )


def _post_back(row: Grant, legs: tuple[Leg, ...], amount_fen: int) -> None:
    journal = Journal(
        id=new_id(row.bucket),
        kind="benefit_taken_back",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"benefit_taken_back:{row.id}:{row.takings_back}",
        legs=tuple(leg for leg in legs if leg.amount_fen),
    )
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:  # the owner was faster
        raise TryAgain() from error
    tax_fen = sum(leg.amount_fen for leg in legs if leg.account is Account.TAX_WITHHELD)
    prize_tax.note(row, journal.id, -amount_fen, tax_fen)
