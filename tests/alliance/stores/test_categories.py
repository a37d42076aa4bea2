"""What stores may be: a tree of codes, kept by the operator."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.alliance import terms
from app.alliance.stores import categories
from app.core.db import read
from tests.alliance import shop as world

API = "/api/v1"


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def fresh(client, operator, code=None, **more):
    name = f"类 {uuid4().hex[:8]}"
    code = code or "x_" + uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:12]
    body = {"code": code, "name": name, "name_en": "Kind"} | more
    return client.post(f"{API}/store-categories", json=body, headers=operator), body


def listed(client):
    found = client.get(f"{API}/store-categories").json["categories"]
    return {each["code"]: each for each in found}


def test_everybody_reads_the_categories_in_both_languages(context, client):
    found = listed(client)
    assert found["food.tea"]["name"] == "茶饮"
    assert found["food.tea"]["name_en"] == "Tea"
    assert found["food.tea"]["parent_code"] == "food"
    assert found["other"]["parent_code"] is None


def test_a_store_has_the_category_that_it_is_given_by_code_or_name(context, client, operator):
    merchant_id = str(world.merchant())
    wish = {"merchant_id": merchant_id, "name": "店", "address": "街"}
    for given in ("food.tea", "茶饮"):
        made = client.post(f"{API}/stores", json=wish | {"category": given}, headers=operator)
        shown = client.get(f"{API}/stores/{made.json['id']}").json
        assert (shown["category"], shown["category_code"]) == ("茶饮", "food.tea")
        terms.let_go_round()
        assert categories.of_store(UUID(shown["id"])) == "food.tea"


def test_a_store_of_no_category_is_refused_and_not_opened(context, client, operator):
    merchant_id = world.merchant()
    wish = {"merchant_id": str(merchant_id), "name": "店", "address": "街", "category": "杂"}
    answer = client.post(f"{API}/stores", json=wish, headers=operator)
    assert (answer.status_code, answer.json["code"]) == (404, "category_unknown")
    assert world.count("alliance_store", f"merchant_id = '{merchant_id}'") == 0


def test_a_renamed_category_renames_its_stores_and_keeps_its_code(context, client, operator):
    made, body = fresh(client, operator)
    assert made.status_code == 201
    assert made.json["changed_by"]
    merchant_id = world.merchant()
    wish = {"merchant_id": str(merchant_id), "name": "店", "address": "街"}
    store = client.post(f"{API}/stores", json=wish | {"category": body["code"]}, headers=operator)
    change = {"name": body["name"] + "改", "name_en": "Other"}
    path = f"{API}/store-categories/{body['code']}"
    assert client.put(path, json=change, headers=operator).json["code"] == body["code"]
    shown = client.get(f"{API}/stores/{store.json['id']}").json
    assert (shown["category"], shown["category_code"]) == (change["name"], body["code"])


def test_a_closed_category_is_given_to_no_store_until_it_is_opened_again(context, client, operator):
    _, body = fresh(client, operator)
    path = f"{API}/store-categories/{body['code']}"
    naming = {"name": body["name"], "name_en": "Kind"}
    client.put(path, json=naming | {"is_open": False}, headers=operator)
    assert listed(client)[body["code"]]["closed_at"]
    wish = {"merchant_id": str(world.merchant()), "name": "店", "address": "街"}
    wish["category"] = body["code"]
    assert client.post(f"{API}/stores", json=wish, headers=operator).status_code == 404
    assert client.put(path, json=naming, headers=operator).json["closed_at"] is None
    assert client.post(f"{API}/stores", json=wish, headers=operator).status_code == 201


def test_codes_and_names_are_given_once_and_lie_in_what_exists(context, client, operator):
    _, body = fresh(client, operator)
    same_code, _ = fresh(client, operator, body["code"])
    same_name, _ = fresh(client, operator, name=body["name"])
    orphan, _ = fresh(client, operator, "nowhere.at_all")
    within, _ = fresh(client, operator, f"{body['code']}.part")
    assert [same_code.json["code"], same_name.json["code"]] == ["category_exists"] * 2
    assert orphan.json["code"] == "category_unknown"
    assert within.json["parent_code"] == body["code"]


@pytest.mark.parametrize("code", ["", "Food", "food.tea.green", "food.", "1", "食品"])
def test_odd_codes_are_refused(context, client, operator, code):
    body = {"code": code, "name": str(uuid4()), "name_en": "Kind"}
    answer = client.post(f"{API}/store-categories", json=body, headers=operator)
    assert answer.status_code == 422


def test_only_the_operator_keeps_the_categories(context, client):
    for who in (world.staff_headers("finance"), world.headers(world.member())):
        assert fresh(client, who)[0].status_code == 403
        change = {"name": "吃", "name_en": "Eat"}
        path = f"{API}/store-categories/food"
        assert client.put(path, json=change, headers=who).status_code == 403
    assert read(text("SELECT name FROM alliance_store_category WHERE code = 'food'"))[0][0] == (
        "餐饮"
    )
