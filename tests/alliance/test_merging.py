"""Merging members while they pay: real processes, and every fen is where it belongs."""

import multiprocessing
import random
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import distribution
from app.alliance import service as alliance
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import merging
from tests.alliance import shop as world

PROCESSES, PAIRS, PAID_FEN, HELD_FEN = 8, 8, 100, 1_000
SALES = """
    SELECT payer_id, sum(amount_fen)::bigint, count(*) FROM alliance_sale
    WHERE store_id = :store AND status = 'paid' GROUP BY payer_id
"""


@pytest.fixture
def noodles(context):
    return world.shop()


def merge_pasts(one, other):
    return in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))


def life_of_a_process(app, seed, pairs, sessions, store_id, told):
    """Pays with every session several times and tries to merge every pair, in any order."""
    chance = random.Random(seed)
    with app.app_context():
        db.engine.dispose(close=False)
        wishes = [pair for pair in pairs for _ in range(3)]
        chance.shuffle(wishes)
        client, seen = app.test_client(), []
        for pair in wishes:
            for member_id in chance.sample(pair, 2):
                wish = {"store_id": str(store_id), "amount_fen": PAID_FEN}
                key = {"Idempotency-Key": new_id().hex}
                answer = client.post(
                    "/api/v1/payments", json=wish, headers=sessions[member_id] | key
                )
                seen.append(answer.json.get("code", answer.status_code))
            if chance.random() < 0.3:
                try:
                    merge_pasts(*pair)
                    seen.append("merged")
                except members.CannotMerge:
                    seen.append("merged before")
        told.put(seen)


def test_merging_while_both_pay_loses_and_doubles_nothing(app, noodles):
    pairs = [(world.rich(HELD_FEN), world.rich(HELD_FEN)) for _ in range(PAIRS)]
    sessions = {member_id: world.headers(member_id) for pair in pairs for member_id in pair}
    seen = raced(app, pairs, sessions, noodles.store_id)
    assert seen <= {201, "not_enough", "member_merged", "merged", "merged before", "not_signed_in"}
    assert {201, "merged", "member_merged"} <= seen
    merging.move_residues()
    spent = {row[0]: row[1:] for row in read(text(SALES), {"store": noodles.store_id})}
    for pair in pairs:
        left = [world.balance(each, Account.PREPAID_PRINCIPAL) for each in pair]
        sales = sum(spent.get(each, (0, 0))[0] for each in pair)
        assert sum(left) + sales == 2 * HELD_FEN
        absorbed = [each for each in pair if members.today(each) != each]
        assert all(world.balance(each, Account.PREPAID_PRINCIPAL) == 0 for each in absorbed)
    assert ledger.verify().findings == []


def raced(app, pairs, sessions, store_id):
    """What the answers of all processes were."""
    db.session.remove()
    fork = multiprocessing.get_context("fork")
    told = fork.Queue()
    crew = [
        fork.Process(target=life_of_a_process, args=(app, seed, pairs, sessions, store_id, told))
        for seed in range(PROCESSES)
    ]
    for process in crew:
        process.start()
    seen = {each for _ in crew for each in told.get(timeout=180)}
    for process in crew:
        process.join(60)
    assert [process.exitcode for process in crew] == [0] * PROCESSES
    return seen


def test_the_member_that_stayed_sees_and_repeats_what_the_other_paid(noodles, client):
    first, second = world.rich(), world.rich()
    key = new_id().hex
    token = world.headers(second, key)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 1_000}
    paid = client.post("/api/v1/payments", json=wish, headers=token)
    merge_pasts(first, second)
    stayed = world.headers(first, key)
    assert client.get(f"/api/v1/payments/{paid.json['id']}", headers=stayed).status_code == 200
    again = client.post("/api/v1/payments", json=wish, headers=stayed)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (paid.json, "true")
    assert world.balance(first, Account.PREPAID_PRINCIPAL) == 199_000
    stranger = world.headers(world.rich())
    assert client.get(f"/api/v1/payments/{paid.json['id']}", headers=stranger).status_code == 404


def test_who_speaks_for_a_merchant_still_does_after_a_merge_and_its_undoing(noodles, client):
    first, second = world.rich(), world.rich()
    brought = world.merchant("茶馆", recommender=alliance.Recommender("member", second))
    operator = world.staff_headers("operator")
    wish = {"member_id": str(second)}
    path = f"/api/v1/merchants/{noodles.merchant_id}/contacts"
    assert client.post(path, json=wish, headers=operator).status_code in (200, 201)

    def standing():
        speaks = (
            f"SELECT member_id FROM alliance_contact WHERE merchant_id = '{noodles.merchant_id}'"
        )
        earns = f"SELECT recommender_id FROM alliance_merchant WHERE id = '{brought}'"
        return read(text(speaks))[0][0], read(text(earns))[0][0]

    merge_id = merge_pasts(first, second)
    assert standing() == (first, first)
    in_transaction(lambda: members.undo(merge_id, new_id(), "认错人"))
    assert standing() == (second, second)


def test_a_refund_of_what_the_absorbed_member_paid_reaches_who_they_are_now(noodles, client):
    first, second = world.rich(HELD_FEN), world.rich(HELD_FEN)
    paid = world.paid(client, second, noodles, 400)
    merge_pasts(first, second)
    wish = {"amount_fen": 400, "reason": "退货"}
    path = f"/api/v1/payments/{paid['id']}/refunds"
    answer = client.post(path, json=wish, headers=world.owner_headers(noodles))
    assert answer.status_code == 201, answer.json
    merging.move_residues()
    assert world.balance(first, Account.PREPAID_PRINCIPAL) == 2 * HELD_FEN
    assert world.balance(second, Account.PREPAID_PRINCIPAL) == 0
    assert ledger.verify().findings == []


def test_what_an_absorbed_member_comes_to_owe_is_collected_from_who_they_are_now(context, client):
    friend, absorbed, shop = world.member(), world.member(), world.shop()
    payer = world.member(world.Introduction("member", absorbed, shop.store_id, "scene"))
    world.give(payer, Account.PREPAID_PRINCIPAL, 20_000)
    first = world.paid(client, payer, shop, 10_000)
    while distribution.distribute():
        pass
    with time_machine.travel(now() + timedelta(days=8)):
        while distribution.release():
            pass
        merge_pasts(friend, absorbed)
        earned = world.balance(friend, Account.REBATE)
        world.take(friend, Account.REBATE, earned - 1)
        answer = client.post(
            f"/api/v1/payments/{first['id']}/refunds",
            json={"reason": "退货"},
            headers=world.owner_headers(shop),
        )
        assert answer.status_code == 201, answer.json
        assert world.balance(friend, Account.REBATE) == 0  # what went with them is taken first
        assert world.balance(friend, Account.CLAWBACK_DUE) == -(earned - 1)
        world.paid(client, payer, shop, 10_000)
        while distribution.distribute():
            pass
        assert world.balance(friend, Account.CLAWBACK_DUE) == 0
        assert world.balance(friend, Account.REBATE_PENDING) == 1
