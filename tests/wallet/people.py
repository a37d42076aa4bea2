"""Members and money as the tests of the wallet need them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.core.auth import Principal, open_session
from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.models import EntryRow, JournalRow
from app.ledger.service import Account
from app.members import service as members
from tests.ledger.books import journal, leg, post

MINI_PROGRAM = "wxdevmini000000001"


def member(openid: str | None = None) -> UUID:
    """A member who has opened the mini-program."""
    person = openid or f"o{new_id().hex[:27]}"
    return in_transaction(
        lambda: members.register(MINI_PROGRAM, person, None, "mini_program", None, now())
    ).member_id


def earned(member_id: UUID, amount_fen: int) -> None:
    """Gives the member rebate, as if shops had conceded it."""
    post(
        journal(
            leg(member_id, Account.REBATE, amount_fen),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )


def stocked(amount_fen: int) -> None:
    """Books money as having come to WeChat's operating account, which pays withdrawals."""
    post(
        journal(
            leg(PLATFORM_ID, Account.SUSPENSE, amount_fen),
            leg(PLATFORM_ID, Account.WECHAT_OPERATING, -amount_fen),
        )
    )


def headers(member_id: UUID, key: str | None = None) -> dict[str, str]:
    """Headers of a member's session, with an Idempotency-Key."""
    caller = Principal("member", member_id, frozenset({"member"}))
    return _headers(caller, key)


def staff_headers(*roles: str, key: str | None = None) -> dict[str, str]:
    """Headers of a new staff session with these roles, with an Idempotency-Key."""
    return _headers(Principal("staff", new_id(), frozenset(roles)), key)


def _headers(caller: Principal, key: str | None) -> dict[str, str]:
    token = in_transaction(lambda: open_session(caller)).token
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key or new_id().hex}


def purse(member_id: UUID, account: Account) -> int:
    """What a purse holds, in fen."""
    return ledger.balances(member_id)[account].balance_fen


def moved(account: Account, *reference_ids: UUID) -> int:
    """What the journals of these subjects moved on an account, in fen, whatever earlier tests left
    behind is still moving."""
    entries = select(func.coalesce(func.sum(EntryRow.amount_fen), 0)).join(
        JournalRow, JournalRow.id == EntryRow.journal_id
    )
    its = (JournalRow.reference_id.in_(reference_ids), EntryRow.account == account)
    return int(read(entries.where(*its))[0][0])


def platform(account: Account) -> int:
    """What an account of the platform holds, in fen, folded or not."""
    return ledger.balances(PLATFORM_ID, with_unfolded=True)[account].balance_fen


def books(member_id: UUID) -> dict[Account, tuple[int, int]]:
    """Everything the books say of a member: what a refusal must leave unchanged."""
    found = ledger.balances(member_id)
    db.session.rollback()
    return {
        account: (balance.balance_fen, balance.ledger_version) for account, balance in found.items()
    }
