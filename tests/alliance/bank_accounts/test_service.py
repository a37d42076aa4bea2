"""Merchants' bank accounts: checked, encrypted, shown masked, with their history."""

import pytest

from app.alliance.bank_accounts import service
from app.core.db import in_transaction
from tests.alliance import shop as world

CARD = "6222020000000000001"


@pytest.fixture
def shop(context):
    return world.shop()


def put(client, shop, number="110060149018000012345", role="finance"):
    wish = {"holder": "联惠面馆有限公司", "number": number, "bank": "中国银行北京分行"}
    address = f"/api/v1/merchants/{shop.merchant_id}/bank-account"
    return client.put(address, json=wish, headers=world.staff_headers(role))


def test_an_account_is_kept_encrypted_and_shown_masked(shop, client):
    answer = put(client, shop)
    assert (answer.status_code, answer.json["number_masked"]) == (200, "**** 2345")
    assert "110060149018000012345" not in answer.text
    (kept,) = world.read(
        world.text("SELECT * FROM alliance_bank_account WHERE merchant_id = :one"),
        {"one": shop.merchant_id},
    )
    assert "110060149018000012345" not in str(kept)
    assert "面馆" not in str(kept)
    found = in_transaction(lambda: service.account_of(shop.merchant_id))
    assert (found.holder, found.number) == ("联惠面馆有限公司", "110060149018000012345")
    assert put(client, shop, "6222020000000000000").status_code == 200  # its check digit is right
    assert put(client, shop, "110060149018000099999").json["version"] == 3
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
