"""Buying in the members' client: from a store's offer to the pick-up code, and back."""

from __future__ import annotations

from playwright.sync_api import expect

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders.market import escrow
from tests.browser.test_client import shown  # noqa: F401
from tests.browser.test_client_benefits import arrived, look
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat


def test_a_person_buys_an_offer_and_gives_the_order_up(client, context, shown, sandbox):  # noqa: F811
    shop = world.shop()
    stall.displayed(client, shop)
    member_id = arrived(shown, sandbox)
    before = world.balance(member_id, Account.PREPAID_PRINCIPAL)
    shown.evaluate(f"location.hash = '/pages/store/index?id={shop.store_id}'")
    shown.locator(".offer").first.click()
    expect(shown.get_by_text("合计")).to_be_visible()
    look(shown, "buy")
    shown.get_by_role("button", name="提交订单").click()
    expect(shown.get_by_text("待付款").first).to_be_visible()
    look(shown, "order")
    shown.get_by_role("button", name="储值支付").click()
    expect(shown.get_by_text("提货码", exact=True)).to_be_visible()
    look(shown, "order-paid")
    held = escrow(member_id)
    assert held == before - world.balance(member_id, Account.PREPAID_PRINCIPAL) > 0
    shown.get_by_role("button", name="取消订单").click()
    shown.get_by_role("button", name="确认").click()
    expect(shown.get_by_text("已退款").first).to_be_visible()
    assert escrow(member_id) == 0
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == before
    shown.evaluate("location.hash = '/pages/orders/index'")
    orders = shown.locator(".row-link:not(.offer)")  # the page beneath shows its offers still
    expect(orders).to_have_count(1)
    look(shown, "orders")
