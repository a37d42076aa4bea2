"""Above PAYMENT_FREE_FEN a member proves that it is them who let their money go.

One rule for every way out of a purse: a till that reads their code, a store's code that they scan,
an order, an errand's reward, a withdrawal. What WeChat alone pays is confirmed in WeChat.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.alliance.paying import pins
from app.alliance.paying.errors import PinNeeded, PinNotSet
from app.core import idempotency, proofs
from app.core.config import settings
from app.core.db import in_transaction
from app.core.limits import caller_asked, limiter
from app.core.proofs import Proof
from app.members import service as members
from app.wallet.service import Purse

PROOFS_OF_ONE = "30 per minute"  # each costs a hash that is slow on purpose


def require(member_id: UUID, amount_fen: int, purses: Collection[Purse] = (Purse.PREPAID,)) -> None:
    """Lets a request that takes an amount (fen) go on if it is small, or its member proves
    themselves in its headers; not within a unit of work, may use the network. Receiver of the
    wallet's `confirmation_asked`, too.

    What was answered once under the same key is answered again without. Raises as `prove`.
    """
    if amount_fen <= settings().payment_free_fen or set(purses) == {Purse.WECHAT}:
        return
    if idempotency.replayed() is not None:
        return
    with limiter.limit(PROOFS_OF_ONE, key_func=caller_asked):
        prove(member_id, proofs.given())


def prove(member_id: UUID, proof: Proof) -> None:
    """With a PIN only the PIN proves it; without one a fresh login of the mini-program, or, for
    pages, which have none, a session of the last ten minutes. Not within a unit of work.

    Raises PinNeeded, PinNotSet, SignInAgain, and what `pins.verify` and `pins.step_up` raise.
    """
    has_pin = in_transaction(lambda: pins.find(member_id) is not None)
    if proof.pin is not None:
        if not has_pin:
            raise PinNotSet()
        pins.verify(member_id, proof.pin)
    elif has_pin:
        raise PinNeeded()
    elif proof.login_code is not None:
        pins.step_up(member_id, proof.login_code)
    else:
        members.require_fresh()
