"""Statements: what a line says, fees, experience gold's own cycle, carrying over, and for good."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.alliance.prepaid import advances
from app.alliance.settlement import runs, statements
from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.settlement.books import (
    later,
    lines_of,
    refunded,
    settled,
    statements_of,
)

pytestmark = pytest.mark.usefixtures("context")


def shop_with(**terms):
    merchant_id, policy_id = world.merchant(), world.policy()
    contract_id = world.contract(merchant_id, policy_id, **terms)
    return world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)


def test_a_line_shows_gross_concession_purses_store_and_net(client):
    shop, payer = world.shop(), world.rich()
    world.give_experience(payer, 2_000)
    body = world.paid(client, payer, shop, 10_000)
    (statement,) = settled(shop)
    sale, gold = sorted(lines_of(statement), key=lambda line: line["kind"], reverse=True)
    assert sale["kind"] == "sale"
    assert (sale["gross_fen"], sale["concession_fen"], sale["net_fen"]) == (10_000, 900, 8_100)
    assert sale["purses"] == {"principal": 9_000, "experience": 1_000}
    assert (sale["store_id"], sale["sale_id"]) == (str(shop.store_id), body["id"])
    assert (gold["kind"], gold["net_fen"]) == ("experience", 1_000)
    assert statement.total_fen == 9_100


def test_fees_of_the_contract_are_taken_and_posted_with_the_settlement(client):
    shop = shop_with(settlement_fee_bp=100)
    payer = world.rich()
    first = world.paid(client, payer, shop, 10_000)
    world.paid(client, payer, shop, 10_000)
    refunded(client, first, shop, 3_333)
    before = world.balance(PLATFORM_ID, Account.OPERATIONS)
    (statement,) = settled(shop)
    assert statement.service_fee_fen == 90 + 90 - 30
    assert statement.payable_fen == 9_000 + 9_000 - 3_000 - 150
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == statement.payable_fen
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert world.balance(PLATFORM_ID, Account.OPERATIONS) - before == 150
    refunded(client, first, shop)
    world.paid(client, payer, shop, 10_000)
    _, second = settled(shop, 60)
    assert second.service_fee_fen == 90 - 60  # in all, the refunded sale has cost nothing


def test_the_channel_fee_is_passed_on_only_where_the_contract_says_so(client):
    shop, plain = shop_with(is_channel_fee_borne=True), world.shop()
    payer = world.rich()
    for place in (shop, plain):
        body = world.paid(client, payer, place, 10_000)
        in_transaction(lambda each=body["id"]: _as_if_paid_by_wechat(each, payer))
    before = world.balance(PLATFORM_ID, Account.CHANNEL_FEE)
    (statement,) = settled(shop)
    (other,) = statements_of(plain)
    assert (statement.channel_fee_fen, other.channel_fee_fen) == (60, 0)
    assert (statement.payable_fen, other.payable_fen) == (8_940, 9_000)
    assert world.balance(PLATFORM_ID, Account.CHANNEL_FEE) - before == 60


def _as_if_paid_by_wechat(sale_id, payer):
    values = {"sale": sale_id, "order": new_id(bucket_of(payer)), "b": bucket_of(payer),
              "payer": payer, "now": now(), "transaction": str(sale_id)}  # fmt: skip
    for statement in (
        "UPDATE alliance_sale SET wechat_fen = amount_fen, principal_fen = 0 WHERE id = :sale",
        "INSERT INTO wallet_order (bucket, id, purpose, subject_id, member_id, amount_fen, fee_bp,"
        " trade_type, app_id, description, state, looks, created_at, expires_at,"
        " finished_at, transaction_id)"
        " VALUES (:b, :order, 'sale', :sale, :payer, 10000, 60, 'jsapi', 'wx', 'x', 'paid', 0,"
        " :now, :now, :now, :transaction)",
        "INSERT INTO alliance_sale_order (bucket, sale_id, order_id, held_fen, expires_at)"
        " VALUES (:b, :sale, :order, 0, :now)",
    ):
        db.session.execute(text(statement), values)


def test_experience_gold_comes_back_after_a_cycle_of_its_own(client):
    shop = shop_with(settlement_working_days=2, experience_working_days=40)
    payer = world.rich()
    world.give_experience(payer, 2_000)
    world.paid(client, payer, shop, 10_000)
    (first,) = settled(shop)
    assert (first.payable_fen, first.experience_payable_fen) == (8_100, 0)
    assert world.balance(shop.merchant_id, Account.EXPERIENCE_PENDING) == 1_000
    _, second = settled(shop, 90)
    assert (second.payable_fen, second.experience_payable_fen) == (0, 1_000)
    assert world.balance(shop.merchant_id, Account.EXPERIENCE_PENDING) == 0
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 9_100


def test_the_contract_of_the_sale_sets_its_cycle(client):
    shop = shop_with(settlement_working_days=60)
    world.paid(client, world.rich(), shop, 1_000)
    world.contract(shop.merchant_id, shop.policy_id, settlement_working_days=2)
    assert settled(shop) == []
    assert len(settled(shop, 120)) == 1


def test_refunds_that_outweigh_the_sales_are_carried_over_and_shown(client):
    shop, payer = world.shop(), world.rich()
    big = world.paid(client, payer, shop, 20_000)
    settled(shop)
    with later():
        world.paid(client, payer, shop, 1_000)
    with later(45):
        world.paid(client, payer, shop, 30_000)
        refunded(client, big, shop)
        runs.run()
    _, second = statements_of(shop)
    assert (second.total_fen, second.closing_fen) == (0, 900 - 18_000)
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 18_000
    *_, third = settled(shop, 90)
    assert (third.opening_fen, third.closing_fen) == (second.closing_fen, 0)
    assert third.total_fen == 27_000 + 900 - 18_000
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert [third.number, world.balance(shop.merchant_id, Account.AVAILABLE)] == [3, 27_900]


def test_a_collected_advance_is_a_line_and_lowers_what_becomes_available(client):
    shop, payer = world.shop(), world.rich()
    world.paid(client, payer, shop, 10_000)
    world.fold()
    in_transaction(lambda: advances._collected(shop.merchant_id, 4_000, 0, SYSTEM_ID))
    (statement,) = settled(shop)
    assert (statement.advance_fen, statement.payable_fen) == (-4_000, 5_000)
    assert [line["net_fen"] for line in lines_of(statement) if line["kind"] == "advance"] == [
        -4_000
    ]
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    left = f"settlement_id IS NULL AND merchant_id = '{shop.merchant_id}'"
    assert world.count("alliance_advance_collection", left) == 0


def test_totals_are_told_for_each_store(client):
    shop, payer = world.shop(), world.rich()
    branch = world.Shop(shop.merchant_id, world.store(shop.merchant_id, "北门店"), *[None] * 2)
    world.paid(client, payer, shop, 1_000)
    for amount in (2_000, 3_000):
        world.paid(client, payer, branch, amount)
    (statement,) = settled(shop)
    one = client.get(f"/api/v1/settlements/{statement.id}", headers=world.owner_headers(shop)).json
    found = {total["store_id"]: (total["count"], total["net_fen"]) for total in one["totals"]}
    assert found == {str(shop.store_id): (1, 900), str(branch.store_id): (2, 4_500)}


def test_lines_are_shown_from_one_on_and_so_many_as_are_asked_for(client):
    shop, payer = world.shop(), world.rich()
    for amount in (1_000, 2_000, 3_000):
        world.paid(client, payer, shop, amount)
    (statement,) = settled(shop)

    def shown(**query):
        path, headers = f"/api/v1/settlements/{statement.id}", world.owner_headers(shop)
        return client.get(path, query_string=query, headers=headers)

    amounts = [line["gross_fen"] for line in shown().json["lines"]]
    assert amounts == [1_000, 2_000, 3_000]
    found = shown(offset=1, limit=1).json
    assert [line["gross_fen"] for line in found["lines"]] == [2_000]
    assert (found["line_count"], found["totals"][0]["count"]) == (3, 3)
    for limit in (0, 5_001, "x"):
        assert shown(limit=limit).status_code == 422


def test_a_forged_line_shows_by_the_hash(client):
    shop = world.shop()
    world.paid(client, world.rich(), shop, 1_000)
    (statement,) = settled(shop)
    path = f"/api/v1/settlements/{statement.id}/check"
    assert client.get(path, headers=world.owner_headers(shop)).json["is_intact"]
    for change in (
        "ALTER TABLE alliance_settlement_line DISABLE TRIGGER USER",
        f"UPDATE alliance_settlement_line SET gross_fen = 2 WHERE settlement_id = '{statement.id}'",
        "ALTER TABLE alliance_settlement_line ENABLE TRIGGER USER",
    ):
        in_transaction(lambda each=change: db.session.execute(text(each)))
    shown = client.get(path, headers=world.staff_headers("finance")).json
    assert shown == {"hash": statement.hash.hex(), "is_intact": False}
    assert client.get(path, headers=world.owner_headers(world.shop())).status_code == 404


def test_statements_can_be_neither_changed_nor_longer_nor_emptied(client):
    shop = world.shop()
    world.paid(client, world.rich(), shop, 1_000)
    (statement,) = settled(shop)
    late = (
        "INSERT INTO alliance_settlement_line (bucket, kind, subject_id, settlement_id, moment,"
        f" pending_fen, experience_fen) VALUES ({statement.bucket}, 'sale', '{new_id()}',"
        f" '{statement.id}', now(), 1, 0)"
    )
    for attempt in (
        late,
        "TRUNCATE alliance_settlement_line",
        "DELETE FROM alliance_settlement_line",
        "UPDATE alliance_settlement SET hash = NULL",
    ):
        with pytest.raises(DBAPIError, match="immutable"):
            db.session.execute(text(attempt))
        db.session.rollback()
    (again,) = statements_of(shop)
    assert statements.is_intact(statements.whole(again))
    assert read(text("SELECT 1 FROM alliance_settlement_line WHERE settlement_id = :i"),
                {"i": again.id})  # fmt: skip
