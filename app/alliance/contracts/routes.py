"""Where contracts are offered by the operator and answered by merchants. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import terms
from app.alliance.access import is_platform
from app.alliance.catalogue import NewContract
from app.alliance.contracts import service
from app.alliance.contracts.schemas import (
    AnswerRequest,
    ContractVersionPage,
    ContractVersionQuery,
    ContractVersionView,
    WithdrawalOfOffer,
)
from app.alliance.contracts.service import Version
from app.alliance.errors import MerchantUnknown
from app.alliance.schemas import ContractRequest, ContractTermsRequest, ContractView
from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction

blueprint = api_blueprint("contracts", __name__)
Fields = dict[str, Any]


def contract_values(body: ContractTermsRequest) -> Fields:
    """The terms of a request, with the setting where it names no cap for experience gold."""
    values = body.model_dump()
    if body.experience_cap_bp is None:
        values["experience_cap_bp"] = settings().experience_sale_cap_bp
    return values


def shown(found: Version) -> Fields:
    """A version as staff and its merchant see it."""
    made = found.offer
    fields = ContractView.model_validate(found.contract).model_dump()
    return fields | {
        "acceptance": found.acceptance,
        "terms_hash": made.terms_hash if made else service.terms_hash(found.contract),
        "answered_by": made.answered_by if made else None,
        "answered_at": made.answered_at if made else None,
        "reason": made.reason if made else None,
    }


@blueprint.post("/contracts/offers")
@blueprint.input(ContractRequest, arg_name="body")
@blueprint.output(ContractVersionView, status_code=201)
@auth.staff("operator")
def offer_contract(body: ContractRequest) -> Fields:
    """Offer a merchant the next version of its contract; in force once the merchant accepts it."""
    author, values = auth.principal().id, contract_values(body)
    return in_transaction(lambda: shown(service.offer(NewContract(**values), author)))


@blueprint.post("/contracts/<uuid:contract_id>/answer")
@blueprint.input(AnswerRequest, arg_name="body")
@blueprint.output(ContractVersionView)
@auth.member_or_staff("merchant_owner")
def answer_offer(contract_id: UUID, body: AnswerRequest) -> Fields:
    """Accept or decline an offered version, for the merchant."""
    caller = auth.principal()

    def work() -> Fields:
        wish = (contract_id, caller, body.terms_hash, body.reason)
        return shown(service.answer(*wish, is_accepted=body.is_accepted))

    done = in_transaction(work)
    terms.let_go_round()
    return done


@blueprint.post("/contracts/<uuid:contract_id>/withdrawal")
@blueprint.input(WithdrawalOfOffer, arg_name="body")
@blueprint.output(ContractVersionView)
@auth.staff("operator")
def withdraw_offer(contract_id: UUID, body: WithdrawalOfOffer) -> Fields:
    """Take back an offer that the merchant has not answered."""
    staff_id = auth.principal().id
    return in_transaction(lambda: shown(service.withdraw(contract_id, staff_id, body.reason)))


@blueprint.get("/merchants/<uuid:merchant_id>/contracts")
@blueprint.input(ContractVersionQuery, location="query", arg_name="query")
@blueprint.output(ContractVersionPage)
@auth.member_or_staff("operator", "finance", "reviewer", "support", "merchant_owner")
def list_versions(merchant_id: UUID, query: ContractVersionQuery) -> Fields:
    """All versions of a merchant's contract; for the platform and for who may sign for it."""
    caller = auth.principal()

    def work() -> Fields:
        if not is_platform(caller) and not service.may_sign(caller, merchant_id):
            raise MerchantUnknown()
        return {"versions": [shown(each) for each in service.versions(merchant_id, query.before)]}

    return in_transaction(work)
