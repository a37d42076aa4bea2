"""Experience gold that reaches its threshold becomes money: by lots, taxed as accidental income."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import experience
from app.wallet.withdrawals.charges import accidental_tax_fen
from config.settings import settings
from tests.ledger.books import journal, leg, post
from tests.wallet.people import books, headers, member, platform, purse, staff_headers
from tests.wallet.withdrawals.test_tax import paid

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"


@given(st.integers(1, 10**9))
def test_a_fifth_is_withheld(income):
    assert abs(accidental_tax_fen(income) * 5 - income) <= 2


def fund(amount_fen):
    post(
        journal(
            leg(PLATFORM_ID, Account.CAMPAIGN_FUND, amount_fen),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )
    in_transaction(lambda: ledger.fold_and_seal(10_000))


def gold(member_id, amount_fen):
    fund(amount_fen)
    granted = in_transaction(
        lambda: experience.grant_experience(
            member_id, amount_fen, grant_key=new_id().hex, principal_id=PLATFORM_ID
        )
    )
    assert granted is not None


def ask(client, member_id, amount_fen):
    wish = {"amount_fen": amount_fen, "source": "experience"}
    return client.post(ADDRESS, json=wish, headers=headers(member_id))


def test_gold_is_paid_out_from_its_lots_with_a_fifth_withheld(client):
    member_id = member()
    gold(member_id, 6_000)
    gold(member_id, 6_000)
    withheld, fund_fen = platform(Account.TAX_WITHHELD), platform(Account.CAMPAIGN_FUND)
    found = ask(client, member_id, 10_000)
    assert found.status_code == 201
    assert (found.json["tax_fen"], found.json["transfer_fen"]) == (2_000, 8_000)
    assert sorted(ledger.lots(member_id, Account.EXPERIENCE).values()) == [2_000]
    paid(found.json["id"])
    assert purse(member_id, Account.WITHDRAWING) == 0
    assert platform(Account.TAX_WITHHELD) - withheld == 2_000
    assert platform(Account.CAMPAIGN_FUND) == fund_fen  # it paid when the gold was granted
    month = now().strftime("year=%Y&month=%m")
    records = client.get(
        f"/api/v1/tax-records?{month}&limit=500", headers=staff_headers("finance")
    ).json["records"]
    mine = [one for one in records if one["withdrawal_id"] == found.json["id"]]
    assert [one["kind"] for one in mine] == ["accidental_income"]


def test_below_the_threshold_or_without_enough_nothing_is_held(client):
    member_id = member()
    gold(member_id, 9_000)
    before = books(member_id)
    for amount_fen, status, code in (
        (9_000, 422, "amount_out_of_range"),
        (10_000, 409, "not_enough"),
    ):
        refused = ask(client, member_id, amount_fen)
        assert (refused.status_code, refused.json["code"]) == (status, code)
    assert books(member_id) == before


def test_gold_granted_to_be_spent_only_is_not_paid_out(client, monkeypatch):
    monkeypatch.setenv("EXPERIENCE_IS_WITHDRAWABLE", "false")
    settings.cache_clear()
    member_id = member()
    gold(member_id, 10_000)
    monkeypatch.undo()
    settings.cache_clear()
    gold(member_id, 10_000)
    assert ask(client, member_id, 10_001).json["missing_fen"] == 1
    assert ask(client, member_id, 10_000).status_code == 201


def test_what_comes_back_is_in_its_lot_and_goes_to_the_funder_if_that_has_ended(client):
    member_id = member()
    gold(member_id, 10_000)
    lots = ledger.lots(member_id, Account.EXPERIENCE)
    found = ask(client, member_id, 10_000).json
    mine = headers(member_id)
    assert client.post(f"{ADDRESS}/{found['id']}/cancel", headers=mine).status_code == 200
    assert ledger.lots(member_id, Account.EXPERIENCE) == lots
    again = ask(client, member_id, 10_000).json
    fund_fen = platform(Account.CAMPAIGN_FUND)
    later = now() + timedelta(days=settings().experience_valid_days, hours=1)
    with time_machine.travel(later, tick=True):
        while experience.expire_experience():
            pass
        back = client.post(f"{ADDRESS}/{again['id']}/cancel", headers=headers(member_id))
        assert back.json["status"] == "cancelled"
        while experience.expire_experience():
            pass
    assert purse(member_id, Account.EXPERIENCE) == 0
    assert platform(Account.CAMPAIGN_FUND) - fund_fen >= 10_000
