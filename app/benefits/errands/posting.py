"""Posting an errand: the reward goes into escrow in the unit that writes the errand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import service as alliance
from app.benefits import audience, campaigns, escrows
from app.benefits.errands import pictures, steps
from app.benefits.errands.errors import (
    ErrandCategoryUnknown,
    ErrandTooFar,
    PurseNotTaken,
    RewardOutOfRange,
    TooManyErrands,
)
from app.benefits.errands.models import Errand, ErrandWords, words_context
from app.benefits.errands.rules import Status, ends_at, first_of, metres, roughly
from app.benefits.errands.schemas import ErrandSettings
from app.benefits.errors import CampaignUnknown
from app.core import crypto
from app.core.auth import NotAllowed, Principal
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import service as wallet
from app.wallet.service import Part

PURSES = {"prepaid": Account.PREPAID_PRINCIPAL, "rebate": Account.REBATE}
NEAREST_HUNDRED = -2


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done. Places have address, coordinates and whom to ask for."""

    campaign_id: UUID
    category: str
    title: str
    description: str
    pictures: Sequence[UUID]
    pick_up: dict[str, Any]
    delivery: dict[str, Any]
    reward_fen: int
    purses: Sequence[str]


def post(caller: Principal, wish: Wish) -> Errand:
    """Posts an errand and puts its reward aside, in the current unit of work.

    Locks the campaign (shared), the payer's turn, pictures, accounts. Raises CampaignUnknown,
    CampaignNotRunning, NotInAudience, ErrandCategoryUnknown, RewardOutOfRange, ErrandTooFar,
    PurseNotTaken, TooManyErrands, ErrandPictureUnknown, NotEnough, BuyerPaused, RefundsWait,
    MemberMerged.
    """
    payer_id = payer_of(caller)
    terms = campaigns.running(wish.campaign_id)
    if terms.benefit != steps.NAME:
        raise CampaignUnknown()
    said: ErrandSettings = terms.settings
    distance = _check(said, wish)
    if caller.kind == "member":
        members.require_present(payer_id)
        audience.require(terms, payer_id)
    one_at_a_time(f"errands/{payer_id}")
    _must_have_room(payer_id, said.most_open)
    parts = _parts(caller, payer_id, said, wish)
    row = _write(caller, payer_id, said, wish, distance)
    pictures.use(caller_id(caller), wish.pictures, row.id, "task")
    keep_words(row, "places", caller.id, {"pick_up": wish.pick_up, "delivery": wish.delivery})
    steps.write(row, "posted", caller.id)
    escrows.pay_in(row.parts_journal_id, row.id, payer_id, parts, caller.id)
    return row


def payer_of(caller: Principal) -> UUID:
    """Who pays: the member, or the merchant whose owner asks. Raises NotAllowed."""
    if caller.kind == "member":
        return caller.id
    if caller.merchant_id is None or "merchant_owner" not in caller.roles:
        raise NotAllowed()
    return caller.merchant_id


def caller_id(caller: Principal) -> UUID:
    """Under whose id pictures of the caller are kept: the member's, or the merchant's."""
    return caller.id if caller.kind == "member" else payer_of(caller)


def keep_words(row: Errand, kind: str, by: UUID, words: dict[str, Any]) -> None:
    """Keeps what is personal of an errand, encrypted, in the current unit of work."""
    identity = new_id(row.bucket)
    plain = json.dumps(words, ensure_ascii=False)
    sealed = crypto.encrypt(plain, words_context(identity))
    made: dict[str, Any] = {"kind": kind, "by_id": by, "words": sealed, "created_at": now()}
    db.session.add(ErrandWords(id=identity, errand_id=row.id, **made))
    db.session.flush()


def _check(said: ErrandSettings, wish: Wish) -> int:
    """The distance in metres."""
    if wish.category not in {each.code for each in said.categories}:
        raise ErrandCategoryUnknown()
    if not said.reward_minimum_fen <= wish.reward_fen <= said.reward_maximum_fen:
        bounds: dict[str, Any] = {
            "minimum_fen": said.reward_minimum_fen,
            "maximum_fen": said.reward_maximum_fen,
        }
        raise RewardOutOfRange(**bounds)
    distance = metres(_spot(wish.pick_up), _spot(wish.delivery))
    if distance > said.radius_metres:
        raise ErrandTooFar(radius_metres=said.radius_metres)
    return round(distance, NEAREST_HUNDRED)


def _spot(place: dict[str, Any]) -> tuple[float, float]:
    return place["latitude"], place["longitude"]


def _must_have_room(payer_id: UUID, most: int) -> None:
    mine = (Errand.bucket == bucket_of(payer_id), Errand.payer_id == payer_id)
    going_on = select(func.count()).where(*mine, Errand.ended_at.is_(None))
    if int(db.session.scalar(going_on) or 0) >= most:
        raise TooManyErrands(maximum=most)


def _parts(caller: Principal, payer_id: UUID, said: ErrandSettings, wish: Wish) -> list[Part]:
    """Which purse, and which lot of it, gives how much: real money only, oldest lot first.

    Principal that came with a bonus pays for no work: as somebody's wage it would be money, and
    the bonus kept.
    """
    if caller.kind != "member":
        alliance.require_settled(payer_id, wish.reward_fen)
        return [Part(Account.AVAILABLE, wish.reward_fen)]
    if "prepaid" in wish.purses and not said.is_prepaid_taken and len(wish.purses) == 1:
        raise PurseNotTaken()
    wanted = [each for each in wish.purses if each != "prepaid" or said.is_prepaid_taken]
    order = [PURSES[each] for each in wanted]
    held, tied = ledger.holdings(payer_id, order), wallet.lots_with_bonus(payer_id)
    held = [each for each in held if each.lot_id not in tied]
    held.sort(key=lambda one: (order.index(one.account), str(one.lot_id or "")))
    taken = first_of(held, wish.reward_fen)
    missing_fen = wish.reward_fen - sum(fen for _, fen in taken)
    if missing_fen:
        raise wallet.NotEnough(missing_fen=missing_fen)
    return [Part(each.account, fen, each.lot_id) for each, fen in taken]


def _write(
    caller: Principal, payer_id: UUID, said: ErrandSettings, wish: Wish, distance: int
) -> Errand:
    bucket, moment = bucket_of(payer_id), now()
    row = Errand(
        bucket=bucket,
        id=new_id(bucket),
        campaign_id=wish.campaign_id,
        payer_id=payer_id,
        payer_kind="member" if caller.kind == "member" else "merchant",
        status=Status.OPEN,
        category=wish.category,
        title=wish.title,
        description=wish.description,
        latitude=roughly(wish.pick_up["latitude"]),
        longitude=roughly(wish.pick_up["longitude"]),
        distance_metres=distance,
        reward_fen=wish.reward_fen,
        fee_fen=said.fee_of(wish.reward_fen),
        parts_journal_id=new_id(bucket),
        created_at=moment,
        next_at=ends_at(Status.OPEN, said, moment),
    )
    db.session.add(row)
    db.session.flush()
    return row
