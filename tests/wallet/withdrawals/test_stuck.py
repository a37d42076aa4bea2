"""Withdrawals at WeChat that are taken back, refused for good or no longer answered for."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet import jobs
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import requests as withdrawals
from tests.wallet.people import books, earned, headers, purse, staff_headers

ADDRESS = "/api/v1/withdrawals"
CREATE = "POST /v3/fund-app/mch-transfer/transfer-bills"
QUERY = "GET /v3/fund-app/mch-transfer/transfer-bills"
DAY = 24 * 3600


@pytest.fixture
def phone(sandbox):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000})
    found = sandbox.phone()
    earned(found.member_id, 10_000)
    return found


@pytest.fixture
def withdrawal_id(client, phone):
    answer = client.post(ADDRESS, json={"amount_fen": 10_000}, headers=headers(phone.member_id))
    return UUID(answer.json["id"])


def shown(client, phone, withdrawal_id):
    mine = headers(phone.member_id)
    return client.get(f"{ADDRESS}/{withdrawal_id}", headers=mine).json


def row(withdrawal_id):
    def read():
        found = withdrawals.withdrawal(withdrawal_id)
        return found.state, found.bill_number

    return in_transaction(read)


def step(client, withdrawal_id, name, who, **body):
    mine = who | {"Idempotency-Key": new_id().hex}
    return client.post(f"{ADDRESS}/{withdrawal_id}/{name}", json=body or None, headers=mine)


def hand_over(withdrawal_id):
    def work():
        withdrawal_batches.give_to_people(withdrawals.lock(withdrawal_id), "test")

    in_transaction(work)


def test_what_waits_at_wechat_is_cancelled_there_before_the_money_is_back(
    sandbox, work, client, phone, withdrawal_id
):
    work()
    answer = step(client, withdrawal_id, "cancel", headers(phone.member_id))
    assert (answer.json["status"], answer.json["is_asked_back"]) == ("waiting_confirmation", True)
    assert purse(phone.member_id, Account.WITHDRAWING) == 10_000
    for _ in range(3):
        work()
        sandbox.pass_time(61)
    work()
    assert shown(client, phone, withdrawal_id)["status"] == "returned"
    assert purse(phone.member_id, Account.REBATE) == 10_000
    (bill,) = sandbox.transfers(row(withdrawal_id)[1])
    assert bill["state"] == "CANCELLED"


def test_nobody_is_asked_about_anew_while_hundreds_of_letters_are_unread(
    sandbox, work, withdrawal_id
):
    work()
    sandbox.pass_time(241)
    unread = "SELECT 0, gen_random_uuid(), 'wallet.pay_out', '{}', 'waiting', now(), 0, 0, now()"
    columns = "bucket, id, reader, payload, state, due_at, attempts, failures, created_at"
    many = f"INSERT INTO core_outbox ({columns}) {unread} FROM generate_series(1, 500)"

    def ask(letters):
        db.session.execute(text("DELETE FROM core_outbox"))
        if letters:
            db.session.execute(text(letters))

    in_transaction(lambda: ask(many))
    assert jobs.look_at_withdrawals() == 0
    in_transaction(lambda: ask(""))
    assert jobs.look_at_withdrawals() >= 1


def test_who_confirms_faster_than_they_cancel_is_paid(sandbox, work, client, phone, withdrawal_id):
    work()
    package = shown(client, phone, withdrawal_id)["confirmation"]["package"]
    step(client, withdrawal_id, "cancel", headers(phone.member_id))
    sandbox.confirm(phone, package)
    work()
    sandbox.pass_time(61)
    work()
    assert shown(client, phone, withdrawal_id)["status"] == "paid"
    assert purse(phone.member_id, Account.REBATE) == 0


def test_what_wechat_refuses_for_a_day_is_for_people(
    sandbox, work, client, phone, withdrawal_id, monkeypatch
):
    from config.settings import settings

    monkeypatch.setenv("WECHAT_TRANSFER_SCENE_ID", "9999")  # a scene the merchant does not have
    settings.cache_clear()
    work()
    assert row(withdrawal_id)[0] == "sending"
    sandbox.pass_time(DAY + 60)
    work()
    assert row(withdrawal_id)[0] == "manual"
    assert client.get("/healthz/ready").json["withdrawals_manual"] >= 1
    assert purse(phone.member_id, Account.WITHDRAWING) == 10_000


def test_old_bills_are_handed_to_people_and_two_conclude_them(
    sandbox, work, client, phone, withdrawal_id
):
    sandbox.fault("reset_before", CREATE, 1_000)
    work()
    assert row(withdrawal_id)[0] == "sending"
    sandbox.pass_time(31 * DAY)
    withdrawal_batches.hand_over()
    assert row(withdrawal_id)[0] == "manual"
    before = books(phone.member_id)
    first, second = staff_headers("finance"), staff_headers("finance")
    said = {"outcome": "returned", "evidence": "微信客服工单 42"}
    assert step(client, withdrawal_id, "conclude", first, **said).json["status"] == "manual"
    again = step(client, withdrawal_id, "conclude", first, **said)
    assert (again.status_code, again.json["code"]) == (403, "second_person_needed")
    work()
    assert books(phone.member_id) == before
    assert step(client, withdrawal_id, "conclude", second, **said).status_code == 200
    sandbox.lift_faults()
    work()
    assert row(withdrawal_id)[0] == "returned"
    assert purse(phone.member_id, Account.REBATE) == 10_000


def test_what_wechat_still_knows_outweighs_what_people_say(
    sandbox, work, client, phone, withdrawal_id
):
    work()
    package = shown(client, phone, withdrawal_id)["confirmation"]["package"]
    sandbox.fault("drop", "notify:MCHTRANSFER.BILL.FINISHED")
    sandbox.confirm(phone, package)
    hand_over(withdrawal_id)
    for who in (staff_headers("finance"), staff_headers("finance")):
        step(client, withdrawal_id, "conclude", who, outcome="returned", evidence="猜的")
    work()
    assert row(withdrawal_id)[0] == "paid"
    assert purse(phone.member_id, Account.REBATE) == 0


def test_a_bill_that_wechat_still_works_on_is_not_concluded(
    sandbox, work, client, phone, withdrawal_id
):
    work()
    hand_over(withdrawal_id)
    for who in (staff_headers("finance"), staff_headers("finance")):
        step(client, withdrawal_id, "conclude", who, outcome="returned", evidence="猜的")
    work()
    assert row(withdrawal_id)[0] == "manual"
    assert purse(phone.member_id, Account.WITHDRAWING) == 10_000


@pytest.mark.parametrize("code", ["SIGN_ERROR", "NO_AUTH"])
def test_people_conclude_nothing_while_wechat_refuses_to_say(
    sandbox, work, client, phone, withdrawal_id, code
):
    work()
    package = shown(client, phone, withdrawal_id)["confirmation"]["package"]
    sandbox.fault("drop", "notify:MCHTRANSFER.BILL.FINISHED")
    sandbox.confirm(phone, package)
    hand_over(withdrawal_id)
    sandbox.fault("pay_error", QUERY, 0, code=code)
    for who in (staff_headers("finance"), staff_headers("finance")):
        step(client, withdrawal_id, "conclude", who, outcome="returned", evidence="猜的")
    work()
    assert row(withdrawal_id)[0] == "manual"
    assert purse(phone.member_id, Account.WITHDRAWING) == 10_000
    sandbox.lift_faults()
    sandbox.pass_time(61)
    work()
    assert row(withdrawal_id)[0] == "paid"
    assert purse(phone.member_id, Account.REBATE) == 0


@pytest.mark.parametrize("roles", [("reviewer",), ("operator",), ("support",)])
def test_only_finance_concludes(client, phone, withdrawal_id, roles):
    hand_over_state = row(withdrawal_id)[0]
    answer = step(
        client, withdrawal_id, "conclude", staff_headers(*roles), outcome="paid", evidence="x"
    )
    assert answer.status_code == 403
    assert row(withdrawal_id)[0] == hand_over_state


def test_nothing_is_concluded_that_people_do_not_hold(client, phone, withdrawal_id):
    before = books(phone.member_id)
    answer = step(
        client, withdrawal_id, "conclude", staff_headers("finance"), outcome="paid", evidence="x"
    )
    assert (answer.status_code, answer.json["code"]) == (409, "withdrawal_not_manual")
    assert books(phone.member_id) == before
