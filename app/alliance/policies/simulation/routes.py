"""Simulations of split policies over past sales. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, stream_with_context

from app.alliance.policies import drafts, versions
from app.alliance.policies.schemas import PolicyFamilyQuery
from app.alliance.policies.simulation import results, running
from app.alliance.policies.simulation.running import Wish
from app.alliance.policies.simulation.schemas import (
    SimulationKindQuery,
    SimulationLinePage,
    SimulationLinesQuery,
    SimulationPage,
    SimulationRequest,
    SimulationView,
    WholeSimulationView,
)
from app.alliance.settlement.files import CSV
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("simulations", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance")
NAMES = ("name", "shares_bp", "fallbacks", "one_person_one_share")


@blueprint.post("/policies/simulations")
@blueprint.input(SimulationRequest, arg_name="body")
@blueprint.output(SimulationView, status_code=202)
@auth.staff(*READERS)
def simulate(body: SimulationRequest) -> Fields:
    """Replay the sales of some days under a policy, in the background. Nothing is posted."""
    staff_id = auth.principal().id
    return in_transaction(lambda: results.head(running.ask(wish(body), staff_id)))


def wish(body: SimulationRequest) -> Wish:
    """What is asked for, in the current unit. Raises PolicyDraftUnknown, PolicyUnknown."""
    if body.policy is not None:
        content = body.policy.model_dump(mode="json")
    else:
        row: Any
        if body.draft_id is not None:
            row = drafts.find(body.draft_id)
        else:
            assert body.policy_id is not None
            row = versions.policy(body.policy_id)
        content = {name: getattr(row, name) for name in NAMES}
    return Wish(content, body.first_day, body.last_day, body.draft_id, body.policy_id)


@blueprint.get("/policies/simulations")
@blueprint.input(PolicyFamilyQuery, location="query", arg_name="query")
@blueprint.output(SimulationPage)
@auth.staff(*READERS)
def list_simulations(query: PolicyFamilyQuery) -> Fields:
    """Simulations, newest first: `after` is the last id of the page before."""
    return in_transaction(
        lambda: {"simulations": [results.head(row) for row in results.latest(query.after)]}
    )


@blueprint.get("/policies/simulations/<uuid:simulation_id>")
@blueprint.output(WholeSimulationView)
@auth.staff(*READERS)
def show_simulation(simulation_id: UUID) -> Fields:
    """How far a simulation is, and what it has come to so far."""
    return in_transaction(lambda: results.whole(running.find(simulation_id)))


@blueprint.get("/policies/simulations/<uuid:simulation_id>/lines")
@blueprint.input(SimulationLinesQuery, location="query", arg_name="query")
@blueprint.output(SimulationLinePage)
@auth.staff(*READERS)
def list_lines(simulation_id: UUID, query: SimulationLinesQuery) -> Fields:
    """By party, by selling merchant and party, or by earner: those that change most first."""

    def work() -> Fields:
        row = running.find(simulation_id)
        return {"lines": results.lines(row.id, query.kind, query.offset)}

    return in_transaction(work)


@blueprint.get("/policies/simulations/<uuid:simulation_id>/lines.csv")
@blueprint.input(SimulationKindQuery, location="query", arg_name="query")
@blueprint.doc(responses={200: {"description": "CSV", "content": {CSV: {}}}})
@auth.staff(*READERS)
def export_lines(simulation_id: UUID, query: SimulationKindQuery) -> Response:
    """All lines of a kind for spreadsheets: UTF-8 with a byte order mark, amounts in yuan."""
    in_transaction(lambda: running.find(simulation_id))
    parts = stream_with_context(results.table(simulation_id, query.kind))
    disposition = f'attachment; filename="simulation-{simulation_id}-{query.kind}.csv"'
    return Response(parts, content_type=CSV, headers={"Content-Disposition": disposition})


@blueprint.post("/policies/simulations/<uuid:simulation_id>/cancel")
@blueprint.output(SimulationView)
@auth.staff(*READERS)
def cancel_simulation(simulation_id: UUID) -> Fields:
    """End a simulation before its end."""
    staff_id = auth.principal().id
    return in_transaction(lambda: results.head(running.cancel(simulation_id, staff_id)))
