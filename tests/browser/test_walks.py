"""What people do in several steps, page by page as they see it: buying from two stores at once,
receiving what was sent, a refund, goods that were won, a runner who looks for errands.

`WALKS=docs/pictures/pages ./test tests/browser/test_walks.py` takes those of docs/gallery.md.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from app.benefits.errands.rehearsal import approve
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.alliance.test_sessions import signed_in
from tests.benefits.conftest import stage  # noqa: F401  # what runs on it ends with its test
from tests.benefits.errands.town import Town
from tests.benefits.lottery.games import lottery, rules
from tests.benefits.lottery.test_goods import BUDGET, goods
from tests.browser.gallery import WALKS
from tests.browser.test_client import shown, work_off  # noqa: F401
from tests.browser.test_client_benefits import OWN_MONEY, arrived, look
from tests.browser.test_membership import fits
from tests.browser.tour import small
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat

SIZES = ((768, 1_024), (360, 780))
HERE = """() => { window.wx = {
    config() {}, error() {}, ready(work) { setTimeout(work); },
    getLocation(wish) { wish.success({ latitude: 30.2525, longitude: 120.1623 }); },
}; }"""


def seen(shown: Page, name: str) -> None:  # noqa: F811
    """Whole, and usable by everybody, on a tablet and on a phone; a picture where one is wanted."""
    for width, height in SIZES:
        shown.set_viewport_size({"width": width, "height": height})
        expect(shown.locator(".loading")).to_have_count(0)
        look(shown, f"{name} {width}")
    if (folder := os.environ.get("WALKS")) and f"walk-{name}" in WALKS:
        picture = small(shown.screenshot(full_page=True, animations="disabled"))
        (Path(folder) / f"walk-{name}.png").write_bytes(picture)


def to(shown: Page, page: str, **query: str) -> None:  # noqa: F811
    text = "&".join(f"{name}={value}" for name, value in query.items())
    shown.evaluate(f"location.hash = '/pages/{page}/index?{text}'")


def shop_named(merchant: str, store: str) -> world.Shop:
    merchant_id, policy_id = world.merchant(merchant), world.policy()
    contract_id = world.contract(merchant_id, policy_id)
    return world.Shop(merchant_id, world.store(merchant_id, store), policy_id, contract_id)


def displayed(client) -> tuple[str, list[str]]:
    """A tea house with two offers, one to be picked up only, and a book store with one: the tea
    house, and the offers."""
    tea = shop_named("清风茶馆", "清风茶馆·湖滨店")
    books = shop_named("拾光书店", "拾光书店·文三路店")
    leaves = {"title": "明前龙井 100 克", "text": "今年新茶，密封罐装。", "price_fen": 16_800}
    offers = [stall.displayed(client, tea, **leaves, stock=12)]
    treat = {"title": "双人下午茶", "text": "龙井一壶，茶点四样。到店出示提货码。"}
    offers.append(stall.displayed(client, tea, **treat, price_fen=9_800, deliveries=["pickup"]))
    chart = {"title": "西湖手绘地图", "text": "对开，两面印刷。", "price_fen": 3_500}
    offers.append(stall.displayed(client, books, **chart))
    return str(tea.store_id), [each["id"] for each in offers]


def test_a_person_fills_a_cart_from_two_stores(client, context, shown, sandbox):  # noqa: F811
    tea, offers = displayed(client)
    arrived(shown, sandbox)
    to(shown, "store", id=tea)
    expect(shown.locator(".offer").first).to_be_visible()
    seen(shown, "store")
    shown.get_by_role("button", name="明前龙井").click()
    expect(shown.get_by_role("button", name="加入购物车")).to_be_visible()
    seen(shown, "buy")
    shown.get_by_role("button", name="加入购物车").click()
    expect(shown.get_by_text("已加入购物车")).to_be_visible()
    seen(shown, "buy-kept")
    to(shown, "store", id=tea, again="1")
    shown.get_by_role("button", name="双人下午茶").last.click()
    shown.get_by_role("button", name="加入购物车").last.click()
    expect(shown.get_by_text("已加入购物车").last).to_be_visible()
    to(shown, "buy", offer=offers[-1])
    expect(shown.get_by_text("西湖手绘地图").last).to_be_visible()
    shown.get_by_role("button", name="加入购物车").last.click()
    expect(shown.get_by_text("已加入购物车").last).to_be_visible()
    to(shown, "cart")
    expect(shown.get_by_text("合计 3 件")).to_be_visible()
    seen(shown, "cart")
    shown.get_by_role("tab", name="快递到家").last.click()
    expect(shown.get_by_text("合计 2 件")).to_be_visible()
    expect(shown.get_by_text("不支持快递")).to_be_visible()
    seen(shown, "shipment")


def test_a_cart_becomes_an_order_for_each_store(client, context, shown, sandbox):  # noqa: F811
    _, offers = displayed(client)
    member_id = arrived(shown, sandbox)
    for offer_id in offers:
        path = f"/api/v1/me/cart/{offer_id}"
        put = client.put(path, json={"quantity": 1}, headers=world.headers(member_id))
        assert put.status_code == 200, put.json
    to(shown, "cart")
    shown.get_by_role("button", name="提交订单").click()
    expect(shown.get_by_text("已提交 2 个订单")).to_be_visible()
    seen(shown, "placed")
    shown.get_by_role("button", name="清风茶馆·湖滨店").click()
    expect(shown.get_by_text("前付款，逾期自动取消")).to_be_visible()
    seen(shown, "unpaid")
    shown.get_by_role("button", name="付款 ¥").first.click()
    expect(shown.get_by_text("提货码", exact=True)).to_be_visible()
    expect(shown.get_by_text("前取货，逾期自动退款")).to_be_visible()
    seen(shown, "code")
    shown.reload()
    to(shown, "cart")
    expect(shown.get_by_text("待付款的订单")).to_be_visible()
    seen(shown, "cart-unpaid")


def test_a_person_receives_what_was_sent(client, context, shown, sandbox):  # noqa: F811
    shop = shop_named("清风茶馆", "清风茶馆·湖滨店")
    member_id = arrived(shown, sandbox)
    how = {"delivery": "shipment", "receiver": market.RECEIVER}
    offer = stall.displayed(client, shop, title="明前龙井 100 克", price_fen=16_800)
    order = market.placed(client, member_id, (offer, 2), **how)
    assert market.pay(client, member_id, order).status_code == 201
    to(shown, "order", id=order["id"])
    expect(shown.get_by_text("前发货，逾期自动退款")).to_be_visible()
    seen(shown, "to-ship")
    parcel = {"carrier": "SF", "tracking_no": "SF1234567890123"}
    sent = market.act(client, order, "parcel", world.owner_headers(shop), **parcel)
    assert sent.status_code == 200, sent.json
    shown.reload()
    expect(shown.get_by_text("已发货").first).to_be_visible()
    expect(shown.get_by_text("顺丰速运")).to_be_visible()
    expect(shown.get_by_text("自动确认收货")).to_be_visible()
    seen(shown, "shipped")
    shown.get_by_role("button", name="确认收货").click()
    seen(shown, "receipt")
    shown.get_by_role("button", name="确认", exact=True).click()
    expect(shown.get_by_text("已完成").first).to_be_visible()
    seen(shown, "order-completed")


def test_a_person_sees_what_was_given_back(client, context, shown, sandbox):  # noqa: F811
    shop = shop_named("清风茶馆", "清风茶馆·湖滨店")
    member_id = arrived(shown, sandbox)
    order = market.bought(client, member_id, shop, 2, title="明前龙井 100 克", price_fen=16_800)
    piece = {"lines": [{"number": 1, "quantity": 1}], "reason": "其中一罐漏气"}
    back = market.act(client, order, "returns", world.owner_headers(shop), **piece)
    assert back.status_code == 201, back.json
    work_off()
    to(shown, "order", id=order["id"])
    expect(shown.get_by_text("已退 ¥168.00")).to_be_visible()
    expect(shown.get_by_text("已退 1 件")).to_be_visible()
    expect(shown.get_by_text("其中一罐漏气")).to_be_visible()
    seen(shown, "part-back")
    paid = world.paid(client, member_id, shop, 6_600, purses=["prepaid"])
    wish = {"reason": "少上一份点心", "amount_fen": 1_600}
    path = f"/api/v1/payments/{paid['id']}/refunds"
    back = client.post(path, json=wish, headers=world.owner_headers(shop))
    assert back.status_code == 201, back.json
    work_off()
    to(shown, "receipt", id=paid["id"])
    seen(shown, "refunded")
    to(shown, "statement")
    seen(shown, "statement-refunded")


def test_a_person_claims_goods_that_were_won(client, shown, sandbox, stage):  # noqa: F811
    shop = stage.shops[stage.store()]
    offer = stall.displayed(client, shop, title="明前龙井 100 克", text="今年新茶，密封罐装。")
    prize = goods(offer, 3) | {"name": "明前龙井一罐", "name_en": "A tin of tea"}
    lottery(client, rules(prize), BUDGET)
    member_id = arrived(shown, sandbox)
    stage.buy(member_id, 10_000, shop.store_id, purses=OWN_MONEY)
    to(shown, "lottery")
    shown.get_by_role("button", name="抽一次").click()
    expect(shown.get_by_text("恭喜")).to_be_visible()
    seen(shown, "won")
    drawn = client.get("/api/v1/me/draws", headers=world.headers(member_id)).json["draws"][0]
    to(shown, "claim", id=drawn["id"])
    expect(shown.get_by_role("button", name="确认领取")).to_be_visible()
    seen(shown, "claim")
    shown.get_by_role("tab", name="快递到家").last.click()
    seen(shown, "claim-shipment")
    shown.get_by_role("tab", name="到店自提").last.click()
    shown.get_by_role("button", name="确认领取").click()
    expect(shown.get_by_text("提货码", exact=True)).to_be_visible()
    expect(shown.get_by_text("逾期奖品作废")).to_be_visible()
    expect(shown.get_by_role("button", name="放弃奖品")).to_be_visible()
    seen(shown, "claim-order")
    to(shown, "claim", id=drawn["id"], again="1")
    seen(shown, "claim-claimed")


def test_a_runner_sees_the_errands_nearby(client, shown, sandbox, stage):  # noqa: F811
    town = Town(client)
    member_id = arrived(shown, sandbox)
    to(shown, "errands")
    shown.get_by_role("tab", name="附近").click()
    expect(shown.get_by_role("button", name="申请成为跑腿员")).to_be_visible()
    seen(shown, "errands-apply")
    approve(town.stage, member_id)
    poster = world.rich()
    world.give(poster, world.Account.REBATE, 100_000)
    for title, about in (
        ("取快递", "从驿站取一个小件，送到湖滨路。"),
        ("代买早餐", "豆浆两杯、油条四根，送到写字楼前台，电话联系。"),
    ):
        town.post(poster, title=title, description=about)
    shown.reload()
    shown.get_by_role("tab", name="附近").click()
    seen(shown, "errands-locate")
    shown.evaluate(HERE)
    shown.get_by_role("button", name="查看附近任务").click()
    expect(shown.get_by_text("取快递")).to_be_visible()
    seen(shown, "nearby")
    shown.get_by_role("button", name="接单").first.click()
    expect(shown.get_by_text("已扣平台服务费 ¥2.00")).to_be_visible()
    expect(shown.locator(".hero .money")).to_contain_text("18")
    seen(shown, "taken")


def test_a_person_sees_where_they_are_signed_in_and_ends_one_place(client, context, shown, sandbox):  # noqa: F811
    member_id = arrived(shown, sandbox)
    to(shown, "settings")
    shown.get_by_role("button", name="登录的设备").click()
    expect(shown.get_by_text("除本机外，没有其他设备登录。")).to_be_visible()
    seen(shown, "devices-alone")
    lost = signed_in(member_id, "mini_program", "android")
    shown.reload()
    row = shown.get_by_role("button", name="安卓设备 · 小程序")
    expect(row).to_be_visible()
    expect(shown.get_by_text("本机", exact=True)).to_be_visible()
    seen(shown, "devices")
    row.click()
    expect(shown.get_by_role("dialog")).to_contain_text("请先在微信中冻结账号")
    seen(shown, "devices-ending")
    shown.get_by_role("dialog").get_by_role("button", name="退出该设备").click()
    expect(shown.get_by_text("已退出该设备。")).to_be_visible()
    expect(row).to_have_count(0)
    assert client.get("/api/v1/me", headers=lost).status_code == 401


def test_without_an_answer_the_list_of_devices_says_so_and_asks_again(context, shown, sandbox):  # noqa: F811
    arrived(shown, sandbox)
    shown.route("**/api/v1/sessions", lambda route: route.abort())
    to(shown, "devices")
    expect(shown.get_by_role("button", name="重试")).to_be_visible(timeout=20_000)
    assert fits(shown)
    shown.unroute("**/api/v1/sessions")
    shown.get_by_role("button", name="重试").click()
    expect(shown.get_by_text("除本机外，没有其他设备登录。")).to_be_visible()
