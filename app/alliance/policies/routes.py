"""Split policies: the editor's model and examples, drafts, publishing, versions. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import catalogue, terms
from app.alliance.models import SplitPolicy
from app.alliance.policies import drafts, publishing, versions, views
from app.alliance.policies.drafts import Content
from app.alliance.policies.models import PolicyDraft
from app.alliance.policies.schemas import (
    DraftRevisionRequest,
    PolicyDraftChange,
    PolicyDraftPage,
    PolicyDraftRequest,
    PolicyDraftView,
    PolicyEditorModel,
    PolicyExampleRequest,
    PolicyExampleView,
    PolicyFamilyQuery,
    PolicyPage,
    PolicyPublishRequest,
    PolicyRequest,
    PolicyView,
    PolicyWithdrawRequest,
    WholePolicyView,
)
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import SecondPersonNeeded

blueprint = api_blueprint("policies", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support")
PUBLISHERS = ("operator", "finance")


@blueprint.get("/policies/model")
@blueprint.output(PolicyEditorModel)
@auth.staff(*READERS)
def show_model() -> Fields:
    """What an editor of split policies needs to know: parties, limits, faults."""
    return views.editor_model()


@blueprint.post("/policies/example")
@blueprint.input(PolicyExampleRequest, arg_name="body")
@blueprint.output(PolicyExampleView)
@auth.staff(*READERS)
def try_policy(body: PolicyExampleRequest) -> Fields:
    """Try a policy on one sale: every party and every fallback, by the allocator of real sales.
    Nothing is stored."""
    policy = terms.policy_from(**_policy(body))
    return views.example(policy, body.amount_fen, body.concession_bp)


def _policy(body: PolicyRequest) -> Fields:
    written = body.model_dump(mode="json")
    return {
        "shares_bp": written["shares_bp"],
        "fallbacks": written["fallbacks"],
        "is_one_share_per_person": body.one_person_one_share,
    }


@blueprint.post("/policies")
@blueprint.input(PolicyRequest, arg_name="body")
@blueprint.output(PolicyView, status_code=201)
@auth.staff("operator")
def add_policy(body: PolicyRequest) -> Fields:
    """Write the next version of a split policy alone, for contracts that will name it. Refused
    where POLICY_FOUR_EYES is on: publish a draft instead."""
    if settings().policy_four_eyes:
        raise SecondPersonNeeded("write a draft, and let somebody else publish it")
    author, written = auth.principal().id, _policy(body)

    def work() -> Fields:
        shares, fallbacks = written["shares_bp"], written["fallbacks"]
        is_one = body.one_person_one_share
        row = versions.add_policy(body.name, shares, fallbacks, is_one, author)
        return views.versions_view([row])[0]

    return in_transaction(work)


@blueprint.get("/policies")
@blueprint.input(PolicyFamilyQuery, location="query", arg_name="query")
@blueprint.output(PolicyPage)
@auth.staff(*READERS, "reviewer")
def list_policies(query: PolicyFamilyQuery) -> Fields:
    """Versions of split policies and where each stands, a page at a time."""
    named = [] if query.name is None else [SplitPolicy.name == query.name]

    def work() -> Fields:
        rows = catalogue.page(SplitPolicy, query.after, *named)
        return {"policies": views.versions_view(rows)}

    return in_transaction(work)


@blueprint.get("/policies/<uuid:policy_id>")
@blueprint.output(WholePolicyView)
@auth.staff(*READERS)
def show_policy(policy_id: UUID) -> Fields:
    """One version: what each 100 yuan of concession give to whom, and who made it count."""
    return in_transaction(lambda: views.whole_version(versions.policy(policy_id)))


@blueprint.post("/policies/<uuid:policy_id>/withdraw")
@blueprint.input(PolicyWithdrawRequest, arg_name="body")
@blueprint.output(WholePolicyView)
@auth.staff(*PUBLISHERS)
def withdraw_policy(policy_id: UUID, body: PolicyWithdrawRequest) -> Fields:
    """Take a version back before it takes effect."""
    staff_id = auth.principal().id

    def work() -> Fields:
        return views.whole_version(publishing.withdraw(policy_id, body.reason, staff_id))

    done = in_transaction(work)
    terms.let_go_round()
    return done


@blueprint.post("/policies/drafts")
@blueprint.input(PolicyDraftRequest, arg_name="body")
@blueprint.output(PolicyDraftView, status_code=201)
@auth.staff("operator")
def write_draft(body: PolicyDraftRequest) -> Fields:
    """Begin a draft of a family's next version."""
    staff_id, content = auth.principal().id, _content(body)
    return in_transaction(lambda: views.draft_view(drafts.write(content, staff_id)))


@blueprint.get("/policies/drafts")
@blueprint.input(PolicyFamilyQuery, location="query", arg_name="query")
@blueprint.output(PolicyDraftPage)
@auth.staff(*READERS)
def list_drafts(query: PolicyFamilyQuery) -> Fields:
    """Drafts, a page at a time; also those that were published or discarded."""
    named = [] if query.name is None else [PolicyDraft.name == query.name]

    def work() -> Fields:
        rows = catalogue.page(PolicyDraft, query.after, *named)
        return {"drafts": [views.draft_view(row) for row in rows]}

    return in_transaction(work)


@blueprint.get("/policies/drafts/<uuid:draft_id>")
@blueprint.output(PolicyDraftView)
@auth.staff(*READERS)
def show_draft(draft_id: UUID) -> Fields:
    """A draft with its faults and totals."""
    return in_transaction(lambda: views.draft_view(drafts.find(draft_id)))


@blueprint.put("/policies/drafts/<uuid:draft_id>")
@blueprint.input(PolicyDraftChange, arg_name="body")
@blueprint.output(PolicyDraftView)
@auth.staff("operator")
def change_draft(draft_id: UUID, body: PolicyDraftChange) -> Fields:
    """Write a draft anew, over the revision that was read."""
    staff_id, content = auth.principal().id, _content(body)

    def work() -> Fields:
        return views.draft_view(drafts.change(draft_id, body.revision, content, staff_id))

    return in_transaction(work)


@blueprint.post("/policies/drafts/<uuid:draft_id>/discard")
@blueprint.input(DraftRevisionRequest, arg_name="body")
@blueprint.output(PolicyDraftView)
@auth.staff("operator")
def discard_draft(draft_id: UUID, body: DraftRevisionRequest) -> Fields:
    """Close a draft that nobody wants."""
    staff_id = auth.principal().id
    return in_transaction(
        lambda: views.draft_view(drafts.discard(draft_id, body.revision, staff_id))
    )


@blueprint.post("/policies/drafts/<uuid:draft_id>/publish")
@blueprint.input(PolicyPublishRequest, arg_name="body")
@blueprint.output(WholePolicyView, status_code=201)
@auth.staff(*PUBLISHERS)
@staff_sessions.confirmed
def publish_draft(draft_id: UUID, body: PolicyPublishRequest) -> Fields:
    """Make a draft the next version of its family; somebody who did not write in it."""
    staff_id, since = auth.principal().id, body.takes_effect_at

    def work() -> Fields:
        row = publishing.publish(draft_id, body.revision, since, staff_id)
        return views.whole_version(row)

    done = in_transaction(work)
    terms.let_go_round()
    return done


def _content(body: PolicyDraftRequest) -> Content:
    written = body.model_dump(mode="json")
    return Content(**{name: written[name] for name in Content.__dataclass_fields__})
