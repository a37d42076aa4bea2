"""Names of merchants in the form in which they are compared."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.joining import rules
from app.alliance.joining.models import MerchantName
from app.alliance.models import Merchant
from app.core.db import db, in_transaction

BATCH = 500
MOST_LOOKED_AT = 50


def note(merchant_id: UUID, name: str) -> None:
    """Notes a merchant's name in the current unit of work."""
    normal = rules.normal_name(name)
    values = {"normal_name": normal, "pairs": sorted(rules.pairs(normal))}
    made = upsert(MerchantName).values(merchant_id=merchant_id, **values)
    db.session.execute(made.on_conflict_do_update(index_elements=["merchant_id"], set_=values))


def near(name: str) -> list[tuple[UUID, bool]]:
    """Merchants with the same name (True) or one like it (False), those with most in common first,
    of the MOST_LOOKED_AT nearest. In the current unit of work."""
    normal = rules.normal_name(name)
    wanted = cast(sorted(rules.pairs(normal)), ARRAY(Text))
    common = func.cardinality(
        func.array(
            select(func.unnest(MerchantName.pairs))
            .intersect(select(func.unnest(wanted)))
            .scalar_subquery()
        )
    )
    found = db.session.execute(
        select(MerchantName.merchant_id, MerchantName.normal_name)
        .where(MerchantName.pairs.overlap(wanted))
        .order_by(common.desc(), func.cardinality(MerchantName.pairs), MerchantName.merchant_id)
        .limit(MOST_LOOKED_AT)
    )
    return [
        (row.merchant_id, row.normal_name == normal)
        for row in found
        if rules.are_alike(normal, row.normal_name)
    ]


def catch_up() -> int:
    """Notes names of merchants that were added before there were notes, up to BATCH in a unit of
    its own; how many."""

    def work() -> int:
        has_none = ~select(MerchantName).where(MerchantName.merchant_id == Merchant.id).exists()
        rows = db.session.scalars(select(Merchant).where(has_none).limit(BATCH)).all()
        for row in rows:
            note(row.id, row.name)
        return len(rows)

    return in_transaction(work)
