"""Purses: what a member has, how a payment takes from it, how a hold keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Balance, Held, Journal, Leg
from app.wallet import lots, rules
from app.wallet.errors import NotEnough
from app.wallet.lots import LotTerms
from app.wallet.rules import Holding, Part, PaymentPlan, Purse

PURSES = (
    Account.PREPAID_PRINCIPAL,
    Account.PREPAID_BONUS,
    Account.EXPERIENCE,
    Account.PAYMENT_HOLD,
    Account.REBATE_PENDING,
    Account.REBATE,
    Account.WITHDRAWING,
    Account.CLAWBACK_DUE,
)
IN_LOTS = tuple(account for account in PURSES if account.uses_lots)
LIMITED = frozenset({Account.EXPERIENCE})  # whose lots have an end and a cap


@dataclass(frozen=True, slots=True)
class LotLeft:
    """A lot and what is left in it (fen)."""

    lot_id: UUID
    account: Account
    balance_fen: int
    store_id: UUID | None
    expires_at: datetime | None
    sale_cap_bp: int | None


def purses(member_id: UUID) -> dict[Account, Balance]:
    """Every purse of a member as the ledger has it, also those never used."""
    found = ledger.balances(member_id)
    return {account: found[account] for account in PURSES}


def lots_left(member_id: UUID) -> list[LotLeft]:
    """The member's lots that hold something, oldest first, with what they mean."""
    held = {each.lot_id: each for each in ledger.holdings(member_id, IN_LOTS) if each.lot_id}
    known = lots.terms(held.keys())
    return [
        LotLeft(
            lot_id,
            held[lot_id].account,
            held[lot_id].amount_fen,
            known[lot_id].store_id,
            known[lot_id].expires_at,
            known[lot_id].sale_cap_bp,
        )
        for lot_id in sorted(held)
        if lot_id in known
    ]


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """A list price (fen) that a member wants to pay from some purses; see `rules.plan`."""

    member_id: UUID
    amount_fen: int
    purses: Collection[Purse]
    experience_cap_fen: int
    discount_bp: int = 0


def plan_payment(
    member_id: UUID,
    amount_fen: int,
    wanted: Collection[Purse],
    *,
    experience_cap_fen: int,
    discount_bp: int = 0,
) -> PaymentPlan:
    """What each chosen purse, and each lot of it, gives for a list price; see `rules.plan`.

    Takes no lock: the posting itself refuses what a faster payment has spent meanwhile
    (InsufficientFunds), and the caller plans again. Raises NotEnough (409) with `missing_fen`.
    """
    wish = PaymentWish(member_id, amount_fen, wanted, experience_cap_fen, discount_bp)
    return _planned(wish, _holdings([member_id], frozenset(wanted))[member_id])


def plan_payments(wishes: Sequence[PaymentWish]) -> list[PaymentPlan | NotEnough]:
    """Plans as `plan_payment` does, from one look at the purses of all who pay. Wishes of one
    member come after each other: what the first takes is not there for the next."""
    holdings = _holdings([wish.member_id for wish in wishes], _purses_of(wishes))
    taken: dict[UUID, list[Part]] = {}
    plans: list[PaymentPlan | NotEnough] = []
    for wish in wishes:
        held, gone = holdings[wish.member_id], taken.setdefault(wish.member_id, [])
        try:
            planned = _planned(wish, _without(held, gone) if gone else held)
        except NotEnough as refusal:
            plans.append(refusal)
        else:
            plans.append(planned)
            gone += planned.parts
    return plans


def _purses_of(wishes: Iterable[PaymentWish]) -> frozenset[Purse]:
    return frozenset(purse for wish in wishes for purse in wish.purses)


def _planned(wish: PaymentWish, holdings: Iterable[Holding]) -> PaymentPlan:
    return rules.plan(
        wish.amount_fen,
        wish.purses,
        holdings,
        experience_cap_fen=wish.experience_cap_fen,
        moment=now(),
        discount_bp=wish.discount_bp,
    )


def _without(holdings: Iterable[Holding], gone: Iterable[Part]) -> list[Holding]:
    taken: Counter[tuple[Account, UUID | None]] = Counter()
    for part in gone:
        taken[part.account, part.lot_id] += part.amount_fen
    return [
        replace(each, amount_fen=each.amount_fen - taken[each.account, each.lot_id])
        for each in holdings
    ]


