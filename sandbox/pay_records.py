"""What WeChat Pay remembers besides orders, refunds and transfers; plain JSON like the others."""

from __future__ import annotations

from dataclasses import dataclass


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
    """A bill that may be fetched once, by its token, until `expires_at` (fact D12)."""

    id: str
    text: str
    zipped: bool
    expires_at: float


@dataclass
class PaymentCode:
    """The code a person shows at a till: one minute, one payment (fact D6)."""

    id: str
    phone_id: str
    expires_at: float
    used: bool = False
