"""Owed against held: every account has one place, and nothing is covered twice."""

from hypothesis import given
from hypothesis import strategies as st

from app.ledger.service import Account
from app.wallet.reserve import rules
from app.wallet.reserve.rules import CLAIMS, OWED, OWN, PLACES

EVERY = (*OWED, *CLAIMS, *OWN, *PLACES)


def test_every_account_stands_in_exactly_one_group():
    named = [account for group in EVERY for account in group.accounts]
    assert sorted(named) == sorted(Account)


def test_groups_have_different_codes():
    codes = [group.code for group in EVERY]
    assert len(codes) == len(set(codes))


@given(st.dictionaries(st.sampled_from(list(Account)), st.integers(-(10**9), 10**9)))
def test_in_balanced_books_the_surplus_is_the_own_money_and_what_was_lent_is_lacking(some):
    balances = dict(some)
    balances[Account.BANK_CUSTODY] = -sum(
        fen for account, fen in balances.items() if account is not Account.BANK_CUSTODY
    )
    found = rules.coverage(balances)
    own = sum(rules.amount_fen(group, balances) for group in OWN)
    lent = -sum(rules.amount_fen(group, balances) for group in CLAIMS)
    assert found.surplus_fen == own - lent
    assert found.shortfall_fen == max(0, lent - own)


def test_money_that_a_bill_shows_missing_does_not_count_as_held():
    balances = {Account.PREPAID_PRINCIPAL: 1_000, Account.BANK_CUSTODY: -1_000}
    assert rules.coverage(balances).shortfall_fen == 0
    assert rules.coverage(balances, missing_fen=1).shortfall_fen == 1
