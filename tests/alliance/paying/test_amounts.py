"""A member scans the store's code and types the amount, or a code for a fixed one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from app.alliance.paying import amounts
from app.core.db import db, in_transaction
from app.core.world import new_id, now
from app.ledger.service import Account
from app.members import service as members
from app.qr import service as qr
from app.qr.models import Code
from tests.alliance import shop as world
from tests.alliance.paying.test_by_code import cashier

CODES, PAYMENTS = "/api/v1/amount-codes", "/api/v1/payments"
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


def issued(client, shop, **more):
    wish = {"store_id": str(shop.store_id), "amount_fen": 1_250} | more
    answer = client.post(CODES, json=wish, headers=cashier(shop))
    assert answer.status_code == 201, answer.json
    return answer.json


def pay(client, who, code, **more):
    return client.post(PAYMENTS, json={"code": code} | more, headers=who)


def read(client, token):
    return client.get(f"/api/v1/codes/{token}/payment")


def refused(answer):
    return answer.status_code, answer.json["code"]


def hung_up(shop):
    """The mark at the end of what the store's WeChat code says."""
    token, mark = in_transaction(lambda: qr.issue("S", shop.store_id)), f"02{new_id().hex[:22]}"
    named = update(Code).where(Code.token == token)
    in_transaction(
        lambda: db.session.execute(named.values(ticket_url=f"http://weixin.qq.com/q/{mark}"))
    )
    return mark


def test_a_store_is_paid_by_the_wechat_code_that_hangs_there(shop, client):
    mark = hung_up(shop)
    told = read(client, mark).json
    assert (told["store_id"], told["amount_fen"]) == (str(shop.store_id), None)
    payer = world.rich()
    paid = pay(client, world.headers(payer), mark, amount_fen=700)
    assert (paid.status_code, paid.json["status"]) == (201, "paid"), paid.json
    assert paid.json["store_id"] == str(shop.store_id)
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 700


def test_a_mark_of_no_store_pays_nobody(shop, client):
    mark, member = hung_up(shop), world.rich()
    in_transaction(  # somebody's invitation, not a store's code
        lambda: db.session.execute(
            update(Code).where(Code.ticket_url.endswith(mark)).values(kind="M")
        )
    )
    for wrong in (mark, mark[:-1], mark + "0", "%", "_" * 24):
        assert refused(read(client, wrong)) == (404, "unknown_scene"), wrong
        answer = pay(client, world.headers(member), wrong, amount_fen=700)
        assert refused(answer) == (404, "unknown_scene"), wrong
    assert world.balance(member, Account.PREPAID_PRINCIPAL) == 100_000


def test_a_scanned_amount_code_says_what_is_paid_and_pays_it(shop, client):
    made = issued(client, shop, description="牛肉面")
    told = read(client, made["token"]).json
    assert (told["store_id"], told["store_name"]) == (str(shop.store_id), "南门店")
    assert (told["amount_fen"], told["description"]) == (1_250, "牛肉面")
    payer = world.rich()
    paid = pay(client, world.headers(payer), made["token"])
    assert (paid.status_code, paid.json["status"]) == (201, "paid"), paid.json
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 1_250
    (seen,) = client.get(f"{CODES}?store_id={shop.store_id}", headers=cashier(shop)).json["codes"]
    assert (seen["status"], seen["payment_id"]) == ("used", paid.json["id"])
    assert client.get(f"{CODES}/{made['id']}", headers=cashier(shop)).json == seen
    other = client.get(f"{CODES}/{made['id']}", headers=cashier(world.shop()))
    assert refused(other) == (404, "amount_code_unknown")


def test_the_stores_own_code_takes_the_typed_amount(shop, client):
    token = qr.token_of("S", shop.store_id)
    assert read(client, token).json["amount_fen"] is None
    payer = world.rich()
    paid = pay(client, world.headers(payer), token, amount_fen=700)
    assert (paid.status_code, paid.json["amount_fen"]) == (201, 700)
    assert paid.json["store_id"] == str(shop.store_id)
    nothing = pay(client, world.headers(payer), token)
    assert refused(nothing) == (422, "invalid_request")


