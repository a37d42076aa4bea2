"""Naming a merchant's bank account, and telling the wallet where to pay."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from stdnum import luhn

from app.alliance import catalogue
from app.alliance.bank_accounts.models import (
    MerchantBankAccount,
    holder_context,
    number_context,
)
from app.alliance.errors import BankAccountInvalid
from app.alliance.joining.keys import account_key
from app.core import crypto
from app.core.db import db, in_transaction, one_at_a_time
from app.core.world import bucket_of, new_id, now
from app.wallet.service import BankAccount

CARD_LENGTHS = (16, 19)
UNION_PAY = "62"
BATCH = 200


def name_account(
    merchant_id: UUID, holder: str, number: str, bank: str, author: UUID
) -> MerchantBankAccount:
    """Writes the next version, which two people have agreed to, in the current unit of work.
    Raises MerchantUnknown, BankAccountInvalid."""
    catalogue.merchant(merchant_id)
    check(number)
    one_at_a_time(f"alliance/bank_account/{merchant_id}")
    before = newest(merchant_id)
    identity = new_id(bucket_of(merchant_id))
    row = MerchantBankAccount(
        id=identity,
        merchant_id=merchant_id,
        version=(before.version if before else 0) + 1,
        holder_sealed=crypto.encrypt(holder, holder_context(identity)),
        number_sealed=crypto.encrypt(number, number_context(identity)),
        number_key=account_key(number),
        last_four=number[-4:],
        bank=bank,
        created_by=author,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def check(number: str) -> None:
    """Raises BankAccountInvalid: company accounts have no check digit, cards do (Luhn)."""
    is_card = number.startswith(UNION_PAY) and len(number) in CARD_LENGTHS
    if is_card and not luhn.is_valid(number):
        raise BankAccountInvalid()


def newest(merchant_id: UUID) -> MerchantBankAccount | None:
    """The account in force, in the current unit of work."""
    return db.session.scalar(
        select(MerchantBankAccount)
        .where(MerchantBankAccount.merchant_id == merchant_id)
        .order_by(MerchantBankAccount.version.desc())
        .limit(1)
    )


def newest_of(merchant_ids: Collection[UUID]) -> dict[UUID, MerchantBankAccount]:
    """The accounts in force, by merchant, in the current unit of work."""
    rows = db.session.scalars(
        select(MerchantBankAccount)
        .ext(distinct_on(MerchantBankAccount.merchant_id))
        .where(MerchantBankAccount.merchant_id.in_(merchant_ids))
        .order_by(MerchantBankAccount.merchant_id, MerchantBankAccount.version.desc())
    )
    return {row.merchant_id: row for row in rows}


def account_of(owner_id: UUID, **_: Any) -> BankAccount | None:
    """Receiver of the wallet's `bank_account_asked`, in the current unit of work."""
    row = newest(owner_id)
    if row is None:
        return None
    holder = crypto.decrypt(row.holder_sealed, holder_context(row.id))
    number = crypto.decrypt(row.number_sealed, number_context(row.id))
    return BankAccount(holder, number, row.bank, row.created_at)


def catch_up() -> int:
    """Makes keyed hashes for accounts from before there were any, up to BATCH in a unit of its own;
    how many. One that cannot be read holds up no other: it is tried again another time."""

    def work() -> int:
        lacking = select(MerchantBankAccount).where(MerchantBankAccount.number_key.is_(None))
        rows = db.session.scalars(lacking.order_by(func.random()).limit(BATCH)).all()
        return sum(_add_key(row) for row in rows)

    return in_transaction(work)


def _add_key(row: MerchantBankAccount) -> bool:
    try:
        number = crypto.decrypt(row.number_sealed, number_context(row.id))
    except crypto.Undecryptable:
        return False
    row.number_key = account_key(number)
    return True
