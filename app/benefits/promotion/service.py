"""Commission for purchases that a click brought: expected, owed, paid, taken back.

State by state from what is true when it is looked at, so that letters may come twice, late and in
any order. Locks: the sale's row here, then the campaign (shared), then accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.alliance import service as alliance
from app.alliance.service import OrderContents, SaleFacts
from app.benefits import campaigns, grants
from app.benefits.contract import Award, Purse
from app.benefits.promotion import clicks, digests, fitness, links
from app.benefits.promotion.models import PromotedSale
from app.benefits.promotion.rules import (
    FINAL,
    Click,
    Purchase,
    Status,
    Subject,
    base_fen,
    commission_fen,
    lost_fen,
)
from app.core.db import db, in_transaction, read
from app.core.world import bucket_of, now
from app.members import service as members

log = structlog.get_logger()
RETRY_SECONDS = 30
CAMPAIGNS_AT_ONCE = 50
SALES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase and the two who made it."""

    payer_id: UUID
    merchant_id: UUID
    purchase: Purchase


def on_sale(payload: dict[str, Any]) -> None:
    """Reader of `sale.distributed`, in a unit of its own; again is harmless."""
    in_transaction(lambda: settle(UUID(payload["sale_id"])))


def on_refund(payload: dict[str, Any]) -> None:
    """Reader of `sale.refunded`: looks only at what is known, so that a refund of long after finds
    no promoter anew."""
    sale_id = UUID(payload["sale_id"])
    in_transaction(lambda: settle(sale_id) if _locked(sale_id) else None)


def on_order(payload: dict[str, Any]) -> None:
    """Reader of an order's steps: what is paid is expected, what ends without a sale lapses."""
    in_transaction(lambda: expect(UUID(payload["order_id"])))


def promoters_of(_: Any, *, sale_ids: list[UUID]) -> dict[UUID, UUID]:
    """Receiver of the alliance's `promoter_asked`: who promoted what was bought, as it was noted,
    or as the clicks say for a sale that is being given out. The database is asked once for all;
    further only about those who came by a link of the merchant's."""
    keys = [(bucket_of(each), each) for each in sale_ids]
    noted = select(PromotedSale).where(tuple_(PromotedSale.bucket, PromotedSale.sale_id).in_(keys))
    rows = {row.sale_id: row for row in db.session.scalars(noted)}
    sales = alliance.facts_of_sales(sale_ids)
    visited = clicks.visited(
        {(sale.payer_id, sale.merchant_id) for sale in sales.values() if sale.id not in rows}
    )
    found = {}
    for sale_id, sale in sales.items():
        row, promoter_id = rows.get(sale_id), None
        if row is not None:
            promoter_id = _noted(row, sale)
        elif (sale.payer_id, sale.merchant_id) in visited:
            promoter_id = _clicked(sale)
        if promoter_id is not None:
            found[sale_id] = promoter_id
    people = members.persons_of(set(found.values()))
    return {sale_id: people[promoter_id][0] for sale_id, promoter_id in found.items()}


def expect(order_id: UUID) -> None:
    """Notes the commission that an order promises while it is on its way, in the current unit."""
    order = alliance.order_contents(order_id)
    if order is None or order.paid_at is None or order.is_gift:
        return
    row = _locked(order_id)
    if row is None and not order.has_lapsed:
        row = _begin(order_id, _of_order(order))
    if row is None or row.status != Status.EXPECTED:
        return
    db.session.expire_all()  # as it stands now that nobody else looks after it
    order = alliance.order_contents(order_id)
    assert order is not None
    if order.has_lapsed:
        _turn(row, Status.LAPSED)
    else:
        row.amount_fen = _commission(row, _of_order(order).purchase)
    db.session.flush()


def settle(sale_id: UUID) -> None:
    """Pays, or takes back, what a distributed sale is worth to its promoter, in this unit."""
    row = _locked(sale_id)
    if row is None:
        sale = alliance.sale_facts(sale_id)
        bought = _of_sale(sale) if sale.distributed_at is not None else None
        row = _begin(sale_id, bought) if bought is not None else None
    if row is None or row.status in FINAL:
        return
    db.session.expire_all()  # as it stands now that nobody else looks after it
    sale = alliance.sale_facts(sale_id)
    if sale.distributed_at is None:
        return
    if row.status == Status.EXPECTED:
        _decide(row, sale)
    if row.status == Status.WAITING:
        _pay(row, sale)
    elif row.status == Status.PAID:
        _take_back(row, sale)
    db.session.flush()


