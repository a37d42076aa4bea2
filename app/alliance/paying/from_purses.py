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

from flask import Response, g, json

from app.alliance import sales
from app.alliance.paying import confirming, free_spending
from app.alliance.paying.free_spending import Spending
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
    """What one request wants paid, and what its stored answer will be known by. `spending` is
    what the day's sum must have first, none if the payer has proved themselves."""

    order: Order
    request: idempotency.Asked
    request_id: str
    spending: Spending | None

    @property
    def may_go(self) -> bool:
        """Whether the payer has proved themselves or need not."""
        return self.spending is None or self.spending.is_counted


def pay(member_id: UUID, store_id: UUID, amount_fen: int, purses: Collection[Purse]) -> Response:
    """Pays at once from purses and answers; the same request twice pays once.

    Raises what `sales.order` and `confirming.require` raise, NotEnough, MemberMerged,
    IdempotencyKeyReused, ServiceUnavailable; refusals change nothing. What was answered once is
    answered again, whatever has changed since. Not within a unit of work.
    """
    try:
        order = sales.order(member_id, store_id, amount_fen, purses)
        spending = confirming.small(member_id, amount_fen)
        return _pay(Wish(order, idempotency.asked(), str(g.request_id), spending))
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
        if paid is None:
            confirming.require_proof(wish.order.member_id)
            wish = replace(wish, spending=None)
            continue
        if isinstance(paid, wallet.NotEnough):
            raise paid
        return Response(json.dumps(paid), status=201, content_type="application/json")
    raise ServiceUnavailable(retry_after=1)


def _pay_all(wishes: Sequence[Wish]) -> list[Fields | wallet.NotEnough | None]:
    """The answers of payments committed together: all, but for those whose purses do not suffice
    or whose payers must prove themselves first (None). Raises what `free_spending.count` and
    `commit_together` raise, and nothing is committed but the day's sums."""
    free_spending.count(wish.spending for wish in wishes if wish.spending is not None)
    going = [wish for wish in wishes if wish.may_go]
    bundles: list[Bundle] = []
    answers: dict[int, Fields | wallet.NotEnough] = {}
    for wish, planned in zip(going, _planned(going), strict=True):
        if isinstance(planned, wallet.NotEnough):
            answers[id(wish)] = planned
            continue
        bundle, answers[id(wish)] = _sale(wish, planned)
        bundles.append(bundle)
    commit_together(bundles)
    return [answers.get(id(wish)) for wish in wishes]


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


_combiner: Combiner[Wish, Fields | wallet.NotEnough | None] = Combiner(_pay_all)
