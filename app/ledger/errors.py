"""What the books refuse, and how PostgreSQL's refusals become these errors."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.core.errors import AppError
from app.ledger.accounts import Account

SHORT, REUSED, UNBALANCED, MALFORMED, IMMUTABLE = "LH001", "LH002", "LH003", "LH005", "LH006"
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


def translated(error: DBAPIError) -> Exception | None:
    """The ledger's own error for what PostgreSQL reported; None if it is not the ledger's."""
    state = getattr(error.orig, "sqlstate", None)
    if state == SHORT:
        found = _detail(error)
        lot = found["lot_id"]
        account = Account(found["account"])
        return InsufficientFunds(UUID(found["owner_id"]), account, UUID(lot) if lot else None)
    if state == REUSED:
        return KeyReused()
    if state in (UNBALANCED, MALFORMED):
        return Unbalanced(str(error.orig))
    if state == UNIQUE_VIOLATION and constraint_of(error) == "ledger_journal_reverses":
        return AlreadyReversed()
    return None


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that was broken, if one was."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return name


def table_of(error: DBAPIError) -> str | None:
    """The name of the table whose constraint was broken, if one was."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "table_name", None)
    return name


def _detail(error: DBAPIError) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(getattr(error.orig, "diag").message_detail)  # noqa: B009
    return found
