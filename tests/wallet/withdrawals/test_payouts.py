"""Payouts against a pretend WeChat: one bill for each withdrawal, paid at most once, one end."""

from dataclasses import dataclass
from uuid import UUID

import pytest
import requests

from app.core.db import db, in_transaction
from app.core.world import number_of
from app.ledger.service import Account
from app.wallet.models import Withdrawal
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import payouts
from app.wallet.withdrawals import requests as withdrawals
from app.wechat import client as wechat
from tests.wallet.conftest import Phone
from tests.wallet.people import books, earned, headers, platform, purse
from tests.wallet.racing import at_once

CREATE = "POST /v3/fund-app/mch-transfer/transfer-bills"
QUERY = "GET /v3/fund-app/mch-transfer/transfer-bills"


@dataclass
class Case:
    """A member's withdrawal of 100 yuan of 150."""

    phone: Phone
    id: UUID
    client: object

    @property
    def number(self) -> str:
        return number_of(self.id)

    @property
    def payload(self) -> dict[str, str]:
        return {"withdrawal_id": str(self.id)}

    def shown(self):
        mine = headers(self.phone.member_id)
        return self.client.get(f"/api/v1/withdrawals/{self.id}", headers=mine).json

    def purse(self, account) -> int:
        return purse(self.phone.member_id, account)

    def row(self) -> Withdrawal:
        db.session.rollback()
        return in_transaction(lambda: withdrawals.withdrawal(self.id))


@pytest.fixture
def case(sandbox, client) -> Case:
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000})
    phone = sandbox.phone()
    earned(phone.member_id, 15_000)
    answer = client.post(
        "/api/v1/withdrawals", json={"amount_fen": 10_000}, headers=headers(phone.member_id)
    )
    return Case(phone, UUID(answer.json["id"]), client)


def finish(sandbox, work, case):
    """Confirms on the phone; the member has the money, once."""
    before = platform(Account.WECHAT_OPERATING)
    work()
    shown = case.shown()
    assert shown["status"] == "waiting_confirmation"
    sandbox.confirm(case.phone, shown["confirmation"]["package"])
    work()
    check_paid(sandbox, case)
    assert platform(Account.WECHAT_OPERATING) - before == 10_000


def check_paid(sandbox, case):
    assert case.shown()["status"] == "paid"
    (bill,) = sandbox.transfers(case.number)
    assert (bill["state"], bill["amount_fen"]) == ("SUCCESS", 10_000)
    assert case.purse(Account.REBATE) == 5_000
    assert case.purse(Account.WITHDRAWING) == 0


def check_returned(case):
    assert case.shown()["status"] == "returned"
    assert case.purse(Account.REBATE) == 15_000
    assert case.purse(Account.WITHDRAWING) == 0


def test_a_confirmed_withdrawal_is_paid(sandbox, work, case):
    work()
    confirmation = case.shown()["confirmation"]
    assert confirmation["mchId"] == "1900000001"
    assert confirmation["appId"] == "wxdevmini000000001"
    assert confirmation["openId"] == case.phone.openid
    finish(sandbox, work, case)
    assert case.shown()["confirmation"] is None


@pytest.mark.parametrize(
    "kind", ["system_error", "system_error_after", "reset_before", "reset_after", "bad_gateway"]
)
def test_an_unclear_call_is_asked_about_and_never_paid_twice(sandbox, work, case, kind):
    sandbox.fault(kind, CREATE)
    work()
    assert len(sandbox.transfers(case.number)) <= 1
    sandbox.pass_time(61)
    finish(sandbox, work, case)


@pytest.mark.parametrize("kind", ["system_error", "reset_after", "frequency_limited"])
def test_nothing_comes_back_while_wechat_does_not_answer(sandbox, work, case, kind):
    sandbox.fault("reset_after", CREATE)
    sandbox.fault(kind, QUERY, count=1000)
    for _ in range(3):
        work()
        assert case.shown()["status"] == "sending"
        assert case.purse(Account.WITHDRAWING) == 10_000
        sandbox.pass_time(61)
    sandbox.lift_faults()
    finish(sandbox, work, case)


def test_an_empty_operating_account_keeps_the_same_bill(sandbox, work, case):
    sandbox.fault("not_enough", CREATE)
    work()
    assert case.shown()["status"] == "sending"
    assert "NOT_ENOUGH" in case.row().last_error
    sandbox.pass_time(61)
    finish(sandbox, work, case)


def test_who_does_not_confirm_in_a_day_gets_the_rebate_back(sandbox, work, case):
    work()
    sandbox.pass_time(24 * 3600 + 5)
    work()
    check_returned(case)
    assert case.shown()["reason"] == "OVERDUE_CLOSE"


