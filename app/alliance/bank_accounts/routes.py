"""What finance says of merchants' bank accounts. Holds no rule; numbers are shown masked."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.alliance.bank_accounts import service
from app.alliance.bank_accounts.models import MerchantBankAccount
from app.alliance.joining import accounts
from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.schemas import Body, Moment, ShortText, View

blueprint = api_blueprint("bank accounts", __name__)
Fields = dict[str, Any]


class BankAccountRequest(Body):
    """Where a merchant's bank account is."""

    holder: ShortText
    number: Annotated[str, Field(strict=True, pattern=r"^[0-9]{8,32}$")]
    bank: ShortText


class BankAccountView(View):
    """A merchant's bank account; of its number only the end is shown."""

    merchant_id: UUID
    version: int
    number_masked: str
    bank: str
    created_by: UUID
    created_at: Moment


class ProposedAccountView(View):
    """A bank account that waits for somebody else of finance; the one before stays in force."""

    id: UUID
    merchant_id: UUID
    status: str
    number_masked: str
    bank: str
    proposed_by: UUID
    created_at: Moment


def _shown(row: MerchantBankAccount) -> Fields:
    names = BankAccountView.model_fields.keys() - {"number_masked"}
    fields = {name: getattr(row, name) for name in names}
    return fields | {"number_masked": f"**** {row.last_four}"}


@blueprint.put("/merchants/<uuid:merchant_id>/bank-account")
@blueprint.input(BankAccountRequest, arg_name="body")
@blueprint.output(ProposedAccountView)
@auth.staff("finance")
@staff_sessions.confirmed
def name_account(merchant_id: UUID, body: BankAccountRequest) -> Fields:
    """Say where a merchant's bank account is, for somebody else of finance to confirm
    (`/bank-account-proposals/{id}/decision`); nothing is paid there before."""
    author = auth.principal().id

    def work() -> Fields:
        wanted = (body.holder, body.number, body.bank)
        row = accounts.propose(merchant_id, *wanted, author)
        names = ProposedAccountView.model_fields.keys() - {"number_masked"}
        shown = {name: getattr(row, name) for name in names}
        return shown | {"number_masked": f"**** {row.last_four}"}

    return in_transaction(work)


@blueprint.get("/merchants/<uuid:merchant_id>/bank-account")
@blueprint.output(BankAccountView)
@auth.staff("finance", "operator")
@reveals
def show_account(merchant_id: UUID) -> Fields:
    """A merchant's bank account, masked."""

    def work() -> Fields:
        row = service.newest(merchant_id)
        if row is None:
            raise NotFound()
        return _shown(row)

    return in_transaction(work)
