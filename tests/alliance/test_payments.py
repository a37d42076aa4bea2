"""Paying at a store from purses: once, never too much, and refusals change nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest

from app.core.world import PLATFORM_ID, new_id
from app.ledger.service import Account
from tests.alliance import shop as world

PATH = "/api/v1/payments"


@pytest.fixture
def noodles(context):
    return world.shop()


def test_the_first_journal_of_a_sale_is_that_of_the_design(context, client):
    noodles = world.shop()
    payer = world.member()
    world.give(payer, Account.PREPAID_PRINCIPAL, 8_000)
    world.give(payer, Account.PREPAID_BONUS, 1_000)
    world.give_experience(payer, 2_000)
    clearing = world.balance(PLATFORM_ID, Account.CONCESSION_CLEARING)
    body = world.paid(client, payer, noodles, 10_000)
    assert body["status"] == "paid"
    assert body["journal_id"]
    assert body["request_id"]
    assert body["parts"] == {
        "prepaid_fen": 9_000,
        "experience_fen": 1_000,
        "rebate_fen": 0,
        "wechat_fen": 0,
    }
    assert body["merchant_share_fen"] == 9_200
    assert world.balance(payer, Account.EXPERIENCE) == 1_000
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert world.balance(payer, Account.PREPAID_BONUS) == 0
    assert world.balance(noodles.merchant_id, Account.PENDING) == 8_200
    assert world.balance(noodles.merchant_id, Account.EXPERIENCE_PENDING) == 1_000
    assert world.balance(PLATFORM_ID, Account.CONCESSION_CLEARING) == clearing + 800


def test_payer_and_shop_see_the_payment_and_others_do_not(noodles, client):
    payer = world.rich()
    body = world.paid(client, payer, noodles, 1_000)
    address = f"{PATH}/{body['id']}"
    for who in (
        world.headers(payer),
        world.owner_headers(noodles),
        world.staff_headers("operator"),
        world.staff_headers(
            "cashier", merchant_id=noodles.merchant_id, store_ids=frozenset({noodles.store_id})
        ),
    ):
        shown = client.get(address, headers=who)
        assert shown.status_code == 200
        assert shown.json["journal_id"] == body["journal_id"]
    for who in (
        world.headers(world.member()),
        world.owner_headers(world.shop()),
        world.staff_headers(
            "cashier", merchant_id=noodles.merchant_id, store_ids=frozenset({new_id()})
        ),
    ):
        assert client.get(address, headers=who).status_code == 404


def test_same_key_pays_once_and_answers_the_same(noodles, client):
    payer = world.rich()
    who = world.headers(payer)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 700}
    first = client.post(PATH, json=wish, headers=who)
    again = client.post(PATH, json=wish, headers=who)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 700
    other = client.post(PATH, json=wish | {"amount_fen": 701}, headers=who)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_repeated_request_finds_its_answer_even_when_the_purse_is_empty(noodles, client):
    payer = world.rich(1_000)
    who = world.headers(payer)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 1_000}
    first = client.post(PATH, json=wish, headers=who)
    again = client.post(PATH, json=wish, headers=who)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json


def test_a_repeated_request_finds_its_answer_even_when_the_contract_has_ended(noodles, client):
    who = world.headers(world.rich())
    wish = {"store_id": str(noodles.store_id), "amount_fen": 1_000}
    first = client.post(PATH, json=wish, headers=who)
    operator = world.staff_headers("operator")
    ended = client.post(f"/api/v1/contracts/{noodles.contract_id}/end", headers=operator)
    assert ended.status_code == 200
    again = client.post(PATH, json=wish, headers=who)
    assert (again.status_code, again.json) == (201, first.json)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"amount_fen": 100_001}, 409, "not_enough"),
        ({"amount_fen": 10_000_001}, 422, "amount_too_large"),
        ({"amount_fen": 0}, 422, "invalid_request"),
        ({"amount_fen": -5}, 422, "invalid_request"),
        ({"amount_fen": 1.5}, 422, "invalid_request"),
        ({"amount_fen": "100"}, 422, "invalid_request"),
        ({"amount_fen": True}, 422, "invalid_request"),
        ({"amount_fen": 100, "purses": ["rebate"]}, 409, "not_enough"),
        ({"amount_fen": 100, "purses": []}, 422, "invalid_request"),
        ({"amount_fen": 100, "purses": ["gold"]}, 422, "invalid_request"),
        ({"amount_fen": 100, "store_id": str(UUID(int=7))}, 404, "store_unknown"),
        ({"amount_fen": 100, "discount": 1}, 422, "invalid_request"),
    ],
)
def test_refused_payments_change_nothing(noodles, client, wish, status, code):
    payer = world.rich()
    who = world.headers(payer)
    before, sales = world.books(), world.count("alliance_sale")
    answer = client.post(PATH, json={"store_id": str(noodles.store_id)} | wish, headers=who)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert world.books() == before
    assert world.count("alliance_sale") == sales
    assert world.count("core_request", f"principal_id = '{payer}'") == 0


def test_a_key_is_required(noodles, client):
    who = world.headers(world.rich())
    del who["Idempotency-Key"]
    answer = client.post(
        PATH, json={"store_id": str(noodles.store_id), "amount_fen": 1}, headers=who
    )
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")


def test_nobody_pays_for_somebody_else_or_without_signing_in(noodles, client):
    wish = {"store_id": str(noodles.store_id), "amount_fen": 1}
    assert client.post(PATH, json=wish, headers={"Idempotency-Key": "k"}).status_code == 401
    assert client.post(PATH, json=wish, headers=world.owner_headers(noodles)).status_code == 403


def test_nothing_is_paid_where_no_contract_is_in_force(context, client):
    merchant_id, policy_id = world.merchant(), world.policy()
    store_id = world.store(merchant_id)
    payer = world.rich()
    wish = {"store_id": str(store_id), "amount_fen": 100}

    def pay():
        return client.post(PATH, json=wish, headers=world.headers(payer))

    operator = world.staff_headers("operator")
    terms = {"merchant_id": str(merchant_id), "policy_id": str(policy_id), "concession_bp": 1_000}
    assert pay().json["code"] == "contract_not_in_force"
    later = terms | {"starts_on": "2099-01-01"}
    assert client.post("/api/v1/contracts", json=later, headers=operator).status_code == 201
    assert pay().json["code"] == "contract_not_in_force"
    over = terms | {"starts_on": "2020-01-01", "ends_on": "2020-12-31"}
    assert client.post("/api/v1/contracts", json=over, headers=operator).status_code == 201
    assert pay().json["code"] == "contract_not_in_force"
    signed = client.post(
        "/api/v1/contracts", json=terms | {"starts_on": "2020-01-01"}, headers=operator
    )
    assert pay().status_code == 201
    ended = client.post(f"/api/v1/contracts/{signed.json['id']}/end", headers=operator)
    assert ended.status_code == 200
    assert pay().json["code"] == "contract_not_in_force"
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 99_900


def test_the_newest_contract_in_force_counts(noodles, client):
    world.contract(noodles.merchant_id, noodles.policy_id, concession_bp=2_000)
    assert world.paid(client, world.rich(), noodles, 1_000)["merchant_share_fen"] == 800
    world.contract(
        noodles.merchant_id, noodles.policy_id, concession_bp=3_000, starts_on=date(2099, 1, 1)
    )
    assert world.paid(client, world.rich(), noodles, 1_000)["merchant_share_fen"] == 800


def test_a_change_of_contract_counts_from_the_moment_it_is_confirmed(noodles, client):
    payer = world.rich()
    assert world.paid(client, payer, noodles, 1_000)["merchant_share_fen"] == 900
    terms = {
        "merchant_id": str(noodles.merchant_id),
        "policy_id": str(noodles.policy_id),
        "concession_bp": 500,
        "starts_on": "2020-01-01",
    }
    operator = world.staff_headers("operator")
    assert client.post("/api/v1/contracts", json=terms, headers=operator).status_code == 201
    assert world.paid(client, payer, noodles, 1_000)["merchant_share_fen"] == 950


def _at_once(app, tries, who, wish):
    def attempt(number):
        with app.app_context():
            return app.test_client().post(PATH, json=wish, headers=who(number))

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(attempt, range(tries)))


def test_64_parallel_payments_of_one_purse_never_overspend(app, noodles):
    payer = world.rich(1_000)
    session = world.headers(payer)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 100}
    answers = _at_once(app, 64, lambda n: session | {"Idempotency-Key": f"k{n}"}, wish)
    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert sum(answer.status_code == 201 for answer in answers) == 10
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert world.balance(noodles.merchant_id, Account.PENDING) == 900
    assert world.count("alliance_sale", f"payer_id = '{payer}'") == 10


def test_the_same_key_64_times_at_once_pays_once(app, noodles):
    payer = world.rich()
    session = world.headers(payer)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 100}
    answers = _at_once(app, 64, lambda _: session, wish)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["journal_id"] for answer in answers}) == 1
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 99_900
    assert world.count("alliance_sale", f"payer_id = '{payer}'") == 1


def test_a_purse_emptied_while_a_payment_is_planned_is_no_fault(app, noodles):
    payer = world.member_without_mini_program()  # so that WeChat is not asked: there is nobody
    world.give(payer, Account.PREPAID_PRINCIPAL, 100)
    session = world.headers(payer)
    wish = {
        "store_id": str(noodles.store_id),
        "amount_fen": 100,
        "purses": ["prepaid", "wechat"],
    }
    answers = _at_once(app, 48, lambda n: session | {"Idempotency-Key": f"w{n}"}, wish)
    assert {answer.status_code for answer in answers} == {201, 409}
    assert {answer.json.get("code") for answer in answers} == {None, "no_wechat_account"}
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 0
    assert world.count("alliance_sale", f"payer_id = '{payer}' AND status = 'awaiting'") == 0
