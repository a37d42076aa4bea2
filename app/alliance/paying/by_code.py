"""Paying by the member's own code: the till reads it, the member's purses pay.

Small payments are taken at once; above the free limits they wait for the member, who decides on
the phone with PIN or fresh login. The row of a code's use is the payment's own, so that one code
is one payment, whatever the number of tills and processes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.alliance import payments, sales, terms
from app.alliance.access import is_theirs
from app.alliance.errors import PaymentNotOpen, PaymentUnknown, StoreUnknown
from app.alliance.paying import choices, confirming, devices, free_spending
from app.alliance.paying.devices import ProvenCode
from app.alliance.paying.errors import PaymentCodeInvalid, PaymentCodeUsed
from app.alliance.paying.models import CodePayment
from app.core import idempotency
from app.core.auth import Principal
from app.core.config import settings
from app.core.db import TryAgain, db, in_transaction
from app.core.proofs import Proof
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.wallet import service as wallet

Fields = dict[str, Any]
EXPIRE_SECONDS = 10.0
BATCH = 200
FREE_WAY = "native"  # the one way whose parameters are for the till to show


def pay(caller: Principal, code: str, amount_fen: int, store_id: UUID, trade_type: str) -> Response:
    """Takes an amount by the code a member shows; the same request twice takes it once.

    Raises StoreUnknown unless it is the caller's store, PaymentCodeInvalid, PaymentCodeUsed, and
    what `sales.order` raises; a member without the money is NotEnough, and nobody is told how
    much they have. Refusals change nothing, but wrong codes are counted.
    """
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    if not is_theirs(caller, terms.of_store(store_id).merchant_id, store_id):
        raise StoreUnknown()
    if in_transaction(lambda: devices.proven_code(code)) is None:
        raise PaymentCodeInvalid()

    def work() -> tuple[int, Fields]:
        proven = devices.proven_code(code)
        if proven is None:
            raise PaymentCodeInvalid()
        return _taken(proven, _new(proven, caller, amount_fen, store_id, trade_type))

    try:
        answer = idempotency.execute(work)
    except wallet.NotEnough:
        raise wallet.NotEnough() from None
    return payments.with_parameters(answer) if trade_type == FREE_WAY else answer


def _new(
    proven: ProvenCode, caller: Principal, amount_fen: int, store_id: UUID, trade_type: str
) -> CodePayment:
    used = select(CodePayment.id).where(
        CodePayment.bucket == proven.bucket,
        CodePayment.device_number == proven.number,
        CodePayment.step == proven.step,
    )
    if db.session.scalar(used) is not None:
        raise PaymentCodeUsed()
    members.require_present(proven.member_id)
    moment = now()
    return CodePayment(
        bucket=proven.bucket,
        id=new_id(proven.bucket),
        device_number=proven.number,
        step=proven.step,
        member_id=proven.member_id,
        store_id=store_id,
        merchant_id=terms.of_store(store_id).merchant_id,
        amount_fen=amount_fen,
        trade_type=trade_type,
        staff_id=caller.id,
        status="taken",
        created_at=moment,
        expires_at=moment + timedelta(minutes=settings().payment_confirm_minutes),
    )


def _taken(proven: ProvenCode, row: CodePayment) -> tuple[int, Fields]:
    wanted = sales.order(
        proven.member_id, row.store_id, row.amount_fen, choices.purses_of(proven.member_id)
    )
    is_free = free_spending.take_within(row.member_id, row.amount_fen)
    if not is_free:
        sales.plan(wanted)  # who has not enough is not asked
        row.status = "confirming"
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # another till was faster
        raise TryAgain() from error
    if is_free:
        return payments.open_sale(wanted, row.trade_type, sale_id=row.id)
    return 201, view(row)


def confirm(member_id: UUID, payment_id: UUID, proof: Proof) -> Response:
    """The member lets a waiting payment be taken, with the PIN, or a fresh login without one.

    Raises PaymentUnknown, PaymentNotOpen, what `confirming.prove` and `sales.order` raise,
    NotEnough. The same request twice pays once.
    """
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    in_transaction(lambda: _open_row(member_id, payment_id))
    confirming.prove(member_id, proof)

    def work() -> tuple[int, Fields]:
        row = _open_row(member_id, payment_id)
        row.status, row.verified_by = "taken", "login" if proof.pin is None else "pin"
        db.session.flush()
        wanted = sales.order(member_id, row.store_id, row.amount_fen, choices.purses_of(member_id))
        return payments.open_sale(wanted, row.trade_type, sale_id=row.id)

    return payments.with_parameters(idempotency.execute(work))


def _open_row(member_id: UUID, payment_id: UUID) -> CodePayment:
    row = _locked(payment_id)
    if row is None or row.member_id != member_id:
        raise PaymentUnknown()
    if _status(row) != "confirming":
        raise PaymentNotOpen(payment_status=_status(row))
    return row


def call_off(caller: Principal, payment_id: UUID) -> Fields | None:
    """Ends a payment that waits for its member, in the current unit of work, by the member or the
    till; None where it waits for no confirmation (any more): then it is a sale, or none of ours.

    Raises PaymentUnknown for others', PaymentNotOpen for what is over.
    """
    row = _locked(payment_id)
    if row is None or row.status == "taken":
        return None
    _may_see(caller, row)
    if _status(row) == "expired":
        raise PaymentNotOpen(payment_status="expired")
    row.status = "declined"
    db.session.flush()
    return view(row)


def shown(caller: Principal, payment_id: UUID) -> Fields:
    """A payment that is no sale yet, in the current unit of work. Raises PaymentUnknown."""
    row = db.session.get(CodePayment, (bucket_of(payment_id), payment_id))
    if row is None:
        raise PaymentUnknown()
    _may_see(caller, row)
    return view(row)


def open_payments(member_id: UUID) -> list[Fields]:
    """What waits for the member: to confirm, or to pay WeChat's part; newest first, in the current
    unit of work."""
    since = now() - timedelta(minutes=settings().order_valid_minutes)
    rows = db.session.scalars(
        select(CodePayment)
        .where(
            CodePayment.bucket == bucket_of(member_id),
            CodePayment.member_id == member_id,
            CodePayment.created_at >= since,
            CodePayment.status.in_(("confirming", "taken")),
        )
        .order_by(CodePayment.created_at.desc())
    )
    found = [view(row) if row.status != "taken" else _sale_view(row.id) for row in rows]
    return [each for each in found if each["status"] in ("confirming", "awaiting")]


def expire() -> int:
    """Duty: ends payments that their members did not confirm in time; how many."""

    def work() -> int:
        over = db.session.scalars(
            select(CodePayment)
            .where(CodePayment.status == "confirming", CodePayment.expires_at <= now())
            .order_by(CodePayment.expires_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for row in over:
            row.status = "expired"
        return len(over)

    return in_transaction(work)


def view(row: CodePayment) -> Fields:
    """The payment as its member and the till see it before it is a sale."""
    return {
        "id": str(row.id),
        "status": _status(row),
        "store_id": str(row.store_id),
        "amount_fen": row.amount_fen,
        "list_fen": row.amount_fen,
        "discount_fen": 0,
        "refunded_fen": 0,
        "parts": {},
        "merchant_share_fen": None,
        "journal_id": None,
        "created_at": row.created_at.isoformat(),
        "paid_at": None,
        "distributed_at": None,
        "wechat_pay_parameters": None,
        "expires_at": row.expires_at.isoformat(),
    }


def _sale_view(sale_id: UUID) -> Fields:
    return payments.shown(payments.find(sale_id))


def _status(row: CodePayment) -> str:
    is_over = row.status == "confirming" and row.expires_at <= now()
    return "expired" if is_over else row.status


def _may_see(caller: Principal, row: CodePayment) -> None:
    is_own = caller.kind == "member" and caller.id == row.member_id
    if not is_own and not is_theirs(caller, row.merchant_id, row.store_id):
        raise PaymentUnknown()


def _locked(payment_id: UUID) -> CodePayment | None:
    key = (bucket_of(payment_id), payment_id)
    return db.session.get(CodePayment, key, with_for_update=True, populate_existing=True)
