"""After a settlement: all that is settled leaves by itself, on a working day, if it is enough.

An ordinary withdrawal of the merchant, with its limits, reviews and channel; whoever asks by hand
meanwhile is simply first. Once for each settlement: what could not be paid then goes with the next.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, select

from app.alliance import payees
from app.alliance.closure.reading import merchant_standing
from app.alliance.models import Refund
from app.alliance.payouts import wishes
from app.alliance.payouts.models import Payout, PayoutWish
from app.alliance.profit_sharing import channels
from app.alliance.settlement import calendar
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction, one_at_a_time
from app.core.errors import AppError, ServiceUnavailable
from app.core.outbox import TryLater
from app.core.world import SYSTEM_ID, beijing_day, bucket_of, now, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet

log = structlog.get_logger()
OPENS = timedelta(hours=9)
LONGEST_HOLIDAY_DAYS = 30


def pay_out(payload: dict[str, Any]) -> None:
    """Outbox reader of `settlement.issued`. Waits for a working day (Beijing) from nine o'clock.

    A refusal (a limit, no receiver) is written down with its code, for finance and the owner.
    Raises TryLater, ServiceUnavailable.
    """
    merchant_id, settlement_id = UUID(payload["merchant_id"]), UUID(payload["settlement_id"])
    if not in_transaction(lambda: _is_wanted(merchant_id, settlement_id)):
        return
    _wait_for_working_day()
    try:
        in_transaction(lambda: _pay(merchant_id, settlement_id))
    except ServiceUnavailable:
        raise
    except AppError as refusal:
        code = refusal.code
        log.info("payout_refused", merchant=str(merchant_id), code=code)
        in_transaction(lambda: _note(merchant_id, settlement_id, reason=code))


def _is_wanted(merchant_id: UUID, settlement_id: UUID) -> bool:
    wish = wishes.newest(merchant_id)
    return wish is not None and wish.is_on and _known(settlement_id) is None


def _wait_for_working_day() -> None:
    present, moment = calendar.present(), now()
    days = (beijing_day(moment) + timedelta(days=each) for each in range(LONGEST_HOLIDAY_DAYS))
    opens = (start_of_beijing_day(day) + OPENS for day in days if present.is_working(day))
    at = next(opens)
    if at > moment:
        raise TryLater((at - moment).total_seconds())


def _pay(merchant_id: UUID, settlement_id: UUID) -> None:
    one_at_a_time(f"alliance/payout/{merchant_id}")
    wish = wishes.newest(merchant_id)
    if wish is None or not wish.is_on or _known(settlement_id) is not None:
        return
    reason, amount_fen = _why_not(wish), _amount_fen(merchant_id)
    if reason is None and amount_fen < wish.minimum_fen:
        reason = "below_minimum"
    if reason is not None:
        _note(merchant_id, settlement_id, reason=reason)
        return
    payee = payees.payee_by_itself(merchant_id, wish.receiver_id)
    try:
        row = wallet.request_payout(payee, amount_fen, principal_id=SYSTEM_ID)
    except ledger.InsufficientFunds as error:  # a withdrawal or purchase was faster
        raise TryAgain() from error
    _note(merchant_id, settlement_id, withdrawal_id=row.id, amount_fen=amount_fen)


def _why_not(wish: PayoutWish) -> str | None:
    """Customers who wait for a refund come first; profit sharing pays by itself already; of a
    merchant who is paused or closed people decide."""
    merchant_id = wish.merchant_id
    if not merchant_standing(merchant_id).is_open(now()):
        return "paused_or_closed"
    if channels.is_shared(merchant_id):
        return "profit_sharing"
    waiting = exists().where(Refund.status == "waiting_funds", Refund.merchant_id == merchant_id)
    return "refunds_wait" if db.session.scalar(select(waiting)) else None


def _amount_fen(merchant_id: UUID) -> int:
    held_fen = ledger.balances(merchant_id)[Account.AVAILABLE].balance_fen
    return min(held_fen, settings().merchant_withdrawal_maximum_fen)


def _known(settlement_id: UUID) -> Payout | None:
    return db.session.get(Payout, (bucket_of(settlement_id), settlement_id))


def _note(
    merchant_id: UUID,
    settlement_id: UUID,
    *,
    reason: str | None = None,
    withdrawal_id: UUID | None = None,
    amount_fen: int | None = None,
) -> None:
    if _known(settlement_id) is not None:
        return
    row = Payout(
        bucket=bucket_of(settlement_id),
        settlement_id=settlement_id,
        merchant_id=merchant_id,
        withdrawal_id=withdrawal_id,
        amount_fen=amount_fen,
        reason=reason,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
