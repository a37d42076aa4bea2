"""What a merchant's staff see of their sales: their own stores', a day at a time, nobody else's."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.core.world import beijing_day, new_id, now
from app.ledger.service import Account
from tests.alliance import shop

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"


def refunded(client, payment, at, fen):
    answer = client.post(
        f"{API}/payments/{payment['id']}/refunds",
        json={"amount_fen": fen},
        headers=shop.owner_headers(at),
    )
    assert answer.status_code == 201, answer.json


def seen(client, path, headers, status=200):
    answer = client.get(API + path, headers=headers)
    assert answer.status_code == status, answer.json
    return answer.json


def test_a_days_takings_add_up_with_what_went_back_and_are_only_the_own(client):
    here, elsewhere, payer = shop.shop(), shop.shop(), shop.rich()
    first = shop.paid(client, payer, here, 1_200)
    shop.paid(client, payer, here, 800)
    shop.paid(client, payer, elsewhere, 5_000)
    refunded(client, first, here, 200)
    found = seen(client, "/takings", shop.owner_headers(here))
    assert found["day"] == str(beijing_day(now()))
    (store,) = found["stores"]
    assert store["store_id"] == str(here.store_id)
    assert (store["sale_count"], store["amount_fen"], store["share_fen"]) == (2, 2_000, 1_800)
    assert (store["refund_count"], store["refunded_fen"]) == (1, 200)
    (before,) = seen(client, "/takings?day=2024-02-01", shop.owner_headers(here))["stores"]
    assert (before["sale_count"], before["refunded_fen"]) == (0, 0)


def test_payments_are_listed_newest_first_a_page_at_a_time(client):
    here, payer = shop.shop(), shop.rich()
    paid = [shop.paid(client, payer, here, 100 + number)["id"] for number in range(3)]
    owner = shop.owner_headers(here)
    page = seen(client, "/payments/managed?limit=2", owner)
    assert [each["id"] for each in page["payments"]] == paid[:0:-1]
    cursor = page["next"].replace("+", "%2B")
    rest = seen(client, f"/payments/managed?limit=2&cursor={cursor}", owner)
    assert [each["id"] for each in rest["payments"]] == paid[:1]
    assert rest["next"] is None
    assert "payer" not in str(page)


def test_payments_are_narrowed_by_day_store_and_whether_money_went_back(client):
    here, payer = shop.shop(), shop.rich()
    kept, gone = (shop.paid(client, payer, here, fen)["id"] for fen in (300, 400))
    refunded(client, {"id": gone}, here, 400)
    owner = shop.owner_headers(here)

    def listed(query):
        return [
            each["id"] for each in seen(client, f"/payments/managed?{query}", owner)["payments"]
        ]

    assert listed("is_refunded=true") == [gone]
    assert listed("is_refunded=false") == [kept]
    assert listed("day=2024-02-01") == []
    assert len(listed(f"day={beijing_day(now())}&store_id={here.store_id}")) == 2


def test_a_cashier_sees_the_stores_they_are_named_for_and_nobody_anothers(client):
    here, payer = shop.shop(), shop.rich()
    other_store = shop.store(here.merchant_id, "北门店")
    shop.paid(client, payer, here, 900)
    north = shop.staff_headers(
        "cashier", merchant_id=here.merchant_id, store_ids=frozenset({other_store})
    )
    assert seen(client, "/payments/managed", north)["payments"] == []
    assert [each["name"] for each in seen(client, "/stores/managed", north)["stores"]] == ["北门店"]
    for path in ("/takings", "/payments/managed"):
        seen(client, f"{path}?store_id={here.store_id}", north, 404)
        seen(client, f"{path}?store_id={here.store_id}", shop.owner_headers(shop.shop()), 404)
    mine = seen(client, "/stores/managed", shop.owner_headers(here))
    assert mine["merchant"]["id"] == str(here.merchant_id)
    assert {UUID(each["id"]) for each in mine["stores"]} == {here.store_id, other_store}


def test_a_stores_code_is_the_one_on_its_posters(client):
    from app.qr import service as qr

    here = shop.shop()
    (store,) = seen(client, "/stores/managed", shop.owner_headers(here))["stores"]
    assert qr.resolve(store["scene"]).subject_id == here.store_id


@pytest.mark.parametrize("cursor", ["x", "2026-01-01T00:00:00~x", "~", "2026-01-01~1"])
def test_a_cursor_of_ones_own_making_is_refused(client, cursor):
    owner = shop.owner_headers(shop.shop())
    assert client.get(f"{API}/payments/managed?cursor={cursor}", headers=owner).status_code == 422


def test_balances_are_seen_by_the_merchants_owner_and_the_platform(client):
    here, payer = shop.shop(), shop.rich()
    shop.paid(client, payer, here, 1_000)
    shop.give(here.merchant_id, Account.AVAILABLE, 700)
    path = f"/merchants/{here.merchant_id}/balances"
    for who in (shop.owner_headers(here), shop.staff_headers("finance")):
        found = seen(client, path, who)
        assert (found["pending_fen"], found["available_fen"], found["deposit_fen"]) == (900, 700, 0)
    seen(client, path, shop.owner_headers(shop.shop()), 404)
    seen(client, f"/merchants/{new_id()}/balances", shop.staff_headers("finance"), 404)
    cashier = shop.staff_headers("cashier", merchant_id=here.merchant_id)
    seen(client, path, cashier, 403)