def test_a_code_for_one_payment_is_used_once_also_by_many_at_once(app, shop, client):
    token = issued(client, shop)["token"]
    payers = [world.rich() for _ in range(8)]
    heads = [world.headers(payer) for payer in payers]

    def attempt(who):
        with app.app_context():
            return pay(app.test_client(), who, token)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, heads))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json.get("code") for answer in answers} == {None, "amount_code_used"}
    assert world.balance(shop.merchant_id, Account.PENDING) == 1_125
    assert refused(read(client, token)) == (409, "amount_code_used")


def test_a_code_for_many_payments_is_used_by_many(shop, client):
    token = issued(client, shop, is_single=False)["token"]
    for _ in range(2):
        assert pay(client, world.headers(world.rich()), token).status_code == 201
    assert world.balance(shop.merchant_id, Account.PENDING) == 2_250


def test_the_same_request_again_is_the_same_payment(shop, client):
    token, who = issued(client, shop)["token"], world.headers(world.rich())
    first, again = pay(client, who, token), pay(client, who, token)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")


def test_what_is_wrong_with_a_code_is_said_and_changes_nothing(shop, client, monkeypatch):
    over = issued(client, shop, valid_minutes=5)["token"]
    ended = issued(client, shop)
    client.post(f"{CODES}/{ended['id']}/end", headers=cashier(shop))
    open_code = issued(client, shop)["token"]
    payer = world.rich()
    invitation = qr.token_of("M", payer)
    nobody = qr.token_of("A", UUID(int=99))
    forged = open_code[:-1] + ("a" if open_code[-1] != "a" else "b")
    before = world.books()
    later = now() + timedelta(minutes=6)
    monkeypatch.setattr(amounts, "now", lambda: later)
    for token, more, expected in (
        (over, {}, (409, "amount_code_over")),
        (ended["token"], {}, (409, "amount_code_over")),
        (invitation, {}, (422, "not_a_payment_code")),
        (nobody, {}, (404, "unknown_scene")),
        (forged, {}, (404, "unknown_scene")),
        ("nonsense", {}, (404, "unknown_scene")),
        (open_code, {"amount_fen": 1}, (422, "amount_differs")),
        (open_code, {"store_id": str(payer)}, (422, "amount_differs")),
        ("", {}, (422, "invalid_request")),
    ):
        assert refused(pay(client, world.headers(payer), token, **more)) == expected
    poor = pay(client, world.headers(world.member()), open_code)
    assert refused(poor) == (409, "not_enough")
    assert world.books() == before
    assert world.count("alliance_sale", f"payer_id = '{payer}'") == 0
    assert pay(client, world.headers(payer), open_code, amount_fen=1_250).status_code == 201


def test_only_the_stores_staff_issues_sees_and_ends_codes(shop, client):
    made, other = issued(client, shop), world.shop()
    wish = {"store_id": str(shop.store_id), "amount_fen": 1}
    for who, expected in (
        (cashier(other), 404),
        (world.staff_headers("operator"), 403),
        (world.headers(world.member()), 403),
    ):
        assert client.post(CODES, json=wish, headers=who).status_code == expected
        assert client.get(f"{CODES}?store_id={shop.store_id}", headers=who).status_code == expected
        assert client.post(f"{CODES}/{made['id']}/end", headers=who).status_code == expected
    assert read(client, made["token"]).status_code == 200


def test_an_unpaid_payment_gives_the_code_back(guest, client, sandbox):
    token = issued(client, guest.shop)["token"]
    opened = pay(client, guest.who(), token, purses=["wechat"])
    assert (opened.json["status"], bool(opened.json["wechat_pay_parameters"])) == ("awaiting", True)
    payer = world.rich()
    assert refused(pay(client, world.headers(payer), token)) == (409, "amount_code_used")
    client.post(f"{PAYMENTS}/{opened.json['id']}/cancel", headers=guest.who())
    assert pay(client, world.headers(payer), token).status_code == 201


def test_who_first_scans_an_amount_code_belongs_to_its_store(client, sandbox):
    shop = world.shop()
    token = issued(client, shop)["token"]
    code = sandbox.act(sandbox.phone(), "login")["code"]
    joined = client.post("/api/v1/sessions", json={"code": code, "scene": token})
    bound = members.binding(UUID(joined.json["member_id"]))
    assert (bound.home_store_id, bound.recommender_id) == (shop.store_id, shop.merchant_id)


def test_a_printed_code_shows_store_and_amount(shop, client):
    made = issued(client, shop, description="早餐")
    assert amounts.caption_of(UUID(made["id"])) == ("南门店", "¥12.50 早餐")
