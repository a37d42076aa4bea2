"""Small amounts without a proof are added up over a Beijing day, by all ways of paying together."""

import os
import signal
from datetime import timedelta

import pytest
import time_machine

from app.alliance.paying import free_spending, from_purses
from app.alliance.paying.free_spending import Spending
from app.core.config import settings
from app.core.world import beijing_day, new_id, now, start_of_beijing_day
from app.ledger import group
from app.ledger.service import Account, RowRefused, commit_together
from tests.alliance import shop as world
from tests.alliance.orders import market
from tests.alliance.paying.test_confirming import PIN, set_pin
from tests.processes import in_child
from tests.wallet.racing import at_once

RICH, DAILY = 300_000, 100_000


@pytest.fixture(autouse=True)
def little_a_day(monkeypatch):
    monkeypatch.setattr(settings(), "payment_free_daily_fen", DAILY)


@pytest.fixture
def owner(guest, client):
    """A guest with 3,000 yuan of prepaid money and a PIN."""
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, RICH)
    assert set_pin(client, guest, pin=PIN).status_code == 200
    return guest


def pay(client, guest, amount_fen, **proof):
    wish = {"store_id": str(guest.shop.store_id), "amount_fen": amount_fen}
    return client.post("/api/v1/payments", json=wish, headers=guest.who() | proof)


def refused(answer):
    return answer.status_code, answer.json["code"]


def has(guest):
    return world.balance(guest.member_id, Account.PREPAID_PRINCIPAL)


def test_payments_and_orders_come_to_one_sum_and_the_pin_goes_beyond_it(owner, client):
    assert [pay(client, owner, 40_000).status_code for _ in range(2)] == [201, 201]
    assert pay(client, owner, 60_000, **{"Payment-Pin": PIN}).status_code == 201  # is not in it
    assert refused(pay(client, owner, 20_001)) == (403, "pin_needed")
    order = market.bought(client, owner.member_id, owner.shop, price_fen=15_000)
    assert order["status"] == "paid"
    assert has(owner) == RICH - 2 * 40_000 - 60_000 - 15_000
    assert refused(pay(client, owner, 5_001)) == (403, "pin_needed")
    assert has(owner) == RICH - 2 * 40_000 - 60_000 - 15_000
    assert pay(client, owner, 5_001, **{"Payment-Pin": PIN}).status_code == 201


def test_what_is_refused_or_only_answered_again_is_not_in_the_sum(owner, client):
    assert pay(client, owner, 50_000).status_code == 201
    who = owner.who()
    first = pay(client, owner, 1_000, **who)
    again = pay(client, owner, 1_000, **who)
    assert (first.status_code, again.json) == (201, first.json)
    wish = {"store_id": str(new_id()), "amount_fen": 49_000}
    answer = client.post("/api/v1/payments", json=wish, headers=owner.who())
    assert refused(answer) == (404, "store_unknown")
    assert has(owner) == RICH - 51_000
    assert pay(client, owner, 49_000).status_code == 201
    assert refused(pay(client, owner, 1)) == (403, "pin_needed")


def test_payments_together_do_not_come_to_more_than_the_sum(context):
    member_id, other_id = new_id(), new_id()
    with pytest.raises(RowRefused):
        free_spending.part([(member_id, 60_000), (other_id, 1), (member_id, 40_001)])
    allowed = free_spending.part([(member_id, 60_000), (other_id, 1), (member_id, 40_000)])
    commit_together([], allowed)
    with pytest.raises(RowRefused) as refusal:
        commit_together([], free_spending.part([(other_id, 99_999), (member_id, 1)]))
    assert refusal.value.table == free_spending.TABLE
    assert free_spending.take(Spending(other_id, 49_999))
    assert free_spending.take(Spending(other_id, 50_000))
    assert not free_spending.take(Spending(other_id, 1))
    assert free_spending.part([]) is None


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_payment_is_in_the_sum_once_wherever_its_process_is_killed(
    owner, client, monkeypatch, side
):
    who, real = owner.who(), group._at_once

    def dying(*wanted):
        if side == "after":
            real(*wanted)
        os.kill(os.getpid(), signal.SIGKILL)

    def pays():
        monkeypatch.setattr(group, "_at_once", dying)
        pay(client, owner, 50_000, **who)

    _, status = os.waitpid(in_child(pays), 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert has(owner) == (RICH if side == "before" else RICH - 50_000)
    assert pay(client, owner, 50_000, **who).status_code == 201
    assert has(owner) == RICH - 50_000
    assert pay(client, owner, 49_999).status_code == 201
    assert refused(pay(client, owner, 2)) == (403, "pin_needed")


def test_who_has_used_the_sum_up_pays_apart_from_others_and_with_them_again_tomorrow(
    owner, client, monkeypatch
):
    assert [pay(client, owner, DAILY // 2).status_code for _ in range(2)] == [201, 201]
    together = []
    real = from_purses.commit_together
    monkeypatch.setattr(
        from_purses, "commit_together", lambda *given: together.append(given[1]) or real(*given)
    )
    assert refused(pay(client, owner, 1)) == (403, "pin_needed")
    assert len(together) == 1  # this one was refused
    assert refused(pay(client, owner, 1)) == (403, "pin_needed")
    assert len(together) == 1  # and nobody was troubled with this one
    assert pay(client, owner, 1, **{"Payment-Pin": PIN}).status_code == 201
    assert together[1:] == [None]
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert not free_spending.is_used_up(owner.member_id)


def test_the_sum_begins_anew_with_the_beijing_day(context):
    member_id = new_id()
    midnight = start_of_beijing_day(beijing_day(now()) + timedelta(days=1))

    def take(amount_fen, seconds):
        with time_machine.travel(midnight + timedelta(seconds=seconds), tick=False):
            return free_spending.take(Spending(member_id, amount_fen))

    assert [take(50_000, -2), take(50_000, -1), take(1, -1)] == [True, True, False]
    assert [take(50_000, 0), take(50_000, 1)] == [True, True]
    assert not take(1, -1)  # asked by a process whose clock is behind
    assert not take(1, 86_399)
    assert take(50_000, 86_400)


def test_64_at_once_share_the_sum(app, context):
    member_id, other_id = new_id(), new_id()

    def take(number):
        with app.app_context():
            who = other_id if number % 8 == 7 else member_id
            return free_spending.take(Spending(who, 10_000))

    found = at_once(take, 64)
    assert sum(found) == 10 + 8
    assert not free_spending.take(Spending(member_id, 1))
    assert free_spending.take(Spending(other_id, 20_000))


def test_payments_at_once_share_the_sum(app, owner):
    answers = at_once(lambda _: pay(app.test_client(), owner, 10_000), 16)
    assert sorted(each.status_code for each in answers) == [201] * 10 + [403] * 6
    assert {each.json["code"] for each in answers if each.status_code == 403} == {"pin_needed"}
    assert has(owner) == RICH - 10 * 10_000
