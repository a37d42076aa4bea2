"""What every way of paying withdrawals can do, whatever its outside world is called.

A withdrawal is decided, held and ended the same way in every channel; a channel only knows whom
it can pay, how to send, how to ask, and what the answers mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.wallet.models import Withdrawal
from app.wallet.treasury import Place
from app.wallet.withdrawals.payees import Payee
from app.wallet.withdrawals.rules import Step


class ChannelName(StrEnum):
    """The channels there are; written on each withdrawal."""

    WECHAT_TRANSFER = "wechat_transfer"
    BANK_FILE = "bank_file"


class NotTaken(Exception):
    """The channel refuses to take the bill, and does not know it: asked right afterwards."""


class LeaveOver(Exception):
    """The receiver's leave is over, and the bill was not made: it is sent to be confirmed."""


class Unanswered(Exception):
    """A call whose outcome is not known, or a refusal that passes by itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the calls need of one withdrawal: read in a unit of work, used outside any.

    `number` never changes. `receiver` is whom the channel pays, None where there is nobody
    (any more); `real_name` is theirs where it is needed, in clear: never logged. `leave_number`:
    sent without confirmation under that leave of the receiver. `is_first` where nothing can have
    been sent before; `has_package` where we hold what the receiver's phone needs to confirm.
    `app_id`: in which app that is (None: the mini-program).
    """

    withdrawal_id: UUID
    number: str
    transfer_fen: int
    receiver: str | None
    needs_name: bool
    real_name: str | None = field(repr=False)
    leave_number: str | None
    is_first: bool
    has_package: bool
    is_asked_back: bool
    is_concluded: bool
    app_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel says of one bill: `state` in its own word, `step` in ours (None: unknown).

    `must_send` where only sending the same bill again brings back what the receiver needs.
    """

    number: str
    state: str
    step: Step | None
    amount_fen: int | None
    package_info: str | None = None
    fail_reason: str | None = None
    can_be_taken_back: bool = False
    must_send: bool = False


class Channel(Protocol):
    """A way of paying. `place` is the account outside that pays."""

    name: ChannelName
    place: Place

    def check(self, payee: Payee, transfer_fen: int) -> None:
        """Raises an AppError where this payee cannot be paid so much; in the unit that asks."""

    def dispatch(self, rows: Sequence[Withdrawal]) -> None:
        """Starts a batch of locked withdrawals whose money is set aside (one `batch_id`), in the
        current unit of work: by outbox rows, or into a file."""

    def receiver_of(self, row: Withdrawal) -> str | None:
        """Whom it pays for a withdrawal now, in the current unit of work."""

    def leave_for(self, row: Withdrawal) -> str | None:
        """Under which leave of the receiver it is sent, in the current unit of work."""

    def send(self, order: Order) -> Told:
        """Sends the bill; any failure is followed by asking. Raises NotTaken, LeaveOver,
        Unanswered."""

    def ask(self, order: Order) -> Told | None:
        """How the bill stands; None where the channel does not know it. Raises Unanswered."""

    def take_back(self, order: Order) -> Told:
        """Asks the channel not to pay a bill it has. Raises Unanswered."""
