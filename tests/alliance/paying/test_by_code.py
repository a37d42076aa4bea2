"""The member shows a code, the till reads it: one payment for one code, from the right purses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from app.alliance.paying import by_code, codes, devices
from app.core import auth
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world

PATH = "/api/v1/payments/by-code"


@dataclass
class Payer:
    """A member with 1,000 yuan of prepaid money and an open session."""

    member_id: UUID
    token: str
    client: object

    def who(self):
        return {"Authorization": self.token, "Idempotency-Key": new_id().hex}

    def shown(self):
        answer = self.client.get("/api/v1/me/payment-code", headers=self.who())
        assert answer.status_code == 200, answer.json
        return answer.json


def payer_with(client, fen):
    member_id = world.rich(fen)
    return Payer(member_id, world.headers(member_id)["Authorization"], client)


@pytest.fixture
def payer(context, client):
    return payer_with(client, 100_000)


@pytest.fixture
def shop(context):
    return world.shop()


def cashier(shop, key=None):
    narrow = {"merchant_id": shop.merchant_id, "store_ids": frozenset({shop.store_id})}
    return world.staff_headers("cashier", key=key, **narrow)


def take(client, shop, code, amount_fen=1_000, who=None, **more):
    wish = {"code": code, "amount_fen": amount_fen, "store_id": str(shop.store_id)} | more
    return client.post(PATH, json=wish, headers=who or cashier(shop))


def test_a_shown_code_pays_at_once(payer, shop, client):
    shown = payer.shown()
    assert len(shown["code"]) == codes.LENGTH
    assert shown["barcode"] == shown["qr_text"] == shown["code"]
    answer = take(client, shop, shown["code"])
    assert (answer.status_code, answer.json["status"]) == (201, "paid")
    assert answer.json["parts"]["prepaid_fen"] == 1_000
    assert world.balance(payer.member_id, Account.PREPAID_PRINCIPAL) == 99_000
    assert world.balance(shop.merchant_id, Account.PENDING) == 900
    seen = client.get(f"/api/v1/payments/{answer.json['id']}", headers=payer.who())
    assert seen.json["status"] == "paid"


def test_a_code_pays_once_and_the_phone_shows_the_next(payer, shop, client):
    first = payer.shown()["code"]
    assert take(client, shop, first).status_code == 201
    before = world.books()
    again = take(client, shop, first)
    assert (again.status_code, again.json["code"]) == (409, "payment_code_used")
    assert world.books() == before
    second = payer.shown()["code"]
    assert second != first
    assert take(client, world.shop(), second).status_code == 201


def test_the_same_request_again_is_the_same_payment(payer, shop, client):
    who, code = cashier(shop), payer.shown()["code"]
    first, again = take(client, shop, code, who=who), take(client, shop, code, who=who)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.balance(payer.member_id, Account.PREPAID_PRINCIPAL) == 99_000


def test_the_same_code_at_many_tills_at_once_is_one_payment(app, payer, client):
    shops = [world.shop() for _ in range(4)]
    for _ in range(2):
        code = payer.shown()["code"]
        tills = [(shop, cashier(shop)) for shop in shops for _ in range(4)]

        def attempt(till, code=code):
            with app.app_context():
                return take(app.test_client(), till[0], code, who=till[1])

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(attempt, tills))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
        assert {answer.json.get("code") for answer in answers} == {None, "payment_code_used"}
    assert world.count("alliance_sale", f"payer_id = '{payer.member_id}'") == 2
    assert world.balance(payer.member_id, Account.PREPAID_PRINCIPAL) == 98_000


def test_a_phone_without_network_makes_codes_by_itself(payer, shop, client, monkeypatch):
    offline = payer.shown()["offline"]
    later = now() + timedelta(minutes=30)
    monkeypatch.setattr(devices, "now", lambda: later)
    code = offline["head"] + codes.proof(offline["seed"], codes.step_at(later))
    assert take(client, shop, code).status_code == 201
    over = now() + timedelta(minutes=settings().payment_code_offline_minutes, seconds=1)
    monkeypatch.setattr(devices, "now", lambda: over)
    code = offline["head"] + codes.proof(offline["seed"], codes.step_at(over))
    refused = take(client, shop, code)
    assert (refused.status_code, refused.json["code"]) == (422, "payment_code_invalid")


def test_who_signed_out_pays_with_no_code(payer, shop, client):
    code = payer.shown()["code"]
    in_transaction(lambda: auth.revoke_sessions(payer.member_id))
    refused = take(client, shop, code)
    assert (refused.status_code, refused.json["code"]) == (422, "payment_code_invalid")
    assert world.balance(payer.member_id, Account.PREPAID_PRINCIPAL) == 100_000


def test_two_sessions_have_two_codes(payer, client):
    other = Payer(payer.member_id, world.headers(payer.member_id)["Authorization"], client)
    assert payer.shown()["offline"]["head"] != other.shown()["offline"]["head"]
    assert payer.shown()["offline"] == payer.shown()["offline"]


def test_guessing_closes_the_number_and_the_phone_gets_another(payer, shop, client):
    shown = payer.shown()
    head = shown["offline"]["head"]
    wrong = f"{(int(shown['code'][-8:]) + 77) % 10**8:08}"
    for _ in range(devices.MOST_FAILURES):
        assert take(client, shop, head + wrong).json["code"] == "payment_code_invalid"
    assert take(client, shop, shown["code"]).json["code"] == "payment_code_invalid"
    assert world.count("alliance_sale", f"payer_id = '{payer.member_id}'") == 0
    renewed = payer.shown()
    assert renewed["offline"]["head"] != head
    assert take(client, shop, renewed["code"]).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"code": "134567890123456789"}, 422, "payment_code_invalid"),
        ({"code": "x"}, 422, "payment_code_invalid"),
        ({"amount_fen": 0}, 422, "invalid_request"),
        ({"amount_fen": 10_000_001}, 422, "amount_too_large"),
        ({"amount_fen": 49_999}, 409, "not_enough"),
        ({"amount_fen": 60_000}, 409, "not_enough"),
        ({"store_id": str(UUID(int=7))}, 404, "store_unknown"),
        ({"trade_type": "H5"}, 422, "invalid_request"),
    ],
)
def test_refusals_change_nothing_and_tell_nothing(context, shop, client, change, status, code):
    poor = payer_with(client, 500)
    shown = poor.shown()["code"]
    before = world.books()
    refused = take(client, shop, **({"code": shown} | change))
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert "missing_fen" not in refused.json
    assert world.books() == before
    assert world.count("alliance_code_payment", f"member_id = '{poor.member_id}'") == 0
    assert take(client, shop, shown, 500).status_code == 201  # the code is still good


def test_only_the_till_of_that_store_takes_money(payer, shop, client):
    code, other = payer.shown()["code"], world.shop()
    for who, status in (
        (cashier(other), 404),
        (world.owner_headers(other), 404),
        (world.staff_headers("operator"), 403),
        (payer.who(), 403),
    ):
        assert take(client, shop, code, who=who).status_code == status
    assert take(client, shop, code, who=world.owner_headers(shop)).status_code == 201


def test_the_members_choice_of_purses_counts(payer, shop, client):
    world.give(payer.member_id, Account.REBATE, 5_000)
    wish = {"purses": ["rebate"]}
    chosen = client.put("/api/v1/me/payment-settings", json=wish, headers=payer.who())
    assert chosen.json["purses"] == ["rebate"]
    answer = take(client, shop, payer.shown()["code"])
    assert answer.json["parts"]["rebate_fen"] == 1_000
    short = take(client, shop, payer.shown()["code"], 4_001)
    assert (short.status_code, short.json["code"]) == (409, "not_enough")


def test_what_is_left_over_from_old_phones_is_forgotten(payer, monkeypatch):
    payer.shown()
    later = now() + timedelta(days=2)
    monkeypatch.setattr(devices, "now", lambda: later)
    assert devices.clear_old() >= 1
    assert devices.clear_old() == 0


def test_an_unconfirmed_payment_ends_by_the_clock(payer, shop, client, monkeypatch):
    waiting = take(client, shop, payer.shown()["code"], 60_000).json
    assert waiting["status"] == "confirming"
    later = SimpleNamespace(moment=now() + timedelta(minutes=6))
    monkeypatch.setattr(by_code, "now", lambda: later.moment)
    assert by_code.expire() >= 1
    seen = client.get(f"/api/v1/payments/{waiting['id']}", headers=cashier(shop))
    assert seen.json["status"] == "expired"
    assert world.balance(payer.member_id, Account.PREPAID_PRINCIPAL) == 100_000