def retry() -> int:
    """Duty: pays what waits for money, the oldest of each programme first; how many were paid."""
    before = waiting_count()
    waiting = select(PromotedSale.campaign_id).where(PromotedSale.status == Status.WAITING)
    found = waiting.group_by(PromotedSale.campaign_id).order_by(func.random())
    for row in read(found.limit(CAMPAIGNS_AT_ONCE)):
        _retry(row.campaign_id)
    return max(0, before - waiting_count())


def waiting_count() -> int:
    """How many commissions wait for a merchant's money: the gauge `promotions_waiting`."""
    return int(read(select(func.count()).where(PromotedSale.status == Status.WAITING))[0][0])


def _noted(row: PromotedSale, sale: SaleFacts) -> UUID | None:
    if row.reason in fitness.REFUSALS:
        return None
    is_new = sale.distributed_at is None  # an order of which nobody was judged yet
    return row.promoter_id if not is_new or _may_earn(row.promoter_id, sale) else None


def _clicked(sale: SaleFacts) -> UUID | None:
    """Nothing for a sale of the past: its click was looked for when it was given out."""
    bought = _of_sale(sale) if sale.distributed_at is None else None
    if bought is None:
        return None
    click = clicks.bringing(bought.payer_id, bought.merchant_id, bought.purchase)
    return click.promoter_id if click and _may_earn(click.promoter_id, sale) else None


def _may_earn(promoter_id: UUID, sale: SaleFacts) -> bool:
    return fitness.refusal(promoter_id, sale.payer_id, sale.merchant_id) is None


def _retry(campaign_id: UUID) -> int:
    mine = (PromotedSale.campaign_id == campaign_id, PromotedSale.status == Status.WAITING)
    oldest = select(PromotedSale.sale_id).where(*mine).order_by(PromotedSale.purchased_at)
    tried = 0
    for row in read(oldest.limit(SALES_AT_ONCE)):
        tried += 1
        try:
            if in_transaction(partial(_try, row.sale_id)) == Status.WAITING:
                break
        except Exception as error:
            log.error("promotion_failed", sale=str(row.sale_id), exc_info=error)
    return tried


def _try(sale_id: UUID) -> str:
    settle(sale_id)
    row = _locked(sale_id)
    return row.status if row else ""


def _locked(sale_id: UUID) -> PromotedSale | None:
    key = (bucket_of(sale_id), sale_id)
    return db.session.get(PromotedSale, key, with_for_update=True, populate_existing=True)


def _of_order(order: OrderContents) -> Bought:
    """What is in escrow counts in full: more than will be owed, never less."""
    assert order.paid_at is not None
    purchase = Purchase(order.paid_at, order.store_id, order.left_fen, order.left_fen, order.lines)
    return Bought(order.payer_id, order.merchant_id, purchase)


def _of_sale(sale: SaleFacts) -> Bought | None:
    """None for what is not paid yet, and for what a campaign has paid. An order is bought when it
    is paid, not when it is handed over."""
    order = alliance.order_contents(sale.id)
    moment = order.paid_at if order else sale.paid_at
    if moment is None or sale.gift_fen:
        return None
    lines = order.lines if order else {}
    purchase = Purchase(moment, sale.store_id, sale.amount_fen, sale.really_paid_fen, lines)
    return Bought(sale.payer_id, sale.merchant_id, purchase)


def _begin(sale_id: UUID, bought: Bought) -> PromotedSale | None:
    """The row of a purchase that a click brought; None where none did. Locked."""
    click = clicks.bringing(bought.payer_id, bought.merchant_id, bought.purchase)
    if click is None:
        return None
    values = {
        "bucket": bucket_of(sale_id),
        "sale_id": sale_id,
        "link_id": click.link_id,
        "campaign_id": click.campaign_id,
        "promoter_id": click.promoter_id,
        "clicked_at": click.at,
        "purchased_at": bought.purchase.moment,
        "status": Status.EXPECTED.value,
        "amount_fen": _worth(click, bought.purchase),
        "changed_at": now(),
    }
    db.session.execute(insert(PromotedSale).values(values).on_conflict_do_nothing())
    return _locked(sale_id)


