"""The hash of a statement: printed on it, so that paper and database can be compared.

SHA-256 over one line of JSON for the head and one for each line of the statement, in the order of
the statement; keys sorted, no spaces, moments as microseconds since 1970 (UTC). `discount_fen`
and `supply_fen` stand in a line that has one, the amounts of supplies in a head that has any.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.core.world import BEIJING, beijing_day

HEAD = (
    "id",
    "merchant_id",
    "number",
    "paid_before",
    "line_count",
    "pending_fen",
    "experience_fen",
    "service_fee_fen",
    "channel_fee_fen",
    "opening_pending_fen",
    "opening_service_fee_fen",
    "opening_channel_fee_fen",
    "opening_experience_fen",
    "payable_fen",
    "experience_payable_fen",
    "journal_id",
    "created_at",
)
LINE = (
    "kind",
    "subject_id",
    "moment",
    "sale_id",
    "store_id",
    "gross_fen",
    "concession_fen",
    "pending_fen",
    "experience_fen",
    "service_fee_fen",
    "channel_fee_fen",
    "purses",
)
OPTIONAL = ("discount_fen", "supply_fen")
SUPPLIES = ("supply_fen", "opening_supply_owed_fen", "supply_owed_fen")


def digest(head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> bytes:
    """The hash of a statement with its lines in their order."""
    found = sha256(
        _line(head, (*HEAD, *(SUPPLIES if any(head[name] for name in SUPPLIES) else ())))
    )
    for line in lines:
        present = [name for name in OPTIONAL if line[name]]
        found.update(_line(line, (*LINE, *present)))
    return found.digest()


def reference(settlement_id: UUID, created_at: datetime) -> str:
    """The number of a statement as people read it: 结算单号."""
    return f"JS{beijing_day(created_at):%Y%m%d}{settlement_id.hex[-12:].upper()}"


def beijing_time(moment: datetime) -> str:
    """A moment as statements show it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _line(values: Mapping[str, Any], names: Iterable[str]) -> bytes:
    chosen = {name: values[name] for name in names}
    return _encoder.encode(chosen).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a statement cannot hold a {type(value).__name__}")


_encoder = json.JSONEncoder(default=_plain, sort_keys=True, separators=(",", ":"))
