"""Reminding of experience gold before it ends, once and of what is left; the month's budget."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.models import OutboxRow
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Leg
from app.wallet import expiring
from app.wallet import service as wallet
from tests.ledger.books import journal, leg, move, post
from tests.wallet.people import member, purse

pytestmark = pytest.mark.usefixtures("context")


def granted(member_id, amount_fen=2_000):
    post(move(PLATFORM_ID, Account.CAMPAIGN_FUND, amount_fen))
    while ledger.fold_and_seal():
        pass
    key = new_id().hex
    assert in_transaction(
        lambda: wallet.grant_experience(
            member_id, amount_fen, grant_key=key, principal_id=SYSTEM_ID
        )
    )


def after(days):
    return time_machine.travel(now() + timedelta(days=days), tick=True)


def remind():
    while expiring.remind():
        pass


def letters(member_id):
    rows = read(
        select(OutboxRow.payload).where(
            OutboxRow.bucket == bucket_of(member_id), OutboxRow.reader == "notices.experience"
        )
    )
    mine = {str(lot.lot_id) for lot in wallet.lots_left(member_id)}
    return [row.payload["lot_ids"] for row in rows if mine & set(row.payload["lot_ids"])]


def told(lot_ids):
    return in_transaction(lambda: wallet.expiring([expiring.UUID(lot) for lot in lot_ids]))


def spend(member_id, lot_id, amount_fen):
    post(
        journal(
            Leg(member_id, Account.EXPERIENCE, -amount_fen, lot_id),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen),
        )
    )


def test_all_lots_that_end_together_are_told_of_once():
    who = member()
    granted(who)
    with after(3):
        granted(who, 500)
    with after(settings().experience_valid_days - 8):
        remind()
        assert letters(who) == []
    with after(settings().experience_valid_days - 3):
        remind()
        remind()
        (lot_ids,) = letters(who)
        assert len(lot_ids) == 2
        found = told(lot_ids)
        assert (found.member_id, found.amount_fen) == (who, 2_500)
        assert timedelta(days=2) < found.ends_at - now() < timedelta(days=4)


def test_a_lot_that_ends_later_has_a_reminder_of_its_own():
    who = member()
    granted(who)
    with after(30):
        granted(who, 500)
    for days in (-1, 29):
        with after(settings().experience_valid_days + days):
            remind()
    assert [len(lot_ids) for lot_ids in letters(who)] == [1, 1]


def test_what_was_spent_is_not_spoken_of():
    who = member()
    granted(who)
    (lot,) = wallet.lots_left(who)
    with after(settings().experience_valid_days - 2):
        remind()
        (lot_ids,) = letters(who)
        spend(who, lot.lot_id, 1_500)
        assert told(lot_ids).amount_fen == 500
        spend(who, lot.lot_id, 500)
        assert told(lot_ids) is None


def test_nobody_is_reminded_of_an_empty_lot_nor_of_what_came_yesterday(monkeypatch):
    who, fresh = member(), member()
    granted(who)
    (lot,) = wallet.lots_left(who)
    spend(who, lot.lot_id, 2_000)
    monkeypatch.setattr(settings(), "experience_valid_days", 5)
    granted(fresh)
    remind()
    assert letters(fresh) == []
    with after(2):
        remind()
        assert len(letters(fresh)) == 1
    with after(settings().experience_valid_days - 1):
        remind()
        assert letters(who) == []


def test_zero_days_remind_of_nothing(monkeypatch):
    monkeypatch.setattr(settings(), "experience_remind_days", 0)
    who = member()
    granted(who)
    with after(settings().experience_valid_days - 1):
        assert expiring.remind() == 0
    assert letters(who) == []


def test_a_months_budget_is_spent_to_the_last_and_no_further(monkeypatch):
    with after(400):  # a month in which nobody else is granted anything
        monkeypatch.setattr(settings(), "experience_monthly_budget_fen", 5_000)
        who = [member() for _ in range(3)]
        granted(who[0], 3_000)
        post(move(PLATFORM_ID, Account.CAMPAIGN_FUND, 9_000))
        while ledger.fold_and_seal():
            pass

        def grant(to, amount_fen, key="welcome", **more):
            return in_transaction(
                lambda: wallet.grant_experience(
                    to, amount_fen, grant_key=key, principal_id=SYSTEM_ID, **more
                )
            )

        assert grant(who[1], 2_001) is None
        assert purse(who[1], Account.EXPERIENCE) == 0
        first = grant(who[1], 2_000)
        assert first == grant(who[1], 2_000)  # the same again is no second grant
        assert grant(who[2], 1) is None
        pot_id = new_id()  # put aside when its campaign was published
        post(move(pot_id, Account.CAMPAIGN_POT, 1))
        assert grant(who[2], 1, "prize", pot_id=pot_id)
    with after(435):
        assert grant(who[2], 1)
    db.session.rollback()
