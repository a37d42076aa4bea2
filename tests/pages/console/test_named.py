"""Forms name people, merchants, stores, suppliers and policies; nobody types an id."""

import re
from pathlib import Path

import pytest

from app.core.db import read
from app.core.world import new_id
from app.members import phones
from tests.alliance import shop as world
from tests.alliance.joining import applicants
from tests.alliance.offers import stall
from tests.pages.console.test_choices import first_button, option, with_number

pytestmark = pytest.mark.usefixtures("context")
TEMPLATES = Path(__file__).resolve().parents[3] / "app/pages/templates"
TYPED = re.compile(r'ui\.field\(\s*"(\w*_ids?|\w*_code|policy|member|merchant|store)"')
SHOWN = re.compile(r'<input id="[^"]*" name="[^"]*_ids?" type="text"')
KEPT = {("notices.html", "error_code")}
"""What WeChat calls its errors: people compare it with WeChat's own list."""


def test_no_field_of_a_form_takes_an_id_or_a_code():
    asked = {
        (path.name, name)
        for room in ("console", "shop")
        for path in TEMPLATES.glob(f"{room}/*.html")
        for name in TYPED.findall(path.read_text())
    }
    assert asked == KEPT


def test_a_salespersons_own_account_is_found_by_number(client, visitor):
    person, (one, number), here = visitor("operator"), with_number(), "/console/salespeople"
    page = person.see(here, "查找会员（按手机号或编号）")
    assert 'class="unseen"' in first_button(page, here)
    name = f"小林 {new_id().hex[-8:]}"
    found = person.post(here, find="members", find_members=number, name=name)
    assert found.status_code == 200
    assert f'value="{name}"' in found.text
    assert f"…{one[-8:]} · {phones.masked(number)}" in option(found.text, one)
    unread = person.post(here, find="members", find_members="小安", name=name)
    assert unread.status_code == 422
    made = person.do(here, name=name, member_id=one).location
    headers = world.staff_headers("operator")
    assert client.get(f"/api/v1{made[8:]}", headers=headers).json["member_id"] == one


def test_a_receiver_of_splits_is_chosen_by_the_merchants_name_and_a_members_number(client, visitor):
    person, (one, number), here = visitor("finance"), with_number(), "/console/sharing-receivers"
    name = f"茶庄 {new_id().hex[-8:]}"
    merchant_id = str(world.merchant(name))
    assert not SHOWN.search(person.see(here))
    found = person.post(here, find="merchants", find_merchants=name, relation="USER")
    assert name in option(found.text, merchant_id)
    kept = {"merchant_id": merchant_id, "relation": "USER"}
    found = person.post(here, find="members", find_members=number, **kept)
    assert found.status_code == 200
    assert option(found.text, merchant_id).startswith(" selected")
    assert phones.masked(number) in option(found.text, one)
    assert '<option value="USER" selected>' in found.text
    refused = person.post(here, **kept, member_id=one)
    assert refused.status_code == 409  # no contact who may take the merchant's money out
    assert option(refused.text, one).startswith(" selected")


def test_an_account_is_opened_for_a_merchant_and_its_stores_by_name(visitor):
    person, shop, here = visitor("operator"), world.shop(), "/console/staff"
    assert not SHOWN.search(person.see(here))
    name = f"n-{new_id().hex}"
    wish = {"username": name, "roles": "cashier", "merchant_id": str(shop.merchant_id)}
    found = person.post(here, find="stores", find_stores="南门店", **wish)
    assert found.status_code == 200
    assert f'value="{name}"' in found.text
    assert 'value="cashier" checked' in found.text
    assert option(found.text, str(shop.merchant_id)).startswith(" selected")
    answer = person.post(here, **wish, store_ids=str(shop.store_id))
    assert answer.status_code == 200, answer.text
    assert answer.text.count('class="secret"') == 2
    (row,) = read(
        world.text("SELECT id, store_ids FROM core_staff WHERE username = :n"), {"n": name}
    )
    assert row.store_ids == [shop.store_id]
    page = person.see(f"{here}/{row.id}", "面馆", "南门店", "收银")
    assert f'value="{shop.store_id}" checked> 南门店' in page
    assert not re.search(r"<dd>\s*[0-9a-f-]{36}", page)
    person.do(f"{here}/{row.id}/roles", roles="merchant_owner", reason="升为负责人")
    (row,) = read(world.text("SELECT store_ids FROM core_staff WHERE username = :n"), {"n": name})
    assert row.store_ids == []


def test_a_plan_of_the_platform_names_merchant_and_store(visitor):
    person, shop, here = visitor("operator"), world.shop(), "/console/top-up-plans"
    name = f"茶庄 {new_id().hex[-8:]}"
    merchant_id = str(world.merchant(name))
    assert not SHOWN.search(person.see(here, "查找商家（按名称）", "查找门店（按名称、地址）"))
    wish = {"name": "春<茶>", "store_id": str(shop.store_id)}
    found = person.post(here, find="merchants", find_merchants=name, **wish)
    assert name in option(found.text, merchant_id)
    assert 'value="春&lt;茶&gt;"' in found.text
    assert option(found.text, str(shop.store_id)).startswith(" selected")
    assert "南门店" in option(found.text, str(shop.store_id))


def test_a_message_is_for_buyers_of_a_category_by_its_name(visitor):
    page = visitor("operator").see("/console/mailings", "消费过的门店类别")
    select = page.split('name="category_code"')[1].split("</select>")[0]
    assert '<option value="food">餐饮</option>' in select


def test_a_supplier_is_found_by_name_and_both_sides_read_whom_and_what(client, visitor):
    shop, name = world.shop(), f"茶厂 {new_id().hex[-8:]}"
    supplier_id, headers = str(world.merchant(name)), world.staff_headers("operator")
    wish = {"merchant_id": supplier_id}
    assert client.post("/api/v1/suppliers", json=wish, headers=headers).status_code == 201
    offer = stall.displayed(client, shop, title="当季鲜茶")["id"]
    owner, here = visitor("merchant_owner", merchant_id=shop.merchant_id), f"/shop/offers/{offer}"
    assert not SHOWN.search(owner.see(here, "查找供货商（按名称）"))
    found = owner.post(f"{here}/supply", find="suppliers", find_suppliers=name, price_fen="7.00")
    assert found.status_code == 200
    assert name in option(found.text, supplier_id)
    assert 'value="7.00"' in found.text
    other = owner.post(f"{here}/supply", supplier_id=str(new_id()), price_fen="7.00")
    assert other.status_code == 404
    assert "请人供货…" in other.text
    owner.do(f"{here}/supply", supplier_id=supplier_id, price_fen="7.00")
    page = owner.see("/shop/supplies", "当季鲜茶", name)
    assert f"…{offer[-8:]}" not in page


def test_a_reviewer_chooses_the_policy_of_a_first_contract_by_name(client, visitor):
    made = applicants.applied(client)
    reviewer = visitor("reviewer")
    page = reviewer.see(f"/console/applications/{made['id']}", "让利分配方案")
    assert '<select id="-console-applications-' in page
    assert 'name="policy_id"' in page.split("<select")[1]
    assert not SHOWN.search(page)
    assert reviewer.get("/console/policies").status_code == 403
