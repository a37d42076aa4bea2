"""Offers, stores, merchants and recommenders are chosen by name, also without scripts."""

from datetime import timedelta

import pytest

from app.core.db import in_transaction
from app.core.world import new_id, now
from app.members import phones
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.alliance.offers import stall
from tests.members.people import member

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
    found = person.post(HERE, find="offers", find_offers=title, **typed)
    assert found.status_code == 200
    assert title in option(found.text, offer_id)
    for each in ("中秋抽奖", "八百", "月饼"):
        assert f'value="{each}"' in found.text
    chosen = {"prizes.0.offer_id": offer_id}
    again = person.post(HERE, find="offers", find_offers=new_id().hex, **typed, **chosen)
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


def first_button(page: str, action: str) -> str:
    """What Enter in a field of the form presses: its first button."""
    return page.split(f'action="{action}"')[1].split("<button")[1].split(">", 1)[0]


def test_enter_in_a_form_that_finds_sends_the_form(visitor):
    person, shop = visitor("operator"), world.shop()
    merchant, one = f"/console/merchants/{shop.merchant_id}", f"/console/members/{member()}"
    forms = {HERE: HERE, "/console/mailings": "/console/mailings"}
    forms |= {f"{merchant}/contacts": f"{merchant}/contacts"}
    forms |= {f"{merchant}/closures": f"{merchant}/closures", one: f"{one}/correct"}
    for path, action in forms.items():
        button = first_button(person.see(path, 'name="find"'), action)
        assert 'class="unseen"' in button, path
        assert "name=" not in button, path


def test_the_merchants_of_an_audience_are_found_and_ticked(client, visitor):
    name, person = f"茶庄 {new_id().hex[-8:]}", visitor("operator")
    made = desk.post(client, "/merchants", world.staff_headers("operator"), name=name).json["id"]
    person.see(HERE)
    found = person.post(HERE, find="merchants", find_merchants=name, name="回乡")
    assert name in option(found.text, made)
    wish = {"find_merchants": new_id().hex, "home_of_merchants": made}
    again = person.post(HERE, find="merchants", **wish)
    assert option(again.text, made).startswith(" checked")
    assert name in option(again.text, made)


def test_a_closures_fallback_and_a_messages_home_stores_are_found_by_name(visitor):
    shop, other, person = world.shop(), world.shop(), visitor("operator")
    home, name = f"/console/merchants/{shop.merchant_id}", "南门店"
    person.see(home)
    here = f"{home}/closures"
    wish = {"reason": "租约<到期>", "fallback_store_id": str(other.store_id)}
    found = person.post(here, find="stores", find_stores=new_id().hex, **wish)
    assert found.status_code == 200
    assert option(found.text, str(other.store_id)).startswith(" selected")
    assert name in option(found.text, str(other.store_id))
    assert "租约&lt;到期&gt;" in found.text
    assert "租约" not in person.see(f"{home}/stops")  # nothing was asked for
    here = "/console/mailings"
    person.see(here)
    wish = {"title": "周末", "home_store_ids": str(other.store_id)}
    found = person.post(here, find="stores", find_stores=name, **wish)
    assert option(found.text, str(other.store_id)).startswith(" checked")
    assert 'value="周末"' in found.text


