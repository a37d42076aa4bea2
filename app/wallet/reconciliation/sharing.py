"""What bills show of shared payments (facts D10, D12): that of takings what was frozen, given free
and returned, that of splits what receivers got and gave back.

A split itself leaves what is frozen already, and is no movement of our account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.world import number_of
from app.wallet.models import WeChatOrder
from app.wallet.profit_sharing.frozen import first_fen
from app.wallet.profit_sharing.models import Split, SplitReturn
from app.wallet.reconciliation.rules import Known


def releases(rows: Iterable[Split]) -> dict[str, Known]:
    """What became free at our request, by the number of the request."""
    found = {}
    for row in rows:
        if row.kind == "release" and not row.is_automatic:
            found[number_of(row.id)] = Known(
                "release",
                row.id,
                number_of(row.id),
                row.state,
                row.created_at,
                row.finished_at,
                (row.amount_fen,) if row.amount_fen else (),
            )
    return found


def splits(rows: Iterable[Split]) -> dict[str, Known]:
    """What receivers were to get, by our number of it; failed ones got nothing."""
    return {
        number_of(row.id): Known(
            "split",
            row.id,
            number_of(row.id),
            row.state,
            row.created_at,
            row.finished_at,
            (-row.amount_fen,) if row.state != "failed" else (),
        )
        for row in rows
        if row.kind == "split"
    }


def returns(rows: Iterable[SplitReturn]) -> dict[str, Known]:
    """What receivers gave back, by our number of it."""
    return {
        number_of(row.id): Known(
            "split_return",
            row.id,
            number_of(row.id),
            row.state,
            row.created_at,
            row.finished_at,
            (row.amount_fen,),
        )
        for row in rows
    }


def frozen_parts(order: WeChatOrder | None, freed: Mapping[UUID, int]) -> tuple[int, ...]:
    """The further movements of a paid shared order: frozen at once, and what WeChat gave free by
    itself, under the payment's own number."""
    if order is None or not order.is_shared or order.transaction_id is None:
        return ()
    return (
        (-first_fen(order), freed.get(order.id, 0)) if order.id in freed else (-first_fen(order),)
    )


def freed_by_itself(orders: Sequence[WeChatOrder]) -> dict[UUID, int]:
    """What WeChat gave free of these orders without being asked, by order, in fen."""
    if not orders:
        return {}
    wanted = select(Split.order_id, Split.amount_fen).where(
        Split.bucket.in_({row.bucket for row in orders}),
        Split.order_id.in_([row.id for row in orders]),
        Split.is_automatic,
    )
    return {row.order_id: row.amount_fen for row in db.session.execute(wanted)}
