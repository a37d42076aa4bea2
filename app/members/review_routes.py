"""Where staff bring together members who are one person: list, evidence, proposal, decision, undo.

Holds no rule. Who proposes does not decide.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.members import bindings, merging, registration, reviews, unmerging
from app.members.models import Merge, Review
from app.members.schemas import (
    DecisionRequest,
    EvidenceView,
    MergeList,
    MergeRow,
    MergesQuery,
    MergeView,
    ProposalRequest,
    ReviewList,
    ReviewView,
    UndoRequest,
)

blueprint = api_blueprint("member reviews", __name__)
Fields = dict[str, Any]
PAIR = "/members/same-person/<uuid:member_id>/<uuid:same_person_as>"


@blueprint.get("/members/same-person")
@blueprint.output(ReviewList)
@auth.staff("operator", "support")
def show_same_persons() -> Fields:
    """Members who are one person with another, for staff to bring together."""
    return in_transaction(lambda: {"members": [_shown(each) for each in reviews.same_persons()]})


@blueprint.get(PAIR)
@blueprint.output(EvidenceView)
@auth.staff("operator", "support")
def show_evidence(member_id: UUID, same_person_as: UUID) -> Fields:
    """A pair with everything that speaks for or against bringing it together."""

    def work() -> Fields:
        found = reviews.review(member_id, same_person_as)
        merges = [*reviews.merges_of(member_id), *reviews.merges_of(same_person_as)]
        return {
            "review": _shown(found),
            "proof": found.proof,
            "members": [_part(same_person_as), _part(member_id)],
            "merges": [_evidence(each) for each in {each.id: each for each in merges}.values()],
        }

    return in_transaction(work)


@blueprint.post(f"{PAIR}/proposal")
@blueprint.input(ProposalRequest, arg_name="body")
@blueprint.output(ReviewView)
@auth.staff("operator", "support")
def propose(member_id: UUID, same_person_as: UUID, body: ProposalRequest) -> Fields:
    """Propose to merge a pair, or to keep it apart. Somebody else decides."""
    staff_id, reason = auth.principal().id, body.reason
    return in_transaction(
        lambda: _shown(reviews.propose(member_id, same_person_as, body.proposal, staff_id, reason))
    )


@blueprint.post(f"{PAIR}/decision")
@blueprint.input(DecisionRequest, arg_name="body")
@blueprint.output(ReviewView)
@auth.staff("operator")
def decide(member_id: UUID, same_person_as: UUID, body: DecisionRequest) -> Fields:
    """Confirm a proposal of somebody else, or decline it: then the pair waits again."""
    staff_id, is_confirmed = auth.principal().id, body.decision == "confirm"
    return in_transaction(
        lambda: _shown(
            reviews.decide(member_id, same_person_as, staff_id, is_confirmed=is_confirmed)
        )
    )


@blueprint.get("/members/merges")
@blueprint.input(MergesQuery, location="query", arg_name="query")
@blueprint.output(MergeList)
@auth.staff("operator", "support")
def show_merges(query: MergesQuery) -> Fields:
    """Members who became one, the newest first: by themselves, or decided by two of the staff."""

    def work() -> Fields:
        found = reviews.merges(query.member_id, query.before, query.limit)
        more = len(found) == query.limit
        return {
            "merges": [_row(each) for each in found],
            "next_before": found[-1].id if more else None,
        }

    return in_transaction(work)


@blueprint.post("/members/merges/<uuid:merge_id>/undo")
@blueprint.input(UndoRequest, arg_name="body")
@blueprint.output(MergeView)
@auth.staff("operator")
def undo_merge(merge_id: UUID, body: UndoRequest) -> Fields:
    """Make two members of one again, while nothing later contradicts it."""
    staff_id = auth.principal().id
    return in_transaction(lambda: _evidence(unmerging.undo(merge_id, staff_id, body.reason)))


def _part(member_id: UUID) -> Fields:
    bound = bindings.binding(member_id)
    return {
        **asdict(registration.profile(member_id)),
        "has_past": merging.has_past(member_id),
        "recommended_count": bindings.recommended_count(member_id),
        "binding": asdict(bound) if bound else None,
    }


def _shown(row: Review) -> Fields:
    return ReviewView.model_validate(row).model_dump()


def _row(row: Merge) -> Fields:
    shown = {name: getattr(row, name) for name in MergeRow.model_fields if name != "decided_by"}
    return shown | {"decided_by": row.proof.get("decided_by")}


def _evidence(row: Merge) -> Fields:
    return MergeView.model_validate(row).model_dump()
