"""What merchants and stores are called, for lists that would else show their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance.models import Merchant, Store
from app.core.db import db
from app.core.world import bucket_of

Names = dict[UUID | None, str]


def of_merchants(merchant_ids: Iterable[UUID | None]) -> Names:
    """The names of merchants by id, in the current unit of work; None stands for nobody."""
    return _of(Merchant, merchant_ids)


def of_stores(store_ids: Iterable[UUID | None]) -> Names:
    """The names of stores by id, in the current unit of work; None stands for nothing."""
    return _of(Store, store_ids)


def of_owners(_: Any, *, owner_ids: Collection[UUID]) -> dict[UUID | None, str]:
    """Receiver of the wallet's `owner_names_asked`: the merchants among them."""
    return of_merchants(owner_ids)


def _of(model: type[Merchant] | type[Store], ids: Iterable[UUID | None]) -> Names:
    wanted = {each for each in ids if each is not None}
    mine = (model.bucket.in_({bucket_of(each) for each in wanted}), model.id.in_(wanted))
    rows = db.session.execute(select(model.id, model.name).where(*mine))
    return {row.id: row.name for row in rows}
