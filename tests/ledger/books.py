"""Shorthand for journals in tests of the books."""

from collections.abc import Sequence
from uuid import UUID

from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg, Posted

LOT = UUID("01890000-0000-7000-8000-0000000007ff")


def journal(
    *legs: Leg, key: str | None = None, principal_id: UUID | None = None, **more
) -> Journal:
    """A journal in the bucket of its principal, or else of its first leg's owner."""
    identity = new_id(bucket_of(principal_id or legs[0].owner_id))
    return Journal(
        id=identity,
        kind=more.pop("kind", "test"),
        reference_id=more.pop("reference_id", PLATFORM_ID),
        principal_id=principal_id or PLATFORM_ID,
        key=key or identity.hex,
        legs=legs,
        **more,
    )


def leg(owner_id: UUID, account: Account, amount_fen: int, lot_id: UUID | None = None) -> Leg:
    """A leg; accounts that use lots get the one lot of the tests unless another is named."""
    return Leg(owner_id, account, amount_fen, lot_id or (LOT if account.uses_lots else None))


def move(owner_id: UUID, account: Account, amount_fen: int, **more) -> Journal:
    """Money from outside onto an account, or back."""
    return journal(
        leg(owner_id, account, amount_fen),
        leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        **more,
    )


def post(*journals: Journal) -> list[Posted]:
    """Posts as a unit of its own."""
    return in_transaction(lambda: ledger.post(journals))


def member_with(**funds: int) -> UUID:
    """A new owner whose accounts hold the given amounts in fen."""
    owner = new_id()
    post(*(move(owner, Account[name.upper()], amount) for name, amount in funds.items()))
    return owner


def balance(owner_id: UUID, account: Account) -> int:
    """A balance in fen, with what is not folded yet."""
    return ledger.balances(owner_id, with_unfolded=True)[account].balance_fen


def books(owner_id: UUID) -> dict[Account, tuple[int, int]]:
    """Everything the books say of an owner: what a refusal must leave unchanged."""
    found = ledger.balances(owner_id, with_unfolded=True)
    return {
        account: (balance.balance_fen, balance.ledger_version) for account, balance in found.items()
    }


def sale(
    member: UUID, merchant: UUID, paid: Sequence[int] = (4000, 1000, 1000, 4000), **more
) -> Journal:
    """The first journal of the design's example: 10 % concession on what was really paid."""
    principal, bonus, experience, wechat = paid
    concession = (principal + wechat) // 10
    return journal(
        leg(member, Account.PREPAID_PRINCIPAL, -principal),
        leg(member, Account.PREPAID_BONUS, -bonus),
        leg(member, Account.EXPERIENCE, -experience),
        leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -wechat),
        leg(merchant, Account.PENDING, principal + bonus + wechat - concession),
        leg(merchant, Account.EXPERIENCE_PENDING, experience),
        leg(PLATFORM_ID, Account.CONCESSION_CLEARING, concession),
        kind="sale.paid",
        **more,
    )
