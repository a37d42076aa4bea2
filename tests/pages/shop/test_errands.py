"""Errands of a shop: posted once from settled money, confirmed once, and nobody else's business."""

import re
from io import BytesIO

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.benefits.errands.town import FEE, REWARD, Town
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")


def flat(wish):
    """A request of the API as the form types it."""
    places = {
        f"{name}-{field}": value
        for name in ("pick_up", "delivery")
        for field, value in wish[name].items()
    }
    names = ("campaign_id", "category", "title", "description")
    return {name: wish[name] for name in names} | places | {"reward_fen": f"{REWARD / 100}"}


def test_an_errand_is_posted_once_followed_and_confirmed_once(client, shop, enter):
    town = Town(client)
    runner = town.runner()
    world.give(shop.merchant_id, Account.AVAILABLE, 10_000)
    owner = enter(shop)
    key = hidden(owner.see("/shop/errands", "没有跑腿单", "发布跑腿", "取送件"), "key")
    wish = flat(town.wish())
    assert owner.post("/shop/errands", **wish | {"delivery-latitude": "北"}).status_code == 422
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 10_000
    posted = [owner.post("/shop/errands", key=key, **wish) for _ in range(2)]
    assert {each.status_code for each in posted} == {303}, posted[0].text
    here = posted[0].location
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 10_000 - REWARD
    owner.see("/shop/errands", "待接单", "¥20.00")
    errand_id = here.rpartition("/")[2]
    town.act(runner, errand_id, "take")
    seen = town.look(world.owner_headers(shop), f"/errands/{errand_id}").json
    owner.see(here, seen["pick_up_code"], seen["delivery_code"])
    town.act(runner, errand_id, "pick-up", {"code": seen["pick_up_code"]})
    town.act(runner, errand_id, "deliver", {"code": seen["delivery_code"]})
    stranger = enter(world.shop())
    assert stranger.get(here).status_code == 404
    stranger.see("/shop/errands")
    assert stranger.post(f"{here}/confirm").status_code == 404
    key = hidden(owner.see(here, "已送达"), "key")
    for _ in range(2):
        assert owner.post(f"{here}/confirm", key=key).status_code == 303
    owner.see(here, "已完成")
    assert world.balance(runner, Account.REBATE) == REWARD - FEE


def test_a_runner_who_came_before_is_asked_again_shown_pictures_and_rated_once(client, shop, enter):
    town = Town(client)
    runner, stranger = town.runner(), enter(world.shop())
    world.give(shop.merchant_id, Account.AVAILABLE, 10_000)
    who = world.owner_headers(shop)
    first = f"/shop/errands/{town.delivered(who, runner)}"
    owner = enter(shop)
    owner.see(first)
    owner.do(f"{first}/confirm")
    owner.see(first, "评价跑腿员")
    assert owner.post(f"{first}/rating", stars="6").status_code == 422
    assert stranger.get(first).status_code == 404
    stranger.see("/shop/errands")
    assert stranger.post(f"{first}/rating", stars="1").status_code == 404
    owner.see(first)
    owner.do(f"{first}/rating", stars="4")
    assert "评价跑腿员" not in owner.see(first, "★★★★", "4.00 星")
    assert owner.post(f"{first}/rating", stars="1").status_code == 409
    owner.see("/shop/errands")
    files = (BytesIO(stall.picture()), "box.png", "image/png")
    refused = owner.post("/shop/errands", files=files, **flat(town.wish()) | {"reward_fen": "多"})
    assert refused.status_code == 422
    kept = re.findall(r'name="pictures" value="([^"]+)"', refused.text)
    assert len(kept) == 1
    second = owner.do("/shop/errands", pictures=kept, **flat(town.wish())).location
    picture = f"/shop/errands/pictures/{kept[0]}.jpg"
    assert owner.get(picture).mimetype == "image/jpeg"
    page = owner.see(second, picture, "请一名跑腿员接单", str(runner))
    assert stranger.get(picture).status_code == 404
    stranger.see("/shop/errands")
    asked = {"runner_id": str(runner)}
    assert stranger.post(f"{second}/assign", **asked).status_code == 404
    unknown = owner.post(f"{second}/assign", runner_id=str(shop.store_id))
    assert unknown.status_code in (404, 409), unknown.text
    owner.see(second, "待接单")
    key = hidden(page, "key")
    for _ in range(2):
        assert owner.post(f"{second}/assign", key=key, **asked).status_code == 303
    assert "请一名跑腿员接单" not in owner.see(second, "待跑腿员确认")


def test_an_errand_that_nobody_took_is_cancelled_and_paid_back(client, shop, enter):
    town = Town(client)
    world.give(shop.merchant_id, Account.AVAILABLE, 10_000)
    here = f"/shop/errands/{town.post(world.owner_headers(shop))}"
    owner = enter(shop)
    owner.see(here, "取消跑腿单")
    assert owner.post(f"{here}/cancel", reason="").status_code == 422
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 10_000 - REWARD
    owner.do(f"{here}/cancel", reason="不需要了")
    owner.see(here, "已取消")
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 10_000
