"""The receipt of a payment: each reader sees the part of the split that is theirs.

The payer sees purses and rebate, the store what it gets and concedes, the platform everything,
whoever earned from it their own share and neither the payer nor the amount.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue, payments
from app.alliance.access import is_buyer, is_platform, is_theirs, owners_behind
from app.alliance.errors import PaymentUnknown
from app.alliance.models import Sale, SaleShare
from app.alliance.paying import amounts, receipt_texts
from app.alliance.paying.errors import NoReceiptYet
from app.alliance.paying.receipt_texts import Line, Receipt
from app.alliance.rules import Party
from app.core.auth import Principal
from app.core.db import db
from app.members import service as members

PAID = ("paid", "refunded")


def receipt(caller: Principal, payment_id: UUID) -> dict[str, Any]:
    """What the caller may read of a payment, in the current unit of work.

    Raises PaymentUnknown for whom it does not concern, NoReceiptYet for what is not paid.
    """
    sale = payments.find(payment_id)
    shares = _shares(sale)
    made = _for_reader(caller, sale, shares)
    if made is None:
        raise PaymentUnknown()
    if sale.status not in PAID:
        raise NoReceiptYet(payment_status=sale.status)
    return receipt_texts.written(made)


def _for_reader(caller: Principal, sale: Sale, shares: list[SaleShare]) -> Receipt | None:
    if caller.kind == "member":
        if caller.id in (sale.payer_id, members.today(sale.payer_id)):
            return _receipt("payer", sale, _payers_lines(sale, shares))
        own = _own(shares, owners_behind(caller.id))
        return _receipt("earner", sale, own, is_whole=False) if own else None
    if is_buyer(caller, sale):
        return _receipt("payer", sale, _payers_lines(sale, shares))
    if is_platform(caller):
        return _receipt("platform", sale, _platforms_lines(sale, shares))
    if is_theirs(caller, sale.merchant_id, sale.store_id):
        return _receipt("merchant", sale, _merchants_lines(sale, shares))
    return None


def _receipt(reader: str, sale: Sale, lines: list[Line], *, is_whole: bool = True) -> Receipt:
    return Receipt(
        payment_id=sale.id,
        reader=reader,
        status=sale.status,
        paid_at=sale.paid_at,
        store_name=catalogue.store(sale.store_id).name if is_whole else None,
        description=amounts.description_of(sale.id) if is_whole else None,
        amount_fen=sale.amount_fen if is_whole else None,
        is_settled=sale.distributed_at is not None,
        lines=tuple(lines),
    )


def _payers_lines(sale: Sale, shares: list[SaleShare]) -> list[Line]:
    parts = (
        *_price(sale),
        ("prepaid", sale.principal_fen),
        ("bonus", sale.bonus_fen),
        ("experience", sale.experience_fen),
        ("rebate", sale.rebate_fen),
        ("wechat", sale.wechat_fen),
        ("settled", sale.settled_fen),
        ("gift", sale.gift_fen),
        ("refunded", sale.refunded_fen),
    )
    return [Line(kind, fen) for kind, fen in parts if fen] + _own(shares, {sale.payer_id})


def _price(sale: Sale) -> list[tuple[str, int]]:
    """The list price and what the member price took off, where it did."""
    return [("list", sale.list_fen), ("discount", -sale.discount_fen)] if sale.discount_fen else []


def _merchants_lines(sale: Sale, shares: list[SaleShare]) -> list[Line]:
    lines = [Line(kind, fen) for kind, fen in _price(sale)]
    lines += [
        Line("merchant_share", sale.merchant_share_fen),
        Line("concession", sale.concession_fen),
    ]
    if sale.experience_fen:
        lines.append(Line("merchant_experience", sale.experience_fen))
    if sale.refunded_fen:
        lines.append(Line("refunded", sale.refunded_fen))
    return lines + _own(shares, {sale.merchant_id})


def _platforms_lines(sale: Sale, shares: list[SaleShare]) -> list[Line]:
    return _payers_parts(sale) + _merchants_lines(sale, []) + [_line(share) for share in shares]


def _payers_parts(sale: Sale) -> list[Line]:
    told_below = ("list", "discount", "refunded")
    return [line for line in _payers_lines(sale, []) if line.kind not in told_below]


def _own(shares: Iterable[SaleShare], owner_ids: set[UUID]) -> list[Line]:
    return [_line(share) for share in shares if share.owner_id in owner_ids]


def _line(share: SaleShare) -> Line:
    return Line(
        f"share_{Party(share.receiver).value}",
        share.amount_fen - share.refunded_fen,
        release_at=share.release_at,
        is_released=share.released_at is not None,
    )


def _shares(sale: Sale) -> list[SaleShare]:
    mine = (SaleShare.bucket == sale.bucket, SaleShare.sale_id == sale.id)
    found = db.session.scalars(select(SaleShare).where(*mine)).all()
    order = [party.value for party in Party]
    return sorted(found, key=lambda share: order.index(share.party))
