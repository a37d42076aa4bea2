"""Finance gives unspent money of a top-up back at the console, having seen what it comes to."""

import pytest

from app.core.world import new_id
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.prepaid import counter
from tests.alliance.prepaid.test_plans import budgeted, opened, plan
from tests.members.people import register

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def topped_up():
    """A member, and their top-up of 100 yuan with a bonus of 10."""
    payer, shop = world.member(), budgeted()
    return payer, counter.paid(opened(payer, shop, plan(shop)))


def purses(payer):
    return (
        world.balance(payer, Account.PREPAID_PRINCIPAL),
        world.balance(payer, Account.PREPAID_BONUS),
    )


def test_a_refund_is_looked_at_first_and_done_once_with_a_reason(topped_up, visitor):
    payer, top_up_id = topped_up
    principal_fen, bonus_fen = purses(payer)
    assert (principal_fen, bonus_fen) == (10_000, 1_000)
    person = visitor("finance")
    person.see(f"/console/members/{payer}", f"/console/members/{payer}/top-ups")
    person.see(f"/console/members/{payer}/top-ups", "¥100.00", f"/console/top-ups/{top_up_id}")
    address = f"/console/top-ups/{top_up_id}"
    person.see(address, "南门店", "退回 ¥100.00", amount="")
    person.see(address, "收回的赠送", "¥4.00", "退回 ¥40.00", amount="40")
    too_much = person.see(address, "top_up_spent", amount="100.01")
    assert 'name="reason"' not in too_much
    assert 'role="alert"' in person.see(address, "很多", amount="很多")
    assert purses(payer) == (10_000, 1_000)
    person.see(address, amount="40")
    refused = person.post(f"{address}/refund", amount="40.00", key=new_id().hex)
    assert refused.status_code == 422
    assert "退回 ¥40.00" in refused.text
    key = new_id().hex
    for _ in range(2):
        done = person.post(f"{address}/refund", amount="40.00", reason="门店搬迁", key=key)
        assert done.status_code == 303, done.text
    assert purses(payer) == (6_000, 600)
    person.see(address, "¥40.00", "退回 ¥60.00")


def test_support_sees_it_without_the_form_and_others_nothing(topped_up, visitor):
    payer, top_up_id = topped_up
    support = visitor("support")
    page = support.see(f"/console/top-ups/{top_up_id}", "由财务退款")
    assert 'name="reason"' not in page
    wish = {"amount": "40.00", "reason": "想退"}
    assert support.post(f"/console/top-ups/{top_up_id}/refund", **wish).status_code == 403
    support.see(f"/console/members/{register().member_id}/top-ups", "没有到账的充值")
    other = visitor("operator")
    for path in (f"/console/top-ups/{top_up_id}", f"/console/members/{payer}/top-ups"):
        assert other.get(path).status_code == 403
    assert support.get(f"/console/top-ups/{new_id()}").status_code == 404
    assert purses(payer) == (10_000, 1_000)
