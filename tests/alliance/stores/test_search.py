"""Stores are found by distance, category, words and whether they are open now, page by page."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.alliance.stores import changes, search
from app.alliance.stores.hours import is_open
from app.core.db import db, in_transaction
from app.core.world import SYSTEM_ID, new_id, now
from bench.searching import plan_of
from tests.alliance import shop as world

API = "/api/v1"
LHASA = (29.65, 91.14)  # far from where other tests put theirs


def opened(merchant_id, name, **wanted):
    store_id = world.store(merchant_id, name)
    if wanted:
        in_transaction(lambda: changes.apply(store_id, wanted, "测试", SYSTEM_ID).id)
    return store_id


def found(client, **query):
    answer = client.get(f"{API}/stores", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def names(client, **query):
    return [store["name"] for store in found(client, **query)["stores"]]


@pytest.fixture(scope="module")
def town(app):
    """Thirty stores in a row to the north, 100 metres apart, of three categories."""
    with app.app_context():
        # Letters alone: digits of the mark could be those that a test looks for.
        merchant_id, mark = world.merchant(), "".join(random.choices(ascii_lowercase, k=6))
        kinds = ("food.tea", "food.hotpot", "culture.books")
        for number in range(30):
            opened(
                merchant_id,
                f"{mark}拉萨{number:02}号店",
                latitude=LHASA[0] + number * 100 / 111_195,
                longitude=LHASA[1],
                category=kinds[number % 3],
            )
    return mark


def here(**more):
    return {"latitude": LHASA[0], "longitude": LHASA[1]} | more


def test_the_nearest_come_first_with_their_distance(client, town):
    stores = found(client, **here(limit=4))["stores"]
    assert [store["name"][-4:] for store in stores] == ["00号店", "01号店", "02号店", "03号店"]
    assert [round(store["metres"], -1) for store in stores] == [0, 100, 200, 300]
    assert len(found(client, **here(within_metres=450, limit=50))["stores"]) == 5


def test_pages_follow_each_other_without_gap_or_repetition(client, town):
    for query in (here(limit=7), {"words": town, "limit": 7}):
        seen, page = [], found(client, **query)
        while page["next"]:
            seen += page["stores"]
            page = found(client, **query, after=page["next"])
        seen += page["stores"]
        assert len({store["id"] for store in seen}) == len(seen) == 30


def test_a_category_brings_what_lies_in_it(client, town):
    food = found(client, **here(category="food", limit=50))["stores"]
    tea = found(client, **here(category="food.tea", limit=50))["stores"]
    assert {store["category_code"] for store in food} == {"food.tea", "food.hotpot"}
    assert (len(food), len(tea)) == (20, 10)
    assert client.get(f"{API}/stores?category=nothing").json["code"] == "category_unknown"


def test_only_the_stores_of_one_merchant_are_found_where_they_are_asked_for(context, client, town):
    merchant_id = world.merchant()
    own = {str(world.store(merchant_id, f"独家分号{number}")) for number in range(2)}
    theirs = {"merchant_id": str(merchant_id)}
    for query in (theirs, here(**theirs, within_metres=50_000), theirs | {"words": "独家分号"}):
        shown = {store["id"] for store in found(client, **query)["stores"]}
        assert shown == (own if "latitude" not in query else set())


def test_words_are_parts_of_name_address_or_category_in_any_width_and_case(client, town):
    assert len(names(client, words=f"{town.upper()} 03号")) == 1
    assert len(names(client, words=f"{town} ０3")) == 1
    assert len(names(client, words=f"{town} 书店", limit=50)) == 10
    assert len(names(client, words=f"{town} 南门街", limit=50)) == 30
    assert names(client, words=f"{town} 萨拉") == []
    assert names(client, words=f"{town}店拉萨") == []  # the pairs are there, the word is not
    assert len(names(client, words=f"{town} 店", limit=50)) == 30


def test_letters_of_a_pattern_are_letters(client, town):
    for odd in ("%", "_", "'", "\\", "(", "拉%"):
        assert names(client, words=f"{town} {odd}") == []


def test_open_now_knows_week_special_days_and_the_unknown(context, client):
    merchant_id, mark = world.merchant(), uuid4().hex[:6]
    always = {day: [{"opens": "00:00", "closes": "24:00"}] for day in DAYS}
    today = search.wall(now()).date()
    closed = [{"day": str(today + timedelta(days=ahead)), "periods": []} for ahead in (-1, 0, 1)]
    opened(merchant_id, f"{mark}开", weekly_hours=always, special_days=None)
    opened(merchant_id, f"{mark}休", weekly_hours=always, special_days=closed)
    opened(merchant_id, f"{mark}从不", weekly_hours={}, special_days=None)
    opened(merchant_id, f"{mark}不明")
    assert names(client, words=mark, is_open="true") == [f"{mark}开"]
    shown = {store["name"][6:]: store["is_open"] for store in found(client, words=mark)["stores"]}
    assert shown == {"开": True, "休": False, "从不": False, "不明": None}


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def test_the_database_opens_and_closes_stores_as_the_rule_does(context):
    chance = random.Random(7)
    merchant_id, monday = world.merchant(), datetime(2026, 3, 2, tzinfo=UTC)
    clock = ("00:00", "02:30", "09:00", "12:00", "18:00", "23:30")
    for number in range(6):
        weekly = {
            day: [{"opens": chance.choice(clock), "closes": chance.choice(clock)}]
            for day in DAYS
            if chance.random() < 0.7
        }
        special = [
            {
                "day": str((monday + timedelta(days=chance.randrange(9))).date()),
                "periods": [{"opens": "20:00", "closes": chance.choice(clock)}] * (number % 2),
            }
        ]
        store_id = opened(merchant_id, "店", weekly_hours=weekly, special_days=special)
        row = db.session.get(search.Store, (store_id.int & 1023, store_id))
        for _ in range(60):
            moment = monday + timedelta(minutes=chance.randrange(-2_000, 16_000, 30))
            mine = search.question(search.Wish(), moment).where(search.Store.id == store_id)
            told = db.session.execute(mine).one()
            assert told[search.OPEN] is is_open(row, moment), (weekly, special, moment)


@pytest.mark.parametrize(
    "query",
    [
        {"latitude": 91, "longitude": 0},
        {"latitude": 30},
        {"longitude": "nan", "latitude": 1},
        {"within_metres": 50_001},
        {"limit": 51},
        {"words": "x" * 61},
        {"after": "page 2"},
        {"after": "~"},
        {"after": "0x1p+3~" + str(uuid4())},
        {"after": str(uuid4()), "latitude": 1, "longitude": 1},
    ],
)
def test_odd_questions_are_refused(context, client, query):
    answer = client.get(f"{API}/stores", query_string=query)
    assert (answer.status_code, answer.headers["Content-Type"][:19]) == (422, "application/problem")


def test_the_ends_of_the_world_have_stores_too(context, client):
    for latitude in (-90, 90):
        store_id = opened(world.merchant(), "极地店", latitude=latitude, longitude=0.0)
        pole = found(client, latitude=latitude, longitude=0)["stores"]
        assert str(store_id) in {store["id"] for store in pole}


def test_each_kind_of_question_is_answered_by_an_index(context):
    """Among enough stores: the plan is shown by EXPLAIN, which measures nothing."""
    merchant_id = world.merchant()
    bucket = merchant_id.int & 1023
    db.session.execute(
        text(
            "INSERT INTO alliance_store (bucket, id, merchant_id, name, address, category,"
            " category_code, latitude, longitude, created_at) SELECT :bucket, gen_random_uuid(),"
            " :merchant, 'Shop ' || md5(n::text), 'Street ' || n, '其他', CASE WHEN n % 200 = 0"
            " THEN 'car.fuel' ELSE 'other' END, 30 + (n % 100) * 0.01, 120 + n / 100 * 0.01,"
            " now() FROM generate_series(1, 6000) AS n"
        ),
        {"bucket": bucket, "merchant": merchant_id},
    )
    db.session.execute(text("ANALYZE alliance_store"))
    place, moment = (30.5, 120.3), now()
    wanted = {
        "alliance_store_spot_idx": search.Wish(place=place),
        "alliance_store_search_idx": search.Wish(words="c4ca42"),
        "alliance_store_category_idx": search.Wish(category="car.fuel"),
        "alliance_store_id_idx": search.Wish(after=str(new_id())),
    }
    for index, wish in wanted.items():
        search.plan_for(wish)
        plan = plan_of(search.question(wish, moment))
        assert any(index in line for line in plan), plan
        assert not any("Seq Scan on alliance_store" in line for line in plan), plan
    db.session.rollback()
