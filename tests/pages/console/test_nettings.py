"""Periods that were netted, at the console."""

from datetime import timedelta

import pytest
import time_machine

from app.core.world import now
from tests.alliance import shop as world
from tests.alliance.netting.test_running import a_day, net  # noqa: F401
from tests.alliance.prepaid.counter import lending_shop, topped_up

pytestmark = pytest.mark.usefixtures("context")


def test_a_netted_period_is_listed_and_shown_with_every_merchant(client, a_day, visitor):  # noqa: F811
    home, seller = lending_shop(), lending_shop()
    payer = world.member(world.brought_by_store(home))
    topped_up(payer, home, 10_000)
    world.paid(client, payer, seller, 4_000, purses=["prepaid"])
    made = net(client, a_day).json
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        person = visitor("operator")
        person.see("/console/nettings", f"/console/nettings/{made['id']}")
        person.see(f"/console/nettings/{made['id']}", "¥40.00", str(seller.merchant_id))