def test_a_recommender_is_found_by_id_or_name(client, visitor):
    one, other, person = member(), str(member()), visitor("operator")
    page = f"/console/members/{one}"
    here = f"{page}/correct"
    person.see(page)
    wish = {"find": "recommenders", "reason": "扫错了码"}
    found = person.post(here, recommender_kind="member", find_recommenders=other, **wish)
    assert found.status_code == 200
    assert f'<option value="{other}">' in found.text
    assert "扫错了码" in found.text
    kept = {"find": "stores", "recommender_kind": "member", "recommender_id": other}
    assert option(person.post(here, **kept).text, other).startswith(" selected")
    wrong = person.post(here, recommender_kind="member", find_recommenders="小安", **wish)
    assert wrong.status_code == 422
    name = f"茶庄 {new_id().hex[-8:]}"
    made = desk.post(client, "/merchants", world.staff_headers("operator"), name=name).json["id"]
    found = person.post(here, recommender_kind="merchant", find_recommenders=name, **wish)
    assert name in option(found.text, made)
    person.see("/console/salespeople")
    sold = person.do("/console/salespeople", name=f"{name} 业务").location.rpartition("/")[2]
    found = person.post(here, recommender_kind="salesperson", find_recommenders=name, **wish)
    assert name in option(found.text, sold)
    wish["find_recommenders"] = new_id().hex
    nobody = person.post(here, recommender_kind="salesperson", **wish)
    assert "没有找到推荐人" in nobody.text


def with_number():
    """A member with a verified mobile number, and the number."""
    member_id, number = member(), f"139{str(new_id().int)[-8:]}"
    in_transaction(lambda: phones._keep(member_id, phones.MAINLAND, number))
    return str(member_id), number


def test_who_brought_a_new_merchant_is_found_by_number_and_name(client, visitor):
    person, (brought, number) = visitor("operator"), with_number()
    person.see("/console/salespeople")
    seller = f"小林 {new_id().hex[-8:]}"
    sold = person.do("/console/salespeople", name=seller).location.rpartition("/")[2]
    assert '"recommender_id"' not in person.see("/console/merchants", "添加商家…")
    here, wish = "/console/merchants/new", {"name": applicants.name(), "recommender_kind": "member"}
    assert 'class="unseen"' in first_button(person.see(here, "查找业务员"), here)
    found = person.post(here, find="recommenders", find_recommenders=number, **wish)
    assert found.status_code == 200
    assert f"…{brought[-8:]} · {phones.masked(number)}" in option(found.text, brought)
    assert found.text.count(number) == 1  # where it was typed, and nowhere else
    wish["recommender_id"] = brought
    found = person.post(here, find="salespeople", find_salespeople=seller, **wish)
    assert seller in option(found.text, sold)
    assert option(found.text, brought).startswith(" selected")
    nobody = person.post(here, find="salespeople", find_salespeople=new_id().hex, **wish)
    assert "没有找到业务员" in nobody.text
    refused = person.post(here, **wish | {"name": "", "salesperson_id": sold})
    assert refused.status_code == 422
    assert option(refused.text, sold).startswith(" selected")
    assert seller in option(refused.text, sold)
    made = person.do(here, **wish, salesperson_id=sold).location
    headers = world.staff_headers("operator")
    query = {"id": made.rpartition("/")[2]}
    (row,) = client.get("/api/v1/merchants", query_string=query, headers=headers).json["merchants"]
    assert (row["recommender_kind"], row["recommender_id"]) == ("member", brought)
    assert row["salesperson_id"] == sold


def test_a_merchants_contact_is_found_by_number_or_id_and_nobody_is_named_by_looking(visitor):
    person, shop = visitor("operator"), world.shop()
    here = f"/console/merchants/{shop.merchant_id}/contacts"
    one, number = with_number()
    person.see(here, "还没有联系人", "查找会员（按手机号或编号）")
    for words in (number, one):
        found = person.post(here, find="members", find_members=words, may_withdraw="on")
        assert found.status_code == 200
        assert phones.masked(number) in found.text.rpartition(f'<option value="{one}"')[2]
        assert 'name="may_withdraw" checked' in found.text
    nobody = person.post(here, find="members", find_members=f"138{str(new_id().int)[-8:]}")
    assert "没有找到会员" in nobody.text
    assert person.post(here, find="members", find_members="小安").status_code == 422
    person.see(here, "还没有联系人")
    finance = visitor("finance")
    assert "查找会员" not in finance.see(here)
    assert finance.post(here, find="members", find_members=number).status_code == 403
    person.see(here)
    person.do(here, member_id=one)
    person.see(here, f"/contacts/{one}/remove")
