"""Following after a payment: WeChat names the payment, not a code (fact A6, `last_trade_no_…`).

Where a member paid through WeChat Pay in our mini-program, the follower is that member: WeChat
let nobody else pay that order. For an order that anybody could pay (Native) it proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.alliance import service as alliance
from app.core import outbox
from app.core.db import in_transaction
from app.core.outbox import TryLater
from app.core.world import bucket_of, now
from app.members import service as members
from app.wallet import service as wallet
from app.wechat.client import Message

PREFIX = "last_trade_no_"
FOLLOWED = "notices.followed_after_paying"
LOOK_AGAIN_SECONDS = 20
PATIENCE = timedelta(minutes=30)  # until then the payment itself has been notified, or asked for
LONGEST_NUMBER = 64


@dataclass(frozen=True, slots=True)
class Paid:
    """Who paid, and in which store."""

    member_id: UUID
    store_name: str


def after_paying(message: Message) -> Paid | None:
    """The member whose payment led to this follow, who is known by it from now on.

    In the current unit of work. None for other follows, while the payment is not known, and for
    somebody who was another member before: then see `recognise`.
    """
    transaction_id = _transaction_id(message)
    order = wallet.order_of_transaction(transaction_id) if transaction_id else None
    if order is None or order.trade_type != "jsapi":
        return None
    payer_id = members.today(order.member_id)
    if members.attach(payer_id, message.app_id, message.openid, message.created_at) != payer_id:
        return None
    return Paid(payer_id, _store_name(order))


def look_later(message: Message, member_id: UUID) -> None:
    """The follow may be told before the payment: has it looked for again after this unit."""
    transaction_id = _transaction_id(message)
    if transaction_id is not None:
        payload = {
            "transaction_id": transaction_id,
            "member_id": str(member_id),
            "until": (now() + PATIENCE).isoformat(),
        }
        outbox.emit(FOLLOWED, payload, bucket=bucket_of(member_id))


def recognise(payload: dict[str, Any]) -> None:
    """Reader of FOLLOWED: brings the follower together with the member who paid."""
    member_id = UUID(payload["member_id"])

    def work() -> bool:
        order = wallet.order_of_transaction(payload["transaction_id"])
        if order is None:
            return False
        payer_id, follower_id = members.today(order.member_id), members.today(member_id)
        if order.trade_type == "jsapi" and payer_id != follower_id:
            proof = {"kind": "payment", "order_id": str(order.id)}
            members.same_person(follower_id, payer_id, proof)
        return True

    if not in_transaction(work) and now() < datetime.fromisoformat(payload["until"]):
        raise TryLater(LOOK_AGAIN_SECONDS)


def _transaction_id(message: Message) -> str | None:
    number = message.event_key.removeprefix(PREFIX)
    if number == message.event_key or not 1 <= len(number) <= LONGEST_NUMBER:
        return None
    return number if number.isalnum() else None


def _store_name(order: wallet.WeChatOrder) -> str:
    if order.purpose == "sale":
        return alliance.sale_facts(order.subject_id).store_name
    return alliance.store(wallet.top_up(order.subject_id).store_id).name
