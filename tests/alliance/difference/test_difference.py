"""Enterprises have codes, their members carry them, and sales say whose customer bought of whom."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.difference import codes, pairs
from app.core.db import in_transaction, read
from app.core.world import beijing_day, new_id, now
from tests.alliance import shop as world

API = "/api/v1"
SHARES = {"home_store": 2_000, "operations": 8_000}


@pytest.fixture
def books(context):
    return world.shop(SHARES)


@pytest.fixture
def tea(context):
    return world.shop(SHARES)


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def bought(client, payer, at, amount_fen=10_000):
    sale_id = world.paid(client, payer, at, amount_fen)["id"]
    distribution.distribute_sale(UUID(sale_id))
    return sale_id


def customer_of(shop):
    return world.rich(1_000_000, world.brought_by_store(shop))


def report(client, who, **query):
    month = beijing_day(now()).strftime("%Y-%m")
    path = f"{API}/difference-codes/report"
    answer = client.get(path, query_string={"month": month} | query, headers=who)
    assert answer.status_code == 200, answer.json
    return answer.json["pairs"]


def code_of(client, shop):
    path = f"{API}/merchants/{shop.merchant_id}/difference-code"
    return client.get(path, headers=world.owner_headers(shop)).json["code"]


def test_a_code_is_for_good_and_notices_slips(context, client, tea):
    code = code_of(client, tea)
    assert code == code_of(client, tea) == codes.written(tea.merchant_id)
    assert codes.check_letter(code[:-1]) == code[-1]
    for place in range(7):
        wrong = "2" if code[place] != "2" else "3"
        assert codes.check_letter(code[:place] + wrong + code[place + 1 : -1]) != code[-1]
    stranger = world.owner_headers(world.shop())
    path = f"{API}/merchants/{tea.merchant_id}/difference-code"
    assert client.get(path, headers=stranger).json["code"] == "merchant_unknown"


def test_two_enterprises_never_have_one_code(context):
    one, other = world.merchant(), world.merchant()
    taken = text(
        "INSERT INTO alliance_difference_code VALUES (:b, :m, :c, now()) RETURNING merchant_id"
    )
    values = {"b": one.int & 1023, "m": one, "c": codes.written(other)}
    read(taken, values)
    given = in_transaction(lambda: codes.codes_of([one, other]))
    assert given == {one: codes.written(other), other: codes.written(other, 1)}


def test_members_carry_the_code_of_who_registered_them(client, books, tea):
    def carried(member_id):
        path = f"{API}/me/difference-code"
        return client.get(path, headers=world.headers(member_id)).json["enterprise"]

    assert carried(customer_of(books))["code"] == code_of(client, books)
    assert carried(world.member()) is None


def test_each_sale_says_whose_customer_bought_of_whom_and_what_it_rebates(
    client, books, tea, operator
):
    sale_id = bought(client, customer_of(books), tea)
    path = f"{API}/payments/{sale_id}/difference-codes"
    for who in (operator, world.owner_headers(tea)):
        pair = client.get(path, headers=who).json
        assert pair["customer"]["code"] == code_of(client, books)
        assert pair["seller"]["code"] == code_of(client, tea)
        assert pair["rebate_fen"] == 200
    foreign = client.get(path, headers=world.owner_headers(books))
    assert foreign.json["code"] == "payment_unknown"


def test_a_month_is_told_by_pairs_less_refunds(client, books, tea, operator):
    reader = customer_of(books)
    sale_id = bought(client, reader, tea)
    bought(client, reader, tea, 5_000)
    bought(client, customer_of(tea), books, 2_000)
    bought(client, world.rich(), tea, 1_000)
    path = f"{API}/payments/{sale_id}/refunds"
    client.post(path, json={"amount_fen": 5_000}, headers=world.owner_headers(tea))
    found = {
        (
            pair["customer"] and pair["customer"]["merchant_id"],
            pair["seller"]["merchant_id"],
        ): tuple(pair[each] for each in SUMS)
        for pair in report(client, operator, merchant_id=str(tea.merchant_id))
    }
    books_id, tea_id = str(books.merchant_id), str(tea.merchant_id)
    assert found == {
        (None, tea_id): (1, 1_000, 100, 0),
        (books_id, tea_id): (2, 10_000, 1_000, 200),
        (tea_id, books_id): (1, 2_000, 200, 40),
    }


SUMS = ("sale_count", "amount_fen", "concession_fen", "rebate_fen")


def test_an_owner_sees_the_enterprises_own_pairs_and_no_customer(client, books, tea):
    payer = customer_of(books)
    bought(client, payer, tea)
    stranger, owner = world.owner_headers(world.shop()), world.owner_headers(books)
    assert report(client, stranger) == []
    assert report(client, stranger, merchant_id=str(tea.merchant_id)) == []
    mine = report(client, owner)
    assert [pair["rebate_fen"] for pair in mine] == [200]
    assert str(payer) not in str(mine)


def test_a_correction_of_the_binding_leaves_what_was(client, books, tea, operator):
    payer = customer_of(books)
    sale_id = bought(client, payer, tea)
    home = text(
        "UPDATE members_binding SET home_store_id = :s WHERE member_id = :m RETURNING member_id"
    )
    read(home, {"s": tea.store_id, "m": payer})
    path = f"{API}/payments/{sale_id}/difference-codes"
    pair = client.get(path, headers=operator).json
    assert pair["customer"]["merchant_id"] == str(books.merchant_id)


def test_the_spreadsheet_has_every_page_and_runs_nothing(client, monkeypatch, books):
    monkeypatch.setattr(pairs, "PAGE", 1)
    seller = world.merchant("=1+1")
    world.contract(seller, world.policy(SHARES))
    at = world.Shop(seller, world.store(seller), new_id(), new_id())
    for payer in (customer_of(books), world.rich()):
        bought(client, payer, at)
    month = beijing_day(now()).strftime("%Y-%m")
    path = f"{API}/difference-codes/report.csv?month={month}"
    answer = client.get(path, headers=world.owner_headers(at))
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 3
    assert {row[3] for row in rows[1:]} == {"'=1+1"}
    assert sorted(row[8] for row in rows[1:]) == ["0.00", "2.00"]


def test_what_an_earlier_release_shared_out_is_noted_later(client, books, tea):
    sale_id = bought(client, customer_of(books), tea)
    gone = text("DELETE FROM alliance_sale_pair WHERE sale_id = :s RETURNING 1")
    read(gone, {"s": UUID(sale_id)})
    assert pairs.note_missing() >= 1
    assert pairs.note_missing() == 0
    assert world.count("alliance_sale_pair", f"sale_id = '{sale_id}'") == 1


def test_the_report_reads_an_index(context):
    plan = read(
        text(
            "EXPLAIN SELECT 1 FROM alliance_sale_pair WHERE month = '2026-01-01'"
            " AND customer_merchant_id = gen_random_uuid()"
        )
    )
    assert any("alliance_sale_pair_month_idx" in row[0] for row in plan), plan


@pytest.mark.parametrize("month", ["2026-13", "202611", "", "1999-01", "2026-11-01"])
def test_odd_months_are_refused(client, operator, month):
    path = f"{API}/difference-codes/report"
    answer = client.get(path, query_string={"month": month}, headers=operator)
    assert answer.status_code == 422
