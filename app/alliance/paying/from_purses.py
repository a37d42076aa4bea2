"""Payments from purses alone, those of many threads together: the hot path (decision 19).

Whoever leads reads what all waiting payers hold in one statement, plans each payment, and commits
sales, journals, answers and letters out in another; nobody is answered before that is durable.
It is optimistic: the stored answer is looked for only when something refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, g
from pydantic_core import to_json

from app.alliance import sales
from app.alliance.paying import confirming, free_spending
from app.alliance.sales import Order
from app.core import idempotency
from app.core.combining import Combiner
from app.core.config import settings
from app.core.errors import AppError, ServiceUnavailable
from app.ledger.service import Bundle, InsufficientFunds, RowRefused, commit_together
from app.members import service as members
from app.wallet import service as wallet
from app.wallet.service import PaymentPlan, Purse

ATTEMPTS = 12
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request wants paid, and what its stored answer will be known by. `is_counting`:
    it goes without a proof, if the day's sum takes it."""

    order: Order
    request: idempotency.Asked
    request_id: str
    is_counting: bool


def pay(member_id: UUID, store_id: UUID, amount_fen: int, purses: Collection[Purse]) -> Response:
    """Pays at once from purses and answers; the same request twice pays once.

    Raises what `sales.order` and `confirming.require` raise, NotEnough, MemberMerged,
    IdempotencyKeyReused, ServiceUnavailable; refusals change nothing. What was answered once is
    answered again, whatever has changed since. Not within a unit of work.
    """
    asked = idempotency.asked()
    try:
        order = sales.order(member_id, store_id, amount_fen, purses)
        is_counting = confirming.is_counted_with_commit(member_id, amount_fen)
        return _pay(Wish(order, asked, str(g.request_id), is_counting))
    except (AppError, RowRefused) as refusal:
        stored = idempotency.replayed()
        if stored is not None:
            return stored
        if isinstance(refusal, RowRefused):
            raise ServiceUnavailable() from refusal
        if members.today(member_id) != member_id:
            raise members.MemberMerged() from None
        raise


def _pay(wish: Wish) -> Response:
    for _ in range(ATTEMPTS):
        try:
            paid = _combiner.run(wish) if settings().group_posting else _pay_all([wish])[0]
        except InsufficientFunds:
            continue  # another payment of the same purse was faster: plan again
        except RowRefused as refusal:
            if refusal.table != free_spending.TABLE:
                raise
            wish = _proved(wish)
            continue
        if isinstance(paid, wallet.NotEnough):
            raise paid
        return Response(to_json(paid), status=201, content_type="application/json")
    raise ServiceUnavailable(retry_after=1)


def _proved(wish: Wish) -> Wish:
    """A wish for which the day's sum left too little, once its payer has proved themselves."""
    member_id, amount_fen = wish.order.member_id, wish.order.amount_fen
    free_spending.used_up(member_id)
    confirming.require(member_id, amount_fen)
    return replace(wish, is_counting=False)


def _pay_all(wishes: Sequence[Wish]) -> list[Fields | wallet.NotEnough]:
    """The answers of payments committed together: all, but for those whose purses do not suffice.
    Raises what `commit_together` raises, and nothing is committed then."""
    bundles: list[Bundle] = []
    counting: list[tuple[UUID, int]] = []
    answers: list[Fields | wallet.NotEnough] = []
    for wish, planned in zip(wishes, _planned(wishes), strict=True):
        if isinstance(planned, wallet.NotEnough):
            answers.append(planned)
            continue
        bundle, answer = _sale(wish, planned)
        bundles.append(bundle)
        answers.append(answer)
        if wish.is_counting:
            counting.append((wish.order.member_id, wish.order.amount_fen))
    commit_together(bundles, free_spending.part(counting))
    return answers


def _planned(wishes: Sequence[Wish]) -> list[PaymentPlan | wallet.NotEnough]:
    return wallet.plan_payments(
        [
            wallet.PaymentWish(
                wish.order.member_id,
                wish.order.amount_fen,
                wish.order.purses,
                wish.order.experience_cap_fen,
                wish.order.contract.member_discount_bp,
            )
            for wish in wishes
        ]
    )


def _sale(wish: Wish, planned: PaymentPlan) -> tuple[Bundle, Fields]:
    """What a payment commits, and its answer."""
    sale = sales.new_sale(wish.order, planned, "paid")
    answer = sales.view(sale) | {"request_id": wish.request_id}
    legs = wallet.spend_legs(wish.order.member_id, sale["parts"])
    rows = [
        sales.sale_row(sale),
        wish.request.answer_row(201, answer),
        *sales.paid_letters(sale),
    ]
    return Bundle([sales.sale_journal(sale, legs)], rows), answer


_combiner: Combiner[Wish, Fields | wallet.NotEnough] = Combiner(_pay_all)
