"""Readers of what happened in the rooms below: who is told of it, and what.

Each writes notices down in one unit; sending is `outgoing`'s. Read again, they write nothing
twice: a notice is unique by event, receiver and kind.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.alliance import service as alliance
from app.core.db import in_transaction
from app.core.world import now
from app.ledger.service import Account
from app.members import service as members
from app.notices import order_texts, outgoing, texts, windows
from app.wallet import service as wallet

Payload = dict[str, Any]


def joined(payload: Payload) -> None:
    """Reader of member.joined: tells the member and whoever brought them.

    Who followed was told by the welcome already.
    """
    member_id = UUID(payload["member_id"])

    def work() -> None:
        gift = wallet.purses(member_id)[Account.EXPERIENCE].balance_fen
        at = members.profile(member_id).joined_at
        event = f"member.joined:{member_id}"
        outgoing.queue(event, member_id, texts.joined(gift, at))
        _tell_who_brought(event, member_id)

    in_transaction(work)


def topped_up(payload: Payload) -> None:
    """Reader of top_up.credited."""
    top_up_id = UUID(payload["top_up_id"])

    def work() -> None:
        found, member_id = wallet.top_up(top_up_id), wallet.top_up_owner(top_up_id)
        if member_id is None:
            raise LookupError(f"nobody's top-up: {top_up_id}")
        at = found.credited_at or now()
        content = texts.topped_up(alliance.store(found.store_id).name, found.amount_fen, at)
        windows.open_window(member_id, "payment", at)
        outgoing.queue(f"top_up.credited:{found.id}", member_id, content)

    in_transaction(work)


def paid(payload: Payload) -> None:
    """Reader of sale.paid: tells the payer and the merchant's contacts."""

    def work() -> None:
        sale = alliance.sale_facts(UUID(payload["sale_id"]))
        if sale.is_order:  # its payment and its completion are told by themselves
            return
        store, at = sale.store_name, sale.paid_at or now()
        event = f"sale.paid:{sale.id}"
        if sale.wechat_fen:
            windows.open_window(sale.payer_id, "payment", at)
        if sale.settled_fen:
            _tell_buyer(f"{event}:buyer", sale, texts.purchase_paid(store, sale.amount_fen, at))
        else:
            content = texts.paid(store, sale.amount_fen, _purses(sale), at, sale.discount_fen)
            outgoing.queue(event, sale.payer_id, content)
        content = texts.payment_received(store, sale.amount_fen, sale.merchant_share_fen, at)
        for contact_id in alliance.contacts(sale.merchant_id):
            outgoing.queue(event, contact_id, content)

    in_transaction(work)


def distributed(payload: Payload) -> None:
    """Reader of sale.distributed: tells the members and salespeople who earned a share."""

    def work() -> None:
        sale = alliance.sale_facts(UUID(payload["sale_id"]))
        at = sale.distributed_at or now()
        for share in sale.shares:
            if not share.amount_fen:
                continue
            event = f"sale.distributed:{sale.id}:{share.party}"
            if _is_member(share.owner_id):
                is_own = share.owner_id == sale.payer_id
                amount = share.amount_fen
                content = texts.rebate(sale.store_name, amount, is_own, share.release_at, at)
                outgoing.queue(event, share.owner_id, content)
            elif (earner_id := _member_behind(share.owner_id)) is not None:
                content = texts.salesperson_earned(sale.store_name, share.amount_fen, at)
                outgoing.queue(event, earner_id, content)

    in_transaction(work)


def refunded(payload: Payload) -> None:
    """Reader of sale.refunded: tells the payer, the merchant's contacts, and its supplier's."""

    def work() -> None:
        refund = alliance.refund_facts(UUID(payload["refund_id"]))
        sale, at = refund.sale, refund.done_at or now()
        event = f"sale.refunded:{refund.id}"
        if sale.settled_fen:
            content = texts.purchase_refunded(sale.store_name, refund.amount_fen, at)
            _tell_buyer(f"{event}:buyer", sale, content)
        else:
            worded = texts.gift_refunded if sale.gift_fen else texts.refunded
            content = worded(sale.store_name, refund.amount_fen, at)
            outgoing.queue(event, sale.payer_id, content)
        content = texts.payment_refunded(sale.store_name, refund.amount_fen, at)
        for contact_id in alliance.contacts(sale.merchant_id):
            outgoing.queue(event, contact_id, content)
        if refund.supplier_id is not None:
            content = texts.supply_refunded(sale.store_name, refund.supplied_fen, at)
            for contact_id in alliance.contacts(refund.supplier_id):
                outgoing.queue(f"{event}:supplier", contact_id, content)

    in_transaction(work)


