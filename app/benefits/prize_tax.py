"""Tax withheld from prizes: noted for finance, and back where a prize comes back in time."""

from __future__ import annotations

from uuid import UUID

from app.benefits.models import Grant
from app.core.world import PLATFORM_ID, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet


def note(row: Grant, journal_id: UUID, taxable_fen: int, tax_fen: int) -> None:
    """Notes tax for finance's list of a month, in the current unit; negative where a prize is taken
    back."""
    if row.tax_fen:
        wallet.note_prize_tax(
            journal_id, row.id, row.owner_id, taxable_fen=taxable_fen, tax_fen=tax_fen
        )


def is_here(row: Grant, tax_fen: int) -> bool:
    """Whether withheld tax may come back: in the Beijing month of the grant, before it is due.

    Later it was paid to the office, or what lies there is others'; then the pot bears it, and
    finance sees a record without tax. What was withheld seconds ago is brought into the balance
    that the debit looks at, in the current unit of work (waits for the ledger's sealer).
    """
    if wallet.tax_month(row.created_at) != wallet.tax_month(now()):
        return False
    held = ledger.balances(PLATFORM_ID, with_unfolded=True)[Account.TAX_WITHHELD]
    if held.balance_fen < tax_fen:
        return False
    while ledger.balances(PLATFORM_ID)[Account.TAX_WITHHELD].balance_fen < tax_fen:
        if not ledger.fold_and_seal():
            break
    return True