def compare_plans(
    member_id: UUID,
    amount_fen: int,
    choices: Collection[frozenset[Purse]],
    *,
    experience_cap_fen: int,
    discount_bp: int = 0,
) -> dict[frozenset[Purse], PaymentPlan]:
    """What each choice of purses would come to for a list price, from one look at the purses.
    A choice that does not suffice is left out."""
    holdings = _holdings([member_id], frozenset(Purse))[member_id]
    found = {}
    for wanted in choices:
        wish = PaymentWish(member_id, amount_fen, wanted, experience_cap_fen, discount_bp)
        with suppress(NotEnough):
            found[wanted] = _planned(wish, holdings)
    return found


def _holdings(member_ids: Sequence[UUID], wanted: frozenset[Purse]) -> dict[UUID, list[Holding]]:
    """One round trip, and a second one only for experience lots this process has not met yet."""
    accounts = [account for account, purse in rules.PURSE_OF.items() if purse in wanted]
    held = ledger.holdings_of(member_ids, accounts)
    limited = [
        each.lot_id
        for owned in held.values()
        for each in owned
        if each.lot_id and each.account in LIMITED
    ]
    known = lots.terms(limited)
    return {
        member_id: [_holding(each, known.get(each.lot_id)) for each in owned]
        for member_id, owned in held.items()
    }


def _holding(held: Held, terms: LotTerms | None) -> Holding:
    if terms is None:
        return Holding(held.account, held.amount_fen, held.lot_id)
    return Holding(held.account, held.amount_fen, held.lot_id, terms.expires_at, terms.sale_cap_bp)


def spend_legs(member_id: UUID, parts: Iterable[Part]) -> list[Leg]:
    """The legs that take the parts of a plan from the member's purses."""
    return [Leg(member_id, part.account, -part.amount_fen, part.lot_id) for part in parts]


def give_back_legs(member_id: UUID, parts: Iterable[Part]) -> list[Leg]:
    """The legs that return parts to where they came from, in the current unit of work.

    A lot that has expired meanwhile takes its part too; the expiry duty then passes it on.
    """
    returned = tuple(parts)
    _reopen(Leg(member_id, part.account, part.amount_fen, part.lot_id) for part in returned)
    return [Leg(member_id, part.account, part.amount_fen, part.lot_id) for part in returned]


def hold_journal(hold_id: UUID, member_id: UUID, parts: Sequence[Part], key: str) -> Journal:
    """The journal that keeps the parts of a plan aside (purses → `payment_hold`).

    It is the caller's to post, with the order that decides the hold's fate.
    """
    held = Leg(member_id, Account.PAYMENT_HOLD, sum(part.amount_fen for part in parts))
    return Journal(
        id=new_id(bucket_of(member_id)),
        kind="payment_hold",
        reference_id=hold_id,
        principal_id=member_id,
        key=key,
        legs=(*spend_legs(member_id, parts), held),
    )


def held_legs(member_id: UUID, held_fen: int) -> list[Leg]:
    """The leg that spends a hold; nothing where nothing was held."""
    return [Leg(member_id, Account.PAYMENT_HOLD, -held_fen)] if held_fen else []


def release_hold(hold_journal_id: UUID, key: str) -> UUID:
    """Gives a hold back to the purses and lots it came from, in the current unit of work.

    The same key once more is fine. Raises AlreadyReversed for another key, InsufficientFunds
    where the hold was spent, NoSuchJournal.
    """
    journal = ledger.reverse(hold_journal_id, key=key, principal_id=SYSTEM_ID)
    _reopen(journal.legs)
    return ledger.post([journal])[0].journal_id


def takings_legs(amount_fen: int) -> list[Leg]:
    """The leg of money that WeChat Pay received for us (outside money is negative)."""
    return [Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -amount_fen)] if amount_fen else []


def _reopen(legs: Iterable[Leg]) -> None:
    lots.reopen(
        [
            leg.lot_id
            for leg in legs
            if leg.lot_id and leg.account is Account.EXPERIENCE and leg.amount_fen > 0
        ]
    )
