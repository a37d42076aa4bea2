"""Recognising many people of the chat at once, in one round trip and outside any unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import packing
from app.core.db import read_plain
from app.members.bindings import Bound, is_earlier
from app.members.identities import identity_key

LOOK = """
    SELECT i.key, i.openid IS NOT NULL, m.state, m.state_at, b.member_id,
           b.recommender_kind, b.recommender_id, b.home_store_id, b.scene, b.channel, b.bound_at
    FROM (SELECT key, openid, member_id, ((get_byte(uuid_send(member_id), 14) & 3) << 8
              | get_byte(uuid_send(member_id), 15))::smallint AS bucket
          FROM members_identity WHERE key = ANY(%s)) AS i
    JOIN members_member AS m ON m.bucket = i.bucket AND m.id = i.member_id
    JOIN members_binding AS b ON b.bucket = i.bucket AND b.member_id = i.member_id
"""


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who did something in the chat of one app of ours, at a moment."""

    app_id: str
    openid: str
    at: datetime


def settled(comers: Sequence[Comer]) -> list[Bound | None]:
    """The binding of each comer who is a member, is bound and follows: nothing is left to do.

    None for anybody else. A member who leaves at this very moment counts as having left after.
    """
    keys = [identity_key(comer.app_id, comer.openid) for comer in comers]
    found = {row[0]: row[1:] for row in read_plain(LOOK, (packing.bytestrings(set(keys)),))}
    return [
        _settled(found[key], comer.at) if key in found else None
        for key, comer in zip(keys, comers, strict=True)
    ]


def _settled(row: tuple[Any, ...], at: datetime) -> Bound | None:
    is_openid_kept, state, state_at, *bound = row
    is_late = state_at is not None and state_at > at
    is_follower = state == "following" or is_late
    found = Bound(*bound)
    if is_earlier(at, found):  # this scan may be the one that counts
        return None
    return found if is_openid_kept and is_follower else None
