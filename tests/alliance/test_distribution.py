"""The second journal of a sale: every party gets its share, exactly once."""

import multiprocessing
import os
import signal
import time
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.catalogue import Recommender
from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, bucket_of, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.processes import in_child

PENDING = Account.REBATE_PENDING


def shares_of(sale_id):
    rows = read(
        text(
            "SELECT party, receiver, reason, owner_id, amount_fen, collected_fen"
            " FROM alliance_share WHERE sale_id = :id ORDER BY party"
        ),
        {"id": UUID(sale_id)},
    )
    return {row.party: row for row in rows}


@pytest.fixture
def nothing_waits(context):
    while distribution.distribute():
        pass


def test_every_party_gets_its_share(nothing_waits, client):
    friend, seller_friend = world.member(), world.member()
    home = world.shop()
    salesperson = in_transaction(lambda: world.alliance.add_salesperson("阿明").id)
    selling = world.shop(
        salesperson_id=salesperson, recommender=Recommender("member", seller_friend)
    )
    binding = world.Introduction("member", friend, home.store_id, "scene")
    payer = world.rich(introduction=binding)
    body = world.paid(client, payer, selling, 10_000)
    funds = {
        account: world.balance(PLATFORM_ID, account)
        for account in (Account.OPERATIONS, Account.CAMPAIGN_FUND, Account.CHARITY)
    }
    clearing = world.balance(PLATFORM_ID, Account.CONCESSION_CLEARING)
    assert distribution.undistributed() == 1
    assert distribution.distribute() == 1
    assert distribution.undistributed() == 0
    assert world.balance(payer, PENDING) == 100
    assert world.balance(friend, PENDING) == 250
    assert world.balance(seller_friend, PENDING) == 50
    assert world.balance(home.merchant_id, PENDING) == 150
    assert world.balance(salesperson, PENDING) == 100
    assert world.balance(PLATFORM_ID, Account.OPERATIONS) == funds[Account.OPERATIONS] + 150
    assert world.balance(PLATFORM_ID, Account.CAMPAIGN_FUND) == funds[Account.CAMPAIGN_FUND] + 100
    assert world.balance(PLATFORM_ID, Account.CHARITY) == funds[Account.CHARITY] + 50
    assert world.balance(PLATFORM_ID, Account.CONCESSION_CLEARING) == clearing - 1_000
    shares = shares_of(body["id"])
    assert sum(share.amount_fen for share in shares.values()) == 1_000
    assert {share.reason for share in shares.values()} == {"direct"}
    shown = client.get(f"/api/v1/payments/{body['id']}", headers=world.headers(payer)).json
    assert shown["distributed_at"]


def test_parties_that_do_not_exist_hand_their_share_on(nothing_waits, client):
    payer = world.rich()
    body = world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute()
    shares = shares_of(body["id"])
    assert {party for party, share in shares.items() if share.reason == "fallback"} == {
        "merchant_recommender",
        "home_store",
        "salesperson",
    }
    assert shares["home_store"].receiver == "operations"
    assert shares["home_store"].owner_id == PLATFORM_ID


def test_who_was_brought_by_the_platform_leaves_that_share_to_operations(nothing_waits, client):
    body = world.paid(client, world.rich(), world.shop(), 10_000)
    distribution.distribute()
    share = shares_of(body["id"])["recommender"]
    assert (share.owner_id, share.reason, share.amount_fen) == (PLATFORM_ID, "direct", 250)


def test_one_person_receives_one_share(nothing_waits, client):
    home = world.shop()
    payer = world.rich(introduction=world.brought_by_store(home))
    body = world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute()
    assert shares_of(body["id"])["home_store"].receiver == "operations"
    assert world.balance(home.merchant_id, PENDING) == 250


def test_a_policy_may_give_one_person_two_shares(nothing_waits, client):
    home = world.shop()
    payer = world.rich(introduction=world.brought_by_store(home))
    world.paid(client, payer, world.shop(is_one=False), 10_000)
    distribution.distribute()
    assert world.balance(home.merchant_id, PENDING) == 400


def test_a_merchants_contact_pays_at_the_own_store_but_earns_one_share_only(nothing_waits, client):
    own = world.shop()
    payer = world.rich(introduction=world.brought_by_store(own))
    in_transaction(lambda: world.alliance.add_contact(own.merchant_id, payer))
    body = world.paid(client, payer, own, 10_000)
    distribution.distribute()
    shares = shares_of(body["id"])
    assert shares["recommender"].receiver == "operations"
    assert shares["home_store"].receiver == "operations"
    assert world.balance(payer, PENDING) == 100
    assert world.balance(own.merchant_id, PENDING) == 0


