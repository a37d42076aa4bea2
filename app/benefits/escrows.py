"""What a payer puts aside for somebody's work: into `errand_escrow` at once, back to the purses and
lots it came from. What is earned of it leaves through `grants`. Posts; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.alliance import service as alliance
from app.core.db import TryAgain
from app.core.world import bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import Part


def pay_in(
    journal_id: UUID, subject_id: UUID, payer_id: UUID, parts: Sequence[Part], by: UUID
) -> None:
    """Moves a payer's money into their escrow, once for a subject, in the current unit of work.

    Raises TryAgain where another payment was faster.
    """
    held = Leg(payer_id, Account.ERRAND_ESCROW, sum(part.amount_fen for part in parts))
    legs = (*wallet.spend_legs(payer_id, parts), held)
    _post(Journal(journal_id, "errand_posted", subject_id, by, f"errand_posted:{subject_id}", legs))
    alliance.note_prepaid_moved([payer_id])


def parts_of(journal_id: UUID, payer_id: UUID) -> list[Part]:
    """What each purse, and each lot of it, gave, in the order in which it was taken."""
    return [
        Part(leg.account, -leg.amount_fen, leg.lot_id)
        for leg in ledger.journal(journal_id).journal.legs
        if leg.owner_id == payer_id and leg.account is not Account.ERRAND_ESCROW
    ]


def returning(subject_id: UUID, payer_id: UUID, parts: Sequence[Part], by: UUID) -> Journal:
    """The journal that moves money from a payer's escrow back to where it came from, once for a
    subject; the caller posts it in the current unit of work."""
    held = Leg(payer_id, Account.ERRAND_ESCROW, -sum(part.amount_fen for part in parts))
    legs = (held, *wallet.give_back_legs(payer_id, parts))
    journal_id, key = new_id(bucket_of(payer_id)), f"errand_returned:{subject_id}"
    alliance.note_prepaid_moved([payer_id])
    return Journal(journal_id, "errand_returned", subject_id, by, key, legs)


def give_back(journal: Journal) -> UUID:
    """Posts what `returning` made, by itself; its id."""
    _post(journal)
    return journal.id


def _post(journal: Journal) -> None:
    try:
        ledger.post([journal])
    except ledger.InsufficientFunds as error:
        raise TryAgain() from error
