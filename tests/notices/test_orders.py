"""Buyers and merchants are told of their orders, each step once, by the goods' name."""

from types import SimpleNamespace

import pytest

from app.alliance import service as alliance
from app.core.db import in_transaction
from app.core.world import now
from app.notices import order_texts, readers
from tests.alliance import shop as world
from tests.alliance.orders import market
from tests.alliance.orders.test_supply_returns import Chain
from tests.notices.test_readers import read_events, told

pytestmark = pytest.mark.usefixtures("context")


def test_a_supplier_is_told_what_to_ship_and_not_what_was_paid():
    facts = {"step": "paid", "store_name": "南门店", "title": "茶", "pieces": 2, "supply_fen": 600}
    told_of = SimpleNamespace(**facts, paid_fen=1_000, at=now())
    content = order_texts.for_supplier(told_of)
    assert content.text == "订单通知：「南门店」的「茶等 2 件」¥6.00，新供货订单，请发货。"
    told_of.step = "picked_up"
    assert order_texts.for_supplier(told_of) is None


@pytest.fixture
def shop():
    world.burn_letters()
    return world.shop()


def test_buyer_and_merchant_are_told_of_payment_and_completion_once(client, shop):
    contact, buyer = world.member(), world.rich()
    in_transaction(lambda: alliance.add_contact(shop.merchant_id, contact))
    order = market.bought(client, buyer, shop)
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    read_events("order_changed")
    read_events("paid")
    mine = [row.text for row in told(buyer) if row.kind == "member.order"]
    assert sorted(mine) == [
        "订单通知：「南门店」的「现磨咖啡豆 200 克」¥50.00，已取货，订单完成。",
        "订单通知：「南门店」的「现磨咖啡豆 200 克」¥50.00，支付成功。",
    ]
    assert [row.kind for row in told(contact)] == ["merchant.order"] * 2
    assert "member.paid" not in [row.kind for row in told(buyer)]


def test_a_supplier_is_told_once_what_it_gives_back(client):
    chain, contact = Chain(client), world.member()
    in_transaction(lambda: alliance.add_contact(chain.supplier.merchant_id, contact))
    refund = chain.refund(5_000)
    for _ in range(2):
        readers.refunded({"refund_id": refund["id"]})
    (row,) = [row for row in told(contact) if row.kind == "merchant.refunded"]
    assert "供货款 ¥30.00 由贵店退回" in row.text
    assert "50.00" not in row.text
