"""How much prepaid money one card and one person may hold (rules of single-purpose prepaid cards,
WeChat fact E3): a card is what one store has issued to one member; it holds more where the member
has given a real name. What waits for its payment counts as if it were paid.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.core.config import settings
from app.core.db import db, one_at_a_time
from app.core.world import bucket_of
from app.ledger.service import Account
from app.members import service as members
from app.wallet.errors import PrepaidLimitReached
from app.wallet.models import TopUp, WeChatOrder
from app.wallet.purses import lots_left

PREPAID = frozenset({Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS})


def check(member_id: UUID, store_id: UUID, more_fen: int = 0) -> None:
    """Raises PrepaidLimitReached where the member's card of this store, or all their cards, would
    hold too much with `more_fen` on top. In the current unit of work, one at a time for a member.
    """
    one_at_a_time(f"wallet/top_up/{member_id}")
    is_named = members.real_name_of(member_id) is not None
    card_fen, all_fen = _held(member_id, store_id)
    limit = settings().prepaid_card_limit_fen
    if not is_named:
        limit = settings().prepaid_card_limit_unnamed_fen
    _must_fit("card", card_fen, more_fen, limit, is_named)
    _must_fit("person", all_fen, more_fen, settings().prepaid_person_limit_fen, is_named)


def _must_fit(scope: str, held_fen: int, more_fen: int, limit_fen: int, is_named: bool) -> None:
    if held_fen + more_fen > limit_fen:
        raise PrepaidLimitReached(scope=scope, limit_fen=limit_fen, is_real_name_given=is_named)


def _held(member_id: UUID, store_id: UUID) -> tuple[int, int]:
    """What the member's card of a store holds, and all cards together (fen), with what waits."""
    prepaid = (lot for lot in lots_left(member_id) if lot.account in PREPAID)
    held = [(lot.store_id, lot.balance_fen) for lot in prepaid]
    bucket = bucket_of(member_id)
    waiting = (
        select(TopUp.store_id, func.sum(TopUp.amount_fen + TopUp.bonus_fen))
        .join(
            WeChatOrder,
            (WeChatOrder.bucket == TopUp.bucket) & (WeChatOrder.id == TopUp.order_id),
        )
        .where(TopUp.bucket == bucket, TopUp.member_id == member_id, WeChatOrder.state == "open")
        .group_by(TopUp.store_id)
    )
    held += [(row[0], int(row[1])) for row in db.session.execute(waiting)]
    return sum(fen for store, fen in held if store == store_id), sum(fen for _, fen in held)
