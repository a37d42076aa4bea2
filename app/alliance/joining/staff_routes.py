"""Where staff review applications, keep the blacklist and confirm accounts. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import catalogue, terms
from app.alliance.catalogue import Recommender
from app.alliance.contracts.routes import contract_values
from app.alliance.joining import accounts, blacklist, reviewing, service
from app.alliance.joining.models import (
    AccountProposal,
    Application,
    BlacklistEntry,
)
from app.alliance.joining.reviewing import Approval
from app.alliance.joining.routes import fields_of
from app.alliance.joining.schemas import (
    ApplicationConfirmation,
    ApplicationDecision,
    ApplicationPage,
    ApplicationQuery,
    ApplicationRevealRequest,
    ApplicationReviewView,
    BlacklistPage,
    BlacklistQuery,
    BlacklistRequest,
    BlacklistView,
    ProposalDecision,
    ProposalPage,
    ProposalQuery,
    ProposalView,
    RemovalRequest,
    RevealedApplicationView,
    ReviewStepView,
)
from app.alliance.schemas import ContractTermsRequest, RecommenderBody
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("joining reviews", __name__)
Fields = dict[str, Any]
REVIEWERS = ("operator", "reviewer")


def _shown(head: Application) -> Fields:
    sent = service.latest(head)
    steps = [ReviewStepView.model_validate(each).model_dump() for each in service.steps(head.id)]
    return fields_of(head) | {
        "status": head.status,
        "member_id": head.member_id,
        "salesperson_id": sent.salesperson_id,
        "findings": sent.findings,
        "proposed_by": head.proposed_by,
        "proposal": head.proposal,
        "steps": steps,
    }


def _approval(wanted: ContractTermsRequest, brought: RecommenderBody | None) -> Approval:
    recommender = Recommender(brought.kind, brought.id) if brought else None
    return Approval(contract_values(wanted), recommender)


def _proposed(application_id: UUID) -> Approval:
    """What the first reviewer proposed; of one that is not proposed nothing, and confirming it is
    refused for that."""
    stored = service.find(application_id).proposal
    if stored is None:
        return Approval({}, None)
    brought = stored["recommender"]
    return _approval(
        ContractTermsRequest.model_validate(stored["terms"]),
        RecommenderBody.model_validate(brought) if brought else None,
    )


@blueprint.get("/merchant-applications")
@blueprint.input(ApplicationQuery, location="query", arg_name="query")
@blueprint.output(ApplicationPage)
@auth.staff(*REVIEWERS)
def list_applications(query: ApplicationQuery) -> Fields:
    """Applications, a page at a time."""
    wanted = [Application.status == query.status] if query.status else []
    return {"applications": catalogue.page(Application, query.after, *wanted)}


@blueprint.get("/merchant-applications/<uuid:application_id>")
@blueprint.output(ApplicationReviewView)
@auth.staff(*REVIEWERS)
def show_application(application_id: UUID) -> Fields:
    """An application with what speaks against it now, personal data masked."""

    def work() -> Fields:
        head = service.find(application_id)
        now_found = service.compared(head, service.latest(head))
        return _shown(head) | {"findings": now_found}

    return in_transaction(work)


@blueprint.post("/merchant-applications/<uuid:application_id>/decision")
@blueprint.input(ApplicationDecision, arg_name="body")
@blueprint.output(ApplicationReviewView)
@auth.staff(*REVIEWERS)
def decide(application_id: UUID, body: ApplicationDecision) -> Fields:
    """Approve an application, reject it, or ask for more. With serious findings an approval is
    proposed to a second reviewer."""
    staff_id = auth.principal().id

    def work() -> Fields:
        head = (application_id, body.version, staff_id)
        if body.decision != "approve" or body.terms is None:
            is_final = body.decision == "reject"
            return _shown(reviewing.send_back(*head, body.reason or "", is_final=is_final))
        approval = _approval(body.terms, body.recommender)
        return _shown(reviewing.approve(*head, approval, body.reason))

    return _changed(work)


@blueprint.post("/merchant-applications/<uuid:application_id>/confirmation")
@blueprint.input(ApplicationConfirmation, arg_name="body")
@blueprint.output(ApplicationReviewView)
@auth.staff(*REVIEWERS)
def confirm(application_id: UUID, body: ApplicationConfirmation) -> Fields:
    """Confirm, as the second reviewer, an approval that was proposed, or decline it."""
    staff_id = auth.principal().id

    def work() -> Fields:
        head = (application_id, body.version, staff_id)
        wish = (_proposed(application_id), body.reason)
        return _shown(reviewing.confirm(*head, *wish, is_confirmed=body.is_confirmed))

    return _changed(work)


@blueprint.post("/merchant-applications/<uuid:application_id>/reveal")
@blueprint.input(ApplicationRevealRequest, arg_name="body")
@blueprint.output(RevealedApplicationView)
@auth.staff(*REVIEWERS, "finance")
@staff_sessions.confirmed
def reveal(application_id: UUID, body: ApplicationRevealRequest) -> Fields:
    """See personal data of an application in clear; who, which and why is kept first."""
    wish = (auth.principal().id, list(body.fields), body.reason)
    return in_transaction(lambda: dict(reviewing.reveal(application_id, *wish)))


@blueprint.get("/blacklist")
@blueprint.input(BlacklistQuery, location="query", arg_name="query")
@blueprint.output(BlacklistPage)
@auth.staff(*REVIEWERS)
def list_blacklist(query: BlacklistQuery) -> Fields:
    """The blacklist, a page at a time."""
    wanted = []
    if query.is_removed is not None:
        wanted.append(BlacklistEntry.removed_at.is_not(None) == query.is_removed)
    return {"entries": catalogue.page(BlacklistEntry, query.after, *wanted)}


@blueprint.post("/blacklist")
@blueprint.input(BlacklistRequest, arg_name="body")
@blueprint.output(BlacklistView, status_code=201)
@auth.staff("operator")
def add_to_blacklist(body: BlacklistRequest) -> Fields:
    """Put a licence, a bank account or a phone number on the blacklist."""
    wish = (body.kind, body.value, body.reason, auth.principal().id)
    return in_transaction(lambda: BlacklistView.model_validate(blacklist.add(*wish)).model_dump())


@blueprint.post("/blacklist/<uuid:entry_id>/removal")
@blueprint.input(RemovalRequest, arg_name="body")
@blueprint.output(BlacklistView)
@auth.staff("operator")
def remove_from_blacklist(entry_id: UUID, body: RemovalRequest) -> Fields:
    """Remove an entry; it stays readable with the reason."""
    wish = (entry_id, body.reason, auth.principal().id)
    return in_transaction(
        lambda: BlacklistView.model_validate(blacklist.remove(*wish)).model_dump()
    )


@blueprint.get("/bank-account-proposals")
@blueprint.input(ProposalQuery, location="query", arg_name="query")
@blueprint.output(ProposalPage)
@auth.staff("finance")
def list_proposals(query: ProposalQuery) -> Fields:
    """Bank accounts that are to become merchants', a page at a time."""

    def work() -> Fields:
        wanted = [AccountProposal.status == query.status] if query.status else []
        rows = catalogue.page(AccountProposal, query.after, *wanted)
        return {"proposals": accounts.compared(rows)}

    return in_transaction(work)


@blueprint.post("/bank-account-proposals/<uuid:proposal_id>/decision")
@blueprint.input(ProposalDecision, arg_name="body")
@blueprint.output(ProposalView)
@auth.staff("finance")
@staff_sessions.confirmed
def decide_proposal(proposal_id: UUID, body: ProposalDecision) -> Fields:
    """Name the account as the merchant's, or decline it."""
    wish = (proposal_id, auth.principal().id, body.reason)

    def work() -> Fields:
        row = accounts.decide(*wish, is_confirmed=body.is_confirmed)
        return accounts.compared([row])[0]

    return in_transaction(work)


def _changed(work: Any) -> Fields:
    done: Fields = in_transaction(work)
    terms.let_go_round()
    return done
