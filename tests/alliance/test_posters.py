"""What stands on a store's poster."""

from __future__ import annotations

import pytest

from app.alliance import posters
from app.core.world import new_id
from app.qr.captions import caption_of
from app.qr.service import Kind, Scene
from tests.alliance import shop

pytestmark = pytest.mark.usefixtures("context")


def test_a_store_is_named_on_its_poster():
    store_id = shop.store(shop.merchant("面馆"), "面馆·北门店")
    assert caption_of(Scene(Kind.STORE, store_id)).title == "面馆·北门店"


@pytest.mark.parametrize("kind", list(Kind))
def test_others_and_stores_that_do_not_exist_have_no_name_here(kind):
    assert posters.caption(kind, new_id()) is None
    assert caption_of(Scene(kind, new_id())).title
