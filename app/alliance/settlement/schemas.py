"""Shapes of requests and answers about settlement. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, ShortText, View

LineKind = Literal[
    "sale",
    "refund",
    "experience",
    "experience_refund",
    "advance",
    "supply",
    "supplied",
    "supply_returned",
    "supply_recovered",
    "supply_secured",
    "supply_repaid",
]


class SettlementQuery(Body):
    """Which settlements: those after an id, or, newest first, those `before` one; merchant staff
    see their own whatever they ask."""

    after: UUID | None = None
    before: UUID | None = None
    is_newest_first: bool = False
    merchant_id: UUID | None = None


class LinesQuery(Body):
    """From which line on, and how many of them."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=5_000)] = 5_000


class SettlementHead(View):
    """A merchant's statement. `total_fen` became available; `closing_…` is carried over.

    `supply_fen` is what it got as a supplier when the orders were completed, and what its own
    suppliers paid it back, less what it gave back; `supply_owed_fen` what it owes sellers of
    returned supplies after it. Neither is in `total_fen`.
    """

    id: UUID
    reference: str
    number: int
    merchant_id: UUID
    paid_before: str
    line_count: int
    sale_count: int
    refund_count: int
    opening_fen: int
    opening_experience_fen: int
    pending_fen: int
    experience_fen: int
    advance_fen: int
    service_fee_fen: int
    channel_fee_fen: int
    payable_fen: int
    experience_payable_fen: int
    closing_fen: int
    closing_experience_fen: int
    total_fen: int
    supply_fen: int
    opening_supply_owed_fen: int
    supply_owed_fen: int
    journal_id: UUID | None
    hash: str | None
    created_at: str


class ListedSettlement(SettlementHead):
    """A settlement in the list, with its merchant's name."""

    merchant_name: str | None = None


class SettlementPage(View):
    """A page of settlements."""

    settlements: list[ListedSettlement]


class RunView(View):
    """A run over all merchants with something due, and how far it got."""

    id: UUID
    status: Literal["running", "finished", "interrupted"]
    requested_by: UUID
    merchant_count: int
    done_count: int
    issued_count: int
    failed_count: int
    created_at: str
    finished_at: str | None


class RunPage(View):
    """The last runs, newest first."""

    runs: list[RunView]


class SettlementRun(SettlementPage):
    """The settlements that this run issued; null instead of a run where nothing was due."""

    run: RunView | None
    request_id: str


class SettlementLineView(View):
    """One thing of a settlement; what lowers it is negative. `gross_fen` is what was paid, the
    list price is `discount_fen` more. `supply_fen` is what a supplier got or gave at once, or
    paid back to a seller, of `goods`."""

    kind: LineKind
    subject_id: UUID
    sale_id: UUID | None
    store_id: UUID | None
    moment: str
    gross_fen: int
    concession_fen: int
    pending_fen: int
    experience_fen: int
    service_fee_fen: int
    channel_fee_fen: int
    net_fen: int
    purses: dict[str, int]
    discount_fen: int
    supply_fen: int
    goods: str | None


class StoreTotal(View):
    """The sums of one kind of line in one store."""

    store_id: UUID | None
    kind: LineKind
    count: int
    gross_fen: int
    concession_fen: int
    pending_fen: int
    experience_fen: int
    service_fee_fen: int
    channel_fee_fen: int
    net_fen: int
    supply_fen: int


class SettlementView(SettlementHead):
    """A settlement with its lines and the sums of each store."""

    totals: list[StoreTotal]
    lines: list[SettlementLineView]


class StatementCheck(View):
    """A statement's hash, and whether what is stored still comes to it."""

    hash: str | None
    is_intact: bool


class CalendarDayBody(Body):
    """A day on which China works although the week does not, or the other way round."""

    day: date
    is_working: bool
    note: ShortText


class CalendarYearRequest(Body):
    """All days of a year that differ from the week: holidays and make-up days."""

    days: Annotated[list[CalendarDayBody], Field(max_length=366)]
    reason: ShortText


class CalendarDayView(View):
    """A day that is not as the week has it, and where we know it from."""

    day: date
    is_working: bool
    note: str
    source: Literal["library", "entered"]


class CalendarChangeView(View):
    """Who set a year's days to what, and what had been entered before."""

    changed_by: UUID
    created_at: Moment
    reason: str
    days: list[CalendarDayBody]
    days_before: list[CalendarDayBody]


class CalendarYearView(View):
    """A year's days that are not as the week has them; `is_known` once the year is official."""

    year: int
    is_known: bool
    known_until: date
    days: list[CalendarDayView]
    changes: list[CalendarChangeView]
