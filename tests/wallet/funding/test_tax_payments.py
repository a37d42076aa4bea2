"""What was paid to the tax office: booked once for a receipt, reversed where it was a mistake."""

import dataclasses
import importlib
from uuid import UUID

import psycopg
import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.funding import booking, reversing
from tests.ledger.books import journal, leg
from tests.ledger.books import post as book
from tests.processes import killed_at_commit
from tests.wallet.funding.test_booking import API, BOOKINGS, call, decide, fill
from tests.wallet.funding.test_reversing import MISTAKE, agree, fold, reverse, shown
from tests.wallet.people import headers, member, platform, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
TOUCHED = (Account.TAX_WITHHELD, Account.BANK_CUSTODY)


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 10_000)


@pytest.fixture(autouse=True)
def withheld(context):
    """Tax of 100,000 fen is withheld and not paid yet, besides what other tests have left."""
    book(
        journal(
            leg(PLATFORM_ID, Account.TAX_WITHHELD, 100_000),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -100_000),
        )
    )
    fold()


def pay(client, who, amount_fen, receipt=None):
    wish = {"amount_fen": amount_fen, "receipt": receipt or f"完税-{new_id()}"}
    return call(client, who, f"{API}/tax-payments", wish)


def books():
    return {account: platform(account) for account in TOUCHED}


def paid(before):
    """What has gone from the bank to the office since, in fen; both accounts say the same."""
    after = books()
    withheld, bank = (before[account] - after[account] for account in TOUCHED)
    assert withheld == -bank
    return withheld


def test_a_payment_reversed_is_the_exact_opposite_and_its_receipt_may_be_booked_again(client):
    before, mine, receipt = books(), staff_headers("finance"), f"完税-{new_id()}"
    made = pay(client, mine, 4_000, f" {receipt} ")
    assert made.status_code == 201, made.json
    assert (made.json["kind"], made.json["status"]) == ("tax_paid", "booked")
    assert (made.json["receipt"], made.json["target"]) == (receipt, "tax_withheld")
    assert paid(before) == 4_000
    undone = reverse(client, mine, made.json).json
    assert undone["reversal_status"] == "booked"
    counter = ledger.journal(UUID(undone["reversal_journal_id"])).journal
    original = ledger.journal(UUID(made.json["journal_id"])).journal
    assert (counter.reverses_id, counter.kind) == (original.id, "tax_paid.reversed")
    assert sorted((leg.account, -leg.amount_fen) for leg in counter.legs) == sorted(
        (leg.account, leg.amount_fen) for leg in original.legs
    )
    assert paid(before) == 0
    assert reverse(client, mine, made.json).json["code"] == "already_reversed"
    again = pay(client, staff_headers("finance"), 500, receipt)  # the amount was the mistake
    assert again.status_code == 201
    assert paid(before) == 500
    refused = pay(client, staff_headers("finance"), 500, receipt)
    assert (refused.status_code, refused.json["code"]) == (409, "receipt_booked")
    assert paid(before) == 500


def test_a_large_payment_and_much_on_a_day_take_two_people(client):
    before, mine, another = books(), staff_headers("finance"), staff_headers("finance")
    assert fill(client, mine, 4_000).json["status"] == "booked"
    before_tax = books()
    receipt = f"完税-{new_id()}"
    waits = pay(client, mine, 6_000, receipt).json
    assert (waits["status"], waits["journal_id"]) == ("waiting", None)
    assert paid(before_tax) == 0
    taken = pay(client, another, 100, receipt)
    assert (taken.status_code, taken.json["code"]) == (409, "receipt_booked")
    refused = decide(client, mine, waits)
    assert (refused.status_code, refused.json["code"]) == (403, "second_person_needed")
    assert decide(client, another, waits, False).json["status"] == "refused"
    assert paid(before_tax) == 0
    waits = pay(client, mine, 6_000, receipt).json  # a refused one has not used the receipt
    done = decide(client, another, waits)
    assert (done.json["status"], done.json["receipt"]) == ("booked", receipt)
    assert paid(before_tax) == 6_000
    assert books() != before


def test_a_large_reversal_takes_two_people_and_the_receipt_is_taken_until_both_agree(client):
    before, mine, another = books(), staff_headers("finance"), staff_headers("finance")
    receipt = f"完税-{new_id()}"
    made = decide(client, another, pay(client, mine, 20_000, receipt).json).json
    waits = reverse(client, mine, made).json
    assert (waits["reversal_status"], waits["reversal_journal_id"]) == ("waiting", None)
    assert agree(client, mine, made).json["code"] == "second_person_needed"
    assert pay(client, another, 1, receipt).json["code"] == "receipt_booked"
    assert paid(before) == 20_000
    done = agree(client, another, made).json
    assert (done["reversal_status"], done["reversal_reason"]) == ("booked", MISTAKE)
    assert paid(before) == 0
    assert pay(client, another, 1, receipt).status_code == 201


def test_no_more_is_paid_than_is_withheld_also_when_the_second_person_agrees(client):
    mine, another = staff_headers("finance"), staff_headers("finance")
    held_fen = platform(Account.TAX_WITHHELD)
    waits = pay(client, mine, held_fen).json
    assert waits["status"] == "waiting"
    assert pay(client, another, 100).json["status"] == "booked"
    before = books()
    short = decide(client, another, waits)
    assert (short.status_code, short.json["code"]) == (409, "insufficient_funds")
    assert (paid(before), shown(client, waits)["status"]) == (0, "waiting")
    assert decide(client, mine, waits, False).json["status"] == "refused"


