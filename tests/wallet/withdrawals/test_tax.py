"""Fees and withheld tax: the law's own tables, each yuan once, undone with the withdrawal."""

from contextlib import contextmanager
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import in_transaction
from app.core.world import PLATFORM_ID
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import signals
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import charges as withdrawal_charges
from app.wallet.withdrawals import payouts
from app.wechat import client as wechat
from config.settings import settings
from tests.wallet.people import earned, headers, member, platform, purse, staff_headers

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"
YUAN = 100


@pytest.mark.parametrize(
    ("income_yuan", "tax_yuan"),
    [
        (0, 0),
        (800, 0),
        (801, 0.2),
        (4_000, 640),
        (5_000, 800),
        (25_000, 4_000),
        (30_000, 5_200),
        (62_500, 13_000),
        (100_000, 25_000),
    ],
)
def test_the_tax_is_that_of_the_law(income_yuan, tax_yuan):
    assert withdrawal_charges.labour_tax_fen(income_yuan * YUAN) == round(tax_yuan * YUAN)


@given(st.lists(st.integers(1, 3_000_000), max_size=20))
def test_a_months_payments_are_taxed_as_their_sum(payments):
    income = withheld = 0
    for payment in payments:
        further = withdrawal_charges.further_tax_fen(income, withheld, payment)
        assert 0 <= further <= payment
        income, withheld = income + payment, withheld + further
    assert withheld == withdrawal_charges.labour_tax_fen(income)


@given(st.integers(0, 10**9))
def test_who_earns_more_keeps_more(income):
    kept = income - withdrawal_charges.labour_tax_fen(income)
    assert income + 1 - withdrawal_charges.labour_tax_fen(income + 1) >= kept


@contextmanager
def commission(member_id, amount_fen):
    """Tells the wallet that so much of what the member earned is commission."""

    def answer(asked):
        return amount_fen if asked == member_id else 0

    with signals.commission_asked.connected_to(answer):
        yield


def ask(client, member_id, amount_fen, key=None):
    return client.post(
        ADDRESS, json={"amount_fen": amount_fen}, headers=headers(member_id, key)
    ).json


def post(client, path, who, **body):
    return client.post(f"/api/v1{path}", json=body, headers=who)


def paid(withdrawal_id):
    """Sends the withdrawal and lets WeChat say that it was paid."""
    one = UUID(withdrawal_id)
    while withdrawal_batches.send_due():
        pass
    _, bill = in_transaction(lambda: payouts._begin(one))
    told = {"out_bill_no": bill.number, "state": "SUCCESS", "transfer_amount": bill.transfer_fen}
    status = wechat.transfer_status(told)
    in_transaction(lambda: payouts.note_transfer(status, is_confirmed=True))


def test_commission_is_withdrawn_first_and_taxed_once(client):
    member_id = member()
    earned(member_id, 400_000)
    with commission(member_id, 150_000):
        first = ask(client, member_id, 100_000)
        assert (first["tax_fen"], first["transfer_fen"]) == (4_000, 96_000)
        second = ask(client, member_id, 100_000)
        assert second["tax_fen"] == 14_000 - 4_000  # 1,500 yuan in the month: (1500 - 800) x 20 %


def test_a_merge_of_two_accounts_saves_no_tax(client):
    first, second = member(), member()
    for each in (first, second):
        earned(each, 100_000)
    with commission(second, 100_000):
        before = ask(client, second, 50_000)
        assert before["tax_fen"] == 0  # 500 yuan in the month: below the allowance
        in_transaction(lambda: members.merge_pasts(first, second, {"kind": "staff"}))
        after = ask(client, first, 50_000)
        assert after["tax_fen"] == 4_000  # 1,000 yuan in the month: (1000 - 800) x 20 %


def test_a_consumers_own_rebate_is_not_taxed(client):
    member_id = member()
    earned(member_id, 400_000)
    assert ask(client, member_id, 199_999)["tax_fen"] == 0


def test_fee_and_tax_are_booked_when_the_withdrawal_is_paid(client, monkeypatch):
    monkeypatch.setenv("WITHDRAWAL_FEE_BP", "100")
    settings.cache_clear()
    member_id = member()
    earned(member_id, 400_000)
    operating, operations = platform(Account.WECHAT_OPERATING), platform(Account.OPERATIONS)
    withheld = platform(Account.TAX_WITHHELD)
    with commission(member_id, 400_000):
        found = ask(client, member_id, 99_999)
    assert (found["fee_fen"], found["tax_fen"], found["transfer_fen"]) == (1_000, 4_000, 94_999)
    assert platform(Account.TAX_WITHHELD) == withheld
    client.post(f"{ADDRESS}/{found['id']}/approve", headers=staff_headers("finance"))
    paid(found["id"])
    assert purse(member_id, Account.WITHDRAWING) == 0
    assert platform(Account.WECHAT_OPERATING) - operating == 94_999
    assert platform(Account.OPERATIONS) - operations == 1_000
    assert platform(Account.TAX_WITHHELD) - withheld == 4_000
    monkeypatch.undo()
    settings.cache_clear()


