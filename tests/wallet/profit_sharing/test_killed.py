"""A worker killed -9 around its calls about a split: WeChat splits once, the books follow."""

import pytest

from app.ledger.service import Account
from tests.processes import killed_at_commit
from tests.wallet.people import platform
from tests.wallet.profit_sharing.shared_payments import look, state
from tests.wallet.profit_sharing.test_splitting import delivered, shared

__all__ = ["delivered", "shared"]


@pytest.mark.parametrize(
    ("number", "side"),
    [(1, "before"), (1, "after"), (2, "before"), (2, "after")],
    ids=["before it began", "before the call", "after the call", "after the answer"],
)
def test_a_split_is_made_once_wherever_its_worker_dies(shared, sandbox, number, side):
    before = platform(Account.WECHAT_FROZEN)
    split_id = shared.split(2_000)
    killed_at_commit(lambda: look(split_id), side, number)
    assert shared.holds(Account.WITHDRAWING) == 2_000
    for _ in range(3):
        look(split_id)
        sandbox.pass_time(5)
    assert state(split_id) == ("done", None)
    assert (shared.holds(Account.WITHDRAWING), shared.holds(Account.AVAILABLE)) == (0, 8_000)
    assert platform(Account.WECHAT_FROZEN) == before + 2_000
    assert shared.frozen_here() == shared.frozen_there() == 7_940


@pytest.mark.parametrize("side", ["before", "after"])
def test_the_end_of_a_split_is_booked_once(shared, sandbox, side):
    split_id = shared.split(2_000)
    look(split_id)
    sandbox.pass_time(5)
    killed_at_commit(lambda: look(split_id), side, 2)
    is_booked = side == "after"
    assert shared.holds(Account.WITHDRAWING) == (0 if is_booked else 2_000)
    look(split_id)
    look(split_id)
    assert shared.holds(Account.WITHDRAWING) == 0
    assert shared.frozen_here() == shared.frozen_there() == 7_940


@pytest.mark.parametrize("side", ["before", "after"])
def test_asking_for_a_split_holds_the_money_with_it_or_not_at_all(shared, side):
    killed_at_commit(lambda: shared.split(2_000), side)
    is_asked = side == "after"
    assert shared.holds(Account.WITHDRAWING) == (2_000 if is_asked else 0)
    assert shared.holds(Account.AVAILABLE) == (8_000 if is_asked else 10_000)