def test_bad_requests_and_others_book_no_payment(client):
    before, mine = books(), staff_headers("finance")
    bad = [{"amount_fen": 5, "receipt": each} for each in ("", "  ", "长" * 101, 7, None)]
    bad += [{"amount_fen": 0, "receipt": "1"}, {"amount_fen": 5, "receipt": "1", "x": 1}]
    for wish in (*bad, {}, {"amount_fen": 5}, {"receipt": "1"}):
        assert call(client, mine, f"{API}/tax-payments", wish).status_code == 422, wish
    for who in (staff_headers("operator", "reviewer"), headers(member())):
        assert pay(client, who, 5).json["code"] == "not_allowed"
    assert client.get(f"{BOOKINGS}?kind=tax", headers=mine).status_code == 422
    assert paid(before) == 0


def test_payments_are_listed_by_their_kind(client):
    made, other = pay(client, staff_headers("finance"), 90).json, fill_one(client)
    found = client.get(f"{BOOKINGS}?kind=tax_paid", headers=staff_headers("operator")).json
    assert {each["kind"] for each in found["bookings"]} == {"tax_paid"}
    ids = [each["id"] for each in found["bookings"]]
    assert made["id"] in ids
    assert other["id"] not in ids
    assert shown(client, other)["receipt"] is None


def fill_one(client):
    return fill(client, staff_headers("finance"), 1).json


def test_its_reversal_says_why_and_for_which_receipt(client):
    caller, receipt = staff_headers("finance"), f"完税-{new_id()}"
    made = pay(client, caller, 70, receipt).json
    undone = reverse(client, caller, made).json
    address = f"{API}/entries/{undone['reversal_journal_id']}/explanation"
    told = client.get(address, headers=staff_headers("operator")).json
    assert (told["rule"], told["facts"]["receipt"]) == ("treasury_booking_reversed", receipt)
    assert (told["title"], told["title_en"]) == ("代扣税缴纳冲正", "Withheld tax paid, reversed")
    for text in (f"冲正原因：{MISTAKE}", f"完税凭证号：{receipt}"):
        assert text in told["text"]
    assert f"The tax office's receipt: {receipt}" in told["text_en"]


def test_64_who_book_one_receipt_at_once_book_it_once(app, client):
    before, receipt = books(), f"完税-{new_id()}"
    people = [staff_headers("finance") for _ in range(8)]
    answers = at_once(lambda n: pay(app.test_client(), people[n % 8], 30, receipt), 64)
    assert sorted(each.status_code for each in answers) == [201] + [409] * 63
    assert {each.json["code"] for each in answers if each.status_code == 409} == {"receipt_booked"}
    assert paid(before) == 30


def test_64_who_reverse_it_at_once_reverse_it_once(app, client):
    before, made = books(), pay(client, staff_headers("finance"), 3_000).json
    people = [staff_headers("finance") for _ in range(8)]
    answers = at_once(lambda n: reverse(app.test_client(), people[n % 8], made), 64)
    assert sorted(each.status_code for each in answers) == [200] + [409] * 63
    codes = {each.json["code"] for each in answers if each.status_code == 409}
    assert (codes, paid(before)) == ({"already_reversed"}, 0)


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_paying_has_booked_it_with_its_receipt_or_nothing(client, side):
    before, receipt = books(), f"完税-{new_id()}"
    wish = booking.Wish(booking.TAX_PAID, "bank_custody", "tax_withheld", 40, receipt)
    killed_at_commit(lambda: in_transaction(lambda: booking.book(wish, new_id())), side)
    is_done = side == "after"
    assert paid(before) == (40 if is_done else 0)
    again = pay(client, staff_headers("finance"), 40, receipt)
    assert again.status_code == (409 if is_done else 201)
    assert paid(before) == 40


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_reversing_has_given_all_of_it_back_or_nothing(client, side):
    before, made = books(), pay(client, staff_headers("finance"), 60).json
    wish = (UUID(made["id"]), MISTAKE, new_id())
    killed_at_commit(lambda: in_transaction(lambda: reversing.ask(*wish)), side)
    is_done = side == "after"
    assert paid(before) == (0 if is_done else 60)
    again = reverse(client, staff_headers("finance"), made)
    assert again.status_code == (409 if is_done else 200)
    assert paid(before) == 0


def test_what_was_paid_before_payments_were_bookings_is_one_and_may_be_reversed():
    receipt, payer = f"完税-{new_id()}", new_id()
    old = dataclasses.replace(
        journal(
            leg(PLATFORM_ID, Account.TAX_WITHHELD, -350),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, 350),
        ),
        id=new_id(bucket_of(PLATFORM_ID)),
        kind="tax_paid",
        principal_id=payer,
        key=f"tax_paid:{receipt}",
    )
    book(old)
    version = importlib.import_module("migrations.versions.0119_tax_payments_reversed")
    with psycopg.connect(settings().database_url, autocommit=False) as connection:
        connection.execute(version.DOWNGRADE)
        claim = "INSERT INTO wallet_tax_payment VALUES (%s, %s, now())"
        connection.execute(claim, (bucket_of(PLATFORM_ID), receipt))
        connection.execute(version.UPGRADE)
        found = connection.execute(
            "SELECT journal_id, amount_fen, status, requested_by, origin, target, reversal_status"
            " FROM wallet_treasury_booking WHERE receipt = %s",
            (receipt,),
        ).fetchall()
        connection.rollback()
    assert found == [(old.id, 350, "booked", payer, "bank_custody", "tax_withheld", None)]
