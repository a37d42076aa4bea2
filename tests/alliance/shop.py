"""A small alliance: shops under contract, members with money, and the books as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.alliance import service as alliance
from app.alliance.distribution import fold
from app.core.auth import Principal, open_session
from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members
from app.members.service import Introduction
from app.wallet import service as wallet

MINI_PROGRAM = "wxdevmini000000001"
ALWAYS = date(2020, 1, 1)
SHARES = {
    "consumer": 1_000,
    "recommender": 2_500,
    "merchant_recommender": 500,
    "home_store": 1_500,
    "salesperson": 1_000,
    "operations": 1_500,
    "campaign_fund": 1_000,
    "charity": 500,
    "queue_pool": 500,
}


@dataclass(frozen=True)
class Shop:
    """A merchant with one store, its contract and policy."""

    merchant_id: UUID
    store_id: UUID
    policy_id: UUID
    contract_id: UUID


def policy(shares: dict[str, int] | None = None, is_one: bool = True) -> UUID:
    name = f"policy {new_id()}"
    return in_transaction(
        lambda: alliance.add_policy(name, shares or SHARES, {}, is_one, SYSTEM_ID).id
    )


def merchant(name: str = "面馆", **brought_by: Any) -> UUID:
    return in_transaction(lambda: alliance.add_merchant(name, **brought_by).id)


def store(merchant_id: UUID, name: str = "南门店") -> UUID:
    return in_transaction(lambda: alliance.add_store(merchant_id, name, "南门街 1 号", "餐饮").id)


def contract(merchant_id: UUID, policy_id: UUID, **terms: Any) -> UUID:
    values: dict[str, Any] = {
        "concession_bp": 1_000,
        "starts_on": ALWAYS,
        "ends_on": None,
        "experience_cap_bp": 1_000,
        "is_bonus_included": False,
        "payment_maximum_fen": None,
    }
    new = alliance.NewContract(merchant_id, policy_id, **(values | terms))
    return in_transaction(lambda: alliance.add_contract(new, SYSTEM_ID).id)


def shop(shares: dict[str, int] | None = None, is_one: bool = True, **brought_by: Any) -> Shop:
    """A shop that concedes ten percent."""
    merchant_id = merchant(**brought_by)
    policy_id = policy(shares, is_one)
    contract_id = contract(merchant_id, policy_id)
    return Shop(merchant_id, store(merchant_id), policy_id, contract_id)


def member(introduction: Introduction | None = None, app_id: str = MINI_PROGRAM) -> UUID:
    openid = f"o{new_id().hex[:27]}"
    registered = in_transaction(
        lambda: members.register(app_id, openid, None, "mini_program", introduction, now())
    )
    return registered.member_id


def member_without_mini_program() -> UUID:
    return member(app_id="wxdevaccount000001")


def brought_by_store(home: Shop) -> Introduction:
    return Introduction("merchant", home.merchant_id, home.store_id, "scene")


def brought_by_member(member_id: UUID) -> Introduction:
    return Introduction("member", member_id, None, "scene")


def give(owner_id: UUID, account: Account, amount_fen: int) -> None:
    """Money from outside, straight into an account."""
    lot_id = new_id() if account.uses_lots else None
    legs = (
        Leg(owner_id, account, amount_fen, lot_id),
        Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
    )
    identity = new_id()
    journal = Journal(identity, "given", identity, SYSTEM_ID, str(identity), legs)
    in_transaction(lambda: ledger.post([journal]))


def take(owner_id: UUID, account: Account, amount_fen: int) -> None:
    """Money of an account without lots, straight to the outside."""
    legs = (Leg(owner_id, account, -amount_fen), Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen))
    identity = new_id()
    journal = Journal(identity, "taken", identity, SYSTEM_ID, str(identity), legs)
    in_transaction(lambda: ledger.post([journal]))


def give_experience(member_id: UUID, amount_fen: int) -> None:
    give(PLATFORM_ID, Account.CAMPAIGN_FUND, amount_fen)
    fold()
    granted = in_transaction(
        lambda: wallet.grant_experience(
            member_id, amount_fen, grant_key=str(new_id()), principal_id=SYSTEM_ID
        )
    )
    assert granted is not None


def rich(fen: int = 100_000, introduction: Introduction | None = None) -> UUID:
    """A member with prepaid money."""
    member_id = member(introduction)
    give(member_id, Account.PREPAID_PRINCIPAL, fen)
    return member_id


def headers(member_id: UUID, key: str | None = None) -> dict[str, str]:
    return _headers(Principal("member", member_id, frozenset({"member"})), key)


def staff_headers(*roles: str, key: str | None = None, **narrow: Any) -> dict[str, str]:
    return _headers(Principal("staff", new_id(), frozenset(roles), **narrow), key)


def owner_headers(of: Shop, key: str | None = None) -> dict[str, str]:
    return staff_headers("merchant_owner", key=key, merchant_id=of.merchant_id)


def _headers(caller: Principal, key: str | None) -> dict[str, str]:
    token = in_transaction(lambda: open_session(caller)).token
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key or new_id().hex}


def paid(client: Any, payer: UUID, at: Shop, amount_fen: int, **more: Any) -> dict[str, Any]:
    """A payment that succeeds."""
    wish = {"store_id": str(at.store_id), "amount_fen": amount_fen, **more}
    answer = client.post("/api/v1/payments", json=wish, headers=headers(payer))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def balance(owner_id: UUID, account: Account) -> int:
    return ledger.balances(owner_id, with_unfolded=True)[account].balance_fen


@dataclass
class Books:
    """The sum of every account and lot, straight from the entries."""

    sums: dict[tuple[UUID, int, UUID | None], int] = field(default_factory=dict)

    def without(self, *accounts: Account) -> dict[tuple[UUID, int, UUID | None], int]:
        return {key: fen for key, fen in self.sums.items() if key[1] not in accounts and fen}


def books() -> Books:
    rows = read(
        text(
            "SELECT owner_id, account, lot_id, sum(amount_fen)::bigint FROM ledger_entry"
            " GROUP BY owner_id, account, lot_id"
        )
    )
    return Books({(row[0], row[1], row[2]): row[3] for row in rows})


def burn_letters() -> None:
    """Takes away what waits in the outbox, so that tests to come need not read hundreds first."""
    read(text("DELETE FROM core_outbox RETURNING 1"))


def count(table: str, condition: str = "true") -> int:
    return int(read(text(f"SELECT count(*) FROM {table} WHERE {condition}"))[0][0])


def amounts(found: Iterable[Any]) -> list[int]:
    return [share.amount_fen for share in found]
