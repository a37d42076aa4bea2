"""How much prepaid money a card and a person may hold, with and without a real name."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.wallet.errors import PrepaidLimitReached
from app.wallet.topups import top_up as topups
from config.settings import settings
from tests.members.real_name.conftest import Giver
from tests.wallet.people import member
from tests.wallet.racing import at_once


def opened(member_id, store_id, amount_fen):
    """A top-up that waits for its payment."""
    wish = topups._Wish(member_id, store_id, amount_fen, "native", new_id().hex)
    return in_transaction(lambda: topups._started(wish))


def refusal(member_id, store_id, amount_fen):
    with pytest.raises(PrepaidLimitReached) as refused:
        opened(member_id, store_id, amount_fen)
    return refused.value.extra


def test_without_a_real_name_a_card_holds_a_thousand_yuan_and_with_one_five(context, client):
    giver, store = Giver(client), new_id()
    opened(giver.member_id, store, 100_000)
    refused = refusal(giver.member_id, store, 100)
    assert refused == {"scope": "card", "limit_fen": 100_000, "is_real_name_given": False}
    opened(giver.member_id, new_id(), 100)
    assert giver.give().status_code < 300
    opened(giver.member_id, store, 400_000)
    refused = refusal(giver.member_id, store, 100)
    assert refused == {"scope": "card", "limit_fen": 500_000, "is_real_name_given": True}


def test_all_cards_of_a_person_hold_no_more_than_their_limit(context, monkeypatch):
    monkeypatch.setenv("PREPAID_PERSON_LIMIT_FEN", "150000")
    settings.cache_clear()
    try:
        person = member()
        opened(person, new_id(), 100_000)
        assert refusal(person, new_id(), 50_001)["scope"] == "person"
        opened(person, new_id(), 50_000)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_many_at_once_do_not_pass_the_limit(app, context):
    person, store = member(), new_id()

    def wish(_):
        with app.app_context():
            try:
                return opened(person, store, 40_000)
            except PrepaidLimitReached:
                return None

    assert len([each for each in at_once(wish, 5) if each]) == 2
