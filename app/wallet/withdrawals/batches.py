"""The withdrawals' duties: sending what the treasury can pay, handing stuck ones to people."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, func, select

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.wallet import lots, rules, treasury
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals.channels.channel import Channel, ChannelName
from app.wallet.withdrawals.channels.choosing import CHANNELS, channel
from app.wallet.withdrawals.rules import Step, WithdrawalState

BATCH = 200
SEND_SECONDS = 1.0
HAND_OVER_SECONDS = 300.0


def send_due() -> int:
    """Duty: sends the oldest approved withdrawals for which the paying account has the money.

    What it holds is counted without what earlier batches may still take. One that is too large
    holds up no smaller one; it waits, visibly, until the account is filled. How many were sent.
    """
    return in_transaction(_send)


def _send() -> int:
    by_itself = [name for name in CHANNELS if name is not ChannelName.BANK_FILE]
    wanted = waiting(*by_itself).limit(BATCH).with_for_update(skip_locked=True)
    due = list(db.session.scalars(wanted))
    if not due:
        return 0
    treasury.take_turns()
    return sum(
        send_through(channel(name), [row for row in due if row.channel == name])
        for name in sorted({row.channel for row in due})
    )


def send_through(way: Channel, due: list[Withdrawal]) -> int:
    """Sends what the account outside that pays this channel's bills has the money for. The caller
    has locked the withdrawals and has its turn with the treasury."""
    free_fen, batch_id, funded = _free_fen(way.place), new_id(bucket_of(PLATFORM_ID)), []
    for row in due:
        if row.transfer_fen <= free_fen:
            free_fen -= row.transfer_fen
            row.batch_id = batch_id
            row.next_look_at = now() + timedelta(seconds=rules.pause_seconds(0))
            funded.append(row)
    if funded:
        way.dispatch(funded)
    return len(funded)


def _free_fen(place: treasury.Place) -> int:
    """What an account outside holds and no bill may still take, in fen.

    What is set aside is read first: a bill that ends in between then counts twice, never not.
    """
    paid_from_it = [name for name, way in CHANNELS.items() if way.place is place]
    set_aside = select(
        func.coalesce(func.sum(Withdrawal.amount_fen - Withdrawal.fee_fen - Withdrawal.tax_fen), 0)
    ).where(
        Withdrawal.batch_id.is_not(None),
        Withdrawal.end_journal_id.is_(None),
        Withdrawal.channel.in_(paid_from_it),
    )
    set_aside_fen = int(db.session.scalar(set_aside) or 0)
    return treasury.held_fen(place) - set_aside_fen


def waiting(*channels: ChannelName) -> Select[tuple[Withdrawal]]:
    """Approved withdrawals of these channels that no batch has, oldest first."""
    return (
        select(Withdrawal)
        .where(
            Withdrawal.state == WithdrawalState.APPROVED,
            Withdrawal.channel.in_(channels),
            Withdrawal.batch_id.is_(None),
            Withdrawal.end_journal_id.is_(None),
        )
        .order_by(Withdrawal.id)
    )


def waiting_for_funds() -> int:
    """How many approved withdrawals wait because the operating account is short."""
    short = waiting(ChannelName.WECHAT_TRANSFER).order_by(None).subquery()
    return int(lots.rows(select(func.count()).select_from(short))[0][0])


def hand_over() -> int:
    """Duty: gives people the bills that are older than WeChat answers for; how many.

    WeChat answers queries of a transfer for 30 days (fact D9).
    """
    return in_transaction(_hand_over)


def _hand_over() -> int:
    ended = now() - timedelta(days=settings().withdrawal_query_days)
    old = db.session.scalars(
        select(Withdrawal)
        .where(
            Withdrawal.state.in_((WithdrawalState.SENDING, WithdrawalState.WAITING_CONFIRMATION)),
            Withdrawal.channel == ChannelName.WECHAT_TRANSFER,
            Withdrawal.end_journal_id.is_(None),
            Withdrawal.sent_at < ended,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in old:
        give_to_people(row, "WeChat answers for no older bill")
    return len(old)


def give_to_people(row: Withdrawal, why: str) -> None:
    """Makes a locked withdrawal `manual`: nothing more is sent or asked by itself."""
    withdrawals.move(row, Step.HAND_OVER, note=why)
    row.next_look_at = None
