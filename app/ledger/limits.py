"""Limits given to single owners, such as how much working capital is lent to a store."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.world import bucket_of
from app.ledger.accounts import Account
from app.ledger.errors import LimitInUse

_OPEN = text("SELECT ledger_open(:owner, CAST(:account AS smallint))")
_SET = text(
    "UPDATE ledger_account SET floor_fen = :floor"
    " WHERE bucket = :bucket AND owner_id = :owner AND account = :account"
)

_FLOOR = text(
    "SELECT floor_fen FROM ledger_account"
    " WHERE bucket = :bucket AND owner_id = :owner AND account = :account"
)


def set_floor(owner_id: UUID, account: Account, floor_fen: int) -> None:
    """Sets how far (fen, 0 or negative) this owner's account may fall, in the current unit.

    Only for `prepaid_advance`; ValueError for others and for a positive floor. Opens the account
    and locks it. Raises LimitInUse if the balance is below the new floor already.
    """
    if not account.floor_per_owner or floor_fen > 0:
        raise ValueError(f"{account.label} cannot have the floor {floor_fen}")
    values = {"owner": owner_id, "account": int(account), "bucket": bucket_of(owner_id)}
    db.session.execute(_OPEN, {"owner": owner_id, "account": int(account)})
    try:
        db.session.execute(_SET, {**values, "floor": floor_fen})
    except IntegrityError as error:
        raise LimitInUse() from error


def floor(owner_id: UUID, account: Account) -> int:
    """How far (fen, 0 or negative) this owner's account may fall, in the current unit of work."""
    values = {"owner": owner_id, "account": int(account), "bucket": bucket_of(owner_id)}
    return int(db.session.execute(_FLOOR, values).scalar() or 0)
