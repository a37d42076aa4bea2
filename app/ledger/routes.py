"""The books for the platform's staff, to be looked through. Holds no rule and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from app.core import auth
from app.core.api import api_blueprint
from app.core.schemas import Body, Moment, View
from app.ledger import looking, wording
from app.ledger import service as ledger
from app.ledger.accounts import Account
from app.ledger.explaining import kind_of

blueprint = api_blueprint("ledger", __name__)
Fields = dict[str, Any]
STAFF = ("operator", "finance")
EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ACCOUNTS = [each.label for each in Account]


def _known(account: str) -> str:
    if account not in ACCOUNTS:
        raise ValueError("the name of an account")
    return account


AccountName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": ACCOUNTS})]


def _sensible(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("a moment between 2020 and 2100")
    return moment


class LedgerAccount(View):
    """An account's balance in fen, entries not folded yet included."""

    account: str
    title: str
    title_en: str
    balance_fen: int
    ledger_version: int


class LedgerAccounts(View):
    """All accounts that an owner has; none for an id that the books do not know."""

    owner_id: UUID
    accounts: list[LedgerAccount]


class LedgerEntriesQuery(Body):
    """Which account; of the 31 days before `until` (now by default), after the `next_cursor` of
    the page before."""

    account: AccountName
    until: Annotated[AwareDatetime, AfterValidator(_sensible)] | None = None
    cursor: Annotated[str, Field(max_length=120)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class LedgerEntry(View):
    """An entry of an account, in fen; `balance_fen` only of running accounts."""

    entry_id: str
    journal_id: UUID
    kind: str
    title: str
    title_en: str
    reference_id: UUID
    lot_id: UUID | None
    amount_fen: int
    balance_fen: int | None
    posted_at: Moment


class LedgerEntries(View):
    """Entries, newest first; `next_cursor` is null at the end of the 31 days."""

    entries: list[LedgerEntry]
    next_cursor: str | None


@blueprint.get("/ledger/<uuid:owner_id>")
@blueprint.output(LedgerAccounts)
@auth.staff(*STAFF)
def show_ledger_accounts(owner_id: UUID) -> Fields:
    """The accounts of the platform, a merchant or a member, straight from the books."""
    found = ledger.balances(owner_id, with_unfolded=True)
    rows = [_account(account, found[account]) for account in sorted(found)]
    return {"owner_id": owner_id, "accounts": rows}


@blueprint.get("/ledger/<uuid:owner_id>/entries")
@blueprint.input(LedgerEntriesQuery, location="query", arg_name="query")
@blueprint.output(LedgerEntries)
@auth.staff(*STAFF)
def list_ledger_entries(owner_id: UUID, query: LedgerEntriesQuery) -> Fields:
    """The entries of one account, newest first."""
    after = looking.place(query.cursor) if query.cursor else None
    account = Account[query.account.upper()]
    rows = looking.account_entries(owner_id, account, query.until, after, query.limit)
    onwards = None
    if len(rows) == query.limit:
        last = rows[-1]
        onwards = str(looking.Place(last["posted_at"], last["journal_id"], last["leg"]))
    return {"entries": [_entry(row) for row in rows], "next_cursor": onwards}


def _account(account: Account, balance: ledger.Balance) -> Fields:
    title, title_en = wording.account(account)
    return {
        "account": account.label,
        "title": title,
        "title_en": title_en,
        "balance_fen": balance.balance_fen,
        "ledger_version": balance.ledger_version,
    }


def _entry(row: Fields) -> Fields:
    title, title_en = kind_of(row["kind"]).title
    named = {"entry_id": f"{row['journal_id']}-{row['leg']}", "title": title, "title_en": title_en}
    return {name: value for name, value in row.items() if name != "leg"} | named
