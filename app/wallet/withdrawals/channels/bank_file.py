"""The bank as a channel: people carry a file there, and bring back what it says.

Nothing is sent or asked by itself; withdrawals wait with their money set aside until staff prepare
a batch (app/wallet/withdrawals/bank/).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.members import service as members
from app.wallet import signals
from app.wallet.errors import NoBankAccount
from app.wallet.models import Withdrawal
from app.wallet.treasury import Place
from app.wallet.withdrawals.channels.channel import ChannelName, Order, Told, Unanswered
from app.wallet.withdrawals.payees import BankAccount, OwnerKind, Payee


class BankFile:
    """Pays the bank account that the owner has given, from the platform's own."""

    name = ChannelName.BANK_FILE
    place = Place.BANK_CUSTODY

    def check(self, payee: Payee, transfer_fen: int) -> None:
        """Raises NoBankAccount."""
        if account_of(payee.kind, payee.owner_id, payee.member_id) is None:
            raise NoBankAccount()

    def dispatch(self, rows: Sequence[Withdrawal]) -> None:
        """Nothing leaves by itself: the batch is written by who prepares it."""
        for row in rows:
            row.next_look_at = None

    def receiver_of(self, row: Withdrawal) -> str | None:
        """Nobody's address leaves by a call."""
        return None

    def send(self, order: Order) -> Told:
        """The bank is not called. Raises Unanswered."""
        raise Unanswered("the bank's answer comes in a file")

    def ask(self, order: Order) -> Told | None:
        """Only a file tells."""
        return None

    def take_back(self, order: Order) -> Told:
        """The bank is not called. Raises Unanswered."""
        raise Unanswered("what is in the bank's file is not taken back")


def account_of(kind: str, owner_id: UUID, member_id: UUID | None) -> BankAccount | None:
    """The bank account of an owner, as the rooms above know it; a person's is the card of their
    real name. In the current unit of work."""
    answers = signals.bank_account_asked.send(owner_id)
    named = next((answer for _, answer in answers if answer is not None), None)
    if named is not None or kind == OwnerKind.MERCHANT or member_id is None:
        return named
    card = members.bank_card_of(member_id)
    return BankAccount(card.holder, card.number, card.bank, card.since) if card else None
