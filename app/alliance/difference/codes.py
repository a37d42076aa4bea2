"""Each enterprise's own code: eight letters and digits that nobody confuses, the last one a check.

It follows from the enterprise's id, so that whoever asks first may give it.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.difference.models import DifferenceCode
from app.core.db import db
from app.core.world import bucket_of, now

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31, a prime: no 0, 1, I, L, O
LENGTH = 8


def written(merchant_id: UUID, attempt: int = 0) -> str:
    """The code of an enterprise; of a later attempt where another one has it already."""
    number = int.from_bytes(sha256(merchant_id.bytes + bytes([attempt])).digest()[:8])
    body = ""
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, len(LETTERS))
        body += LETTERS[digit]
    return body + check_letter(body)


def check_letter(body: str) -> str:
    """The last letter: one wrong letter, or two neighbours exchanged, give another one."""
    weighed = sum(place * LETTERS.index(letter) for place, letter in enumerate(body, 2))
    return LETTERS[weighed % len(LETTERS)]


def codes_of(merchant_ids: Collection[UUID]) -> dict[UUID, str]:
    """The codes of enterprises that exist, given where they have none, in the current unit."""
    statement = select(DifferenceCode.merchant_id, DifferenceCode.code).where(
        DifferenceCode.bucket.in_({bucket_of(each) for each in merchant_ids}),
        DifferenceCode.merchant_id.in_(merchant_ids),
    )
    found = {row.merchant_id: row.code for row in db.session.execute(statement)}
    for merchant_id in sorted(set(merchant_ids) - found.keys()):
        found[merchant_id] = _give(merchant_id)
    return found


def _give(merchant_id: UUID) -> str:
    mine = (DifferenceCode.bucket == bucket_of(merchant_id)) & (
        DifferenceCode.merchant_id == merchant_id
    )
    attempt = 0
    while True:
        values = {
            "bucket": bucket_of(merchant_id),
            "merchant_id": merchant_id,
            "code": written(merchant_id, attempt),
            "created_at": now(),
        }
        db.session.execute(upsert(DifferenceCode).values(values).on_conflict_do_nothing())
        given = db.session.scalar(select(DifferenceCode.code).where(mine))
        if given is not None:  # else the code is another enterprise's
            return given
        attempt += 1
