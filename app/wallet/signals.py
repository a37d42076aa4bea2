"""What this room tells the rooms above it. Receivers are connected by create_app only.

A receiver runs inside the unit of work that decided the matter: it may write, it may not commit
and may not use the network. If it raises, nothing is decided.
"""

from __future__ import annotations

from blinker import Signal

order_paid = Signal("receiver(purpose: str, order: WeChatOrder, transaction: OrderStatus)")
order_closed = Signal("receiver(purpose: str, order: WeChatOrder): it will never be paid")
order_refunded = Signal("receiver(purpose: str, order: WeChatOrder, refund: OrderRefund)")
top_up_refunded = Signal(
    "receiver(member_id: UUID, bonus_returned: dict[UUID, int]): unspent money of theirs went back,"
    " and so much of these bonus lots to their funders"
)
split_ended = Signal("receiver(kind: str, split: Split): a split or release is at its end")
commission_asked = Signal("receiver(owner_id: UUID) -> commission ever released to them, in fen")
confirmation_asked = Signal(
    "receiver(member_id: UUID, amount_fen: int): refuses unless the amount is small or the member"
    " proves with this request that it is them; asked before any unit of work, may use the network"
)
payee_asked = Signal(
    "receiver(owner_id: UUID, caller: Principal, receiver_id: UUID | None) -> Payee | None: who"
    " receives what this merchant or salesperson owns, if the caller may ask for it"
)
ring_asked = Signal(
    "receiver(owner_id: UUID, member_id: UUID | None) -> bool: whether people have confirmed that"
    " the owner, or the member who receives, takes part in a ring"
)
owner_names_asked = Signal(
    "receiver(owner_ids: Collection[UUID]) -> dict[UUID, str]: what those of them who are merchants"
    " are called; members and salespeople are told by their ids alone"
)
bank_account_asked = Signal("receiver(owner_id: UUID) -> BankAccount | None: where the bank pays")
