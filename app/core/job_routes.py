"""What operators see and do of work that failed too often. Holds no rule."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core import auth, dead_letters
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.schemas import Body, Moment, ShortText, View

blueprint = api_blueprint("jobs", __name__)
Fields = dict[str, Any]
Reason = Annotated[str, Field(strict=True, min_length=4, max_length=500)]


class LettersQuery(Body):
    """Which work to show: `dead` (waiting for a decision) or `dropped`; of one reader, paged."""

    state: Literal["dead", "dropped"] = "dead"
    reader: ShortText | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Decision(View):
    """What was decided about work that failed, by whom, and how it had failed then."""

    id: UUID
    letter_id: UUID
    reader: str
    decision: str
    decided_by: UUID
    decided_at: Moment
    reason: str | None
    last_error: str | None


class DecisionsQuery(Body):
    """Decisions in the order of their ids, paged."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Decisions(View):
    """A page of decisions; `next_after` is null at the end."""

    decisions: list[Decision]
    next_after: UUID | None


class Letter(View):
    """Work that failed; `payload` holds ids only. `decisions`: all that were ever made of it."""

    id: UUID
    reader: str
    payload: Fields
    state: str
    attempts: int
    failures: int
    last_error: str | None
    created_at: Moment
    decided_by: UUID | None
    decided_at: Moment | None
    reason: str | None
    decisions: list[Decision]


class Letters(View):
    """A page of such work, and how much of it each reader has."""

    letters: list[Letter]
    dead_by_reader: dict[str, int]


class ReaderNamed(Body):
    """The reader all of whose failed work is tried again."""

    reader: ShortText


class Revived(View):
    """How much work was made due."""

    retried: int


class Dropping(Body):
    """Why the work is given up."""

    reason: Reason


@blueprint.get("/dead-letters")
@blueprint.input(LettersQuery, location="query", arg_name="query")
@blueprint.output(Letters)
@auth.staff("operator")
def show_dead_letters(query: LettersQuery) -> Fields:
    """Work that failed too often and waits for a decision."""

    def work() -> Fields:
        found = dead_letters.listed(
            query.state, reader=query.reader, after=query.after, limit=query.limit
        )
        return {"letters": found, "dead_by_reader": dead_letters.counts()}

    return in_transaction(work)


@blueprint.get("/dead-letters/decisions")
@blueprint.input(DecisionsQuery, location="query", arg_name="query")
@blueprint.output(Decisions)
@auth.staff("operator")
def show_decisions(query: DecisionsQuery) -> Fields:
    """What was decided, also about work that was done in the end."""

    def work() -> Fields:
        found = dead_letters.decisions(after=query.after, limit=query.limit)
        is_full = len(found) == query.limit
        return {"decisions": found, "next_after": found[-1]["id"] if is_full else None}

    return in_transaction(work)


@blueprint.post("/dead-letters/retry")
@blueprint.input(ReaderNamed, arg_name="body")
@blueprint.output(Revived)
@auth.staff("operator")
def retry_dead_letters(body: ReaderNamed) -> Fields:
    """Try all failed work of one reader again, after its cause is gone."""
    by = auth.principal().id
    return {"retried": in_transaction(lambda: dead_letters.retry_all(body.reader, by))}


@blueprint.post("/dead-letters/<uuid:letter_id>/retry")
@blueprint.output(Letter)
@auth.staff("operator")
def retry_dead_letter(letter_id: UUID) -> Fields:
    """Try one piece of work again; also one that was dropped."""
    by = auth.principal().id
    return in_transaction(lambda: dead_letters.retry(letter_id, by))


@blueprint.post("/dead-letters/<uuid:letter_id>/drop")
@blueprint.input(Dropping, arg_name="body")
@blueprint.output(Letter)
@auth.staff("operator")
def drop_dead_letter(letter_id: UUID, body: Dropping) -> Fields:
    """Give one piece of work up, with a reason; it is kept and can be tried again."""
    by = auth.principal().id
    return in_transaction(lambda: dead_letters.drop(letter_id, by, body.reason))
