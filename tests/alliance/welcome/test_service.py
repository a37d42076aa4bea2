"""The welcome gift: when the setting says, once, from a fund that has it."""

import pytest

from app.alliance import service as alliance
from app.alliance.distribution import fold
from app.alliance.welcome import service
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("funded")
PATH = "/api/v1/me/welcome-gift"


@pytest.fixture
def funded(context):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 1_000_000)
    fold()


def grant_when(monkeypatch, when):
    monkeypatch.setattr(settings(), "experience_grant_when", when)


def joined():
    person = f"o{new_id().hex[:27]}"
    return in_transaction(
        lambda: alliance.join(world.MINI_PROGRAM, person, None, "mini_program", None, now())
    )


def agree(client, member_id, key=None, **body):
    return client.post(
        PATH, json=body or {"is_agreed": True}, headers=world.headers(member_id, key)
    )


def gold(member_id):
    return world.balance(member_id, Account.EXPERIENCE)


def test_on_agreement_it_is_given_once_and_the_member_stands_in_the_journal(client, monkeypatch):
    grant_when(monkeypatch, "consent")
    found = joined()
    assert (found.experience_fen, found.experience_reason) == (0, "on_consent")
    assert gold(found.member_id) == 0
    shown = client.get(PATH, headers=world.headers(found.member_id)).json
    assert (shown["status"], shown["amount_fen"]) == ("open", 2_000)
    assert "¥20.00" in shown["terms_zh"]
    assert "180" in shown["terms_zh"]
    answer = agree(client, found.member_id, "once")
    assert (answer.status_code, answer.json["status"]) == (201, "granted")
    again = agree(client, found.member_id)
    assert again.json["journal_id"] == answer.json["journal_id"]
    assert gold(found.member_id) == 2_000
    principal = f"id = '{answer.json['journal_id']}' AND principal_id = '{found.member_id}'"
    assert world.count("ledger_journal", principal) == 1
    assert client.get(PATH, headers=world.headers(found.member_id)).json["status"] == "granted"


def test_without_agreement_or_a_session_nothing_is_given(client, monkeypatch):
    grant_when(monkeypatch, "consent")
    member_id = joined().member_id
    for body in ({"is_agreed": False}, {"is_agreed": 1}, {"its own": True}):
        assert agree(client, member_id, **body).status_code == 422
    assert client.post(PATH, json={"is_agreed": True}).status_code == 401
    assert gold(member_id) == 0


def test_an_empty_fund_refuses_and_may_give_it_later(client, monkeypatch):
    grant_when(monkeypatch, "consent")
    member_id = joined().member_id
    monkeypatch.setattr(settings(), "experience_grant_fen", 10**13)
    refused = agree(client, member_id)
    assert (refused.status_code, refused.json["code"]) == (409, "experience_fund_short")
    assert gold(member_id) == 0
    monkeypatch.setattr(settings(), "experience_grant_fen", 100)
    assert agree(client, member_id).status_code == 201
    assert gold(member_id) == 100


def test_it_is_not_offered_where_joining_gave_it_or_nothing_is_given(client, monkeypatch):
    member_id = world.member()
    refused = agree(client, member_id)
    assert (refused.status_code, refused.json["code"]) == (409, "experience_not_offered")
    grant_when(monkeypatch, "consent")
    monkeypatch.setattr(settings(), "experience_grant_fen", 0)
    assert agree(client, member_id).json["code"] == "experience_not_offered"
    assert joined().experience_reason == "switched_off"
    assert gold(member_id) == 0


def test_at_the_first_visit_the_first_payment_gives_it_and_the_second_does_not(client, monkeypatch):
    grant_when(monkeypatch, "first_visit")
    found = joined()
    assert found.experience_reason == "on_first_visit"
    world.give(found.member_id, Account.PREPAID_PRINCIPAL, 1_000)
    shop = world.shop()
    for _ in range(2):
        body = world.paid(client, found.member_id, shop, 100, purses=["prepaid"])
        service.on_paid({"sale_id": body["id"]})
        service.on_paid({"sale_id": body["id"]})
    assert gold(found.member_id) == 2_000


def test_agreeing_is_not_offered_where_the_first_visit_gives_it(client, monkeypatch):
    grant_when(monkeypatch, "first_visit")
    assert agree(client, joined().member_id).json["code"] == "experience_not_offered"


def test_the_funder_of_the_setting_pays(client, monkeypatch):
    world.give(PLATFORM_ID, Account.OPERATIONS, 5_000)
    fold()
    monkeypatch.setattr(settings(), "experience_funder", "operations")
    before = world.balance(PLATFORM_ID, Account.OPERATIONS)
    assert joined().experience_fen == 2_000
    assert world.balance(PLATFORM_ID, Account.OPERATIONS) == before - 2_000


@pytest.mark.parametrize(
    ("caps", "taken"),
    [
        ({}, 1_000),
        ({"its own": 500}, 500),
        ({"its own": 9_000}, 1_000),  # the contract's ten percent stay
        ({"its own": 0}, 0),
        ({"elsewhere": 0}, 1_000),
    ],
)
def test_the_cap_of_the_stores_category_counts(client, monkeypatch, caps, taken):
    shop, payer = world.shop(), world.rich()
    code = world.read(
        world.text("SELECT category_code FROM alliance_store WHERE id = :id"),
        {"id": shop.store_id},
    )[0][0]
    caps = {code if name == "its own" else name: bp for name, bp in caps.items()}
    monkeypatch.setattr(settings(), "experience_category_caps", caps)
    world.give_experience(payer, 5_000)
    assert world.paid(client, payer, shop, 10_000)["parts"]["experience_fen"] == taken
