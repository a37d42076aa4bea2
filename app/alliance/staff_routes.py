"""What staff do: partners and contracts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.alliance import catalogue, contacts, terms
from app.alliance.access import is_platform
from app.alliance.catalogue import NewContract, Recommender
from app.alliance.contact_schemas import (
    ContactDecision,
    ContactPage,
    ContactRequest,
    ContactView,
)
from app.alliance.contracts.routes import contract_values
from app.alliance.errors import ContractUnknown
from app.alliance.joining import entering
from app.alliance.models import Contact, Contract, Merchant, Salesperson
from app.alliance.schemas import (
    ContractPage,
    ContractRequest,
    ContractView,
    CreatedMerchant,
    CreatedSalesperson,
    MerchantPage,
    MerchantQuery,
    MerchantRequest,
    MerchantView,
    PageQuery,
    SalespersonPage,
    SalespersonQuery,
    SalespersonRequest,
)
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.core.world import bucket_of
from app.qr import service as qr

blueprint = api_blueprint("partners", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support")


@blueprint.post("/merchants")
@blueprint.input(MerchantRequest, arg_name="body")
@blueprint.output(CreatedMerchant, status_code=201)
@auth.staff("operator")
def add_merchant(body: MerchantRequest) -> Fields:
    """Add a merchant; its licence is checked as an application's is."""
    found = body.recommender
    recommender = Recommender(found.kind, found.id) if found else None

    def work() -> Fields:
        wish = (body.name, body.licence_number, body.salesperson_id, recommender)
        row, findings = entering.enter(*wish)
        return MerchantView.model_validate(row).model_dump() | {"findings": findings}

    return in_transaction(work)


@blueprint.get("/merchants")
@blueprint.input(MerchantQuery, location="query", arg_name="query")
@blueprint.output(MerchantPage)
@auth.staff(*READERS)
def list_merchants(query: MerchantQuery) -> Fields:
    """Merchants, a page at a time."""
    wanted = []
    if query.id is not None:
        wanted.append(Merchant.id == query.id)
    if query.name is not None:
        wanted.append(Merchant.name.icontains(query.name, autoescape=True))
    return {"merchants": catalogue.page(Merchant, query.after, *wanted)}


@blueprint.post("/merchants/<uuid:merchant_id>/contacts")
@blueprint.input(ContactRequest, arg_name="body")
@blueprint.output(ContactView, status_code=201)
@auth.staff("operator")
def add_contact(merchant_id: UUID, body: ContactRequest) -> Fields:
    """Name a member who speaks for a merchant and gets its notices in the chat. That one may take
    its money out waits for another operator, and whoever asks for it confirms with the second
    factor; that one no longer may, holds at once."""
    may, author = body.may_withdraw, auth.principal().id
    if may:
        staff_sessions.require_confirmed()
    return _contact(lambda: contacts.name(merchant_id, body.member_id, author, may_withdraw=may))


@blueprint.get("/merchants/<uuid:merchant_id>/contacts")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(ContactPage)
@auth.staff(*READERS)
def list_contacts(merchant_id: UUID, query: PageQuery) -> Fields:
    """The members who speak for a merchant, a page at a time; `after` is a member's id."""
    return {"contacts": contacts.page(merchant_id, query.after)}


@blueprint.post("/merchants/<uuid:merchant_id>/contacts/<uuid:member_id>/decision")
@blueprint.input(ContactDecision, arg_name="body")
@blueprint.output(ContactView)
@auth.staff("operator")
@staff_sessions.confirmed
def decide_contact(merchant_id: UUID, member_id: UUID, body: ContactDecision) -> Fields:
    """Let a contact take the merchant's money out, as another operator asked for, or decline."""
    author, is_confirmed = auth.principal().id, body.is_confirmed
    return _contact(
        lambda: contacts.decide(merchant_id, member_id, author, is_confirmed=is_confirmed)
    )


@blueprint.delete("/merchants/<uuid:merchant_id>/contacts/<uuid:member_id>")
@blueprint.output({}, status_code=204)
@auth.staff("operator")
def remove_contact(merchant_id: UUID, member_id: UUID) -> tuple[str, int]:
    """A member no longer speaks for a merchant."""
    in_transaction(lambda: contacts.remove(merchant_id, member_id))
    return "", 204


def _contact(change: Callable[[], Contact]) -> Fields:
    return in_transaction(lambda: ContactView.model_validate(change()).model_dump())


@blueprint.post("/contracts")
@blueprint.input(ContractRequest, arg_name="body")
@blueprint.output(ContractView, status_code=201)
@auth.staff("operator")
def add_contract(body: ContractRequest) -> Fields:
    """Sign the next version of a merchant's contract, as it was agreed on paper; in force on the
    days it names, and the version before ends where it begins."""
    author, values = auth.principal().id, contract_values(body)

    def work() -> Fields:
        row = catalogue.add_contract(NewContract(**values), author)
        return ContractView.model_validate(row).model_dump()

    return terms.change(work)


@blueprint.post("/contracts/<uuid:contract_id>/end")
@blueprint.output(ContractView)
@auth.staff("operator")
def end_contract(contract_id: UUID) -> Fields:
    """End a contract now, before its time."""

    def work() -> Fields:
        row = catalogue.end_contract(contract_id)
        return ContractView.model_validate(row).model_dump()

    return terms.change(work)


@blueprint.get("/contracts")
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(ContractPage)
@auth.staff(*READERS)
def list_contracts(query: PageQuery) -> Fields:
    """Versions of contracts, a page at a time."""
    return {"contracts": catalogue.page(Contract, query.after)}


@blueprint.get("/contracts/<uuid:contract_id>")
@blueprint.output(ContractView)
@auth.staff(*READERS, "merchant_owner")
def show_contract(contract_id: UUID) -> Contract:
    """One contract, for the platform and for the merchant's owner."""
    row = db.session.get(Contract, (bucket_of(contract_id), contract_id))
    caller = auth.principal()
    if row is None or not (is_platform(caller) or caller.merchant_id == row.merchant_id):
        raise ContractUnknown()
    return row


@blueprint.post("/salespeople")
@blueprint.input(SalespersonRequest, arg_name="body")
@blueprint.output(CreatedSalesperson, status_code=201)
@auth.staff("operator")
def add_salesperson(body: SalespersonRequest) -> Fields:
    """Authorise a salesperson; the answer holds the scene token of their code."""
    author = auth.principal().id

    def work() -> Fields:
        row = catalogue.add_salesperson(body.name, body.member_id)
        scene = qr.issue(qr.Kind.SALESPERSON, row.id, issued_by=author)
        names = ("id", "name", "member_id", "is_active", "created_at")
        return {name: getattr(row, name) for name in names} | {"scene": scene}

    return in_transaction(work)


@blueprint.get("/salespeople")
@blueprint.input(SalespersonQuery, location="query", arg_name="query")
@blueprint.output(SalespersonPage)
@auth.staff(*READERS)
def list_salespeople(query: SalespersonQuery) -> Fields:
    """Salespeople, a page at a time."""
    wanted = []
    if query.name is not None:
        wanted.append(Salesperson.name.icontains(query.name, autoescape=True))
    return {"salespeople": catalogue.page(Salesperson, query.after, *wanted)}
