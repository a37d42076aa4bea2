"""64 clients who want the same money at once: every fen moves once (chaos/races: many rounds)."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.refunds import refunding
from app.alliance.settlement import runs
from app.core.db import db, read
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world

ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "1")))
CLIENTS, THREADS = 64, 24
pytestmark = pytest.mark.usefixtures("context")


def at_once(app, work):
    """`work(number, client)` for 64 clients by as many threads as a web server has, which begin
    together; what each client got."""
    start = threading.Barrier(THREADS)

    def run(number):
        with app.app_context():
            if number < THREADS:
                start.wait(60)
            try:
                return work(number, app.test_client())
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def quiet():
    while distribution.distribute():
        pass
    distribution.fold()


def later(days):
    return time_machine.travel(now() + timedelta(days=days), tick=True)


def refund(client, who, payment_id, number, **body):
    headers = who | {"Idempotency-Key": f"{payment_id}-{number}"}
    return client.post(f"/api/v1/payments/{payment_id}/refunds", json=body, headers=headers)


@pytest.mark.parametrize("turn", ROUNDS)
def test_pay_against_pay_never_spends_a_fen_twice(app, turn):
    shops, payer = [world.shop(), world.shop()], world.rich(700)
    world.give(payer, Account.REBATE, 350)
    who = world.headers(payer)

    def pay(number, client):
        store_id = str(shops[number % 2].store_id)
        wish = {"store_id": store_id, "amount_fen": 100, "purses": ["prepaid", "rebate"]}
        key = {"Idempotency-Key": f"{payer}-{number}"}
        return client.post("/api/v1/payments", json=wish, headers=who | key).status_code

    codes = at_once(app, pay)
    assert sorted(set(codes)) == [201, 409]
    assert codes.count(201) == 10
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert world.balance(payer, Account.REBATE) == 50
    pending = [world.balance(shop.merchant_id, Account.PENDING) for shop in shops]
    assert sum(pending) == 900


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_many_partial_refunds_as_many_go_through_as_there_is_money(app, client, turn):
    shop, payer = world.shop(), world.rich(1_000)
    quiet()
    before = world.books()
    payment_id = world.paid(client, payer, shop, 1_000)["id"]
    who = world.owner_headers(shop)
    codes = at_once(
        app, lambda n, client: refund(client, who, payment_id, n, amount_fen=100).status_code
    )
    assert sorted(set(codes)) == [201, 409]
    assert codes.count(201) == 10
    assert world.books().without() == before.without()


@pytest.mark.parametrize("turn", ROUNDS)
def test_release_against_clawback_leaves_every_account_where_it_was(app, client, turn):
    friend, shop = world.member(), world.shop()
    payer = world.rich(6_400, world.brought_by_member(friend))
    quiet()
    with later(8):  # what others left behind
        while distribution.release():
            pass
    before = world.books()
    paid = [world.paid(client, payer, shop, 200)["id"] for _ in range(32)]
    quiet()
    with later(8):
        who = world.owner_headers(shop)

        def work(number, client):
            if number % 2:
                return distribution.release() and 0
            return refund(client, who, paid[number // 2], number).status_code

        codes = at_once(app, work)[::2]
        assert codes == [201] * 32
        while distribution.release():
            pass
    assert world.balance(friend, Account.REBATE_PENDING) == 0
    assert world.balance(friend, Account.REBATE) + world.balance(friend, Account.CLAWBACK_DUE) == 0
    assert world.books().without() == before.without()


@pytest.mark.parametrize("turn", ROUNDS)
def test_settlement_against_settlement_and_refunds_settles_each_sale_once(app, client, turn):
    shop, payer = world.shop(), world.rich(100_000)
    paid = [world.paid(client, payer, shop, 1_000)["id"] for _ in range(16)]
    quiet()
    with later(40):
        who = world.owner_headers(shop)

        def work(number, client):
            if number % 4:
                return runs.run() and 0
            return refund(client, who, paid[number // 4], number).status_code

        at_once(app, work)
        refunding.retry_waiting()
        distribution.fold()
        runs.run()
        fen = [
            world.balance(shop.merchant_id, account)
            for account in (Account.PENDING, Account.AVAILABLE)
        ]
    assert sum(fen) == 0
    lines = read(
        text(
            "SELECT kind, count(*), count(DISTINCT subject_id) FROM alliance_settlement_line"
            " JOIN alliance_settlement AS s ON s.id = settlement_id"
            " WHERE s.merchant_id = :merchant AND kind = 'sale' GROUP BY kind"
        ),
        {"merchant": shop.merchant_id},
    )
    assert [tuple(line) for line in lines] == [("sale", 16, 16)]


@pytest.mark.parametrize("turn", ROUNDS)
def test_everything_at_once_loses_and_creates_nothing(app, client, turn):
    friend, shop = world.member(), world.shop()
    payer = world.rich(100_000, world.brought_by_member(friend))
    quiet()
    with later(40):  # what others left behind
        while distribution.release():
            pass
        runs.run()
    before = world.books()
    early = [world.paid(client, payer, shop, 100 + n)["id"] for n in range(16)]
    quiet()
    with later(40):
        who, owner = world.headers(payer), world.owner_headers(shop)
        made = []

        def work(number, client):
            duties = (distribution.distribute, distribution.release, runs.run)
            if number % 4 == 0:
                return refund(client, owner, early[number // 4], number).status_code
            if number % 4 == 1:
                wish = {"store_id": str(shop.store_id), "amount_fen": 50}
                key = {"Idempotency-Key": f"storm-{payer}-{number}"}
                answer = client.post("/api/v1/payments", json=wish, headers=who | key)
                made.append(answer.json["id"])
                return answer.status_code
            duties[number % len(duties)]()
            return 0

        codes = at_once(app, work)
        assert sorted(set(codes)) == [0, 201]
        quiet()
        for payment_id in made:
            assert refund(client, owner, payment_id, "end").status_code == 201
        distribution.fold()
        for _ in range(3):
            refunding.retry_waiting()
        while distribution.release():
            pass
    waiting = read(
        text("SELECT count(*) FROM alliance_refund WHERE merchant_id = :m AND done_at IS NULL"),
        {"m": shop.merchant_id},
    )
    assert waiting[0][0] == 0
    assert world.books().without() == before.without()
