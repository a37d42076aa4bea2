"""The bank as a channel: people carry a file there, and bring back what it says.

Nothing is sent or asked by itself; withdrawals wait with their money set aside until staff prepare
a batch (app/wallet/withdrawals/bank/).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.wallet import signals
from app.wallet.errors import NoBankAccount
from app.wallet.models import Withdrawal
from app.wallet.treasury import Place
from app.wallet.withdrawals.channels.channel import ChannelName, Order, Told, Unanswered
from app.wallet.withdrawals.payees import BankAccount, Payee


class BankFile:
    """Pays the bank account that the owner has given, from the platform's own."""

    name = ChannelName.BANK_FILE
    place = Place.BANK_CUSTODY

    def check(self, payee: Payee, transfer_fen: int) -> None:
        """Raises NoBankAccount."""
        if account_of(payee.owner_id) is None:
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


def account_of(owner_id: UUID) -> BankAccount | None:
    """The bank account of an owner, as the rooms above know it, in the current unit of work."""
    answers = signals.bank_account_asked.send(owner_id)
    return next((answer for _, answer in answers if answer is not None), None)
