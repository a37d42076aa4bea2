"""Pictures of offers and stores: drawn anew from what was uploaded, and kept in the database under
the hash of the result, where backups and every process see them.

Drawing anew leaves behind whatever else a file carries: places, comments, other files. A small file
may take a thousand times its size to draw, so each process draws one after the other.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from PIL import Image, ImageOps
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.models import Store
from app.alliance.offers.errors import PictureUnknown, PictureUnusable, TooManyPictures
from app.alliance.offers.models import Offer, OfferPicture, OfferVersion
from app.alliance.stores.models import StoreChange
from app.core.db import db, in_transaction
from app.core.errors import ServiceUnavailable
from app.core.world import bucket_of, now

LARGEST_BYTES = 4 * 1024 * 1024
LARGEST_SIDE, SMALLEST_SIDE = 8_000, 16
LARGEST_PIXELS = {"JPEG": 24_000_000, "PNG": 12_000_000, "WEBP": 6_000_000}
"""By format: a JPEG is made smaller while it is decoded, a PNG is decoded whole, a WebP twice."""
KEPT_SIDE = 1_280
QUALITY = 82
MOST_UNUSED = 50
UNUSED_FOR = timedelta(days=1)
CLEAR_SECONDS = 3_600
FORMATS = tuple(LARGEST_PIXELS)
WAIT_SECONDS = 10.0
_turn = BoundedSemaphore(1)


def drawn(sent: bytes) -> tuple[bytes, int, int]:
    """The picture as a JPEG of at most KEPT_SIDE pixels a side, with its width and height.

    Takes up to some 170 MiB for a moment, and waits WAIT_SECONDS for others to be done. Raises
    PictureUnusable with `reason` (no_picture, too_large, too_small), ServiceUnavailable.
    """
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise ServiceUnavailable()
    try:
        return _drawn(sent)
    finally:
        _turn.release()


def _drawn(sent: bytes) -> tuple[bytes, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=FORMATS) as image:
                _must_fit(image.size, LARGEST_PIXELS[str(image.format)])
                return _jpeg(image)
    except PictureUnusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureUnusable(reason="too_large") from error
    except Exception as error:  # decoders of broken files raise whatever they come across
        raise PictureUnusable(reason="no_picture") from error


def _must_fit(size: tuple[int, int], largest_pixels: int) -> None:
    """Before anything is decoded: the head of a small file may promise a huge picture."""
    if max(size) > LARGEST_SIDE or size[0] * size[1] > largest_pixels:
        raise PictureUnusable(reason="too_large")
    if min(size) < SMALLEST_SIDE:
        raise PictureUnusable(reason="too_small")


def _jpeg(image: Image.Image) -> tuple[bytes, int, int]:
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))  # before it is copied
    shaped = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGB", shaped.size, (255, 255, 255))
    paper.paste(shaped, mask=shaped.getchannel("A"))
    buffer = io.BytesIO()
    paper.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue(), *paper.size


def must_have_room(merchant_id: UUID) -> None:
    """Asked before a picture is drawn, and once more when it is kept, in the current unit of work.
    Raises TooManyPictures."""
    mine = (OfferPicture.bucket == bucket_of(merchant_id), OfferPicture.merchant_id == merchant_id)
    unused = select(func.count()).where(*mine, _is_unused())
    if int(db.session.scalar(unused) or 0) >= MOST_UNUSED:
        raise TooManyPictures()


def keep(merchant_id: UUID, jpeg: bytes, width: int, height: int) -> dict[str, Any]:
    """Keeps a drawn picture, in the current unit of work; the same again is one and the same.

    Raises TooManyPictures.
    """
    must_have_room(merchant_id)
    name = sha256(jpeg).hexdigest()
    row = {
        "bucket": bucket_of(merchant_id),
        "merchant_id": merchant_id,
        "name": name,
        "jpeg": jpeg,
        "width": width,
        "height": height,
        "created_at": now(),
    }
    again = upsert(OfferPicture).values(row)
    key = ("bucket", "merchant_id", "name")
    db.session.execute(
        again.on_conflict_do_update(index_elements=key, set_={"created_at": row["created_at"]})
    )
    return {"merchant_id": merchant_id, "name": name, "width": width, "height": height}


def content(merchant_id: UUID, name: str, *, is_staff: bool) -> bytes:
    """The JPEG; others than the merchant's and the platform's staff see only what an offer or a
    store shows. In the current unit of work. Raises PictureUnknown."""
    wanted = select(OfferPicture.jpeg).where(*_named(merchant_id, [name]))
    if not is_staff:
        wanted = wanted.where(_shown(merchant_id, name))
    found = db.session.scalar(wanted)
    if found is None:
        raise PictureUnknown()
    return found


def _shown(merchant_id: UUID, name: str) -> Any:
    using = (
        select(Offer.id)
        .join(
            OfferVersion,
            (OfferVersion.bucket == Offer.bucket)
            & (OfferVersion.offer_id == Offer.id)
            & (OfferVersion.version == Offer.shown_version),
        )
        .where(Offer.merchant_id == merchant_id, Offer.status.in_(("displayed", "paused")))
        .where(OfferVersion.pictures.contains([name]))
    )
    store = select(Store.id).where(
        Store.bucket == bucket_of(merchant_id),
        Store.merchant_id == merchant_id,
        Store.pictures.contains([name]),
    )
    return using.exists() | store.exists()


def must_exist(merchant_id: UUID, names: Collection[str]) -> None:
    """Raises PictureUnknown unless the merchant has uploaded all of them. Locks them until the
    current unit ends, so that none is cleared away meanwhile."""
    if not names:
        return
    found = db.session.scalars(
        select(OfferPicture.name)
        .where(*_named(merchant_id, names))
        .order_by(OfferPicture.name)
        .with_for_update(key_share=True)
    ).all()
    missing = sorted(set(names) - set(found))
    if missing:
        raise PictureUnknown(names=missing)


def clear_unused() -> int:
    """Deletes pictures that no offer and no store used within a day, in a unit of its own; how
    many."""

    def work() -> int:
        old = OfferPicture.created_at < now() - UNUSED_FOR
        gone = delete(OfferPicture).where(old, _is_unused()).returning(OfferPicture.name)
        return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())

    return in_transaction(work)


def _named(merchant_id: UUID, names: Collection[str]) -> tuple[Any, ...]:
    return (
        OfferPicture.bucket == bucket_of(merchant_id),
        OfferPicture.merchant_id == merchant_id,
        OfferPicture.name.in_(names),
    )


def _is_unused() -> Any:
    """No version of an offer in the merchant's bucket names it, and no change of a store: what a
    change replaced can be wanted again."""
    using = select(OfferVersion.offer_id).where(
        OfferVersion.bucket == OfferPicture.bucket,
        OfferVersion.pictures.contains(array([OfferPicture.name])),
    )
    named = select(StoreChange.id).where(
        StoreChange.bucket == OfferPicture.bucket,
        StoreChange.merchant_id == OfferPicture.merchant_id,
        StoreChange.wanted["pictures"].contains(func.to_jsonb(OfferPicture.name)),
    )
    return ~using.exists() & ~named.exists()
