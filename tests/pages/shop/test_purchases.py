"""Purchases in other stores at the console: found, paid once after a proof, and only the own."""

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")
HERE = "/shop/purchases"


def test_a_store_is_found_paid_once_from_settled_money_and_the_payment_is_listed(shop, enter):
    world.give(shop.merchant_id, Account.AVAILABLE, 5_000)
    seller = world.shop()
    name = f"批发部 {seller.store_id.hex[-12:]}"
    bulk = world.store(seller.merchant_id, name)
    own = world.store(shop.merchant_id, f"自家 {name}")
    owner = enter(shop)
    found = owner.see(HERE, f"{HERE}/{bulk}", words=name, before="")
    assert f"{HERE}/{own}" not in found
    here = f"{HERE}/{bulk}"
    assert owner.post(f"{HERE}/{own}", amount_fen="1").status_code in (409, 422)
    key = hidden(owner.see(here, name, "¥50.00"), "key")
    short = owner.post(here, amount_fen="50.01")
    assert short.status_code in (409, 422)
    assert 'value="50.01"' in short.text
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 5_000
    for _ in range(2):
        assert owner.post(here, key=key, amount_fen="20").status_code == 303
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000
    owner.see(HERE, name, "¥20.00", "已付款")
    assert name not in enter(world.shop()).see(HERE, "还没有采购付款")
    cashier = enter(shop, shop.store_id)
    cashier.see("/shop")
    assert cashier.get(HERE).status_code == 403
    assert cashier.post(here, amount_fen="1").status_code == 403
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000
