"""What merchants do with their offers: write, submit, pause, resume; and who may.

Every change makes a new version; what members see stays until the operator approved the new one.
All of it locks the offer's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.alliance import catalogue
from app.alliance.access import is_platform, is_theirs
from app.alliance.errors import StoreUnknown
from app.alliance.offers import pictures
from app.alliance.offers.errors import (
    OfferChanged,
    OfferNotDisplayed,
    OfferUnknown,
    StockChanged,
)
from app.alliance.offers.models import Offer, OfferStep, OfferVersion
from app.core.auth import Principal
from app.core.db import db
from app.core.errors import InvalidRequest
from app.core.world import bucket_of, new_id, now

OPEN = ("draft", "in_review")
CHANGES: dict[str, tuple[tuple[str, ...], str]] = {  # step: from these, to this
    "paused": (("displayed",), "paused"),
    "resumed": (("paused",), "displayed"),
    "taken_down": (("displayed", "paused"), "taken_down"),
    "restored": (("taken_down",), "paused"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says. Prices in fen."""

    title: str
    text: str
    pictures: list[str]
    category: str
    link: str | None
    price_fen: int
    member_price_fen: int | None
    deliveries: list[str]


def add(caller: Principal, store_id: UUID, kind: str, stock: int | None, wording: Wording) -> Offer:
    """A new offer of the caller's store as a draft, in the current unit of work.

    Raises StoreUnknown, PictureUnknown.
    """
    store = catalogue.store(store_id)
    if not is_theirs(caller, store.merchant_id, store_id):
        raise StoreUnknown()
    bucket = bucket_of(store.merchant_id)
    row = Offer(
        bucket=bucket,
        id=new_id(bucket),
        merchant_id=store.merchant_id,
        store_id=store_id,
        kind=kind,
        status="draft",
        latest_version=0,
        stock=stock,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _write(row, wording, caller.id)
    return row


def change(caller: Principal, offer_id: UUID, wording: Wording) -> Offer:
    """A further version as a draft; one that was not decided yet is withdrawn. In the current unit
    of work. Raises OfferUnknown, PictureUnknown."""
    row = own(caller, offer_id)
    latest = version(row, row.latest_version)
    if latest.status in OPEN:
        latest.status = "withdrawn"
    _write(row, wording, caller.id)
    return row


def submit(caller: Principal, offer_id: UUID, number: int) -> Offer:
    """Asks the operator to look at the latest version; the second time is fine. In the current
    unit of work. Raises OfferUnknown, OfferChanged."""
    row = own(caller, offer_id)
    latest = version(row, row.latest_version)
    if number != latest.version or latest.status not in OPEN:
        raise OfferChanged(version=latest.version, version_status=latest.status)
    if latest.status == "draft":
        latest.status = "in_review"
        note(row, "submitted", latest.version, caller.id)
    db.session.flush()
    return row


def switch(caller: Principal, row: Offer, step: str, reason: str | None = None) -> Offer:
    """Pauses, resumes, takes down or restores a locked offer; where it stands there already,
    nothing happens. Raises OfferNotDisplayed."""
    before, after = CHANGES[step]
    if row.status == after and step != "restored":
        return row
    if row.status not in before:
        raise OfferNotDisplayed(offer_status=row.status)
    row.status = after
    note(row, step, row.shown_version or 0, caller.id, reason)
    db.session.flush()
    return row


def set_stock(caller: Principal, offer_id: UUID, expected: int | None, stock: int | None) -> Offer:
    """Says how much there is, if there still is what the caller saw. In the current unit of work.
    Raises OfferUnknown, StockChanged."""
    row = own(caller, offer_id)
    if row.stock == stock:
        return row
    if row.stock != expected:
        raise StockChanged(stock=row.stock)
    row.stock = stock
    note(row, "stocked", row.latest_version, caller.id, f"{expected} → {stock}")
    db.session.flush()
    return row


def own(caller: Principal, offer_id: UUID) -> Offer:
    """An offer of the caller's store, locked. Raises OfferUnknown."""
    row = locked(offer_id)
    if not is_theirs(caller, row.merchant_id, row.store_id):
        raise OfferUnknown()
    return row


def locked(offer_id: UUID) -> Offer:
    """The offer, locked until the current unit of work ends. Raises OfferUnknown."""
    key = (bucket_of(offer_id), offer_id)
    row = db.session.get(Offer, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise OfferUnknown()
    return row


def seen(caller: Principal, offer_id: UUID) -> Offer:
    """An offer as staff may see it: the merchant's own, the platform all. Raises OfferUnknown."""
    row = db.session.get(Offer, (bucket_of(offer_id), offer_id))
    if row is None or not (is_platform(caller) or is_theirs(caller, row.merchant_id, row.store_id)):
        raise OfferUnknown()
    return row


def version(row: Offer, number: int) -> OfferVersion:
    """One version, in the current unit of work."""
    return db.session.get_one(OfferVersion, (row.bucket, row.id, number))


def versions(row: Offer) -> list[OfferVersion]:
    """All versions, the newest first."""
    mine = (OfferVersion.bucket == row.bucket, OfferVersion.offer_id == row.id)
    newest = select(OfferVersion).where(*mine).order_by(OfferVersion.version.desc())
    return list(db.session.scalars(newest))


def steps(row: Offer) -> list[OfferStep]:
    """All steps, the first first."""
    mine = (OfferStep.bucket == row.bucket, OfferStep.offer_id == row.id)
    return list(db.session.scalars(select(OfferStep).where(*mine).order_by(OfferStep.number)))


def note(row: Offer, step: str, number: int, by: UUID, why: str | None = None) -> None:
    """Writes a step of a locked offer, in the current unit of work."""
    mine = (OfferStep.bucket == row.bucket, OfferStep.offer_id == row.id)
    last = db.session.scalar(select(func.max(OfferStep.number)).where(*mine))
    made = OfferStep(
        bucket=row.bucket,
        offer_id=row.id,
        number=(last or 0) + 1,
        step=step,
        version=number,
        principal_id=by,
        note=why,
        at=now(),
    )
    db.session.add(made)
    db.session.flush()


def take(offer_ids: Mapping[UUID, int]) -> dict[UUID, int]:
    """Takes so much of each displayed offer from stock, in the current unit of work, in one order;
    what could not be had: how much there is instead (0 where it is not displayed)."""
    short: dict[UUID, int] = {}
    for offer_id, count in sorted(offer_ids.items()):
        chosen = (Offer.bucket == bucket_of(offer_id), Offer.id == offer_id)
        enough = (Offer.stock.is_(None)) | (Offer.stock >= count)
        taken = (
            update(Offer)
            .where(*chosen, Offer.status == "displayed", enough)
            .values(stock=Offer.stock - count, sold=Offer.sold + count)
            .returning(Offer.id)
        )
        options = {"synchronize_session": False}
        if db.session.scalar(taken, execution_options=options) is None:
            left = select(Offer.stock).where(*chosen, Offer.status == "displayed")
            short[offer_id] = int(db.session.scalar(left) or 0)
    return short


def put_back(offer_ids: Mapping[UUID, int]) -> None:
    """What was taken is in stock again, whatever has become of the offers, in the current unit."""
    for offer_id, count in sorted(offer_ids.items()):
        chosen = (Offer.bucket == bucket_of(offer_id), Offer.id == offer_id)
        back = {"stock": Offer.stock + count, "sold": Offer.sold - count}
        changed = update(Offer).where(*chosen).values(back)
        db.session.execute(changed.execution_options(synchronize_session=False))


def _write(row: Offer, wording: Wording, author: UUID) -> None:
    if row.kind == "service" and wording.deliveries != ["pickup"]:
        raise InvalidRequest("a service is not shipped")
    pictures.must_exist(row.merchant_id, wording.pictures)
    row.latest_version += 1
    values: dict[str, Any] = {name: getattr(wording, name) for name in Wording.__slots__}
    made = OfferVersion(
        bucket=row.bucket,
        offer_id=row.id,
        version=row.latest_version,
        status="draft",
        created_by=author,
        created_at=now(),
        **values,
    )
    db.session.add(made)
    db.session.flush()
    note(row, "written", row.latest_version, author)