def order_changed(payload: Payload) -> None:
    """Reader of order.changed: tells the buyer and the merchant's contacts what concerns them."""

    def work() -> None:
        order = alliance.order_facts(UUID(payload["order_id"]), int(payload["number"]))
        event = f"order.changed:{order.id}:{payload['number']}"
        if order.step == "paid" and order.wechat_fen:
            windows.open_window(order.payer_id, "payment", order.at)
        content = order_texts.for_buyer(order)
        if content is not None:
            outgoing.queue(event, order.payer_id, content)
        content = order_texts.for_merchant(order)
        if content is not None:
            for contact_id in alliance.contacts(order.merchant_id):
                outgoing.queue(event, contact_id, content)
        content = order_texts.for_supplier(order) if order.supplier_id else None
        if content is not None and order.supplier_id is not None:
            for contact_id in alliance.contacts(order.supplier_id):
                outgoing.queue(f"{event}:supplier", contact_id, content)

    in_transaction(work)


def withdrawal_finished(payload: Payload) -> None:
    """Reader of withdrawal.finished."""
    _withdrawal(payload, is_paid=True)


def withdrawal_returned(payload: Payload) -> None:
    """Reader of withdrawal.returned."""
    _withdrawal(payload, is_paid=False)


def settled(payload: Payload) -> None:
    """Reader of settlement.issued: tells the merchant's contacts."""

    def work() -> None:
        settlement = alliance.settlement_facts(UUID(payload["settlement_id"]))
        name = alliance.merchant(settlement.merchant_id).name
        content = texts.settled(
            name,
            settlement.total_fen,
            settlement.sale_count,
            settlement.created_at,
            settlement.id,
            settlement.supply_fen,
        )
        for contact_id in alliance.contacts(settlement.merchant_id):
            outgoing.queue(f"settlement.issued:{settlement.id}", contact_id, content)

    in_transaction(work)


def _withdrawal(payload: Payload, *, is_paid: bool) -> None:
    def work() -> None:
        found = wallet.withdrawal(UUID(payload["withdrawal_id"]))
        kept = (found.fee_fen, found.tax_fen)
        place = "银行账户" if found.channel == "bank_file" else "微信零钱"
        content = texts.withdrawal(found.amount_fen, is_paid, now(), *kept, place=place)
        receivers = [found.member_id] if found.member_id else alliance.contacts(found.owner_id)
        for receiver_id in receivers:
            outgoing.queue(f"withdrawal:{found.id}", receiver_id, content)

    in_transaction(work)


def _tell_who_brought(event: str, member_id: UUID) -> None:
    """Tells the member or the salesperson whose code somebody joined by. Names nobody."""
    bound = members.binding(member_id)
    if bound is None:
        return
    if bound.recommender_kind == "member":
        outgoing.queue(event, bound.recommender_id, texts.friend_joined(bound.bound_at))
    elif bound.recommender_kind == "salesperson":
        salesperson_id = _member_behind(bound.recommender_id)
        if salesperson_id is not None:
            outgoing.queue(event, salesperson_id, texts.customer_brought(bound.bound_at))


def _member_behind(salesperson_id: UUID) -> UUID | None:
    """The member who is this salesperson, if they are a salesperson and known as a member."""
    try:
        return alliance.salesperson(salesperson_id).member_id
    except alliance.SalespersonUnknown:
        return None


def _tell_buyer(event: str, sale: alliance.SaleFacts, content: texts.Content) -> None:
    """Whoever speaks for the merchant that is the payer."""
    for contact_id in alliance.contacts(sale.payer_id):
        outgoing.queue(event, contact_id, content)


def _purses(sale: alliance.SaleFacts) -> dict[str, int]:
    return {
        "体验金": sale.experience_fen,
        "储值": sale.prepaid_fen,
        "返利": sale.rebate_fen,
        "微信支付": sale.wechat_fen,
    }


def _is_member(owner_id: UUID) -> bool:
    try:
        members.profile(owner_id)
    except members.MemberUnknown:
        return False
    return True
