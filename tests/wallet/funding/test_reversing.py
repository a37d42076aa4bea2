"""What was booked of the platform's money by mistake: reversed exactly, once, by one or two."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from app.core.audit.models import Record
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.funding import booking, reversing
from tests.processes import killed_at_commit
from tests.wallet.funding.test_booking import API, BOOKINGS, call, decide, fill, move
from tests.wallet.people import earned, headers, member, platform, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
MISTAKE = "同一笔回单登记了两次"
TOUCHED = (Account.CHARITY, Account.BANK_CUSTODY, Account.WECHAT_OPERATING)


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 10_000)


@pytest.fixture(autouse=True)
def bank(context):
    """The bank holds what these tests take from it, whatever other tests have moved there."""
    earned(member(), 1_000_000)


def reverse(client, who, found, reason=MISTAKE):
    return call(client, who, f"{BOOKINGS}/{found['id']}/reversal", {"reason": reason})


def agree(client, who, found, is_approved=True):
    path = f"{BOOKINGS}/{found['id']}/reversal/decision"
    return call(client, who, path, {"is_approved": is_approved})


def filled(client, amount_fen):
    """A booking into a fund, by two where it is large, that the ledger has folded."""
    made = fill(client, staff_headers("finance"), amount_fen).json
    if made["status"] == "waiting":
        made = decide(client, staff_headers("finance"), made).json
    fold()
    return made


def fold():
    while ledger.fold_and_seal():
        pass


def books():
    return {account: platform(account) for account in TOUCHED}


def shown(client, found, status=None):
    query = f"?status={status}" if status else ""
    answer = client.get(f"{BOOKINGS}{query}", headers=staff_headers("operator"))
    return next((each for each in answer.json["bookings"] if each["id"] == found["id"]), None)


def test_the_exact_opposite_is_posted_and_linked_to_what_was_booked(client):
    before, mine = books(), staff_headers("finance")
    for made in (filled(client, 700), move(client, mine, 700).json):
        undone = reverse(client, staff_headers("finance"), made)
        assert undone.status_code == 200, undone.json
        assert (undone.json["status"], undone.json["reversal_status"]) == ("booked", "booked")
        assert undone.json["reversal_reason"] == MISTAKE
        assert undone.json["reversal_decided_by"] is None
        counter = ledger.journal(UUID(undone.json["reversal_journal_id"])).journal
        original = ledger.journal(UUID(made["journal_id"])).journal
        assert counter.reverses_id == original.id
        assert counter.kind == f"{original.kind}.reversed"
        assert sorted((leg.account, -leg.amount_fen) for leg in counter.legs) == sorted(
            (leg.account, leg.amount_fen) for leg in original.legs
        )
        assert shown(client, made, "reversed")["reversal_asked_by"]
        assert shown(client, made, "waiting") is None
    assert books() == before


def test_what_is_reversed_counts_in_a_persons_day_and_a_large_one_takes_another(client):
    mine, another, before = staff_headers("finance"), staff_headers("finance"), books()
    first, second, large = filled(client, 4_000), filled(client, 6_000), filled(client, 20_000)
    assert reverse(client, mine, first).json["reversal_status"] == "booked"
    assert fill(client, mine, 6_000).json["status"] == "waiting"  # 4,000 of the day are used up
    for made in (second, large):
        waits = reverse(client, mine, made).json
        assert (waits["reversal_status"], waits["reversal_journal_id"]) == ("waiting", None)
        assert shown(client, made, "waiting")["reversal_status"] == "waiting"
        refused = agree(client, mine, made)
        assert (refused.status_code, refused.json["code"]) == (403, "second_person_needed")
        assert reverse(client, another, made).json["code"] == "reversal_waiting"
    assert platform(Account.CHARITY) == before[Account.CHARITY] + 26_000
    for made in (second, large):
        done = agree(client, another, made)
        assert (done.status_code, done.json["reversal_status"]) == (200, "booked")
        assert done.json["reversal_decided_by"] != done.json["reversal_asked_by"]
        assert agree(client, another, made).json["code"] == "booking_decided"
    assert books() == before


def test_a_reversal_that_was_refused_or_taken_back_may_be_asked_for_again(client):
    mine, another, before = staff_headers("finance"), staff_headers("finance"), books()
    made = filled(client, 20_000)
    for who in (mine, another):
        assert reverse(client, mine, made).json["reversal_status"] == "waiting"
        refused = agree(client, who, made, False)
        assert (refused.status_code, refused.json["reversal_status"]) == (200, "refused")
        assert agree(client, another, made).json["code"] == "booking_decided"
        assert platform(Account.CHARITY) == before[Account.CHARITY] + 20_000
    again = reverse(client, another, made, "记错了基金").json
    assert (again["reversal_reason"], again["reversal_decided_by"]) == ("记错了基金", None)
    assert agree(client, mine, made).json["reversal_status"] == "booked"
    assert books() == before


def test_it_is_reversed_once_and_the_same_request_gets_the_same_answer(client):
    before, made = books(), filled(client, 800)
    path = f"{BOOKINGS}/{made['id']}/reversal"
    mine = staff_headers("finance", key=new_id().hex)
    first, again = (client.post(path, json={"reason": MISTAKE}, headers=mine) for _ in range(2))
    assert (first.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.post(path, json={"reason": "另一原因"}, headers=mine).status_code == 422
    for who in (mine | {"Idempotency-Key": new_id().hex}, staff_headers("finance")):
        refused = reverse(client, who, made)
        assert (refused.status_code, refused.json["code"]) == (409, "already_reversed")
    assert books() == before


def test_what_the_ledger_knows_as_reversed_is_not_reversed_by_a_second_way(client):
    before, made = books(), filled(client, 900)
    counter = ledger.reverse(UUID(made["journal_id"]), key=new_id().hex, principal_id=PLATFORM_ID)
    in_transaction(lambda: ledger.post([counter]))
    refused = reverse(client, staff_headers("finance"), made)
    assert (refused.status_code, refused.json["code"]) == (409, "already_reversed")
    assert shown(client, made)["reversal_status"] is None
    assert books() == before


def test_a_fund_that_spent_the_money_is_not_taken_below_nothing(client):
    made, mine = filled(client, 20_000), staff_headers("finance")
    spent_fen = platform(Account.CHARITY) - 19_999
    spend(spent_fen)
    try:
        before, small = books(), fill(client, mine, 1).json
        assert reverse(client, mine, made).json["reversal_status"] == "waiting"
        short = agree(client, staff_headers("finance"), made)
        assert (short.status_code, short.json["code"]) == (409, "fund_short")
        assert short.json["held_fen"] == 19_999  # what came a moment ago is not folded yet
        assert shown(client, made)["reversal_status"] == "waiting"
        fold()
        assert agree(client, staff_headers("finance"), made).json["reversal_status"] == "booked"
        short = reverse(client, mine, small)
        assert (short.json["code"], short.json["held_fen"]) == ("fund_short", 0)
        assert shown(client, small)["reversal_status"] is None
        assert platform(Account.CHARITY) == 0
        assert platform(Account.BANK_CUSTODY) == before[Account.BANK_CUSTODY] + 19_999
    finally:
        spend(-spent_fen)
        fold()


def spend(amount_fen):
    """Out of the charity fund by the bank; of less than nothing, back again."""
    legs = (
        ledger.Leg(PLATFORM_ID, Account.CHARITY, -amount_fen),
        ledger.Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen),
    )
    ids = {"id": new_id(), "reference_id": new_id(), "principal_id": PLATFORM_ID}
    spent = ledger.Journal(kind="test", key=new_id().hex, legs=legs, **ids)
    in_transaction(lambda: ledger.post([spent]))


def test_a_place_that_does_not_hold_the_money_any_more_keeps_what_it_has(client):
    made, mine = move(client, staff_headers("finance"), 5_000).json, staff_headers("finance")
    held_fen = -platform(Account.WECHAT_OPERATING)
    legs = (
        ledger.Leg(PLATFORM_ID, Account.WECHAT_OPERATING, held_fen - 4_999),
        ledger.Leg(PLATFORM_ID, Account.BANK_CUSTODY, 4_999 - held_fen),
    )
    ids = {"id": new_id(), "reference_id": new_id(), "principal_id": PLATFORM_ID}
    away = ledger.Journal(kind="test", key=new_id().hex, legs=legs, **ids)
    in_transaction(lambda: ledger.post([away]))
    before = books()
    short = reverse(client, mine, made)
    assert (short.status_code, short.json["code"]) == (409, "treasury_short")
    assert short.json["held_fen"] == 4_999
    assert (books(), shown(client, made)["reversal_status"]) == (before, None)
    back = ledger.reverse(away.id, key=new_id().hex, principal_id=PLATFORM_ID)
    in_transaction(lambda: ledger.post([back]))
    assert reverse(client, mine, made).json["reversal_status"] == "booked"


def test_only_what_was_booked_is_reversed_and_bad_requests_change_nothing(client):
    mine, another, made = staff_headers("finance"), staff_headers("finance"), filled(client, 600)
    waits, refused = (fill(client, mine, 10_000).json for _ in range(2))
    decide(client, another, refused, False)
    before = books()
    for each, status in ((waits, "waiting"), (refused, "refused")):
        answer = reverse(client, another, each)
        assert (answer.status_code, answer.json["code"]) == (409, "booking_not_booked")
        assert answer.json["booking_status"] == status
    assert agree(client, another, made).json["code"] == "booking_decided"
    assert reverse(client, mine, {"id": new_id()}).status_code == 404
    assert agree(client, mine, {"id": new_id()}).status_code == 404
    path = f"{BOOKINGS}/{made['id']}/reversal"
    for wish in ({}, {"reason": ""}, {"reason": "   "}, {"reason": "长" * 201}, {"reason": 5},
                 {"reason": MISTAKE, "amount_fen": 1}):  # fmt: skip
        assert call(client, mine, path, wish).status_code == 422, wish
    for wish in ({}, {"is_approved": "maybe"}):
        assert call(client, mine, f"{path}/decision", wish).status_code == 422, wish
    keyless = {name: value for name, value in mine.items() if name != "Idempotency-Key"}
    assert client.post(path, json={"reason": MISTAKE}, headers=keyless).status_code == 400
    assert client.get(f"{BOOKINGS}?status=undone", headers=another).status_code == 422
    assert (books(), shown(client, made)["reversal_status"]) == (before, None)
    decide(client, mine, waits, False)


def test_only_finance_reverses_and_only_after_a_fresh_proof(client):
    made, large = filled(client, 500), filled(client, 20_000)
    assert reverse(client, staff_headers("finance"), large).json["reversal_status"] == "waiting"
    before = books()
    for who in (staff_headers("operator", "reviewer", "support"), headers(member())):
        for answer in (reverse(client, who, made), agree(client, who, large)):
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    finance = staff_headers("finance")
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        for answer in (reverse(client, finance, made), agree(client, finance, large)):
            assert (answer.status_code, answer.json["code"]) == (403, "confirmation_needed")
    assert client.post(f"{BOOKINGS}/{made['id']}/reversal").status_code == 401
    assert books() == before
    assert shown(client, made)["reversal_status"] is None
    assert agree(client, staff_headers("finance"), large, False).status_code == 200


def test_a_reversal_is_in_the_log_with_its_reason(client):
    made, caller = filled(client, 300), staff_headers("finance")
    assert reverse(client, caller, made).status_code == 200
    found = read(
        select(Record.action, Record.outcome, Record.reason).where(
            Record.object_ids.contains([UUID(made["id"])]), Record.action.like("%/reversal")
        )
    )
    assert [tuple(row) for row in found] == [
        ("POST /treasury/bookings/{booking_id}/reversal", "done", MISTAKE)
    ]


def test_its_journal_says_why_and_who_to_the_platform_alone(client):
    made, caller = filled(client, 250), staff_headers("finance")
    undone = reverse(client, caller, made).json
    address = f"{API}/entries/{undone['reversal_journal_id']}/explanation"
    told = client.get(address, headers=staff_headers("operator")).json
    assert (told["rule"], told["reverses_id"]) == ("treasury_booking_reversed", made["journal_id"])
    assert told["facts"] == {
        "booking_id": made["id"],
        "reason": MISTAKE,
        "asked_by": undone["reversal_asked_by"],
        "decided_by": None,
    }
    assert f"冲正原因：{MISTAKE}" in told["text"]
    assert f"The reason given: {MISTAKE}" in told["text_en"]
    assert {each["amount_fen"] for each in told["entries"]} == {250, -250}
    assert client.get(address, headers=headers(member())).json["code"] == "entry_unknown"


def test_64_who_reverse_at_once_reverse_it_once(app, client):
    before, made = books(), filled(client, 3_000)
    people = [staff_headers("finance") for _ in range(8)]
    answers = at_once(lambda number: reverse(app.test_client(), people[number % 8], made), 64)
    assert sorted(each.status_code for each in answers) == [200] + [409] * 63
    assert {each.json["code"] for each in answers if each.status_code == 409} == {
        "already_reversed"
    }
    assert books() == before


def test_64_who_agree_at_once_reverse_it_once(app, client):
    before, made = books(), filled(client, 20_000)
    assert reverse(client, staff_headers("finance"), made).json["reversal_status"] == "waiting"
    another = staff_headers("finance")
    answers = at_once(lambda _: agree(app.test_client(), another, made), 64)
    assert sorted(each.status_code for each in answers) == [200] + [409] * 63
    assert {each.json["code"] for each in answers if each.status_code == 409} == {"booking_decided"}
    assert books() == before


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_reversing_has_reversed_all_of_it_or_nothing(client, side):
    before, made = books(), filled(client, 700)
    wish = (UUID(made["id"]), MISTAKE, new_id())
    killed_at_commit(lambda: in_transaction(lambda: reversing.ask(*wish)), side)
    is_done = side == "after"
    assert platform(Account.CHARITY) == before[Account.CHARITY] + (0 if is_done else 700)
    assert in_transaction(lambda: booking.booked_alone_fen(wish[2])) == (700 if is_done else 0)
    again = reverse(client, staff_headers("finance"), made)
    assert again.status_code == (409 if is_done else 200)
    assert books() == before


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_agreeing_has_reversed_all_of_it_or_nothing(client, side):
    before, made = books(), filled(client, 20_000)
    reverse(client, staff_headers("finance"), made)
    agreed = {"booking_id": UUID(made["id"]), "staff_id": new_id(), "is_approved": True}
    killed_at_commit(lambda: in_transaction(lambda: reversing.decide(**agreed)), side)
    is_done = side == "after"
    assert platform(Account.CHARITY) == before[Account.CHARITY] + (0 if is_done else 20_000)
    again = agree(client, staff_headers("finance"), made)
    assert again.status_code == (409 if is_done else 200)
    assert books() == before