def test_what_is_not_paid_is_not_taxed(client):
    member_id = member()
    earned(member_id, 400_000)
    with commission(member_id, 100_000):
        first = ask(client, member_id, 99_999)
        client.post(f"{ADDRESS}/{first['id']}/cancel", headers=headers(member_id))
        assert purse(member_id, Account.REBATE) == 400_000
        assert ask(client, member_id, 99_999)["tax_fen"] == first["tax_fen"] == 4_000


def test_tax_is_given_back_once_and_with_a_reason(client):
    member_id = member()
    earned(member_id, 400_000)
    with commission(member_id, 100_000):
        found = ask(client, member_id, 99_999)
    address, finance = f"/withdrawals/{found['id']}/tax-reversal", staff_headers("finance")
    early = post(client, address, staff_headers("finance"), reason="误扣")
    assert (early.status_code, early.json["code"]) == (409, "tax_not_reversible")
    client.post(f"{ADDRESS}/{found['id']}/approve", headers=staff_headers("finance"))
    paid(found["id"])
    in_transaction(lambda: ledger.fold_and_seal(10_000))
    before = purse(member_id, Account.REBATE)
    back = post(client, address, finance, reason="误扣")
    assert (back.status_code, back.json["tax_fen"]) == (200, 4_000)
    assert post(client, address, finance, reason="误扣").headers["Idempotency-Replayed"] == "true"
    again = post(client, address, staff_headers("finance"), reason="误扣")
    assert (again.status_code, again.json["code"]) == (409, "tax_not_reversible")
    assert purse(member_id, Account.REBATE) - before == 4_000


def test_commission_whose_tax_was_given_back_is_not_taxed_again(client):
    member_id = member()
    earned(member_id, 400_000)
    with commission(member_id, 100_000):
        found = ask(client, member_id, 99_999)
        client.post(f"{ADDRESS}/{found['id']}/approve", headers=staff_headers("finance"))
        paid(found["id"])
        in_transaction(lambda: ledger.fold_and_seal(10_000))
        address = f"/withdrawals/{found['id']}/tax-reversal"
        assert post(client, address, staff_headers("finance"), reason="误扣").status_code == 200
        assert ask(client, member_id, 99_999)["tax_fen"] == 0


def test_a_quote_says_what_a_withdrawal_would_cost_and_changes_nothing(client):
    member_id = member()
    earned(member_id, 400_000)
    mine = headers(member_id)
    with commission(member_id, 400_000):
        quote = client.get("/api/v1/me/withdrawal-quote?amount_fen=99999", headers=mine).json
        found = ask(client, member_id, 99_999)
    assert quote == {
        "amount_fen": 99_999,
        "fee_fen": 0,
        "taxable_fen": 99_999,
        "tax_fen": found["tax_fen"],
        "tax_kind": "labour_remuneration",
        "transfer_fen": found["transfer_fen"],
        "channels": ["wechat_transfer"],
    }


def test_no_quote_is_given_of_what_nobody_may_withdraw(client, monkeypatch):
    monkeypatch.setenv("WITHDRAWAL_FEE_MINIMUM_FEN", "500")
    settings.cache_clear()
    mine = headers(member())
    for amount_fen, code in ((100, "amount_out_of_range"), (10**9, "amount_out_of_range")):
        address = f"/api/v1/me/withdrawal-quote?amount_fen={amount_fen}"
        assert client.get(address, headers=mine).json.get("code") == code
    monkeypatch.undo()
    settings.cache_clear()


def test_the_months_records_are_for_finance_only(client):
    month = "year=2026&month=11"
    for role, status in (("finance", 200), ("reviewer", 403), ("operator", 403)):
        answer = client.get(f"/api/v1/tax-records?{month}", headers=staff_headers(role))
        assert answer.status_code == status
    bad = client.get("/api/v1/tax-records?year=2026&month=13", headers=staff_headers("finance"))
    assert (bad.status_code, bad.json["code"]) == (422, "invalid_request")


def test_no_more_tax_is_paid_to_the_office_than_was_withheld(client):
    held = ledger.balances(PLATFORM_ID)[Account.TAX_WITHHELD].balance_fen
    before = platform(Account.BANK_CUSTODY)
    refused = post(
        client, "/tax-payments", staff_headers("finance"), amount_fen=held + 10**7, receipt="1"
    )
    assert (refused.status_code, refused.json["code"]) == (409, "insufficient_funds")
    assert platform(Account.BANK_CUSTODY) == before
