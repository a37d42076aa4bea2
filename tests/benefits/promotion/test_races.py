"""Many at once: one link, one click, one commission; never more than the pot; nothing lost."""

from __future__ import annotations

import pytest

from app.benefits.promotion import service
from app.core.db import in_transaction
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.promotion.programme import (
    API,
    ask_link,
    buy_unread,
    click,
    link,
    operate,
    programme,
    refund,
    state,
)
from tests.benefits.promotion.test_clicks import counted
from tests.benefits.stage import read_letters
from tests.wallet.racing import at_once


@pytest.fixture
def race(app, context):
    """Runs work(number, client) in many threads at once."""

    def run(work, count):
        def alone(number):
            with app.app_context():
                return work(number, app.test_client())

        return at_once(alone, count)

    return run


def test_many_at_once_make_one_link_and_one_click(client, race):
    of, friend, customer = programme(client), world.member(), world.member()
    mine = world.headers(friend)
    wish = {"campaign_id": str(of.id), "store_id": str(of.shop.store_id)}

    def make(number, own):
        answer = own.post(f"{API}/promotion-links", json=wish, headers=mine)
        return answer.status_code, answer.json["token"]

    made = set(race(make, 6))
    assert len(made) == 1
    ((status, token),) = made
    assert status == 201
    came = race(lambda number, own: click(own, customer, token)["is_counted"], 6)
    assert (set(came), len(set(counted(customer)))) == ({True}, 1)


def test_the_letters_of_one_sale_read_by_many_pay_once(client, race):
    of, friend, customer = programme(client), world.member(), world.rich()
    click(client, customer, link(of, friend)["token"])
    sale = buy_unread(of, customer)
    race(lambda number, own: service.on_sale({"sale_id": str(sale)}), 8)
    assert state(sale) == ("paid", None, 500, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 500


def test_of_many_purchases_at_once_no_more_is_paid_than_the_pot_holds(client, race):
    of, friend = programme(client, 3_000), world.member()
    token = link(of, friend)["token"]
    customers = [world.rich() for _ in range(6)]
    for each in customers:
        click(client, each, token)
    sales = [buy_unread(of, each, 20_000) for each in customers]
    race(lambda number, own: service.on_sale({"sale_id": str(sales[number])}), 6)
    service.retry()
    states = sorted(state(each)[0] for each in sales)
    assert states == ["paid"] * 3 + ["waiting"] * 3
    assert world.balance(of.id, Account.CAMPAIGN_POT) == 0
    assert world.balance(friend, Account.REBATE_PENDING) == 3_000
    refused = ask_link(of, world.member())
    assert refused.json["code"] == "promotion_unfunded"


def test_refunds_and_their_letters_at_once_take_back_exactly(client, race):
    of, friend, customer = programme(client), world.member(), world.rich()
    click(client, customer, link(of, friend)["token"])
    sale = buy_unread(of, customer)

    def act(number, own):
        if number % 2:
            wish = {"reason": "退货", "amount_fen": 3_333}
            own.post(
                f"{API}/payments/{sale}/refunds", json=wish, headers=world.owner_headers(of.shop)
            )
        service.on_sale({"sale_id": str(sale)})

    race(act, 6)
    read_letters()
    assert state(sale) == ("paid", None, 500, 499)
    assert world.balance(friend, Account.REBATE_PENDING) == 1
    refund(of, sale)
    assert state(sale)[0] == "taken_back"
    assert world.balance(friend, Account.REBATE_PENDING) == 0
    assert world.balance(of.id, Account.CAMPAIGN_POT) == 100_000
    assert ledger.verify().findings == []


def test_the_end_of_a_programme_among_purchases_leaves_each_paid_or_not_at_all(client, race):
    of, friend = programme(client), world.member()
    token = link(of, friend)["token"]
    customers = [world.rich() for _ in range(4)]
    for each in customers:
        click(client, each, token)

    def act(number, own):
        if number == 2:
            operate(of, "end", reason="提前结束")
            return None
        return buy_unread(type(of)(own, of.shop, of.id), customers[number])

    sales = [each for each in race(act, 4) if each is not None]
    read_letters()
    found = [state(each) for each in sales]
    assert all(each is None or each == ("paid", None, 500, 0) for each in found)
    paid = sum(each is not None for each in found)
    assert world.balance(friend, Account.REBATE_PENDING) == 500 * paid
    assert (
        in_transaction(lambda: ledger.balances(of.id))[Account.CAMPAIGN_POT].balance_fen
        == 100_000 - 500 * paid
    )
