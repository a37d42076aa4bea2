"""What the books refuse, and how PostgreSQL's refusals become these errors."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg

from app.core.errors import AppError
from app.ledger.accounts import Account

SHORT, REUSED, UNBALANCED, MALFORMED, IMMUTABLE = "LH001", "LH002", "LH003", "LH005", "LH006"
STANDING = "LH007"
UNIQUE_VIOLATION = "23505"


class InsufficientFunds(AppError):
    """An account, or one of its lots, does not hold enough (or passes its ceiling).

    `owner_id`, `account` and `lot_id` say which; they are not shown to the caller.
    """

    status, code = 409, "insufficient_funds"
    title, message = "The balance is not sufficient", "余额不足"

    def __init__(self, owner_id: UUID, account: Account, lot_id: UUID | None = None) -> None:
        super().__init__()
        self.owner_id = owner_id
        self.account = account
        self.lot_id = lot_id


class KeyReused(AppError):
    """The key of a journal already stands for another request."""

    status, code = 422, "key_reused"
    title, message = "This key was used for another request", "该键已用于其他请求"


class AlreadyReversed(AppError):
    """A journal can be reversed once only."""

    status, code = 409, "already_reversed"
    title, message = "This has already been reversed", "该笔账已冲正"


class LimitInUse(AppError):
    """A limit cannot be set below what is in use."""

    status, code = 409, "limit_in_use"
    title, message = "More than this limit is in use", "已使用金额超过该额度"


class RowRefused(Exception):
    """A companion row of a bundle breaks a constraint; nothing of the bundle was committed.

    `table` and `constraint` say which, so that the caller can read what is already there.
    """

    def __init__(self, table: str | None, constraint: str | None) -> None:
        super().__init__(f"{constraint} of {table}")
        self.table = table
        self.constraint = constraint


class Unbalanced(ValueError):
    """The legs are not a journal: they do not sum to 0, one is 0, or a lot is missing or extra.

    A fault of the calling room, not of a request.
    """


class NoSuchJournal(LookupError):
    """There is no journal with this id."""


def translated(error: BaseException | None) -> Exception | None:
    """The ledger's own error for what the driver reported; None if it is not the ledger's."""
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    if state == SHORT:
        found = json.loads(error.diag.message_detail or "{}")
        lot = found["lot_id"]
        account = Account(found["account"])
        return InsufficientFunds(UUID(found["owner_id"]), account, UUID(lot) if lot else None)
    if state == REUSED:
        return KeyReused()
    if state in (UNBALANCED, MALFORMED):
        return Unbalanced(str(error))
    if state == UNIQUE_VIOLATION and error.diag.constraint_name == "ledger_journal_reverses":
        return AlreadyReversed()
    return None


def refused_row(error: BaseException | None) -> RowRefused | None:
    """The RowRefused for a broken constraint the driver reported; None for anything else."""
    if not isinstance(error, psycopg.IntegrityError):
        return None
    return RowRefused(error.diag.table_name, error.diag.constraint_name)
