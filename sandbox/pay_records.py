"""What WeChat Pay remembers besides orders, refunds and transfers; plain JSON like the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class PlatformCertificate:
    """A certificate WeChat Pay signs with from `signs_from` on; both parts in PEM (fact D3)."""

    id: str
    private_key: str
    certificate: str
    effective_at: float
    expires_at: float
    signs_from: float


@dataclass
class BillFile:
    """A file that is fetched by its token until `expires_at` (facts D9, D12).

    A bill is text and fetched once; a receipt is a PDF in base64.
    """

    id: str
    text: str
    zipped: bool
    expires_at: float
    pdf: bool = False


@dataclass
class PaymentCode:
    """The code a person shows at a till: one minute, one payment (fact D6)."""

    id: str
    phone_id: str
    expires_at: float
    used: bool = False


@dataclass
class Authorization:
    """Leave to be paid without confirming, by the merchant's number (fact D9)."""

    id: str
    app_id: str
    openid: str
    scene: str
    display_name: str
    notify_url: str
    request: dict[str, Any]
    created_at: float
    package_info: str = ""
    state: str = "WAIT_USER_CONFIRM"
    authorization_id: str = ""
    authorized_at: float = 0.0
    closed_at: float = 0.0
    close_reason: str = ""


@dataclass
class Receiver:
    """Whom profits may be shared with; its id is kind and account (fact D10)."""

    id: str
    relation: str
    custom_relation: str
    name: str


@dataclass
class Sharing:
    """Parts of a payment for receivers; with `is_last` the rest is unfrozen (fact D10)."""

    id: str
    sharing_id: str
    order_number: str
    transaction_id: str
    receivers: list[dict[str, Any]]
    is_last: bool
    request: dict[str, Any]
    created_at: float
    state: str = "PROCESSING"


@dataclass
class SharingReturn:
    """A part a merchant gave back (fact D10)."""

    id: str
    return_id: str
    sharing_number: str
    mchid: str
    amount_fen: int
    request: dict[str, Any]
    created_at: float
    result: str
    fail_reason: str


@dataclass
class Combined:
    """Orders that are paid together, by their common number (fact D11)."""

    id: str
    app_id: str
    openid: str
    order_numbers: list[str]
    request: dict[str, Any]
    created_at: float


@dataclass
class Receipt:
    """The receipt of a transfer, by the merchant's number; a PDF in base64 (fact D9)."""

    id: str
    pdf: str
    created_at: float
