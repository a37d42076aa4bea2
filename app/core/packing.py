"""Columns of many rows as PostgreSQL arrays, already in their binary form.

Packed here rather than by the driver, because packing is most of what sending many rows costs on
this side: one join of bytes instead of one adapter call an element. The result is a parameter.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_INT2, _INT4, _INT8, _TEXT, _BYTEA, _UUID, _MOMENT = 21, 23, 20, 25, 17, 2950, 1184
_ARRAY_OF = {
    _INT2: 1005,
    _INT4: 1007,
    _INT8: 1016,
    _TEXT: 1009,
    _BYTEA: 1001,
    _UUID: 2951,
    _MOMENT: 1185,
}
_HEADER = struct.Struct("!iiIii").pack
_LENGTH = struct.Struct("!i").pack
_INT2_ITEM = struct.Struct("!ih").pack
_INT4_ITEM = struct.Struct("!ii").pack
_INT8_ITEM = struct.Struct("!iq").pack
_UUID_LENGTH = _LENGTH(16)
_NULL = _LENGTH(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Packed:
    """A PostgreSQL array in its binary wire format."""

    __slots__ = ("wire",)

    def __init__(self, wire: bytes) -> None:
        self.wire = wire


def _kind(array_oid: int) -> type[Packed]:
    class PackedKind(Packed):
        __slots__ = ()

    class PackedDumper(Dumper):
        oid = array_oid
        format = Format.BINARY

        def dump(self, obj: Packed) -> Buffer:
            return obj.wire

    psycopg.adapters.register_dumper(PackedKind, PackedDumper)
    return PackedKind


_KINDS = {element: _kind(array) for element, array in _ARRAY_OF.items()}


def _pack(element: int, items: Sequence[bytes]) -> Packed:
    return _KINDS[element](_HEADER(1, 1, element, len(items), 1) + b"".join(items))


def uuids(values: Iterable[UUID]) -> Packed:
    """uuid[]"""
    return packed_uuids(value.bytes for value in values)


def packed_uuids(values: Iterable[bytes]) -> Packed:
    """uuid[] of the 16 bytes of each."""
    return _pack(_UUID, [_UUID_LENGTH + value for value in values])


def texts(values: Iterable[str | None]) -> Packed:
    """text[]"""
    return _strings(_TEXT, (None if value is None else value.encode() for value in values))


def bytestrings(values: Iterable[bytes | None]) -> Packed:
    """bytea[]"""
    return _strings(_BYTEA, values)


def smallints(values: Iterable[int]) -> Packed:
    """smallint[]"""
    return _pack(_INT2, [_INT2_ITEM(2, value) for value in values])


def integers(values: Iterable[int | None]) -> Packed:
    """integer[]"""
    return _pack(_INT4, [_NULL if value is None else _INT4_ITEM(4, value) for value in values])


def bigints(values: Iterable[int]) -> Packed:
    """bigint[]"""
    return _pack(_INT8, [_INT8_ITEM(8, value) for value in values])


def moments(values: Iterable[datetime]) -> Packed:
    """timestamptz[]"""
    return _pack(_MOMENT, [_INT8_ITEM(8, (each - _EPOCH) // _MICROSECOND) for each in values])


def _strings(element: int, values: Iterable[bytes | None]) -> Packed:
    return _pack(element, [_NULL if v is None else _LENGTH(len(v)) + v for v in values])