def test_a_sale_without_concession_has_nothing_to_share_but_is_done(nothing_waits, client):
    payer = world.member()
    world.give(payer, Account.PREPAID_BONUS, 500)
    body = world.paid(client, payer, world.shop(), 500)
    assert body["merchant_share_fen"] == 500
    assert distribution.distribute() == 1
    assert shares_of(body["id"]) == {}
    assert distribution.undistributed() == 0


def test_frozen_shares_are_released_when_their_time_has_come(nothing_waits, client):
    friend = world.member()
    payer = world.rich(introduction=world.brought_by_member(friend))
    world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute()
    distribution.release()
    assert world.balance(friend, Account.REBATE) == 0
    with time_machine.travel(now() + timedelta(days=7, minutes=1), tick=True):
        assert distribution.release() >= 2
        assert distribution.release() == 0
    assert world.balance(friend, Account.REBATE) == 250
    assert world.balance(friend, PENDING) == 0


def test_an_older_debt_is_collected_from_later_shares(nothing_waits, client):
    friend = world.member()
    world.give(friend, Account.REBATE, 300)
    in_transaction(lambda: _owe(friend, 300))
    payer = world.rich(introduction=world.brought_by_member(friend))
    body = world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute()
    share = shares_of(body["id"])["recommender"]
    assert (share.amount_fen, share.collected_fen) == (250, 250)
    assert world.balance(friend, Account.CLAWBACK_DUE) == -50
    world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute()
    assert world.balance(friend, Account.CLAWBACK_DUE) == 0
    assert world.balance(friend, PENDING) == 200


def _owe(owner_id, amount_fen):
    from app.alliance.debts import note_debtor

    note_debtor(owner_id)
    legs = (
        world.Leg(owner_id, Account.CLAWBACK_DUE, -amount_fen),
        world.Leg(PLATFORM_ID, Account.OPERATIONS, amount_fen),
    )
    identity = world.new_id()
    world.ledger.post(
        [world.Journal(identity, "owed", identity, world.SYSTEM_ID, str(identity), legs)]
    )


def test_a_sale_that_cannot_be_shared_holds_up_no_other(nothing_waits, client):
    good, bad = world.shop(), world.shop()
    payer = world.rich()
    world.paid(client, payer, bad, 1_000)
    body = world.paid(client, payer, good, 1_000)
    missing = {"id": UUID(int=bucket_of(PLATFORM_ID)), "merchant": bad.merchant_id}
    _run("UPDATE alliance_sale SET policy_id = :id WHERE merchant_id = :merchant", missing)
    assert distribution.distribute() == 1
    assert shares_of(body["id"])
    assert distribution.undistributed() == 1
    _run(
        "UPDATE alliance_sale SET policy_id = :id WHERE merchant_id = :merchant",
        missing | {"id": bad.policy_id},
    )
    assert distribution.distribute() == 1


def _run(statement, parameters):
    in_transaction(lambda: db.session.execute(text(statement), parameters))


def test_raced_by_several_processes_each_sale_is_shared_once(nothing_waits, client):
    friend = world.member()
    payer = world.rich(introduction=world.brought_by_member(friend))
    shop = world.shop()
    for _ in range(24):
        world.paid(client, payer, shop, 1_000)
    db.session.remove()
    gate = multiprocessing.Event()

    def work():
        gate.wait(10)
        while distribution.distribute(limit=4):
            pass

    children = [in_child(work) for _ in range(4)]
    gate.set()
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0, 0]
    assert distribution.undistributed() == 0
    assert world.balance(friend, PENDING) == 24 * 25
    assert world.balance(payer, PENDING) == 24 * 10
    kinds = f"kind = 'distribution' AND key LIKE 'distribution:%' AND bucket = {bucket_of(payer)}"
    assert world.count("ledger_journal", kinds) >= 24


def test_a_process_killed_in_the_midst_of_a_batch_leaves_nothing_half_shared(
    nothing_waits, client, monkeypatch
):
    friend = world.member()
    payer = world.rich(introduction=world.brought_by_member(friend))
    shop = world.shop()
    for _ in range(5):
        world.paid(client, payer, shop, 1_000)
    db.session.remove()
    before = world.books()
    posted = multiprocessing.Event()
    real_post = distribution.post

    def post_and_hang(journals):
        real_post(journals)
        posted.set()
        time.sleep(60)

    with monkeypatch.context() as patch:
        patch.setattr(distribution, "post", post_and_hang)
        pid = in_child(distribution.distribute)
        assert posted.wait(20)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert world.books() == before
    assert distribution.undistributed() == 5
    deadline = time.monotonic() + 10
    while distribution.undistributed() and time.monotonic() < deadline:
        distribution.distribute()
    assert distribution.undistributed() == 0
    assert world.balance(friend, PENDING) == 5 * 25
