"""Errands of a shop: posted once from settled money, confirmed once, and nobody else's business."""

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
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
