"""Visitors of the merchants' console."""

import pytest

from tests.alliance import shop as world
from tests.pages.console.conftest import visitor
from tests.pages.console.visitors import Visitor

__all__ = ["visitor"]


@pytest.fixture
def shop():
    """A merchant with one store."""
    return world.shop()


@pytest.fixture
def enter(app, context):
    """Signs staff of a merchant in: its owner, or a cashier of the named stores."""

    def enter(shop, *store_ids):
        role = "cashier" if store_ids else "merchant_owner"
        person = Visitor(app, role, merchant_id=shop.merchant_id, store_ids=frozenset(store_ids))
        return person.sign_in()

    return enter
