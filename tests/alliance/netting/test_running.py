"""Netting a period: it ties to the ledger to the fen, happens once, and is shown to whom it may."""

import random
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.db import db, read
from app.core.world import beijing_day, bucket_of, now
from tests.alliance import shop as world
from tests.alliance.prepaid.counter import caught_up, lending_shop, topped_up

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def a_day():
    """A business day that nobody netted: after the last one, far from other tests' sales."""
    last = read(text("SELECT max(ends_on) FROM alliance_netting"))[0][0]
    day = (last or beijing_day(now()) + timedelta(days=400)) + timedelta(days=1)
    begin = now() + timedelta(days=(day - beijing_day(now())).days)
    with time_machine.travel(begin, tick=True):
        yield day


def net(client, begins_on, ends_on=None, role="finance"):
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        return client.post(
            "/api/v1/nettings",
            json={"begins_on": str(begins_on), "ends_on": str(ends_on or begins_on)},
            headers=world.staff_headers(role),
        )


def refund(client, payment, shop, amount_fen):
    return client.post(
        f"/api/v1/payments/{payment['id']}/refunds",
        json={"amount_fen": amount_fen},
        headers=world.owner_headers(shop),
    )


def test_a_random_alliance_ties_to_the_ledger_to_the_fen(client, a_day):
    dice = random.Random(int(a_day.toordinal()))
    shops = [lending_shop(bp=dice.choice((0, 3_000, 10_000))) for _ in range(3)]
    payers = [(world.member(world.brought_by_store(shop)), shop) for shop in shops for _ in "ab"]
    for payer, home in payers:
        topped_up(payer, home, 10_000)
    expected = dict.fromkeys([(a.merchant_id, b.merchant_id) for a in shops for b in shops], 0)
    for _ in range(18):
        (payer, home), seller = dice.choice(payers), dice.choice(shops)
        amount = dice.randint(1, 2_500)
        wish = {"store_id": str(seller.store_id), "amount_fen": amount, "purses": ["prepaid"]}
        answer = client.post("/api/v1/payments", json=wish, headers=world.headers(payer))
        if answer.status_code != 201:
            continue
        expected[home.merchant_id, seller.merchant_id] += amount
        if dice.random() < 0.4:
            caught_up()
            back = dice.randint(1, amount)
            done = refund(client, answer.json, seller, back).json
            if done["status"] == "done":
                expected[home.merchant_id, seller.merchant_id] -= back
    caught_up()
    answer = net(client, a_day)
    assert answer.status_code == 201, answer.json
    cells = {
        (c["issuer_id"], c["seller_id"]): c["spent_fen"] - c["refunded_fen"]
        for c in answer.json["cells"]
    }
    assert cells == {
        (str(i), str(s)): f for (i, s), f in expected.items() if (str(i), str(s)) in cells
    }
    assert sum(cells.values()) == sum(expected.values()) == -moved([p for p, _ in payers])
    assert sum(each["net_fen"] for each in answer.json["positions"]) == 0
    positions = {each["merchant_id"]: each for each in answer.json["positions"]}
    for shop in shops:  # advances of other tests' merchants may have been collected meanwhile
        mine = positions[str(shop.merchant_id)]
        assert collected(shop) == mine["from_pending_fen"] + mine["from_deposit_fen"]


def moved(payers):
    """What sales and refunds moved on the payers' principal, straight from the entries."""
    rows = read(
        text(
            "SELECT coalesce(sum(e.amount_fen), 0) FROM ledger_entry e JOIN ledger_journal j"
            " ON j.bucket = e.bucket AND j.id = e.journal_id WHERE e.account = 1"
            " AND j.kind IN ('sale', 'refund') AND e.owner_id = ANY(:payers)"
        ),
        {"payers": payers},
    )
    return int(rows[0][0])


def collected(shop):
    rows = read(
        text(
            "SELECT coalesce(sum(e.amount_fen), 0) FROM ledger_entry e JOIN ledger_journal j"
            " ON j.bucket = e.bucket AND j.id = e.journal_id WHERE e.account = 23"
            " AND j.kind = 'advance_collected' AND e.owner_id = :shop"
        ),
        {"shop": shop.merchant_id},
    )
    return int(rows[0][0])


def test_a_merchant_sees_its_own_row_and_column_only(client, a_day):
    home, seller, other = lending_shop(), lending_shop(), lending_shop()
    payer = world.member(world.brought_by_store(home))
    topped_up(payer, home, 10_000)
    for shop, amount in ((seller, 4_000), (other, 1_000)):
        world.paid(client, payer, shop, amount, purses=["prepaid"])
    made = net(client, a_day).json
    path = f"/api/v1/nettings/{made['id']}"
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        mine = client.get(f"{path}/mine", headers=world.owner_headers(seller)).json
        table = client.get(f"{path}/matrix.csv", headers=world.owner_headers(seller))
        everything = client.get(path, headers=world.staff_headers("operator")).json
        assert client.get(path, headers=world.owner_headers(seller)).status_code == 403
        whole = client.get(f"{path}/matrix.csv", headers=world.staff_headers("finance"))
    assert [cell["spent_fen"] for cell in mine["cells"]] == [4_000]
    assert [each["net_fen"] for each in mine["positions"]] == [4_000]
    assert "gross_fen" not in mine
    assert len(everything["cells"]) == 2
    assert table.data.startswith(b"\xef\xbb\xbf")
    assert (b"40.00" in table.data, b"10.00" in table.data) == (True, False)
    assert b"10.00" in whole.data


def test_periods_follow_one_another_and_are_over_and_never_change(client, a_day):
    assert net(client, a_day).status_code == 201
    before = world.count("alliance_netting")
    for begins_on, ends_on, code in (
        (a_day, a_day, "netting_not_next"),
        (a_day + timedelta(days=2), a_day + timedelta(days=1), "netting_period_open"),
        (a_day + timedelta(days=1), a_day + timedelta(days=9), "netting_period_open"),
    ):
        assert net(client, begins_on, ends_on).json["code"] == code
    assert net(client, a_day + timedelta(days=1), role="operator").status_code == 403
    assert world.count("alliance_netting") == before
    for table in ("alliance_netting", "alliance_netting_cell", "alliance_netting_position"):
        with pytest.raises(DBAPIError, match="immutable"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()


def test_nothing_is_netted_where_sales_and_books_differ(client, a_day):
    shop = world.shop()
    payer = world.rich()
    body = world.paid(client, payer, shop, 1_000, purses=["prepaid"])
    one = f"UPDATE alliance_sale SET %s WHERE bucket = {bucket_of(payer)} AND id = '{body['id']}'"
    wrong = "principal_fen = principal_fen - 1, rebate_fen = rebate_fen + 1"
    world.in_transaction(lambda: db.session.execute(text(one % wrong)))
    before = world.count("alliance_netting")
    answer = net(client, a_day)
    assert (answer.status_code, answer.json["code"]) == (409, "netting_books_differ")
    assert world.count("alliance_netting") == before
    right = "principal_fen = principal_fen + 1, rebate_fen = rebate_fen - 1"
    world.in_transaction(lambda: db.session.execute(text(one % right)))
