"""The first journal of a sale: payer's purses and WeChat → merchant and concession clearing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from app.alliance import terms
from app.alliance.errors import AmountTooLarge
from app.alliance.models import Sale
from app.alliance.rules import concession_fen
from app.alliance.stores import categories
from app.alliance.terms import ContractTerms, StoreTerms
from app.core import outbox
from app.core.config import settings
from app.core.db import NewRow
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import PaymentPlan, Purse

COLUMN_OF = {
    Account.PREPAID_PRINCIPAL: "principal_fen",
    Account.PREPAID_BONUS: "bonus_fen",
    Account.EXPERIENCE: "experience_fen",
    Account.REBATE: "rebate_fen",
    Account.AVAILABLE: "settled_fen",
    Account.CAMPAIGN_POT: "gift_fen",
}
_sale_table = Sale.__table__
assert isinstance(_sale_table, Table)


@dataclass(frozen=True, slots=True)
class Order:
    """What a payer, mostly a member, is to pay (fen, at list price), where, from which purses."""

    member_id: UUID
    store: StoreTerms
    contract: ContractTerms
    amount_fen: int
    purses: Collection[Purse]

    @property
    def experience_cap_fen(self) -> int:
        """The most experience gold that goes into this sale; see `experience_cap_fen`."""
        return experience_cap_fen(self.store, self.contract, self.amount_fen)


def experience_cap_fen(store: StoreTerms, contract: ContractTerms, list_fen: int) -> int:
    """The most experience gold that a sale takes: the lower share of the list price of contract
    and store category, rounded down. Of the categories the nearest with a cap counts."""
    caps, code = settings().experience_category_caps, store.category_code
    while code not in caps and (parent := categories.parent_of(code)):
        code = parent
    return list_fen * min(contract.experience_cap_bp, caps.get(code, 10_000)) // 10_000


def order(member_id: UUID, store_id: UUID, amount_fen: int, purses: Collection[Purse]) -> Order:
    """What is to be paid, under the terms in force. Raises StoreUnknown, StoreClosed,
    StorePaused, ContractNotInForce, AmountTooLarge."""
    store = terms.of_store(store_id)
    contract = store.selling(now())
    limit = settings().payment_maximum_fen
    maximum = min(limit, contract.payment_maximum_fen or limit)
    if amount_fen > maximum:
        raise AmountTooLarge(maximum_fen=maximum)
    return Order(member_id, store, contract, amount_fen, purses)


def plan(wanted: Order) -> PaymentPlan:
    """Which purses give how much; reads only. Raises wallet's NotEnough."""
    return wallet.plan_payment(
        wanted.member_id,
        wanted.amount_fen,
        wanted.purses,
        experience_cap_fen=wanted.experience_cap_fen,
        discount_bp=wanted.contract.member_discount_bp,
    )


def new_sale(
    wanted: Order, planned: PaymentPlan, status: str, sale_id: UUID | None = None
) -> dict[str, Any]:
    """The values of a sale's row, with its `parts`; a paid one has its journal's id at once.

    `sale_id`, where the payment had an id before it was a sale, is in the payer's bucket.
    """
    amounts: Counter[str] = Counter()
    for part in planned.parts:
        amounts[COLUMN_OF[part.account]] += part.amount_fen
    paid = {name: amounts[name] for name in COLUMN_OF.values()} | {"wechat_fen": planned.wechat_fen}
    bucket = bucket_of(wanted.member_id)
    moment = now()
    is_paid = status == "paid"
    return {
        "bucket": bucket,
        "id": sale_id or new_id(bucket),
        "payer_id": wanted.member_id,
        "store_id": wanted.store.store_id,
        "merchant_id": wanted.store.merchant_id,
        "contract_id": wanted.contract.id,
        "policy_id": wanted.contract.policy_at(moment),
        "status": status,
        "amount_fen": wanted.amount_fen - planned.discount_fen,
        "discount_fen": planned.discount_fen,
        "member_discount_bp": wanted.contract.member_discount_bp,
        **paid,
        "concession_fen": _concession(wanted.contract, paid),
        "refunded_fen": 0,
        "journal_id": new_id(bucket) if is_paid else None,
        "paid_at": moment if is_paid else None,
        "distributed_at": None,
        "settlement_id": None,
        "created_at": moment,
        "parts": planned.parts,
    }


def _concession(contract: ContractTerms, paid: dict[str, int]) -> int:
    return concession_fen(
        contract.concession_bp,
        principal_fen=paid["principal_fen"],
        rebate_fen=paid["rebate_fen"],
        wechat_fen=paid["wechat_fen"],
        settled_fen=paid["settled_fen"],
        bonus_fen=paid["bonus_fen"],
        is_bonus_included=contract.is_bonus_included,
    )


def sale_row(sale: dict[str, Any]) -> NewRow:
    """The sale's row."""
    return NewRow(_sale_table, {key: value for key, value in sale.items() if key != "parts"})


def sale_journal(
    sale: dict[str, Any], payer_legs: Sequence[Leg], *, principal_id: UUID | None = None
) -> Journal:
    """Payer's legs (negative) against the merchant's and the concession's (design, "Money").
    `principal_id`: who acted, if not the payer."""
    experience, concession = sale["experience_fen"], sale["concession_fen"]
    merchant_id = sale["merchant_id"]
    net = sale["amount_fen"] - experience - concession
    credits = (
        Leg(merchant_id, Account.PENDING, net),
        Leg(merchant_id, Account.EXPERIENCE_PENDING, experience),
        Leg(PLATFORM_ID, Account.CONCESSION_CLEARING, concession),
    )
    return Journal(
        id=sale["journal_id"],
        kind="sale",
        reference_id=sale["id"],
        principal_id=principal_id or sale["payer_id"],
        key=f"sale:{sale['id']}",
        legs=(*payer_legs, *(leg for leg in credits if leg.amount_fen)),
    )


def paid_letters(sale: dict[str, Any]) -> list[NewRow]:
    """The rows that tell readers of `sale.paid`."""
    return outbox.rows("sale.paid", {"sale_id": str(sale["id"])}, bucket=sale["bucket"])


def view(sale: dict[str, Any]) -> dict[str, Any]:
    """A payment as its payer and the merchant's staff see it (amounts in fen, moments in UTC)."""
    return {
        "id": str(sale["id"]),
        "status": sale["status"],
        "store_id": str(sale["store_id"]),
        "amount_fen": sale["amount_fen"],
        "list_fen": sale["amount_fen"] + sale["discount_fen"],
        "discount_fen": sale["discount_fen"],
        "refunded_fen": sale["refunded_fen"],
        "parts": {
            "prepaid_fen": sale["principal_fen"] + sale["bonus_fen"],
            "experience_fen": sale["experience_fen"],
            "rebate_fen": sale["rebate_fen"],
            "wechat_fen": sale["wechat_fen"],
        }
        | {name: sale[name] for name in ("settled_fen", "gift_fen") if sale[name]},
        "merchant_share_fen": sale["amount_fen"] - sale["concession_fen"],
        "journal_id": _text(sale["journal_id"]),
        "created_at": sale["created_at"].isoformat(),
        "paid_at": _moment(sale["paid_at"]),
        "distributed_at": _moment(sale["distributed_at"]),
        "wechat_pay_parameters": None,
    }


def values_of(row: Sale) -> dict[str, Any]:
    """A stored sale in the form that `view` and `sale_journal` read."""
    return {column.name: getattr(row, column.name) for column in _sale_table.columns}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
