"""Merchants' bank accounts: checked, encrypted, shown masked, with their history."""

import pytest

from app.alliance.bank_accounts import service
from app.core.db import in_transaction
from tests.alliance import shop as world

CARD = "6222020000000000001"


@pytest.fixture
def shop(context):
    return world.shop()


def address(shop):
    return f"/api/v1/merchants/{shop.merchant_id}/bank-account"


def put(client, shop, number="110060149018000012345", role="finance", who=None):
    wish = {"holder": "联惠面馆有限公司", "number": number, "bank": "中国银行北京分行"}
    return client.put(address(shop), json=wish, headers=who or world.staff_headers(role))


def decide(client, proposed, who=None, **wish):
    path = f"/api/v1/bank-account-proposals/{proposed.json['id']}/decision"
    body = {"is_confirmed": True} | wish
    return client.post(path, json=body, headers=who or world.staff_headers("finance"))


def in_force(shop):
    return in_transaction(lambda: service.account_of(shop.merchant_id))


def test_who_proposes_an_account_pays_nobody_to_it_alone(shop, client):
    decide(client, put(client, shop))
    contact = world.member()
    in_transaction(lambda: world.alliance.add_contact(shop.merchant_id, contact))
    thief = world.staff_headers("finance")
    swapped = put(client, shop, "110060149018000066666", who=thief)
    assert (swapped.status_code, swapped.json["status"]) == (200, "proposed")
    own = decide(client, swapped, {**thief, "Idempotency-Key": world.new_id().hex})
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert in_force(shop).number.endswith("12345")
    kept = world.text("SELECT * FROM alliance_bank_account_proposal WHERE id = :one")
    (row,) = world.read(kept, {"one": world.UUID(swapped.json["id"])})
    assert "110060149018000066666" not in str(row)
    assert "面馆" not in str(row)
    events = world.text(
        "SELECT payload FROM core_outbox WHERE reader = 'notices.payee'"
        " AND payload->>'merchant_id' = :one ORDER BY id"
    )
    told = [row.payload for row in world.read(events, {"one": str(shop.merchant_id)})]
    warned = [each["last_four"] for each in told if str(contact) in each["member_ids"]]
    assert warned == ["6666"]
    declined = decide(client, swapped, is_confirmed=False, reason="商家未申请变更")
    assert declined.json["status"] == "declined"
    assert in_force(shop).number.endswith("12345")


def test_an_account_is_kept_encrypted_and_shown_masked(shop, client):
    answer = put(client, shop)
    assert (answer.status_code, answer.json["number_masked"]) == (200, "**** 2345")
    assert decide(client, answer).status_code == 200
    assert "110060149018000012345" not in answer.text
    (kept,) = world.read(
        world.text("SELECT * FROM alliance_bank_account WHERE merchant_id = :one"),
        {"one": shop.merchant_id},
    )
    assert "110060149018000012345" not in str(kept)
    assert "面馆" not in str(kept)
    found = in_transaction(lambda: service.account_of(shop.merchant_id))
    assert (found.holder, found.number) == ("联惠面馆有限公司", "110060149018000012345")
    first = put(client, shop, "6222020000000000000")  # its check digit is right
    assert decide(client, first).status_code == 200
    assert decide(client, put(client, shop, "110060149018000099999")).status_code == 200
    shown = client.get(address(shop), headers=world.staff_headers("finance")).json
    assert (shown["version"], shown["number_masked"]) == (3, "**** 9999")
    assert in_transaction(lambda: service.account_of(shop.merchant_id)).number.endswith("99999")


@pytest.mark.parametrize(
    ("number", "status"), [(CARD, 422), ("1234", 422), ("62220200x", 422), ("1" * 33, 422)]
)
def test_what_is_no_number_is_refused(shop, client, number, status):
    assert put(client, shop, number).status_code == status
    assert world.count("alliance_bank_account", f"merchant_id = '{shop.merchant_id}'") == 0


def test_only_finance_says_where_money_goes(shop, client):
    for role in ("operator", "reviewer", "support"):
        assert put(client, shop, role=role).status_code == 403
