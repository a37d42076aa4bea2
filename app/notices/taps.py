"""How often each entry of the menu is tapped, by Beijing day: counts only, nobody's name.

Addresses and keys that are not in the menu are counted together as OTHER, since a link may carry
what says who tapped it. A count is spread over SHARDS rows, so that many who tap at once do not
wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, read
from app.core.world import beijing_day, chance, now
from app.notices import menu
from app.notices.models import MenuTap

SHARDS = 16
OTHER = "other"


def count(event: str, key: str) -> None:
    """Counts one tap, in the current unit of work. `event`: click, view or view_miniprogram."""
    known = key if key in menu.targets() else OTHER
    row = insert(MenuTap).values(
        day=beijing_day(now()), event=event, key=known, shard=int(chance() * SHARDS), taps=1
    )
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[MenuTap.day, MenuTap.event, MenuTap.key, MenuTap.shard],
            set_={"taps": MenuTap.taps + 1},
        )
    )


def between(first: date, last: date) -> Sequence[Row[Any]]:
    """Taps by day, event and key; Beijing days, both included."""
    return read(
        select(MenuTap.day, MenuTap.event, MenuTap.key, func.sum(MenuTap.taps).label("taps"))
        .where(MenuTap.day >= first, MenuTap.day <= last)
        .group_by(MenuTap.day, MenuTap.event, MenuTap.key)
        .order_by(MenuTap.day, MenuTap.event, MenuTap.key)
    )
