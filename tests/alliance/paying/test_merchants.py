"""A merchant's settled money is spent in other stores: a sale like any other, with it as payer."""

import pytest
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.closure import service as closure
from app.alliance.paying import merchants
from app.alliance.refunds import refunding
from app.core.db import in_transaction, read
from app.core.world import SYSTEM_ID, new_id
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.settlement.books import settled
from tests.alliance.test_races import at_once, quiet

pytestmark = pytest.mark.usefixtures("context")
URL = "/api/v1/merchant-payments"


@pytest.fixture
def buyer():
    """A merchant with 10,000 fen settled."""
    shop = world.shop()
    world.give(shop.merchant_id, Account.AVAILABLE, 10_000)
    return shop


def buy(client, buyer, at, amount_fen, key=None):
    wish = {"store_id": str(at.store_id), "amount_fen": amount_fen}
    return client.post(URL, json=wish, headers=world.owner_headers(buyer, key))


def bought(client, buyer, at, amount_fen):
    answer = buy(client, buyer, at, amount_fen)
    assert answer.status_code == 201, answer.json
    quiet()
    return answer.json


def held(shop, *accounts):
    return [world.balance(shop.merchant_id, account) for account in accounts]


def shares(payment_id):
    statement = text("SELECT * FROM alliance_share WHERE sale_id = :id")
    found = read(statement, {"id": payment_id})
    return {row.party: (row.receiver, row.owner_id, row.amount_fen) for row in found}


def test_the_store_concedes_and_the_buying_merchant_is_the_consumer(client, buyer):
    seller = world.shop()
    payment = bought(client, buyer, seller, 10_000)
    assert (payment["status"], payment["merchant_share_fen"]) == ("paid", 9_000)
    assert payment["parts"]["settled_fen"] == 10_000
    assert held(buyer, Account.AVAILABLE, Account.REBATE_PENDING) == [0, 100]
    assert held(seller, Account.PENDING) == [9_000]
    found = shares(payment["id"])
    assert found["consumer"] == ("consumer", buyer.merchant_id, 100)
    assert found["recommender"][0] == "operations"  # nobody's code brought a merchant as customer
    assert sum(fen for _, _, fen in found.values()) == 1_000


def test_it_is_on_the_sellers_statement_once(client, buyer):
    seller = world.shop()
    bought(client, buyer, seller, 4_000)
    settled(seller)
    (statement,) = settled(seller)
    assert held(seller, Account.PENDING, Account.AVAILABLE) == [0, 3_600]
    owner = world.owner_headers(seller)
    path = f"/api/v1/settlements/{statement.id}/statement.csv"
    table = client.get(path, headers=owner).get_data(as_text=True)
    assert table.count("商家结算款40.00") == 1


def test_refunds_give_it_back_to_the_fen(client, buyer):
    seller = world.shop()
    payment = bought(client, buyer, seller, 3_333)
    path = f"/api/v1/payments/{payment['id']}/refunds"
    for amount in (1_111, 1, None):
        wish = {"reason": "taken back"} | ({"amount_fen": amount} if amount else {})
        answer = client.post(path, json=wish, headers=world.owner_headers(seller))
        assert (answer.status_code, answer.json["status"]) == (201, "done"), answer.json
    assert held(buyer, Account.AVAILABLE, Account.REBATE_PENDING) == [10_000, 0]
    assert held(seller, Account.PENDING) == [0]


def test_it_is_paid_once_under_one_key(client, buyer):
    seller, key = world.shop(), new_id().hex
    who = world.owner_headers(buyer, key)
    wish = {"store_id": str(seller.store_id), "amount_fen": 6_000}
    first = client.post(URL, json=wish, headers=who)
    again = client.post(URL, json=wish, headers=who)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post(URL, json=wish | {"amount_fen": 1}, headers=who)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert held(buyer, Account.AVAILABLE) == [4_000]


