"""What the sandbox remembers of links, shipped orders and pictures, all plain JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Link:
    """A URL Link or scheme (WeChat fact C7). `id` is the link itself."""

    id: str
    path: str
    query: str
    created_at: float
    expires_at: float


@dataclass
class Shipment:
    """The shipping information of one order (WeChat fact C8). `id` is the out_trade_no."""

    id: str
    logistics_type: int = 0
    delivery_mode: int = 0
    parcels: list[dict[str, Any]] = field(default_factory=list)
    uploaded_at: float = 0.0
    shipped_at: float = 0.0
    finished_count: int = 0
    reminded: bool = False
    received_at: float = 0.0
    receipt_method: int = 0
    settled_at: float = 0.0
    ready_at: float = 0.0
    is_test: bool = False


@dataclass
class Picture:
    """A picture somebody sent: JPEG in base64."""

    id: str
    data: str


@dataclass
class Material:
    """A temporary material (临时素材) of one app; `data` is the file in base64."""

    id: str
    app_id: str
    kind: str
    content_type: str
    data: str
    expires_at: float
