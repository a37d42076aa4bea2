"""Whose money is withdrawn, who may ask for it, and who receives it.

A member withdraws what is their own. What a merchant or a salesperson earned is asked for by whom
the alliance says (`payee_asked`): the wallet knows no shops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.core import crypto
from app.core.auth import Principal
from app.core.errors import NotFound
from app.ledger.service import Account
from app.members import service as members
from app.wallet import signals
from app.wallet.errors import NotWithdrawable, ReceiverUnknown
from app.wallet.models import Withdrawal


class OwnerKind(StrEnum):
    """Who may own what is withdrawn."""

    MEMBER = "member"
    MERCHANT = "merchant"
    SALESPERSON = "salesperson"


class Source(StrEnum):
    """The accounts money may be withdrawn from."""

    REBATE = "rebate"
    AVAILABLE = "available"
    EXPERIENCE = "experience"

    @property
    def account(self) -> Account:
        """The account in the books."""
        return Account[self.name]


SOURCES = {
    OwnerKind.MEMBER: frozenset({Source.REBATE, Source.EXPERIENCE}),
    OwnerKind.MERCHANT: frozenset({Source.REBATE, Source.AVAILABLE}),
    OwnerKind.SALESPERSON: frozenset({Source.REBATE}),
}


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the bank pays an owner, and since when (UTC). Personal data: never logged; of the
    number the wallet keeps and shows the last four digits."""

    holder: str = field(repr=False)
    number: str = field(repr=False)
    bank: str
    since: datetime | None = None

    def mark(self) -> bytes:
        """A keyed hash of all of it, by which a change is noticed."""
        whole = "\n".join((self.holder, self.number, self.bank))
        return crypto.blind_index(whole, "wallet.bank_account")


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose money it is (`owner_id`), and which member receives it (None: no member does).

    `is_business`: it has a licence, invoices what it earns and pays its own taxes. `channel` where
    one was chosen for this payee. `app_id`: in which app its phone confirms (None: the
    mini-program). `since`: since when (UTC) this member may receive what is the owner's (None: long
    since, or it is their own).
    """

    kind: OwnerKind
    owner_id: UUID
    member_id: UUID | None
    is_business: bool = False
    channel: str | None = None
    app_id: str | None = None
    since: datetime | None = None


def payee(caller: Principal, owner_id: UUID | None, receiver_id: UUID | None = None) -> Payee:
    """For whom the caller asks: None or the member's own id, else a merchant or a salesperson.

    In the current unit of work; locks the receiving member against a merge. Raises NotFound where
    the owner is unknown or the caller may not ask for it, ReceiverUnknown where the chosen member
    may not receive its money.
    """
    if caller.kind == "member" and owner_id in (None, caller.id):
        members.require_present(caller.id)
        return Payee(OwnerKind.MEMBER, caller.id, caller.id)
    if owner_id is None:
        raise NotFound()
    found = _partner(owner_id, caller, receiver_id)
    if found is None:
        raise NotFound()
    if receiver_id is not None and found.member_id != receiver_id:
        raise ReceiverUnknown()
    if found.member_id is not None:
        members.require_present(found.member_id)
    return found


def may_see(caller: Principal, row: Withdrawal) -> bool:
    """Whether the caller may see and take back a withdrawal: their own, that of an account merged
    into theirs, or one of a partner they may ask for."""
    if row.on_behalf_of is not None:
        return _partner(row.on_behalf_of, caller, None) is not None
    owner_id = row.owner_id
    return caller.kind == "member" and caller.id in (owner_id, members.today(owner_id))


def check_source(found: Payee, source: Source) -> None:
    """Raises NotWithdrawable where this kind of owner has nothing to withdraw there."""
    if source not in SOURCES[found.kind]:
        raise NotWithdrawable(source=source)


def _partner(owner_id: UUID, caller: Principal, receiver_id: UUID | None) -> Payee | None:
    answers = signals.payee_asked.send(owner_id, caller=caller, receiver_id=receiver_id)
    return next((answer for _, answer in answers if answer is not None), None)
