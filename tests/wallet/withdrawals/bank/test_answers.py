"""Who may say what the bank did: that it paid, one person; that it did not, two saying the same."""

from datetime import timedelta

import pytest
import time_machine

from app.core.world import new_id, now
from app.ledger.service import Account
from app.wallet.withdrawals.bank import batches
from tests.wallet.people import moved, staff_headers
from tests.wallet.racing import at_once
from tests.wallet.withdrawals.bank.test_batches import (
    accounts,
    call,
    exported,
    owed,
    state,
    told,
)

__all__ = ["accounts"]


def told_by(client, who, batch_id, wish):
    """What somebody is answered who takes in the bank's answer."""
    headers = {**who, "Idempotency-Key": new_id().hex}
    answer = call(client, f"/{batch_id}/results", wish, headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def reasons(answer):
    return answer["noted"], [each["reason"] for each in answer["waiting"]]


def held(waiting):
    return [waiting.holds(account) for account in (Account.AVAILABLE, Account.WITHDRAWING)]


def line_of(client, batch_id, waiting):
    shown = client.get(f"/api/v1/bank-batches/{batch_id}", headers=staff_headers("finance")).json
    (line,) = [one for one in shown["lines"] if one["withdrawal_id"] == str(waiting.withdrawal_id)]
    return line


def pending_of(client, batch_id):
    query = {"is_pending": True, "limit": 200}
    headers = staff_headers("finance")
    found = client.get("/api/v1/bank-batches", query_string=query, headers=headers).json["batches"]
    return [one["pending_count"] for one in found if one["id"] == batch_id]


def test_one_person_who_says_that_nothing_was_paid_gives_nothing_back(client):
    waiting = owed()
    batch_id, content = exported(client)
    before = batches.pending_count()
    who, failed = staff_headers("finance"), told(content, "失败")
    assert reasons(told_by(client, who, batch_id, failed)) == (0, ["second_person_needed"])
    for _ in range(2):
        assert reasons(told_by(client, who, batch_id, failed)) == (0, ["told_by_the_same"])
    assert (state(waiting.withdrawal_id), held(waiting)) == ("sending", [0, 15_000])
    line = line_of(client, batch_id, waiting)
    assert (line["state"], line["is_pending"]) == ("sent", True)
    assert (line["proposed_outcome"], line["told_by"]) == ("失败", None)
    assert (batches.pending_count() - before, pending_of(client, batch_id)) == (1, [1])
    assert reasons(told_by(client, staff_headers("finance"), batch_id, failed)) == (1, [])
    assert (state(waiting.withdrawal_id), held(waiting)) == ("returned", [15_000, 0])
    after = line_of(client, batch_id, waiting)
    assert (after["state"], after["is_pending"]) == ("failed", False)
    assert after["proposed_by"] == line["proposed_by"] != after["told_by"]
    assert (batches.pending_count() - before, pending_of(client, batch_id)) == (0, [])


def test_another_outcome_replaces_what_waits_and_a_payment_is_taken_in_by_one(client):
    waiting = owed()
    batch_id, content = exported(client)
    first, second = staff_headers("finance"), staff_headers("finance")
    for who, outcome in ((first, "失败"), (second, "退回"), (second, "失败")):
        answer = told_by(client, who, batch_id, told(content, outcome))
        assert reasons(answer) == (0, ["second_person_needed"])
    assert held(waiting) == [0, 15_000]
    assert reasons(told_by(client, first, batch_id, told(content, "成功"))) == (1, [])
    assert (state(waiting.withdrawal_id), held(waiting)) == ("paid", [0, 0])
    line = line_of(client, batch_id, waiting)
    assert (line["state"], line["is_pending"], line["proposed_by"]) == ("paid", False, None)


def test_one_person_alone_sends_no_payment_back_and_many_at_once_do_it_once(client):
    paid = owed()
    batch_id, content = exported(client)
    one = staff_headers("finance")
    told_by(client, one, batch_id, told(content, "成功"))
    back = told(content, "退回")
    for expected in ("second_person_needed", "told_by_the_same"):
        assert reasons(told_by(client, one, batch_id, back)) == (0, [expected])
    assert (held(paid), moved(Account.BANK_CUSTODY, paid.withdrawal_id)) == ([0, 0], 15_000)
    people = [staff_headers("finance") for _ in range(4)]

    def work(number):
        with client.application.app_context():
            other = client.application.test_client()
            return reasons(told_by(other, people[number], batch_id, back))

    assert at_once(work, len(people)) == [(1, [])] * len(people)
    assert (held(paid), moved(Account.BANK_CUSTODY, paid.withdrawal_id)) == ([15_000, 0], 0)


def test_two_who_begin_at_once_are_the_first_and_the_second(client):
    waiting = owed()
    batch_id, content = exported(client)
    people = [staff_headers("finance") for _ in range(3)]

    def work(number):
        with client.application.app_context():
            other = client.application.test_client()
            return told_by(other, people[number], batch_id, told(content, "失败"))["noted"]

    assert sorted(at_once(work, len(people))) == [0, 1, 1]
    assert held(waiting) == [15_000, 0]


@pytest.mark.parametrize("outcome", ["成功", "失败"])
def test_who_did_not_prove_lately_who_they_are_takes_nothing_in(client, outcome):
    waiting = owed()
    batch_id, content = exported(client)
    old, wish = staff_headers("finance"), told(content, outcome)
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        refused = call(client, f"/{batch_id}/results", wish, old)
    assert (refused.status_code, refused.json["code"]) == (403, "confirmation_needed")
    line = line_of(client, batch_id, waiting)
    assert (line["state"], line["proposed_outcome"]) == ("sent", None)
    assert held(waiting) == [0, 15_000]
    told_by(client, staff_headers("finance"), batch_id, told(content, "成功"))
