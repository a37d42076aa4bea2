"""Somebody is told once that experience gold of theirs ends soon, and only of what is left."""

from datetime import timedelta

import pytest
import time_machine

from app.core.config import settings
from app.core.world import now
from app.ledger.service import Account
from app.notices import experience
from app.wallet import service as wallet
from tests.alliance import shop as world
from tests.notices.test_readers import told

pytestmark = pytest.mark.usefixtures("context")


def near_the_end():
    days = settings().experience_valid_days - 3
    return time_machine.travel(now() + timedelta(days=days), tick=True)


def test_the_reminder_names_what_is_left_and_comes_once(client):
    payer = world.rich()
    world.give_experience(payer, 2_000)
    world.paid(client, payer, world.shop(), 5_000)
    lots = [str(lot.lot_id) for lot in wallet.lots_left(payer) if lot.account is Account.EXPERIENCE]
    with near_the_end():
        for _ in range(2):
            experience.expiring({"lot_ids": lots})
        (notice,) = [row for row in told(payer) if row.kind == "member.experience"]
    assert "¥15.00" in notice.text
    assert notice.fields["amount"] == "¥15.00"


def test_who_has_spent_all_of_it_is_told_nothing(client):
    payer = world.member()
    world.give_experience(payer, 100)
    (lot,) = wallet.lots_left(payer)
    world.give(payer, Account.PREPAID_PRINCIPAL, 900)
    world.paid(client, payer, world.shop(), 1_000)
    with near_the_end():
        experience.expiring({"lot_ids": [str(lot.lot_id)]})
        assert [row for row in told(payer) if row.kind == "member.experience"] == []
