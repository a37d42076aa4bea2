"""Two members who turn out to be one person: one experience grant, and no past is lost."""

import pytest

from app.core.db import db, in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.members import service as members
from app.wallet import service as wallet
from tests.wallet.people import books, earned, member, platform, purse
from tests.wallet.test_purses import fill_campaign_fund, grant

pytestmark = pytest.mark.usefixtures("context")


def merge(one, other):
    return in_transaction(lambda: members.merge(one, other))


def test_the_second_grant_of_one_person_goes_back_to_the_fund():
    fill_campaign_fund(4_000)
    first, second = member(), member()
    grant(first)
    grant(second)
    before = platform(Account.CAMPAIGN_FUND)
    assert merge(first, second) == first
    assert purse(first, Account.EXPERIENCE) == 2_000
    assert purse(second, Account.EXPERIENCE) == 0
    assert platform(Account.CAMPAIGN_FUND) == before + 2_000


@pytest.mark.parametrize("past", ["earned", "ordered"])
def test_who_has_a_past_in_the_books_is_not_absorbed(past):
    fill_campaign_fund(4_000)
    first, second = member(), member()
    grant(second)
    if past == "earned":
        earned(second, 1)
    else:
        in_transaction(lambda: wallet.new_order("sale", new_id(), second, 100, "jsapi", "-"))
    before = books(second)
    with pytest.raises(members.CannotMerge):
        merge(first, second)
    db.session.rollback()
    assert books(second) == before
