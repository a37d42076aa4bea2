"""Above PAYMENT_FREE_FEN, or PAYMENT_FREE_DAILY_FEN a day, members prove that it is them who pay.

One rule for every way out of a purse: a till that reads their code, a store's code that they scan,
an order, an errand's reward, a withdrawal. What WeChat alone pays is confirmed in WeChat.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from uuid import UUID

from flask import Response, after_this_request

from app.alliance.paying import free_spending, pins
from app.alliance.paying.errors import PinNeeded, PinNotSet
from app.alliance.paying.free_spending import Spending
from app.core import idempotency, proofs
from app.core.db import in_transaction
from app.core.errors import ServiceUnavailable
from app.core.limits import caller_asked, limiter
from app.core.proofs import Proof
from app.members import service as members
from app.wallet.service import Purse

PROOFS_OF_ONE = "30 per minute"  # each costs a hash that is slow on purpose


def require(member_id: UUID, amount_fen: int, purses: Collection[Purse] = (Purse.PREPAID,)) -> None:
    """Lets a request that takes an amount (fen) go on if it is small, alone and with what went so
    on this day, or its member proves themselves in its headers; not within a unit of work, may use
    the network. Receiver of the wallet's `confirmation_asked`, too.

    What was answered once under the same key is answered again without. Raises as `prove`.
    """
    if set(purses) == {Purse.WECHAT}:
        return
    spending = Spending(member_id, amount_fen)
    if free_spending.take(spending):
        after_this_request(partial(_unless_it_went, spending))
        return
    if idempotency.replayed() is not None:
        return
    with limiter.limit(PROOFS_OF_ONE, key_func=caller_asked):
        prove(member_id, proofs.given())


def is_counted_with_commit(member_id: UUID, amount_fen: int) -> bool:
    """Whether whoever takes an amount (fen) may count it in the commit itself
    (`free_spending.part`), because it is small. Otherwise as `require`, which has counted it or
    had it proved, and raises the same."""
    if free_spending.is_small(amount_fen) and not free_spending.is_used_up(member_id):
        return True
    require(member_id, amount_fen)
    return False


def _unless_it_went(spending: Spending, response: Response) -> Response:
    """Gives back to the day's sum what was refused, or counted when it was answered first; of
    what nobody knows (5xx) the same request again will tell."""
    if 400 <= response.status_code < 500 or "Idempotency-Replayed" in response.headers:
        with suppress(ServiceUnavailable):  # it stays in the sum: the PIN is asked for earlier
            free_spending.give_back(spending)
    return response


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
