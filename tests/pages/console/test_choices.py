"""Offers and stores are chosen by name, also without scripts."""

from datetime import timedelta

import pytest

from app.core.world import new_id, now
from tests.alliance import shop as world
from tests.alliance.offers import stall

pytestmark = pytest.mark.usefixtures("context")
HERE = "/console/campaigns/new/lottery"


def option(page: str, offer_id: str) -> str:
    """What stands behind the value of an option or checkbox."""
    return page.split(f'value="{offer_id}"')[1].split("<", 1)[0]


def test_the_offer_of_a_prize_is_looked_for_by_name_and_what_was_typed_stays(client, visitor):
    title = f"礼盒 {new_id().hex[-8:]}"
    offer_id = stall.displayed(client, world.shop(), title=title)["id"]
    person = visitor("operator")
    person.see(HERE, "查找商品", 'name="prizes.0.offer_id"')
    typed = {"name": "中秋抽奖", "budget_fen": "八百", "starts_at": "x", "prizes.0.name": "月饼"}
    found = person.post(HERE, find="1", find_words=title, **typed)
    assert found.status_code == 200
    assert title in option(found.text, offer_id)
    for each in ("中秋抽奖", "八百", "月饼"):
        assert f'value="{each}"' in found.text
    chosen = {"prizes.0.offer_id": offer_id}
    again = person.post(HERE, find="1", find_words=new_id().hex, **typed, **chosen)
    assert option(again.text, offer_id).startswith(" selected")
    assert title in option(again.text, offer_id)
    refused = person.post(HERE, **typed, **chosen)
    assert refused.status_code == 422
    assert option(refused.text, offer_id).startswith(" selected")


def test_a_merchant_ticks_its_own_offers_and_stores_for_a_programme(client, visitor):
    shop, other = world.shop(), world.shop()
    offer_id = stall.displayed(client, shop, title="当季鲜茶")["id"]
    foreign = stall.displayed(client, other)["id"]
    person = visitor("merchant_owner", merchant_id=shop.merchant_id)
    page = person.see("/shop/campaigns/new/promotion", 'name="offer_ids"', 'name="store_ids"')
    assert "当季鲜茶" in option(page, offer_id)
    assert "南门店" in option(page, str(shop.store_id))
    assert foreign not in page
    until = (now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    wish = {"name": "春茶推广", "name_en": "Spring tea", "budget_fen": "10", "ends_at": until}
    wish |= {"commission_bp": "5", "cap_fen": "20", "window_days": "15", "subjects": "product"}
    wish |= {"starts_at": "2026-01-01T08:00", "offer_ids": offer_id}
    here = person.do("/shop/campaigns/new/promotion", **wish).location
    person.see(here, "当季鲜茶")
    page = visitor("operator").see(here.replace("/shop/", "/console/"), "当季鲜茶")
    assert offer_id not in page