def test_a_failed_transfer_gives_the_rebate_back(sandbox, work, case):
    work()
    sandbox.fault("transfer_fail", reason="PAYEE_ACCOUNT_ABNORMAL")
    sandbox.confirm(case.phone, case.shown()["confirmation"]["package"])
    work()
    check_returned(case)


def test_a_lost_notification_is_made_up_by_asking(sandbox, work, case):
    work()
    sandbox.fault("drop", "notify:MCHTRANSFER.BILL.FINISHED")
    sandbox.confirm(case.phone, case.shown()["confirmation"]["package"])
    assert case.shown()["status"] == "waiting_confirmation"
    sandbox.pass_time(241)
    work()
    check_paid(sandbox, case)


def test_many_notifications_and_jobs_at_once_end_it_once(app, sandbox, work, case):
    work()
    sandbox.fault("drop", "notify:MCHTRANSFER.BILL.FINISHED")
    sandbox.confirm(case.phone, case.shown()["confirmation"]["package"])
    notices = requests.get(f"{sandbox.url}/__ctl/pushes", timeout=9).json()["notices"]
    mine = next(row for row in notices if row["resource"].get("out_bill_no") == case.number)
    before = platform(Account.WECHAT_OPERATING)

    def tell(turn):
        if turn % 2:
            return sandbox.control("/push/replay", {"id": mine["id"]})["status"]
        with app.app_context():
            payouts.pay_out(case.payload)
        return 200

    assert set(at_once(tell, 32)) == {200}
    check_paid(sandbox, case)
    assert platform(Account.WECHAT_OPERATING) - before == 10_000


def test_many_jobs_at_once_send_one_bill(app, sandbox, work, case):
    withdrawal_batches.send_due()

    def send(_):
        with app.app_context():
            payouts.pay_out(case.payload)

    at_once(send, 16)
    assert len(sandbox.transfers(case.number)) == 1
    finish(sandbox, work, case)


def answer(case, state, amount_fen=10_000):
    return wechat.transfer_status(
        {
            "out_bill_no": case.number,
            "transfer_bill_no": "1",
            "state": state,
            "transfer_amount": amount_fen,
        }
    )


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_late_contradicting_answer_changes_nothing_and_is_counted(
    sandbox, work, case, client, is_confirmed
):
    finish(sandbox, work, case)
    counted = client.get("/healthz/ready").json["withdrawals_contradicted"]
    before = books(case.phone.member_id)
    for state in ("FAIL", "CANCELLED"):
        in_transaction(
            lambda told=state: payouts.note_transfer(answer(case, told), is_confirmed=is_confirmed)
        )
    assert case.shown()["status"] == "paid"
    assert books(case.phone.member_id) == before
    assert case.row().contradictions == 2
    assert client.get("/healthz/ready").json["withdrawals_contradicted"] == counted + 1


def test_a_success_after_the_return_changes_nothing_and_is_counted(sandbox, work, case):
    work()
    sandbox.pass_time(24 * 3600 + 5)
    work()
    before = books(case.phone.member_id)
    in_transaction(lambda: payouts.note_transfer(answer(case, "SUCCESS"), is_confirmed=True))
    check_returned(case)
    assert books(case.phone.member_id) == before
    assert case.row().contradictions == 1


def test_late_answers_from_before_the_end_are_harmless(sandbox, work, case):
    finish(sandbox, work, case)
    before = books(case.phone.member_id)
    for state in ("ACCEPTED", "WAIT_USER_CONFIRM", "TRANSFERING", "SUCCESS"):
        told = answer(case, state)
        in_transaction(lambda told=told: payouts.note_transfer(told, is_confirmed=True))
    row = case.row()
    assert (row.state, row.contradictions, row.package_info) == ("paid", 0, None)
    assert books(case.phone.member_id) == before


def test_a_notified_failure_is_believed_only_after_asking(sandbox, work, case):
    work()
    in_transaction(lambda: payouts.note_transfer(answer(case, "FAIL"), is_confirmed=False))
    assert case.shown()["status"] == "waiting_confirmation"
    work()
    assert case.shown()["status"] == "waiting_confirmation"
    finish(sandbox, work, case)


@pytest.mark.parametrize(("state", "amount_fen"), [("SUCCESS", 9_999), ("EXPLODED", 10_000)])
def test_an_answer_that_does_not_fit_changes_nothing(sandbox, work, case, state, amount_fen):
    work()
    told = answer(case, state, amount_fen)
    in_transaction(lambda: payouts.note_transfer(told, is_confirmed=True))
    assert case.shown()["status"] == "waiting_confirmation"
    assert case.purse(Account.WITHDRAWING) == 10_000
