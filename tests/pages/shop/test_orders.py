"""Orders and offers of the own stores at the console: handed over once, shipped, taken back."""

from io import BytesIO

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")


def test_an_order_is_handed_over_once_by_its_code_and_only_where_it_is_of(client, shop, enter):
    order = market.bought(client, world.rich(), shop)
    stranger = enter(world.shop())
    stranger.see("/shop/pick-up")
    assert stranger.post("/shop/pick-up", code=order["pickup_code"]).status_code == 422
    assert stranger.get(f"/shop/orders/{order['id']}").status_code == 404
    staff = enter(shop, shop.store_id)
    staff.see("/shop/orders", order["id"], "待交付")
    key = hidden(staff.see("/shop/pick-up", "扫取货码"), "key")
    shown = f"{order['pickup_code'][:6]} {order['pickup_code'][6:]}"
    for _ in range(2):
        assert staff.post("/shop/pick-up", key=key, code=shown).status_code == 303
    staff.see(f"/shop/orders/{order['id']}", "已完成", "核销成功")
    assert world.count("alliance_sale", f"id = '{order['id']}'") == 1


def test_what_goes_back_before_it_was_handed_over_goes_back_whole(client, shop, enter):
    buyer = world.rich()
    order = market.bought(client, buyer, shop)
    before = world.balance(buyer, Account.PREPAID_PRINCIPAL)
    here = f"/shop/orders/{order['id']}"
    staff = enter(shop)
    staff.see(here, "退货退款")
    assert staff.post(f"{here}/returns", reason="").status_code == 422
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == before
    zero = staff.post(f"{here}/returns", reason="缺货", **{"pieces-1": "0"})
    assert zero.status_code == 422
    assert "请把件数全部留空" in zero.text
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == before
    staff.do(f"{here}/returns", reason="缺货")
    assert "退回件数" not in staff.see(here, "已退货")
    assert world.balance(buyer, Account.PREPAID_PRINCIPAL) == 100_000


def test_the_desk_ships_and_puts_a_number_right(client, shop, enter):
    receiver = {"name": "王小二", "phone": "13800138000", "address": "杭州市湖滨路 1 号"}
    offer = stall.displayed(client, shop, deliveries=["shipment"])
    buyer = world.rich()
    order = market.placed(client, buyer, (offer, 1), delivery="shipment", receiver=receiver)
    market.pay(client, buyer, order)
    staff = enter(shop)
    staff.see("/shop/shipping", "王小二", "杭州市湖滨路 1 号")
    here = f"/shop/orders/{order['id']}"
    staff.do(f"{here}/parcel", carrier="SF", tracking_no="SF123456789")
    staff.see(here, "SF123456789", "更正运单")
    staff.do(f"{here}/parcel", carrier="ZTO", tracking_no="ZT00000001", is_correction="1")
    staff.see(here, "ZT00000001", "中通")
    assert "王小二" not in staff.see("/shop/shipping", "没有待发货的订单")


def test_an_offer_is_written_with_a_picture_submitted_and_counted(client, shop, enter):
    owner = enter(shop)
    owner.see("/shop/offers", "还没有商品或服务")
    owner.see("/shop/offers/new", "保存草稿")
    category = client.get("/api/v1/store-categories").json["categories"][-1]["code"]
    wish = {"store_id": str(shop.store_id), "kind": "goods", "title": "龙井<茶>", "stock": "5"}
    wish |= {"price_fen": "88.8", "category": category, "deliveries": "pickup"}
    refused = owner.post("/shop/offers", **wish | {"price_fen": "贵"})
    assert refused.status_code == 422
    assert "龙井&lt;茶&gt;" in refused.text
    picture = (BytesIO(stall.picture()), "tea.png", "image/png")
    here = owner.do("/shop/offers", **wish, files=picture).location
    page = owner.see(here, "龙井&lt;茶&gt;", "草稿", "¥88.80", "现有 5")
    name = page.split("/shop/pictures/")[1].split(".jpg")[0]
    assert owner.get(f"/shop/pictures/{name}.jpg").mimetype == "image/jpeg"
    assert enter(world.shop()).get(f"/shop/pictures/{name}.jpg").status_code == 404
    owner.see(here)
    owner.do(f"{here}/stock", stock="7", expected="5")
    owner.see(here, "现有 7")
    assert owner.post(f"{here}/stock", stock="9", expected="5").status_code == 409
    owner.do(f"{here}/submit", version="1")
    owner.see(here, "正在审核")


def test_a_cashier_writes_no_offers_and_a_stranger_changes_none(client, shop, enter):
    offer = stall.displayed(client, shop)
    cashier, stranger = enter(shop, shop.store_id), enter(world.shop())
    assert cashier.get("/shop/offers/new").status_code == 403
    assert "新建" not in cashier.see("/shop/offers", offer["latest"]["title"]).split("<main")[1]
    here = f"/shop/offers/{offer['id']}"
    assert stranger.get(here).status_code == 404
    stranger.see("/shop/offers")
    assert stranger.post(f"{here}/pause").status_code == 404
    cashier.see(here, "暂停销售")
    cashier.do(f"{here}/pause")
    cashier.see(here, "恢复销售")
