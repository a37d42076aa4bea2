"""How journals travel to the PostgreSQL function `ledger_post`: parallel arrays, already binary.

Arrays are packed here rather than by the driver, because packing is most of what a posting costs
on this side: one join of bytes instead of one adapter call an element.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

from app.ledger.journals import Journal

NIL = bytes(16)
_PLACES = ", ".join(["%b"] * 14)
POST = f"SELECT ledger_post({_PLACES})"
POST_NEW = f"SELECT ledger_require_new(ledger_post({_PLACES}))"
POST_IF_FUNDED = f"SELECT ledger_post_if_funded({_PLACES})"

_INT2, _INT4, _INT8, _TEXT, _BYTEA, _UUID = 21, 23, 20, 25, 17, 2950
_ARRAY_OF = {_INT2: 1005, _INT4: 1007, _INT8: 1016, _TEXT: 1009, _BYTEA: 1001, _UUID: 2951}
_HEADER = struct.Struct("!iiIii").pack
_LENGTH = struct.Struct("!i").pack
_INT2_ITEM = struct.Struct("!ih").pack
_INT4_ITEM = struct.Struct("!ii").pack
_INT8_ITEM = struct.Struct("!iq").pack
_UUID_LENGTH = _LENGTH(16)


class _Packed:
    """A PostgreSQL array in its binary wire format."""

    __slots__ = ("wire",)

    def __init__(self, wire: bytes) -> None:
        self.wire = wire


def _dumper(array_oid: int) -> tuple[type[_Packed], type[Dumper]]:
    class Packed(_Packed):
        __slots__ = ()

    class PackedDumper(Dumper):
        oid = array_oid
        format = Format.BINARY

        def dump(self, obj: _Packed) -> Buffer:
            return obj.wire

    psycopg.adapters.register_dumper(Packed, PackedDumper)
    return Packed, PackedDumper


_PACKED = {element: _dumper(array)[0] for element, array in _ARRAY_OF.items()}


def _pack(element: int, items: Sequence[bytes]) -> _Packed:
    return _PACKED[element](_HEADER(1, 0, element, len(items), 1) + b"".join(items))


def _uuids(values: Iterable[bytes]) -> _Packed:
    return _pack(_UUID, [_UUID_LENGTH + value for value in values])


def _strings(element: int, values: Iterable[bytes]) -> _Packed:
    return _pack(element, [_LENGTH(len(value)) + value for value in values])


def arguments(journals: Sequence[Journal], posted_at: datetime) -> list[Any]:
    """The parameters of `POST`: journals in the given order, legs in the order of their locks."""
    legs = sorted(
        (leg.owner_id.bytes, leg.account, position, number, leg)
        for position, journal in enumerate(journals, 1)
        for number, leg in enumerate(journal.legs, 1)
    )
    return [
        posted_at,
        _uuids(journal.id.bytes for journal in journals),
        _strings(_TEXT, (journal.kind.encode() for journal in journals)),
        _uuids(journal.reference_id.bytes for journal in journals),
        _uuids(journal.principal_id.bytes for journal in journals),
        _strings(_TEXT, (journal.key.encode() for journal in journals)),
        _strings(_BYTEA, (journal.fingerprint for journal in journals)),
        _uuids(journal.reverses_id.bytes if journal.reverses_id else NIL for journal in journals),
        _pack(_INT4, [_INT4_ITEM(4, row[2]) for row in legs]),
        _pack(_INT2, [_INT2_ITEM(2, row[3]) for row in legs]),
        _uuids(row[0] for row in legs),
        _pack(_INT2, [_INT2_ITEM(2, row[1]) for row in legs]),
        _uuids(row[4].lot_id.bytes if row[4].lot_id else NIL for row in legs),
        _pack(_INT8, [_INT8_ITEM(8, row[4].amount_fen) for row in legs]),
    ]
