"""What of a shared payment is frozen at WeChat (`wechat_frozen`), in the current unit of work."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.db import db
from app.core.world import PLATFORM_ID, SYSTEM_ID, new_id
from app.ledger.service import Account, Journal, Leg
from app.wallet import rules as wallet_rules
from app.wallet.models import OrderRefund, WeChatOrder
from app.wallet.profit_sharing import rules
from app.wallet.profit_sharing.models import Split
from app.wallet.profit_sharing.rules import SplitState


def frozen_journal(order: WeChatOrder) -> Journal | None:
    """The journal of a paid shared order: what came, without the fee, is frozen; else None."""
    amount = first_fen(order)
    if not order.is_shared or not amount:
        return None
    return Journal(
        id=new_id(order.bucket),
        kind="sharing_frozen",
        reference_id=order.id,
        principal_id=SYSTEM_ID,
        key=f"sharing_frozen:{order.id}",
        legs=(
            Leg(PLATFORM_ID, Account.WECHAT_TAKINGS, amount),
            Leg(PLATFORM_ID, Account.WECHAT_FROZEN, -amount),
        ),
    )


def first_fen(order: WeChatOrder) -> int:
    """What is frozen of an order when it is paid, in fen."""
    return order.amount_fen - wallet_rules.fee_fen(order.amount_fen, order.fee_bp)


def left_fen(order: WeChatOrder) -> int:
    """What is still frozen of an order, by our books, in fen; the caller holds its lock.

    An ended order that was paid all the same (suspense) has WeChat's number too.
    """
    if not order.is_shared or order.released_at is not None or order.transaction_id is None:
        return 0
    given = select(func.coalesce(func.sum(Split.amount_fen), 0)).where(
        Split.bucket == order.bucket, Split.order_id == order.id, Split.state == SplitState.DONE
    )
    back = select(func.coalesce(func.sum(OrderRefund.from_frozen_fen), 0)).where(
        OrderRefund.bucket == order.bucket, OrderRefund.order_id == order.id
    )
    fee = wallet_rules.fee_fen(order.amount_fen, order.fee_bp)
    return rules.frozen_fen(
        order.amount_fen, fee, int(db.session.scalar(given) or 0), int(db.session.scalar(back) or 0)
    )


def splittable_fen(order: WeChatOrder, ratio_bp: int) -> int:
    """What may still be split of an order, in fen: frozen, not on its way, within the ratio."""
    mine = (Split.bucket == order.bucket, Split.order_id == order.id, Split.kind == "split")
    found = db.session.execute(
        select(Split.state, func.sum(Split.amount_fen), func.count())
        .where(*mine)
        .group_by(Split.state)
    ).all()
    if sum(count for _, _, count in found) >= rules.MOST_SPLITS:
        return 0
    by_state = {state: int(total) for state, total, _ in found}
    taken = sum(fen for state, fen in by_state.items() if state != SplitState.FAILED)
    on_its_way = taken - by_state.get(SplitState.DONE, 0)
    within = rules.most_fen(order.amount_fen, ratio_bp) - taken
    return max(0, min(within, left_fen(order) - on_its_way))


def is_being_split(order: WeChatOrder) -> bool:
    """Whether WeChat may be splitting or releasing this order's money right now."""
    sending = select(Split.id).where(
        Split.bucket == order.bucket,
        Split.order_id == order.id,
        Split.state == SplitState.SENDING,
    )
    return db.session.scalar(sending.limit(1)) is not None


def is_being_refunded(order: WeChatOrder) -> bool:
    """Whether WeChat may be taking a refund from this order's money right now."""
    open_ = select(OrderRefund.id).where(
        OrderRefund.bucket == order.bucket,
        OrderRefund.order_id == order.id,
        OrderRefund.state.in_(("requested", "processing")),
    )
    return db.session.scalar(open_.limit(1)) is not None
