"""Offers: written by merchants, reviewed by the operator, found by members, never oversold."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.alliance.offers import writing
from app.core.db import in_transaction
from app.core.world import new_id
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shop():
    return world.shop()


def cashier(shop, *stores):
    narrow = {"merchant_id": shop.merchant_id, "store_ids": frozenset(stores or [shop.store_id])}
    return world.staff_headers("cashier", **narrow)


def found(client, **wish):
    query = "&".join(f"{name}={value}" for name, value in wish.items())
    return [each["id"] for each in client.get(f"{OFFERS}?{query}").json["offers"]]


def post(client, offer, step, who, **wish):
    return client.post(f"{OFFERS}/{offer['id']}/{step}", json=wish or None, headers=who)


def test_an_offer_is_seen_once_the_operator_has_approved_it(client, shop):
    offer = stall.written(client, shop, member_price_fen=4_500)
    assert offer["status"] == "draft"
    assert refused(client.get(f"{OFFERS}/{offer['id']}")) == (404, "offer_unknown")
    assert refused(stall.review(client, offer)) == (409, "offer_changed")
    stall.submit(client, shop, offer)
    assert found(client, store_id=shop.store_id) == []
    assert stall.review(client, offer).json["status"] == "displayed"
    seen = client.get(f"{OFFERS}/{offer['id']}").json
    assert (seen["price_fen"], seen["member_price_fen"], seen["left"]) == (5_000, 4_500, None)
    assert seen["store_name"] == "南门店"
    assert found(client, store_id=shop.store_id) == [offer["id"]]


def test_a_rejection_has_a_reason_and_shows_nothing(client, shop):
    offer = stall.written(client, shop)
    stall.submit(client, shop, offer)
    assert refused(stall.review(client, offer, "reject")) == (422, "invalid_request")
    rejected = stall.review(client, offer, "reject", reason="图片与商品不符").json
    assert rejected["latest"]["reason"] == "图片与商品不符"
    assert (rejected["status"], rejected["latest"]["status"]) == ("draft", "rejected")
    assert refused(stall.review(client, offer)) == (409, "offer_changed")


def test_a_changed_offer_stays_as_it_was_until_the_change_is_approved(client, shop):
    offer = stall.displayed(client, shop)
    who = world.owner_headers(shop)
    wish = stall.wording(title="现磨咖啡豆 250 克", price_fen=6_000)
    changed = client.put(f"{OFFERS}/{offer['id']}", json=wish, headers=who).json
    assert (changed["latest"]["version"], changed["shown_version"]) == (2, 1)
    stall.submit(client, shop, changed)
    assert client.get(f"{OFFERS}/{offer['id']}").json["price_fen"] == 5_000
    third = client.put(
        f"{OFFERS}/{offer['id']}", json=wish | {"price_fen": 6_100}, headers=who
    ).json
    assert refused(stall.review(client, changed)) == (409, "offer_changed")
    stall.submit(client, shop, third)
    stall.review(client, third)
    assert client.get(f"{OFFERS}/{offer['id']}").json["price_fen"] == 6_100
    told = client.get(f"{OFFERS}/{offer['id']}/history", headers=who).json
    assert [each["status"] for each in told["versions"]] == ["approved", "withdrawn", "approved"]
    assert [each["step"] for each in told["steps"]] == [
        "written", "submitted", "approved", "written", "submitted", "written", "submitted",
        "approved",
    ]  # fmt: skip


def test_a_paused_offer_is_not_seen_until_resumed(client, shop):
    offer, who = stall.displayed(client, shop), world.owner_headers(shop)
    assert post(client, offer, "pause", who).json["status"] == "paused"
    assert post(client, offer, "pause", who).status_code == 200
    assert refused(client.get(f"{OFFERS}/{offer['id']}")) == (404, "offer_unknown")
    assert post(client, offer, "resume", who).json["status"] == "displayed"
    assert found(client, store_id=shop.store_id) == [offer["id"]]


def test_what_the_operator_took_down_its_merchant_cannot_bring_back(client, shop):
    offer, who = stall.displayed(client, shop), world.owner_headers(shop)
    operator = world.staff_headers("operator")
    assert post(client, offer, "take-down", operator, reason="投诉").json["status"] == "taken_down"
    assert refused(post(client, offer, "resume", who)) == (409, "offer_status_differs")
    assert found(client, store_id=shop.store_id) == []
    assert post(client, offer, "restore", operator, reason="误判").json["status"] == "paused"
    assert post(client, offer, "resume", who).json["status"] == "displayed"


def test_offers_are_found_by_words_category_and_store_a_page_at_a_time(client, shop):
    mark = "".join(chr(0x4E00 + int(digit, 16)) for digit in new_id().hex[-12:])
    offers = [
        stall.displayed(client, shop, title=f"{mark} 第 {number} 号", category=mark[:6])
        for number in range(3)
    ]
    newest_first = [each["id"] for each in reversed(offers)]
    assert found(client, words=mark) == newest_first
    assert found(client, category=mark[:6]) == newest_first
    assert found(client, words=mark, limit=2) == newest_first[:2]
    assert found(client, words=mark, limit=2, before=newest_first[1]) == newest_first[2:]
    assert found(client, words=f"{mark} 无此物") == []
    assert found(client, words=mark, store_id=world.shop().store_id) == []
    assert found(client, words=mark, merchant_id=shop.merchant_id) == newest_first
    assert found(client, words=mark, merchant_id=world.shop().merchant_id) == []
    assert found(client, words="%25") == []


def test_staff_touch_the_offers_of_their_own_stores_only(client, shop):
    offer, foreign = stall.displayed(client, shop), world.owner_headers(world.shop())
    elsewhere = cashier(shop, new_id())
    at = f"{OFFERS}/{offer['id']}"
    wish = stall.wording()
    for who in (foreign, elsewhere):
        for step in ("pause", "resume"):
            assert refused(post(client, offer, step, who)) == (404, "offer_unknown")
        stock = client.put(f"{at}/stock", json={"stock": 3, "expected": None}, headers=who)
        assert refused(stock) == (404, "offer_unknown")
        assert refused(client.get(f"{at}/history", headers=who)) == (404, "offer_unknown")
        assert client.get(f"{OFFERS}/managed", headers=who).json["offers"] == []
    assert refused(client.put(at, json=wish, headers=foreign)) == (404, "offer_unknown")
    assert refused(post(client, offer, "submit", foreign, version=1)) == (404, "offer_unknown")
    into = wish | {"store_id": str(shop.store_id)}
    assert refused(client.post(OFFERS, json=into, headers=foreign)) == (404, "store_unknown")
    assert refused(client.put(at, json=wish, headers=cashier(shop))) == (403, "not_allowed")
    own = world.owner_headers(shop)
    assert refused(post(client, offer, "review", own, version=1, decision="approve"))[0] == 403
    assert client.get(at).json["version"] == 1


def test_the_operator_sees_what_waits_for_review(client, shop):
    offer = stall.written(client, shop)
    stall.submit(client, shop, offer)
    who = world.staff_headers("operator")
    waiting = client.get(f"{OFFERS}/managed?in_review=true&limit=50", headers=who).json["offers"]
    assert offer["id"] in [each["id"] for each in waiting]
    assert {each["latest"]["status"] for each in waiting} == {"in_review"}


def test_stock_is_set_only_against_what_was_seen(client, shop):
    offer = stall.displayed(client, shop, stock=5)
    at, who = f"{OFFERS}/{offer['id']}/stock", cashier(shop)
    stale = client.put(at, json={"stock": 9, "expected": 4}, headers=who)
    assert refused(stale) == (409, "stock_changed")
    assert stale.json["stock"] == 5
    assert client.put(at, json={"stock": 9, "expected": 5}, headers=who).json["stock"] == 9


def test_nothing_is_oversold_by_many_at_once(app, client, shop):
    offer = UUID(stall.displayed(client, shop, stock=10)["id"])

    def attempt(_):
        with app.app_context():
            return in_transaction(lambda: writing.take({offer: 1}))

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(attempt, range(64)))
    assert (results.count({}), results.count({offer: 0})) == (10, 54)
    assert world.count("alliance_offer", f"id = '{offer}' AND stock = 0 AND sold = 10") == 1
    in_transaction(lambda: writing.put_back({offer: 3}))
    assert world.count("alliance_offer", f"id = '{offer}' AND stock = 3 AND sold = 7") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"price_fen": 0},
        {"member_price_fen": 5_001},
        {"link": "javascript:alert(1)"},
        {"link": "http://example.com"},
        {"deliveries": []},
        {"deliveries": ["pickup", "pickup"]},
        {"kind": "service"},
        {"stock": -1},
        {"pictures": ["../../etc/passwd"]},
    ],
)
def test_an_offer_that_says_nonsense_is_not_written(client, shop, wrong):
    wish = stall.wording(store_id=str(shop.store_id)) | wrong
    answer = client.post(OFFERS, json=wish, headers=world.owner_headers(shop))
    assert refused(answer) == (422, "invalid_request")
    assert world.count("alliance_offer", f"merchant_id = '{shop.merchant_id}'") == 0


def test_a_service_that_is_to_be_shipped_is_not_written_as_a_change_either(client, shop):
    offer = stall.written(client, shop, kind="service", deliveries=["pickup"])
    answer = client.put(
        f"{OFFERS}/{offer['id']}", json=stall.wording(), headers=world.owner_headers(shop)
    )
    assert refused(answer) == (422, "invalid_request")


def test_the_same_request_writes_one_offer(client, shop):
    wish, who = stall.wording(store_id=str(shop.store_id)), world.owner_headers(shop)
    first, second = (client.post(OFFERS, json=wish, headers=who) for _ in range(2))
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
