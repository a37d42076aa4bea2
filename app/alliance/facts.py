"""What rooms above may know of a sale, a refund and a settlement: for notices and pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import naming, payments, terms
from app.alliance.errors import PaymentUnknown
from app.alliance.models import Refund, Sale, SaleShare, Store
from app.alliance.orders import supply_returns
from app.alliance.orders.facts import orders_among
from app.alliance.rewards import service as rewards
from app.alliance.rules import Party
from app.alliance.settlement import sealing, settling, statements
from app.core.db import db
from app.core.world import bucket_of


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """What an earner got of a sale (fen), and when (UTC) it can be withdrawn."""

    party: str
    owner_id: UUID
    amount_fen: int
    release_at: datetime | None


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """A sale: amounts in fen, moments in UTC. `shares` is empty until it is distributed.

    The purses sum to `amount_fen`; `settled_fen` is that of a merchant who is the payer, `gift_fen`
    what a campaign paid of goods that the payer has won. The list price was `discount_fen` more.
    `lasting_concession_fen` is what was given out of the concession, less what refunds took back of
    it. `really_paid_fen` is without bonus and experience gold.
    """

    id: UUID
    status: str
    payer_id: UUID
    merchant_id: UUID
    store_id: UUID
    store_name: str
    amount_fen: int
    discount_fen: int
    prepaid_fen: int
    experience_fen: int
    rebate_fen: int
    wechat_fen: int
    settled_fen: int
    gift_fen: int
    merchant_share_fen: int
    concession_fen: int
    lasting_concession_fen: int
    journal_id: UUID | None
    paid_at: datetime | None
    distributed_at: datetime | None
    shares: tuple[ShareFacts, ...]
    is_order: bool = False
    really_paid_fen: int = 0
    refunded_fen: int = 0
    is_one_share_per_person: bool = True


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund and the sale it undoes; what of it its supplier gives or owes (`supplied_fen`)."""

    id: UUID
    amount_fen: int
    done_at: datetime | None
    sale: SaleFacts
    supplier_id: UUID | None = None
    supplied_fen: int = 0


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """A settlement's head (fen, UTC)."""

    id: UUID
    merchant_id: UUID
    total_fen: int
    line_count: int
    sale_count: int
    refund_count: int
    closing_fen: int
    supply_fen: int
    supply_owed_fen: int
    reference: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a settlement (fen, UTC): what lowers the statement is negative."""

    kind: str
    subject_id: UUID
    moment: datetime
    gross_fen: int
    concession_fen: int
    fee_fen: int
    net_fen: int


def late_refunds(moment: datetime) -> list[UUID]:
    """The journals of refunds done from a UTC moment on, of sales that were distributed before it,
    in the current unit of work. Reads the refunds of that time."""
    wanted = (
        select(Refund.journal_id)
        .join(Sale, (Sale.bucket == Refund.bucket) & (Sale.id == Refund.sale_id))
        .where(Refund.done_at >= moment, Refund.journal_id.is_not(None))
        .where(Sale.distributed_at < moment)
    )
    return [each for each in db.session.scalars(wanted) if each is not None]


def sale_facts(sale_id: UUID) -> SaleFacts:
    """In the current unit of work. Raises PaymentUnknown."""
    found = facts_of_sales([sale_id])
    if sale_id not in found:
        raise PaymentUnknown()
    return found[sale_id]


def facts_of_sales(sale_ids: Collection[UUID]) -> dict[UUID, SaleFacts]:
    """The same of many sales, of those that there are; one question of each table for all."""
    buckets = {bucket_of(each) for each in sale_ids}
    rows = payments.several(sale_ids)
    shares: dict[UUID, list[SaleShare]] = {each: [] for each in sale_ids}
    theirs = SaleShare.bucket.in_(buckets) & SaleShare.sale_id.in_(sale_ids)
    for share in db.session.scalars(select(SaleShare).where(theirs).order_by(SaleShare.party)):
        shares[share.sale_id].append(share)
    orders, names = orders_among(sale_ids), naming.of_stores(row.store_id for row in rows)
    return {
        row.id: _facts(row, shares[row.id], names[row.store_id], is_order=row.id in orders)
        for row in rows
    }


def _facts(row: Sale, shares: Sequence[SaleShare], store_name: str, *, is_order: bool) -> SaleFacts:
    return SaleFacts(
        id=row.id,
        status=row.status,
        payer_id=row.payer_id,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        store_name=store_name,
        amount_fen=row.amount_fen,
        discount_fen=row.discount_fen,
        prepaid_fen=row.principal_fen + row.bonus_fen,
        experience_fen=row.experience_fen,
        rebate_fen=row.rebate_fen,
        wechat_fen=row.wechat_fen,
        settled_fen=row.settled_fen,
        gift_fen=row.gift_fen,
        merchant_share_fen=row.merchant_share_fen,
        concession_fen=row.concession_fen,
        lasting_concession_fen=sum(each.amount_fen - each.refunded_fen for each in shares),
        journal_id=row.journal_id,
        paid_at=row.paid_at,
        distributed_at=row.distributed_at,
        shares=tuple(
            ShareFacts(share.party, share.owner_id, share.amount_fen, share.release_at)
            for share in shares
        ),
        is_order=is_order,
        really_paid_fen=row.principal_fen + row.rebate_fen + row.wechat_fen,
        refunded_fen=row.refunded_fen,
        is_one_share_per_person=terms.policy(row.policy_id).is_one_share_per_person,
    )


def commission_released_fen(member_id: UUID) -> int:
    """Receiver of the wallet's `commission_asked`: what a member ever earned by bringing others,
    as far as it was released and not taken back, in the current unit of work. Their own rebate
    as a consumer is none."""
    statement = select(
        func.coalesce(func.sum(SaleShare.amount_fen - SaleShare.refunded_fen), 0)
    ).where(
        SaleShare.owner_id == member_id,
        SaleShare.receiver != Party.CONSUMER,
        SaleShare.released_at.is_not(None),
        SaleShare.reversed_at.is_(None),
    )
    return int(db.session.scalar(statement) or 0) + rewards.released_fen(member_id)


def refund_facts(refund_id: UUID) -> RefundFacts:
    """In the current unit of work. Raises PaymentUnknown."""
    row = db.session.get(Refund, (bucket_of(refund_id), refund_id))
    if row is None:
        raise PaymentUnknown()
    whole = RefundFacts(row.id, row.amount_fen, row.done_at, sale_facts(row.sale_id))
    back = supply_returns.of_refund(row)
    if back is None:
        return whole
    return replace(whole, supplier_id=back.supplier_id, supplied_fen=back.amount_fen)


def settlement_facts(settlement_id: UUID) -> SettlementFacts:
    """In the current unit of work. Raises NotFound."""
    row = settling.find(settlement_id)
    return SettlementFacts(
        row.id,
        row.merchant_id,
        row.total_fen,
        row.line_count,
        row.sale_count,
        row.refund_count,
        row.closing_fen + row.closing_experience_fen,
        row.supply_fen,
        row.supply_owed_fen,
        sealing.reference(row.id, row.created_at),
        row.created_at,
    )


def statement_lines(settlement_id: UUID, offset: int, limit: int) -> list[StatementLine]:
    """Lines of a settlement, oldest first, in the current unit of work. Raises NotFound."""
    row = settling.find(settlement_id)
    return [
        StatementLine(
            line.kind,
            line.subject_id,
            line.moment,
            line.gross_fen,
            line.concession_fen,
            line.service_fee_fen + line.channel_fee_fen,
            line.net_fen,
        )
        for line in statements.lines_of(row, offset, limit)
    ]


def buyers(member_ids: Collection[UUID], since: datetime, category_code: str | None) -> set[UUID]:
    """Those of these members who have paid in a store (of a category) since a moment (UTC), in the
    current unit of work. Reads the sales of that time."""
    bought = select(Sale.payer_id).where(
        Sale.bucket.in_({bucket_of(each) for each in member_ids}),
        Sale.payer_id.in_(member_ids),
        Sale.paid_at >= since,
    )
    if category_code is not None:
        there = select(Store.id).where(Store.category_code == category_code)
        bought = bought.where(Sale.store_id.in_(there))
    return set(db.session.scalars(bought.distinct()))
