"""What people are told of a store: its merchant's owner proposes, the operator decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from app.alliance.offers import pictures
from app.core.world import now
from tests.alliance import shop as world
from tests.alliance.offers import stall

API = "/api/v1"
HOURS = {"monday": [{"opens": "09:00", "closes": "21:00"}]}


@pytest.fixture
def shop(context):
    return world.shop()


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def change(client, shop, who, note="换号", **wanted):
    body = {"wanted": wanted, "note": note}
    return client.post(f"{API}/stores/{shop.store_id}/changes", json=body, headers=who)


def decide(client, change_id, who, *, is_applied, note=""):
    body = {"is_applied": is_applied, "note": note}
    return client.post(f"{API}/store-changes/{change_id}/decision", json=body, headers=who)


def shown(client, shop):
    return client.get(f"{API}/stores/{shop.store_id}").json


def test_an_owner_proposes_and_the_operator_applies_once(client, shop, operator):
    made = change(client, shop, world.owner_headers(shop), telephone="0571-1234567")
    assert (made.status_code, made.json["status"]) == (201, "proposed")
    assert shown(client, shop)["telephone"] is None
    done = decide(client, made.json["id"], operator, is_applied=True, note="好")
    assert (done.json["status"], done.json["before"]) == ("applied", {"telephone": None})
    assert shown(client, shop)["telephone"] == "0571-1234567"
    again = decide(client, made.json["id"], operator, is_applied=False)
    assert (again.status_code, again.json["code"]) == (409, "store_change_decided")
    assert shown(client, shop)["telephone"] == "0571-1234567"


def test_pictures_are_seen_once_they_are_applied_and_until_they_are_left_out(
    client, shop, operator
):
    owner, other = world.owner_headers(shop), world.shop()
    sent = client.post(f"{API}/offers/pictures", data=stall.picture(), headers=owner)
    name = sent.json["name"]
    address = f"{API}/offer-pictures/{shop.merchant_id}/{name}.jpg"
    stolen = change(client, other, world.owner_headers(other), pictures=[name])
    assert (stolen.status_code, stolen.json["code"]) == (404, "picture_unknown")
    made = change(client, shop, owner, pictures=[name])
    assert (shown(client, shop)["pictures"], client.get(address).status_code) == ([], 404)
    decide(client, made.json["id"], operator, is_applied=True)
    found = client.get(address)
    assert (shown(client, shop)["pictures"], found.mimetype) == ([name], "image/jpeg")
    assert found.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get(address, headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        pictures.clear_unused()  # it is used
    assert client.get(address).status_code == 200
    gone = change(client, shop, operator, pictures=[])
    assert (gone.json["before"], shown(client, shop)["pictures"]) == ({"pictures": [name]}, [])
    assert client.get(address).status_code == 404
    assert change(client, shop, operator, pictures=gone.json["before"]["pictures"]).json["status"]
    assert shown(client, shop)["pictures"] == [name]
    for wrong in ([name, name], ["../x"], None, ["0" * 64] * 7):
        assert change(client, shop, operator, pictures=wrong).status_code == 422


def test_a_rejected_proposal_changes_nothing_and_makes_room_for_another(client, shop, operator):
    owner = world.owner_headers(shop)
    first = change(client, shop, owner, name="新名")
    waiting = change(client, shop, owner, name="又新名")
    assert (waiting.status_code, waiting.json["code"]) == (409, "store_change_waiting")
    assert waiting.json["change_id"] == first.json["id"]
    decide(client, first.json["id"], operator, is_applied=False)
    assert shown(client, shop)["name"] == "南门店"
    assert change(client, shop, owner, name="又新名").status_code == 201


def test_the_operators_change_holds_at_once_and_is_undone_by_its_values_before(
    client, shop, operator
):
    days = [{"day": "2026-10-01", "periods": [], "note": "国庆"}]
    wanted = {"name": "北门店", "category": "茶饮", "weekly_hours": HOURS, "special_days": days}
    before = shown(client, shop)
    made = change(client, shop, operator, **wanted, latitude=30.0, longitude=120.0)
    now = shown(client, shop)
    assert (now["name"], now["category_code"], now["latitude"]) == ("北门店", "food.tea", 30.0)
    assert now["weekly_hours"]["monday"] == HOURS["monday"]
    assert now["special_days"] == days
    change(client, shop, operator, **made.json["before"])
    assert shown(client, shop) == before


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": None},
        {"latitude": 30.0},
        {"latitude": 30.0, "longitude": None},
        {"telephone": "call me"},
        {"category": ""},
        {"weekly_hours": {"monday": [{"opens": "25:00", "closes": "21:00"}]}},
        {"weekly_hours": {"monday": [{"opens": "09:00", "closes": "12:01"}] * 2}},
        {"weekly_hours": {"someday": []}},
        {"special_days": [{"day": "9999-12-31"}]},
        {"special_days": [{"day": "2026-10-01"}] * 2},
    ],
)
def test_odd_wishes_are_refused(client, shop, operator, wanted):
    assert change(client, shop, operator, **wanted).status_code == 422
    assert world.count("alliance_store_change", f"store_id = '{shop.store_id}'") == 0


def test_others_neither_propose_nor_see_nor_decide(client, shop, operator):
    other = world.shop()
    foreign = world.owner_headers(other)
    answer = change(client, shop, foreign, name="我的")
    assert (answer.status_code, answer.json["code"]) == (404, "store_unknown")
    cashier = world.staff_headers("cashier", merchant_id=shop.merchant_id)
    assert change(client, shop, cashier, name="我的").status_code == 403
    mine = change(client, shop, world.owner_headers(shop), name="我的").json["id"]
    assert decide(client, mine, world.owner_headers(shop), is_applied=True).status_code == 403

    def seen(who):
        path = f"{API}/store-changes?status=proposed"
        return {each["id"] for each in client.get(path, headers=who).json["changes"]}

    assert mine not in seen(foreign)
    assert mine in seen(world.owner_headers(shop))
    assert mine in seen(operator)
    assert decide(client, uuid4(), operator, is_applied=True).status_code == 404


def test_the_payments_terms_follow_a_new_name(client, shop, operator):
    from app.alliance import terms

    assert terms.store_name(shop.store_id) == "南门店"
    change(client, shop, operator, name="西门店")
    assert terms.store_name(shop.store_id) == "西门店"
