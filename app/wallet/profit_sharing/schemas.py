"""Shapes of splits as finance sees them. Amounts in fen."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, ShortText, View
from app.wallet.profit_sharing.rules import SplitState


class SplitsQuery(Body):
    """Which splits."""

    state: SplitState = SplitState.TROUBLED
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SplitView(View):
    """A split of a payment, or what was left being freed."""

    id: UUID
    order_id: UUID
    kind: str
    owner_id: UUID | None
    subject_id: UUID | None
    receiver_account: str | None
    receiver_member_id: UUID | None
    amount_fen: int
    state: SplitState
    attempt: int
    fail_reason: str | None
    last_error: str | None
    decision: str | None
    proposed_by: UUID | None
    decided_by: UUID | None
    created_at: Moment
    finished_at: Moment | None


class SplitsView(View):
    """A page of splits."""

    splits: list[SplitView]


class DecisionRequest(Body):
    """What becomes of a split in trouble, and why."""

    decision: Literal["retry", "give_up"]
    reason: ShortText


class DecidedSplit(SplitView):
    """The split after the decision."""

    request_id: UUID
