"""Orders that come to nothing, whole or in part, before there is a sale: what was paid goes from
escrow to the purses and lots it came from, and through WeChat, each fen once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.alliance.offers import writing
from app.alliance.orders import codes, escrow, gift_money, placing, steps
from app.alliance.orders.errors import NothingToReturn
from app.alliance.orders.models import Order, OrderLine, OrderReturn
from app.alliance.orders.rules import (
    IN_ESCROW,
    OrderStatus,
    Piece,
    returned_fen,
    returning,
)
from app.alliance.prepaid import looks
from app.alliance.rules import refund_parts
from app.core.auth import Principal
from app.core.db import TryAgain, db, in_transaction
from app.core.world import new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.service import Part


def free_of_wechat(member_id: UUID, order_id: UUID) -> None:
    """Before an order is cancelled, or paid in another way: one that waits for WeChat is closed
    there first; if it was paid meanwhile, it stays paid.

    Not within a unit of work. Raises OrderUnknown, WeChatUnavailable, OutcomeUnknown.
    """
    row = in_transaction(lambda: _standing(member_id, order_id))
    status, wechat_order_id = row
    if status == OrderStatus.PAYING and wechat_order_id is not None:
        wallet.close_order(wechat_order_id)


def cancel(member_id: UUID, order_id: UUID) -> Order:
    """The buyer wants nothing of it, before it was shipped or picked up, in the current unit of
    work; what was paid goes back whole. The second time is fine.

    Raises OrderUnknown, OrderStatusDiffers.
    """
    row = steps.bought(member_id, order_id)
    if row.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        return row
    if row.status == OrderStatus.PAID:
        give_back(row, None, "买家取消", member_id, step="cancelled")
        return row
    steps.must_be(row, OrderStatus.UNPAID)
    placing.give_stock_back(row)
    steps.go(row, OrderStatus.CANCELLED, "cancelled", member_id)
    return row


def refund(
    caller: Principal, order_id: UUID, wanted: Mapping[int, int] | None, reason: str
) -> Order:
    """Gives lines of an order back, or all of it, before it is completed: by the store's staff or
    the operator, in the current unit of work. Raises OrderUnknown, OrderStatusDiffers,
    NothingToReturn, TooManyRefunds."""
    row = steps.sold(caller, order_id)
    give_back(row, wanted, reason, caller.id, step="refunded")
    return row


def give_back(
    row: Order, wanted: Mapping[int, int] | None, reason: str, by: UUID, *, step: str
) -> None:
    """Gives pieces of a locked order back (None: all that is left), in the current unit of work.

    What was not shipped yet is in stock again. Raises OrderStatusDiffers, NothingToReturn,
    TooManyRefunds.
    """
    steps.must_be(row, *IN_ESCROW)
    lines = {line.number: line for line in steps.lines(row)}
    back, amount_fen = _wanted(lines, wanted)
    made = _write(row, back, amount_fen, reason, by, step == "cancelled")
    if row.status == OrderStatus.PAID:
        writing.put_back({lines[n].offer_id: count for n, count in back.items()})
    for number, count in back.items():
        lines[number].returned += count
    if row.escrow_fen == 0:
        codes.retire(row)
        steps.go(row, OrderStatus.RETURNED, step, by, reason)
    else:
        steps.note(row, f"{step}_in_part", by, reason)
    try:
        ledger.post([made])
    except ledger.InsufficientFunds as error:  # what was read of a gift's tax is gone meanwhile
        raise TryAgain() from error


def _standing(member_id: UUID, order_id: UUID) -> tuple[str, UUID | None]:
    row = steps.bought(member_id, order_id)
    return row.status, row.wechat_order_id


def _wanted(
    lines: Mapping[int, OrderLine], wanted: Mapping[int, int] | None
) -> tuple[dict[int, int], int]:
    pieces = [
        Piece(line.number, line.quantity, line.returned, line.unit_fen or 0)
        for line in lines.values()
    ]
    try:
        back = returning(pieces, wanted)
    except KeyError as error:
        raise NothingToReturn(number=error.args[0], left=0) from error
    except ValueError as error:
        raise NothingToReturn(number=error.args[0], left=error.args[1]) from error
    amount_fen = returned_fen(pieces, back)
    if not amount_fen:
        raise NothingToReturn()
    return back, amount_fen


def _write(
    row: Order, back: Mapping[int, int], amount_fen: int, reason: str, by: UUID, is_given_up: bool
) -> Journal:
    identity, journal_id = new_id(row.bucket), new_id(row.bucket)
    if row.is_gift:
        wechat_fen = 0
        legs = gift_money.legs_back(row.id, amount_fen, journal_id, is_given_up=is_given_up)
    else:
        legs, wechat_fen = _payers_legs(row, amount_fen)
    journal = Journal(
        id=journal_id,
        kind="order_returned",
        reference_id=row.id,
        principal_id=by,
        key=f"order_returned:{identity}",
        legs=(*legs, Leg(row.payer_id, Account.ORDER_ESCROW, -amount_fen)),
    )
    values: dict[str, Any] = {"lines": {str(number): count for number, count in back.items()}}
    made = OrderReturn(
        bucket=row.bucket,
        id=identity,
        order_id=row.id,
        amount_fen=amount_fen,
        wechat_fen=wechat_fen,
        reason=reason,
        requested_by=by,
        journal_id=journal.id,
        created_at=now(),
        **values,
    )
    db.session.add(made)
    row.returned_fen += amount_fen
    db.session.flush()
    if wechat_fen and row.wechat_order_id is not None:
        wallet.refund_order(row.wechat_order_id, identity, wechat_fen, reason)
    looks.touch_persons([row.payer_id])
    return journal


def _payers_legs(row: Order, amount_fen: int) -> tuple[list[Leg], int]:
    """The legs to those who paid, and what of them goes through WeChat (fen)."""
    parts, wechat_fen = _sources(row, amount_fen)
    legs = wallet.give_back_legs(row.payer_id, parts) + wallet.clearing_legs(wechat_fen)
    return legs, wechat_fen


def _sources(row: Order, amount_fen: int) -> tuple[list[Part], int]:
    """What goes back to which purse and lot, and what through WeChat (fen)."""
    paid = escrow.parts_paid(row)
    if row.wechat_fen:
        earlier = len(escrow.returns([row.id]))
        wallet.check_number_of_refunds(earlier, amount_fen, row.escrow_fen)
    whole = [*(part.amount_fen for part in paid), row.wechat_fen]
    *purses, wechat_fen = refund_parts(whole, row.returned_fen, amount_fen)
    pairs = zip(paid, purses, strict=True)
    return [Part(part.account, fen, part.lot_id) for part, fen in pairs if fen], wechat_fen
