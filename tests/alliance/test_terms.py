"""Under which terms a store sells: what is cached is what was committed."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.alliance import catalogue, terms
from app.core.db import in_transaction
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


class _ThoughtBetter(Exception):
    pass


def _rates(store_id: UUID) -> list[int]:
    return [contract.concession_bp for contract in terms.of_store(store_id).contracts]


def test_terms_that_were_never_committed_are_seen_by_their_author_alone():
    shop = world.shop()
    terms.let_go_round()
    seen = []

    def sign_and_think_better() -> None:
        new = catalogue.NewContract(
            shop.merchant_id, shop.policy_id, 2_000, world.ALWAYS, None, 0, False, None
        )
        catalogue.add_contract(new, shop.merchant_id)
        seen.append(_rates(shop.store_id))
        raise _ThoughtBetter

    with pytest.raises(_ThoughtBetter):
        in_transaction(sign_and_think_better)
    assert seen == [[2_000, 1_000]]
    assert _rates(shop.store_id) == [1_000]


def test_a_version_number_given_back_hides_no_later_change():
    shop = world.shop()

    def sign(rate_bp: int) -> None:
        new = catalogue.NewContract(
            shop.merchant_id, shop.policy_id, rate_bp, world.ALWAYS, None, 0, False, None
        )
        catalogue.add_contract(new, shop.merchant_id)

    def sign_and_think_better() -> None:
        sign(2_000)
        terms.let_go_round()
        terms.of_store(shop.store_id)
        raise _ThoughtBetter

    with pytest.raises(_ThoughtBetter):
        in_transaction(sign_and_think_better)
    in_transaction(lambda: sign(3_000))
    terms.let_go_round()
    assert _rates(shop.store_id) == [3_000, 1_000]
