"""The supplier's desk at the console: page by page, shipped once, put right, and nobody else's."""

import pytest

from app.alliance.orders import supply_returns
from app.ledger.service import Account
from app.pages.shop import supplied
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders.test_supplies import answer, bought, propose, supplier
from tests.alliance.orders.test_supply_returns import Chain
from tests.alliance.settlement.books import settled

__all__ = ["supplier"]
pytestmark = pytest.mark.usefixtures("context")
HERE = "/shop/supplied"


def test_what_is_supplied_is_shown_page_by_page_shipped_and_put_right(
    client, shop, supplier, enter, monkeypatch
):
    monkeypatch.setattr(supplied, "SHOWN", 1)
    offer = stall.displayed(client, shop, stock=9)
    supply = propose(client, shop, offer, supplier).json
    assert answer(client, supplier, supply).status_code == 200
    first, second = (bought(client, offer, 1)[1]["id"] for _ in range(2))
    owner, stranger = enter(supplier), enter(world.shop())
    owner.see("/shop/shipping", "代其他商家供货的订单也在等待发货")
    page = owner.see(HERE, first, f"{HERE}?status=paid&amp;from={first}")
    assert second not in page
    owner.see(HERE, second, status="paid", **{"from": first})
    at = "/shop/supplies/{}/parcel"
    stranger.see(HERE, "没有此状态的供货订单")
    wish = {"carrier": "SF", "tracking_no": "SF123456789"}
    assert stranger.post(at.format(first), **wish).status_code == 404
    owner.do(at.format(first), **wish)
    owner.do(at.format(second), **wish | {"tracking_no": "SF000000002"})
    page = owner.see(HERE, "SF000000002", "更正运单", status="shipped")
    assert first not in page
    owner.see(HERE, "SF123456789", status="shipped", **{"from": second})
    right = {"carrier": "ZTO", "tracking_no": "ZT00000001", "is_correction": "1"}
    assert stranger.post(at.format(second), **right).status_code == 404
    refused = owner.post(at.format(second), **right | {"tracking_no": "<>"})
    assert refused.status_code == 422
    assert "更正运单" in refused.text
    owner.do(at.format(second), **right)
    owner.see(HERE, "ZT00000001", "中通", status="shipped")


def test_a_supplier_sees_its_goods_and_debts_in_its_statement(client, enter):
    chain = Chain(client)
    world.give(chain.seller.merchant_id, Account.DEPOSIT, 6_000)
    chain.spends(5_000)
    chain.refund()
    (row,) = settled(chain.supplier, 1)
    owner = enter(chain.supplier)
    owner.see("/shop/supplies", "¥60.00", "¥50.00", "/shop/settlements")
    owner.see(f"/shop/settlements/{row.id}", "供货收入 × 1", "供货退回 × 1", "×2", "¥50.00")
    owner.post("/console/language", language="en", next="/shop")
    owner.see(f"/shop/settlements/{row.id}", "Owed to sellers after")


def test_a_seller_sees_in_its_statement_what_a_supplier_paid_back(client, enter):
    chain = Chain(client)
    world.give(chain.seller.merchant_id, Account.DEPOSIT, 6_000)
    chain.spends(5_000)
    chain.refund()
    world.give(chain.supplier.merchant_id, Account.AVAILABLE, 4_000)
    supply_returns.recover()
    (row,) = settled(chain.seller, 1)
    owner = enter(chain.seller)
    page = owner.see(f"/shop/settlements/{row.id}", "供货欠款收回 × 1", "¥40.00", "南门店")
    assert f"/shop/payments/{chain.sale_id}" in page
    owner.post("/console/language", language="en", next="/shop")
    owner.see(f"/shop/settlements/{row.id}", "Debt of supplies paid back", "Paid and taken at once")
