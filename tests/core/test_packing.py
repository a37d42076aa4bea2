"""Packed arrays arrive as what they were."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import packing
from app.core.db import read_plain
from app.core.world import new_id

pytestmark = pytest.mark.usefixtures("context")
MOMENT = datetime(2026, 11, 22, 3, 4, 5, 678_901, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pack", "values"),
    [
        (packing.uuids, [new_id(), new_id()]),
        (packing.texts, ["", "你好", None, "a\nb\\{}\"',", "NULL"]),
        (packing.bytestrings, [b"", b"\0\xff", None]),
        (packing.smallints, [-(2**15), 0, 2**15 - 1]),
        (packing.integers, [-(2**31), None, 2**31 - 1]),
        (packing.bigints, [-(2**63), 0, 2**63 - 1]),
        (
            packing.moments,
            [MOMENT, MOMENT - timedelta(days=20_000), datetime(1999, 1, 1, tzinfo=UTC)],
        ),
        (packing.texts, []),
    ],
)
def test_an_array_arrives_as_it_was(pack, values):
    found = read_plain(
        "SELECT each FROM unnest(%s) WITH ORDINALITY AS t(each, n) ORDER BY n", (pack(values),)
    )
    assert [row[0] for row in found] == values
