"""What the sandbox remembers: one dataclass per kind of thing, all of it plain JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Meta:
    """A single remembered value, such as the clock's offset."""

    id: str
    value: Any = None


@dataclass
class Job:
    """Something due at `due_at` (virtual seconds): a delivery, a state change."""

    id: str
    kind: str
    subject: str
    due_at: float


@dataclass
class Phone:
    """A simulated person.

    `windows` and `mini_windows` are customer-service allowances (WeChat fact B6), `credits` how
    often each subscription template may still be sent (B8, C5).
    """

    id: str
    name: str
    openid: str
    mini_openid: str
    unionid: str
    created_at: float
    follows: bool = False
    blocks: bool = False
    followed_at: float = 0.0
    follow_scene: str = ""
    session_key: str = ""
    colour: int = 0
    windows: list[dict[str, Any]] = field(default_factory=list)
    real_name: str = ""
    mini_windows: list[dict[str, Any]] = field(default_factory=list)
    number: str = ""
    privacy_agreed: bool = False
    mini_active_at: float = 0.0
    credits: dict[str, int] = field(default_factory=dict)


@dataclass
class Chat:
    """One line of the chat. side: me, account or system."""

    id: str
    phone_id: str
    at: float
    side: str
    kind: str
    text: str
    content: dict[str, Any] = field(default_factory=dict)


@dataclass
class Token:
    """An access_token. family: classic or stable (WeChat fact B1)."""

    id: str
    app_id: str
    family: str
    issued_at: float
    expires_at: float


@dataclass
class Ticket:
    """A parametric code of the official account (WeChat fact B3)."""

    id: str
    scene: str
    url: str
    created_at: float
    expires_at: float | None


@dataclass
class MiniCode:
    """A mini-program code lately drawn (WeChat fact C4)."""

    id: str
    scene: str
    page: str
    content: str
    created_at: float


@dataclass
class LoginCode:
    """A js_code, an OAuth or a phone number code: once, five minutes (WeChat facts C1, C3, B10).

    `snapshot` is "told" for a snapshot visitor, "untold" for one WeChat does not own up to.
    """

    id: str
    phone_id: str
    app_id: str
    expires_at: float
    scope: str = ""
    used: bool = False
    snapshot: str = ""


@dataclass
class Push:
    """A message or event on its way to the product. app: oa or mini."""

    id: str
    phone_id: str
    name: str
    fields: dict[str, Any]
    created_at: float
    state: str = "pending"
    tries: int = 0
    attempts: list[dict[str, Any]] = field(default_factory=list)
    forged: bool = False
    behind: str = ""
    app: str = "oa"


@dataclass
class Order:
    """A WeChat Pay order. `request` is what the merchant sent."""

    id: str
    app_id: str
    trade_type: str
    total_fen: int
    notify_url: str
    request: dict[str, Any]
    created_at: float
    openid: str = ""
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: float = 0.0
    fee_fen: int = 0
    refunded_fen: int = 0
    fee_returned_fen: int = 0
    closes_at: float = 0.0
    fees_from: str = "BASIC"
    frozen_fen: int = 0
    shared_out: bool = False
    combined_number: str = ""
    coupon_fen: int = 0


@dataclass
class Prepay:
    """A prepay_id, or the code_url of a native order: two hours (WeChat fact D5)."""

    id: str
    order_id: str
    created_at: float
    expires_at: float
    alive: bool = True


@dataclass
class Refund:
    """A refund (WeChat fact D8)."""

    id: str
    refund_id: str
    order_id: str
    refund_fen: int
    fee_returned_fen: int
    notify_url: str
    request: dict[str, Any]
    created_at: float
    status: str = "PROCESSING"
    finished_at: float = 0.0
    sent_to: str = ""


@dataclass
class Transfer:
    """A merchant transfer bill (WeChat fact D9)."""

    id: str
    transfer_bill_no: str
    openid: str
    amount_fen: int
    notify_url: str
    request: dict[str, Any]
    created_at: float
    updated_at: float
    state: str = "ACCEPTED"
    package_info: str = ""
    fail_reason: str = ""
    locked: bool = False
    confirm_until: float = 0.0
    out_authorization_no: str = ""
    needs_confirmation: bool = True


@dataclass
class Notice:
    """A WeChat Pay notification on its way to the product (WeChat fact D4)."""

    id: str
    event_type: str
    original_type: str
    summary: str
    url: str
    resource: dict[str, Any]
    created_at: float
    state: str = "pending"
    tries: int = 0
    attempts: list[dict[str, Any]] = field(default_factory=list)
    forged: bool = False
    behind: str = ""


@dataclass
class BookLine:
    """One movement in the books; positive adds to the account, which then holds `balance_fen`."""

    id: str
    at: float
    account: str
    amount_fen: int
    kind: str
    reference: str
    balance_fen: int = 0


@dataclass
class Fault:
    """Something that shall go wrong for the next `left` things that match (−1: for all of them).
    `met` counts the things that matched, whether they were struck or not."""

    id: str
    kind: str
    match: str
    left: int
    delay_seconds: float
    probability: float = 1.0
    detail: dict[str, Any] = field(default_factory=dict)
    seed: str = ""
    met: int = 0
