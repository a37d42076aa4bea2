"""Settlement: after so many Chinese working days, each sale in exactly one statement."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.alliance import distribution
from app.alliance.settlement import runs as settlements
from app.alliance.settlement.calendar import Calendar
from app.core.db import db
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world

CALENDAR = Calendar({})
BEIJING_NOON = 4  # 12:00 in Beijing is 04:00 UTC


def noon(year, month, day):
    return datetime(year, month, day, BEIJING_NOON, tzinfo=UTC)


def test_working_days_follow_the_chinese_calendar_and_beyond_it_the_week():
    assert not CALENDAR.is_working(date(2026, 10, 1))
    assert CALENDAR.is_working(date(2026, 11, 23))
    assert not CALENDAR.is_working(date(2026, 11, 22))
    assert CALENDAR.is_working(date(2031, 10, 1))
    assert not CALENDAR.is_working(date(2031, 10, 4))


def test_seven_working_days_skip_the_national_holiday():
    due = CALENDAR.due_before(noon(2026, 10, 12), 7)
    assert due < noon(2026, 10, 1)
    week = CALENDAR.due_before(noon(2026, 11, 20), 5)
    assert week == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert CALENDAR.due_before(noon(2026, 11, 20), 0) == datetime(2026, 11, 20, 16, tzinfo=UTC)


def later(days=30):
    return time_machine.travel(now() + timedelta(days=days), tick=True)


def test_due_sales_become_available_with_a_statement(context, client):
    shop = world.shop()
    payer = world.rich()
    world.give_experience(payer, 2_000)
    world.paid(client, payer, shop, 10_000)
    world.paid(client, payer, shop, 1_000, purses=["prepaid"])
    settlements.run()
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 0
    with later():
        finance = world.staff_headers("finance")
        answer = client.post("/api/v1/settlements/run", headers=finance)
        again = client.post("/api/v1/settlements/run", headers=finance)
        assert answer.status_code == 200
        assert answer.json == again.json
        assert world.balance(shop.merchant_id, Account.PENDING) == 0
        assert world.balance(shop.merchant_id, Account.EXPERIENCE_PENDING) == 0
        assert world.balance(shop.merchant_id, Account.AVAILABLE) == 8_100 + 1_000 + 900
        mine = client.get("/api/v1/settlements", headers=world.owner_headers(shop)).json
        assert [found["total_fen"] for found in mine["settlements"]] == [10_000]
        one = client.get(
            f"/api/v1/settlements/{mine['settlements'][0]['id']}",
            headers=world.owner_headers(shop),
        ).json
        assert sorted(line["net_fen"] for line in one["lines"]) == [900, 1_000, 8_100]
        foreign = world.owner_headers(world.shop())
        assert client.get("/api/v1/settlements", headers=foreign).json["settlements"] == []
        assert client.get(f"/api/v1/settlements/{one['id']}", headers=foreign).status_code == 404
    assert (
        client.post("/api/v1/settlements/run", headers=world.owner_headers(shop)).status_code == 403
    )


def test_each_sale_is_in_exactly_one_settlement(context, client):
    shop = world.shop()
    payer = world.rich()
    world.paid(client, payer, shop, 1_000)
    with later():
        assert settlements.run()
        settlements.run()
        world.paid(client, payer, shop, 500)
        settlements.run()
        assert world.balance(shop.merchant_id, Account.AVAILABLE) == 900
    with later(60):
        settlements.run()
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 1_350
    assert world.count("alliance_settlement", f"merchant_id = '{shop.merchant_id}'") == 2
    mine = f"SELECT id FROM alliance_settlement WHERE merchant_id = '{shop.merchant_id}'"
    assert world.count("alliance_settlement_line", f"settlement_id IN ({mine})") == 2


def test_a_refunded_sale_and_its_refund_cancel_out_in_the_statement(context, client):
    shop = world.shop()
    payer = world.rich()
    body = world.paid(client, payer, shop, 1_000)
    world.paid(client, payer, shop, 2_000)
    distribution.distribute()
    answer = client.post(
        f"/api/v1/payments/{body['id']}/refunds", json={}, headers=world.owner_headers(shop)
    )
    assert answer.json["status"] == "done"
    with later():
        settlements.run()
        found = client.get("/api/v1/settlements", headers=world.owner_headers(shop)).json
    assert [(s["sale_count"], s["refund_count"]) for s in found["settlements"]] == [(2, 1)]
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 1_800
    assert world.balance(shop.merchant_id, Account.PENDING) == 0


def test_a_refund_of_a_settled_sale_lowers_the_next_settlement(context, client):
    shop = world.shop()
    payer = world.rich()
    body = world.paid(client, payer, shop, 1_000)
    with later():
        settlements.run()
        world.paid(client, payer, shop, 3_000)
        distribution.distribute()
        answer = client.post(
            f"/api/v1/payments/{body['id']}/refunds", json={}, headers=world.owner_headers(shop)
        )
        assert answer.json["status"] == "done"
        assert world.balance(shop.merchant_id, Account.PENDING) == 1_800
    with later(60):
        settlements.run()
    assert world.balance(shop.merchant_id, Account.PENDING) == 0
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 900 + 1_800


@pytest.fixture
def in_trouble(context):
    """A shop whose settlements PostgreSQL refuses for a reason of its own."""
    shop = world.shop()
    trouble = f"""
        CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'trouble'; END $$;
        CREATE TRIGGER trouble BEFORE INSERT ON alliance_settlement FOR EACH ROW
        WHEN (NEW.merchant_id = '{shop.merchant_id}') EXECUTE FUNCTION trouble()
    """
    world.in_transaction(lambda: db.session.execute(text(trouble)))
    yield shop
    db.session.rollback()
    world.in_transaction(lambda: db.session.execute(text("DROP FUNCTION trouble() CASCADE")))


def test_one_merchants_trouble_holds_up_no_other(in_trouble, client):
    payer = world.rich()
    others = sorted((world.shop() for _ in range(3)), key=lambda shop: shop.merchant_id)
    for shop in (in_trouble, *others):
        world.paid(client, payer, shop, 1_000)
    with later():
        settlements.run()
    assert [world.balance(shop.merchant_id, Account.AVAILABLE) for shop in others] == [900] * 3
    assert world.balance(in_trouble.merchant_id, Account.PENDING) == 900


def test_settlements_cannot_be_changed_afterwards(context, client):
    shop = world.shop()
    world.paid(client, world.rich(), shop, 1_000)
    with later():
        settlements.run()
    for table in ("alliance_settlement", "alliance_settlement_line"):
        with pytest.raises(DBAPIError, match="immutable"):
            db.session.execute(text(f"UPDATE {table} SET pending_fen = 0"))
        db.session.rollback()
