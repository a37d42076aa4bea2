"""The membership page: plans with who pays for them, closed ones with the reason, and its walls."""

import pytest

from tests.alliance import shop as world
from tests.alliance.prepaid.test_plans import budgeted, plan

pytestmark = pytest.mark.usefixtures("context")


def test_a_store_shows_its_tiers_who_pays_and_why_a_plan_is_closed(client):
    shop = budgeted()
    plan(shop, name="开业储值")
    poor = world.shop()
    plan(poor, name="没有资金的方案")
    page = client.get(f"/membership?store={shop.store_id}").text
    for shown in ("开业储值", "¥100.00", "送 ¥10.00", "赠送由门店承担", "南门店", "储值条款"):
        assert shown in page, shown
    assert "disabled><span>" not in page
    closed = client.get(f"/membership?store={poor.store_id}").text
    assert "暂停办理" in closed
    assert closed.count("disabled><span>") == 2


def test_without_a_store_stores_are_shown_to_choose_from(client):
    shop = world.shop()
    page = client.get("/membership")
    assert f"/membership?store={shop.store_id}" in page.text
    assert "membership.js" not in page.text


def test_names_are_shown_as_text_and_only_our_own_script_runs(client):
    shop = budgeted()
    plan(shop, name="<script>alert(1)</script>")
    page = client.get(f"/membership?store={shop.store_id}")
    assert "<script>alert" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("store", ["x", "01a20607-5ccf-719a-86e1-381df6cc8a7b"])
def test_there_is_no_page_of_a_store_that_is_not(client, store):
    assert client.get(f"/membership?store={store}").status_code == 404
