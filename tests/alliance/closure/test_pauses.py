"""A paused store takes no payment and no top-up until it is resumed; nothing else changes."""

import threading

import pytest

from app.core.db import db
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.closure import desk


@pytest.fixture
def shop(context):
    return world.shop()


@pytest.fixture
def payer(shop):
    return world.rich(100_000, world.brought_by_store(shop))


def pay(client, payer, store_id, fen=1_000):
    wish = {"store_id": str(store_id), "amount_fen": fen}
    return client.post("/api/v1/payments", json=wish, headers=world.headers(payer))


def top_up(client, payer, store_id):
    wish = {"store_id": str(store_id), "amount_fen": 10_000}
    return client.post("/api/v1/top-ups", json=wish, headers=world.headers(payer))


def test_nothing_is_taken_while_it_lasts_and_everything_after(client, shop, payer):
    pause = desk.paused(client, shop)
    for answer in (pay(client, payer, shop.store_id), top_up(client, payer, shop.store_id)):
        assert (answer.status_code, answer.json["code"]) == (409, "store_paused")
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000
    assert world.count("wallet_top_up", f"member_id = '{payer}'") == 0
    operator = world.staff_headers("operator")
    path = f"/pauses/{pause['id']}/resumption"
    resumed = desk.post(client, path, operator, reason="检查通过")
    assert (resumed.status_code, resumed.json["resume_reason"]) == (200, "检查通过")
    assert pay(client, payer, shop.store_id).status_code == 201
    again = desk.post(client, path, operator, reason="检查通过")
    assert (again.status_code, again.json["code"]) == (409, "not_paused")


def test_one_store_may_be_paused_and_the_others_sell_on(client, shop, payer):
    other_id = world.store(shop.merchant_id, "北门店")
    pause = desk.paused(client, shop, store_id=str(shop.store_id))
    assert pay(client, payer, shop.store_id).json["code"] == "store_paused"
    assert pay(client, payer, other_id).status_code == 201
    desk.paused(client, shop)  # the merchant as a whole besides
    operator = world.staff_headers("operator")
    desk.post(client, f"/pauses/{pause['id']}/resumption", operator, reason="好了")
    assert pay(client, payer, shop.store_id).json["code"] == "store_paused"


def test_what_cannot_be_paused_is_refused_and_changes_nothing(client, shop):
    pause = desk.paused(client, shop)
    operator, other = world.staff_headers("operator"), world.shop()
    before = world.count("alliance_pause")
    for merchant_id, body, code in (
        (shop.merchant_id, {"reason": "再次"}, "already_paused"),
        (shop.merchant_id, {"reason": "店", "store_id": str(other.store_id)}, "store_unknown"),
        (other.store_id, {"reason": "谁"}, "merchant_unknown"),
        (shop.merchant_id, {"reason": ""}, "invalid_request"),
    ):
        answer = desk.post(client, f"/merchants/{merchant_id}/pauses", operator, **body)
        assert answer.json["code"] == code
    for who in (world.staff_headers("finance"), world.owner_headers(shop)):
        path = f"/merchants/{other.merchant_id}/pauses"
        assert desk.post(client, path, who, reason="试试").status_code == 403
        path = f"/pauses/{pause['id']}/resumption"
        assert desk.post(client, path, who, reason="试试").status_code == 403
    assert world.count("alliance_pause") == before
    assert world.count("alliance_pause", "resumed_at IS NULL AND id = '" + pause["id"] + "'") == 1


def test_refunds_and_shares_go_on(client, shop, payer):
    sale = world.paid(client, payer, shop, 1_000)
    desk.paused(client, shop)
    path = f"/payments/{sale['id']}/refunds"
    refund = desk.post(client, path, world.owner_headers(shop))
    assert (refund.status_code, refund.json["status"]) == (201, "done")
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000


def test_payments_that_race_with_a_pause_are_whole_or_refused(app, client, shop, payer):
    """After the operator's answer no payment begins, in any thread; what began before is whole."""
    start, answered = threading.Barrier(9), threading.Event()
    outcomes, who = [], world.headers(payer)

    def spend(number):
        with app.app_context():
            phone = app.test_client()
            start.wait(30)
            for turn in range(60):
                is_late = answered.is_set()
                key = {"Idempotency-Key": f"{payer}-{number}-{turn}"}
                wish = {"store_id": str(shop.store_id), "amount_fen": 10}
                answer = phone.post("/api/v1/payments", json=wish, headers=who | key)
                outcomes.append((is_late, answer.status_code))
                if is_late:
                    break
            db.session.remove()

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    start.wait(30)
    desk.paused(client, shop)
    answered.set()
    for thread in threads:
        thread.join(60)
    assert {code for is_late, code in outcomes if is_late} == {409}
    taken = sum(code == 201 for _, code in outcomes)
    assert {code for _, code in outcomes} <= {201, 409}
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 10 * taken
    assert world.balance(shop.merchant_id, Account.PENDING) == 9 * taken


def test_staff_see_who_paused_what_and_the_owner_only_the_own_merchant(client, shop):
    pause = desk.paused(client, shop)
    reader = world.staff_headers("support")
    path = "/api/v1/pauses?is_open=true"
    seen, after = [], ""
    while page := client.get(f"{path}{after}", headers=reader).json["pauses"]:
        seen += page
        after = f"&after={page[-1]['id']}"
    assert pause["id"] in {each["id"] for each in seen}
    path = f"/api/v1/merchants/{shop.merchant_id}/standing"
    own = client.get(path, headers=world.owner_headers(shop))
    assert own.json["stores"] == [
        {"store_id": str(shop.store_id), "name": "南门店", "status": "paused", "closes_on": None}
    ]
    foreign = client.get(path, headers=world.owner_headers(world.shop()))
    assert (foreign.status_code, foreign.json["code"]) == (404, "merchant_unknown")


def test_the_merchants_contacts_are_told_why(client, shop):
    contact = world.member()
    world.in_transaction(lambda: world.alliance.add_contact(shop.merchant_id, contact))
    desk.paused(client, shop)
    rows = world.read(
        world.text(
            "SELECT payload->>'reason', payload->>'what' FROM core_outbox"
            " WHERE reader = 'notices.standing' AND payload->>'merchant_id' = :merchant"
        ),
        {"merchant": str(shop.merchant_id)},
    )
    assert [tuple(row) for row in rows] == [("消防检查", "paused")]
