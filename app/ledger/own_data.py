"""What the books hold of a member, for their own eyes."""

from __future__ import annotations

from app.core.personal_data import kept_back, part
from app.ledger.accounts import Account
from app.ledger.models import AccountRow, EntryRow, JournalRow, LotRow


def declare() -> None:
    """Declares this room's parts; called by its opening."""
    words = {"account": lambda code: Account(code).label}
    part(
        "ledger.balances",
        "账户余额",
        AccountRow,
        lambda ids: AccountRow.owner_id.in_(ids),
        but={"floor_fen", "ceiling_fen"},
        words=words,
    )
    part(
        "ledger.entries",
        "账户明细",
        EntryRow,
        lambda ids: EntryRow.owner_id.in_(ids) & EntryRow.version.is_not(None),
        "owner_id",
        "account",
        "version",
        words=words,
    )
    kept_back(LotRow, "the balances once more, by their origin; wallet.lots tells the origins")
    kept_back(JournalRow, "what was done is told entry by entry; here it stands who asked for it")