def test_what_is_refused_moves_nothing(client, buyer):
    seller = world.shop()
    own = buy(client, buyer, buyer, 100)
    assert (own.status_code, own.json["code"]) == (422, "own_store")
    more = buy(client, buyer, seller, 10_001)
    assert (more.status_code, more.json["missing_fen"]) == (409, 1)
    wish = {"store_id": str(seller.store_id), "amount_fen": 100}
    cashier = {"merchant_id": buyer.merchant_id, "store_ids": frozenset({buyer.store_id})}
    for headers in (
        world.staff_headers("cashier", **cashier),
        world.staff_headers("finance"),
        world.staff_headers("merchant_owner"),
        world.headers(world.rich()),
    ):
        assert client.post(URL, json=wish, headers=headers).status_code == 403
    assert held(buyer, Account.AVAILABLE) == [10_000]
    assert held(seller, Account.PENDING) == [0]


def test_customers_who_wait_for_a_refund_come_first(client, buyer):
    customer = world.rich(50_000)
    sale = world.paid(client, customer, buyer, 50_000)
    quiet()
    settled(buyer)
    world.take(buyer.merchant_id, Account.AVAILABLE, 50_000)
    path = f"/api/v1/payments/{sale['id']}/refunds"
    owner = world.owner_headers(buyer)
    assert client.post(path, json={"reason": "taken back"}, headers=owner).json["status"] == (
        "waiting_funds"
    )
    answer = buy(client, buyer, world.shop(), 100)
    assert (answer.status_code, answer.json["code"]) == (409, "refunds_wait")
    world.give(buyer.merchant_id, Account.AVAILABLE, 50_000)
    assert refunding.retry_waiting() == 1
    assert buy(client, buyer, world.shop(), 100).status_code == 201


def test_a_merchant_who_is_paused_spends_nothing(client, buyer):
    in_transaction(lambda: closure.pause(buyer.merchant_id, None, "odd purchases", SYSTEM_ID))
    answer = buy(client, buyer, world.shop(), 100)
    assert (answer.status_code, answer.json["code"]) == (409, "buyer_paused")
    assert held(buyer, Account.AVAILABLE) == [10_000]


def test_each_side_sees_its_own_part_and_nobody_else_any(client, buyer):
    seller, third = world.shop(), world.shop()
    payment = bought(client, buyer, seller, 2_000)
    path = f"/api/v1/payments/{payment['id']}"
    readers = {}
    for name, shop in (("buyer", buyer), ("seller", seller)):
        who = world.owner_headers(shop)
        assert client.get(path, headers=who).json["amount_fen"] == 2_000
        readers[name] = client.get(f"{path}/receipt", headers=who).json
    assert readers["buyer"]["reader"] == "payer"
    assert "商家结算款支付 ¥20.00" in readers["buyer"]["text"]
    assert readers["seller"]["reader"] == "merchant"
    stranger = world.owner_headers(third)
    cashier = world.staff_headers("cashier", merchant_id=buyer.merchant_id)
    for who in (stranger, cashier):
        assert client.get(path, headers=who).status_code == 404
        assert client.get(f"{path}/receipt", headers=who).status_code == 404
    wish = {"reason": "I want it back"}
    own = client.post(f"{path}/refunds", json=wish, headers=world.owner_headers(buyer))
    assert own.status_code == 404


def test_purchases_are_listed_page_by_page(client, buyer, monkeypatch):
    monkeypatch.setattr(merchants, "PAGE", 2)
    seller = world.shop()
    made = [bought(client, buyer, seller, 100)["id"] for _ in range(3)]
    who, found, before = world.owner_headers(buyer), [], {}
    while before is not None:
        page = client.get(URL, query_string=before, headers=who).json
        found += [payment["id"] for payment in page["payments"]]
        before = {"before": page["next_before"]} if page["next_before"] else None
    assert found == made[::-1]
    assert client.get(URL, headers=world.owner_headers(seller)).json["payments"] == []


def test_sixty_four_purchases_at_once_spend_each_fen_once(app, buyer):
    shops = [world.shop(), world.shop()]
    who = world.owner_headers(buyer)

    def pay(number, client):
        wish = {"store_id": str(shops[number % 2].store_id), "amount_fen": 1_000}
        key = {"Idempotency-Key": f"{buyer.merchant_id}-{number % 32}"}
        return client.post(URL, json=wish, headers=who | key).status_code

    codes = at_once(app, pay)
    assert set(codes) <= {201, 409, 422, 503}
    assert held(buyer, Account.AVAILABLE) == [0]
    quiet()
    assert sum(world.balance(shop.merchant_id, Account.PENDING) for shop in shops) == 9_000
    assert distribution.undistributed() == 0
