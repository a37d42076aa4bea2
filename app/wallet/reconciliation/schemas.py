"""Shapes of reconciliation's requests and answers. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, ShortText, View
from app.wallet.reconciliation.bills import Bill
from app.wallet.reconciliation.resolving import Action
from app.wallet.reconciliation.rules import Result
from app.wallet.schemas import SuspenseItemView
from app.wallet.suspense import Way

PageSize = Annotated[int, Field(ge=1, le=500)]


class RunsQuery(Body):
    """Which page of the runs."""

    before: date | None = None
    limit: PageSize = 40


class RunView(View):
    """One bill of one Beijing day; `open` of its lines wait for people. The channel's balance
    is `our_closing_fen` + `in_transit_fen` + `carried_fen` where nothing is unexplained."""

    id: UUID
    day: date
    bill: Bill
    source: str
    lines: int
    matched: int
    open: int
    their_closing_fen: int | None
    our_closing_fen: int | None
    in_transit_fen: int | None
    carried_fen: int | None
    created_at: Moment


class RunsView(View):
    """A page of runs, newest day first."""

    runs: list[RunView]


class LinesFilter(Body):
    """Which lines; `open` leaves out those that agree or are resolved."""

    day: date | None = None
    bill: Bill | None = None
    result: Result | None = None
    open: bool = True


class LinesQuery(LinesFilter):
    """Which page of which lines."""

    after: UUID | None = None
    limit: PageSize = 100


class LineView(View):
    """A line of a bill, or a booked movement that no bill shows. `difference_fen`: how much more
    the channel has than the books because of it."""

    id: UUID
    day: date
    bill: Bill
    part: str
    place: int | None
    at: Moment | None
    reference: str
    wechat_number: str
    description: str
    result: Result
    their_fen: int | None
    our_fen: int | None
    their_state: str | None
    our_state: str | None
    record_kind: str | None
    record_id: UUID | None
    booked_at: Moment | None
    difference_fen: int


class LinesView(View):
    """A page of lines."""

    lines: list[LineView]


class LineStepView(View):
    """What somebody did about a line."""

    action: str
    principal_id: UUID
    reason: str
    is_final: bool
    journal_id: UUID | None
    at: Moment


class LineDetail(LineView):
    """A line with what was done about it, and what may be done."""

    is_open: bool
    actions: list[Action]
    steps: list[LineStepView]


class ResolutionRequest(Body):
    """What to do about a line, and why."""

    action: Action
    reason: ShortText


class ResolvedLine(LineDetail):
    """The line after the request."""

    request_id: UUID


class SuspenseResolution(Body):
    """Where an amount in suspense goes, and why."""

    way: Way
    reason: ShortText


class SuspenseStepView(View):
    """What somebody did about an amount in suspense."""

    action: str
    principal_id: UUID
    reason: str
    journal_id: UUID | None
    at: Moment


class SuspenseDetail(SuspenseItemView):
    """An amount that was, or still is, in suspense, with what was done about it."""

    resolved_at: Moment | None
    steps: list[SuspenseStepView]


class ResolvedSuspense(SuspenseDetail):
    """The amount after the request."""

    request_id: UUID