def _worth(click: Click, purchase: Purchase) -> int:
    wanted = campaigns.terms(click.campaign_id).settings
    base = base_fen(click.subject, click.target, purchase) or 0
    return commission_fen(base, wanted.commission_bp, wanted.cap_fen)


def _commission(row: PromotedSale, purchase: Purchase) -> int:
    link = links.several({row.link_id}).get(row.link_id)
    if link is None:  # its promoter was erased meanwhile
        return 0
    click = Click(
        row.link_id,
        row.campaign_id,
        row.promoter_id,
        Subject(link.subject),
        link.target,
        row.clicked_at,
    )
    return _worth(click, purchase)


def _decide(row: PromotedSale, sale: SaleFacts) -> None:
    """The order is complete, the sale distributed: what it is worth, and whether it is owed."""
    bought = _of_sale(sale)
    assert bought is not None
    row.amount_fen = _commission(row, bought.purchase)
    reason = fitness.refusal(row.promoter_id, sale.payer_id, sale.merchant_id)
    if reason is None and fitness.has_share(row.promoter_id, sale):
        reason = "has_share"
    if reason is None and row.amount_fen == 0:
        reason = "nothing_paid"
    row.reason = reason
    _turn(row, Status.REFUSED if reason else Status.WAITING)


def _pay(row: PromotedSale, sale: SaleFacts) -> None:
    """From the programme's pot, in the order in which it was earned. Where the pot is short it
    waits, and is closed with the programme."""
    row.lost_fen = lost_fen(row.amount_fen, sale.amount_fen, sale.refunded_fen)
    wanted_fen = row.amount_fen - row.lost_fen
    if wanted_fen == 0:
        _turn(row, Status.TAKEN_BACK)
        return
    terms = campaigns.terms_of(campaigns.locked(row.campaign_id, is_shared=True))
    owner_id, is_behind = members.today(row.promoter_id), _is_behind(row)
    grant = None if is_behind else grants.grant(row.campaign_id, _award(row, wanted_fen))
    if grant is not None:
        row.grant_id, row.granted_fen = grant.id, grant.amount_fen
        _turn(row, Status.PAID)
        digests.note(owner_id, sales=1, earned_fen=wanted_fen)
        if grant.release_at is not None:
            digests.note(owner_id, at=grant.release_at)
    elif terms.status == "ended" and not is_behind:
        row.reason = "unfunded"
        _turn(row, Status.CLOSED)
        digests.note(owner_id, closed_fen=wanted_fen)


def _award(row: PromotedSale, amount_fen: int) -> Award:
    return Award(
        key=f"sale:{row.sale_id}",
        owner_id=members.today(row.promoter_id),
        amount_fen=amount_fen,
        purse=Purse.REBATE_PENDING,
        subject_id=row.sale_id,
        is_owed=True,
    )


def _is_behind(row: PromotedSale) -> bool:
    """Whether an older purchase of the same programme waits for money."""
    older = select(PromotedSale.sale_id).where(
        PromotedSale.campaign_id == row.campaign_id,
        PromotedSale.status == Status.WAITING,
        PromotedSale.purchased_at < row.purchased_at,
    )
    return db.session.scalar(older.limit(1)) is not None


def _take_back(row: PromotedSale, sale: SaleFacts) -> None:
    """What refunds have taken of the sale since goes back to the pot, or is owed."""
    assert row.grant_id is not None
    lost = lost_fen(row.amount_fen, sale.amount_fen, sale.refunded_fen)
    if lost <= row.lost_fen:
        return
    never_given_fen = row.amount_fen - row.granted_fen
    taken_fen = grants.take_back(row.grant_id, lost - never_given_fen)
    row.lost_fen = lost
    _turn(row, Status.TAKEN_BACK if lost == row.amount_fen else Status.PAID)
    digests.note(members.today(row.promoter_id), taken_back_fen=taken_fen)


def _turn(row: PromotedSale, status: Status) -> None:
    row.status, row.changed_at = status.value, now()
    db.session.flush()
