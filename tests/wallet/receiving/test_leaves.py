"""Being paid without confirming each withdrawal: given once, in effect while WeChat says so."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet.receiving import leaves
from app.wallet.receiving.rules import LeaveState, follow
from app.wechat.client import LeaveStatus
from tests.wallet.people import earned, headers, member, purse
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
LEAVE = "/api/v1/me/receiving-leave"
CREATE = "POST /v3/fund-app/mch-transfer/user-confirm-authorization"


def test_news_leads_only_forward():
    assert follow(LeaveState.CLOSED, "TAKING_EFFECT") is LeaveState.CLOSED
    assert follow(LeaveState.IN_EFFECT, "WAIT_USER_CONFIRM") is LeaveState.IN_EFFECT
    assert follow(LeaveState.ASKING, "CLOSED") is LeaveState.CLOSED
    assert follow(LeaveState.ASKING, "SOMETHING_NEW") is LeaveState.ASKING


@pytest.fixture
def someone(sandbox, client):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 50_000})
    return Someone(sandbox, client, sandbox.phone())


class Someone:
    """A member with a phone who withdraws."""

    def __init__(self, sandbox, client, phone):
        self.sandbox, self.client, self.phone = sandbox, client, phone

    def call(self, method, path, **body):
        mine = headers(self.phone.member_id)
        call = getattr(self.client, method)
        return call(path, headers=mine, json=body or None)

    def leave(self):
        return self.call("get", LEAVE).json

    def give(self, work):
        assert self.call("post", LEAVE).status_code == 200
        work()
        package = self.leave()["confirmation"]["package"]
        self.sandbox.control(
            f"/phones/{self.phone.id}/confirm-authorization", {"package_info": package}
        )
        work()
        assert self.leave()["status"] == "in_effect"

    def withdraw(self, work):
        earned(self.phone.member_id, 10_000)
        found = self.call("post", "/api/v1/withdrawals", amount_fen=10_000).json
        work()
        return f"/api/v1/withdrawals/{found['id']}"

    def number(self):
        return self.leave()["id"].replace("-", "")


def test_under_a_leave_a_withdrawal_is_paid_without_confirmation(someone, work):
    someone.give(work)
    path = someone.withdraw(work)
    someone.sandbox.pass_time(2)
    work()
    assert someone.call("get", path).json["status"] == "paid"
    assert purse(someone.phone.member_id, Account.WITHDRAWING) == 0


def test_once_given_up_the_next_withdrawal_is_confirmed_again(someone, work):
    someone.give(work)
    assert someone.call("delete", LEAVE).json["is_given_up"]
    path = someone.withdraw(work)  # before or after WeChat has heard of it
    assert someone.call("get", path).json["status"] == "waiting_confirmation"
    shown = someone.leave()
    assert (shown["status"], shown["close_reason"]) == ("closed", "CLOSE_VIA_MCH_API")


def test_a_leave_closed_behind_our_back_falls_back_to_confirmation(someone, work):
    someone.give(work)
    someone.sandbox.fault("drop", "notify:MCHTRANSFER.AUTHORIZATION")
    someone.sandbox.control(
        f"/phones/{someone.phone.id}/close-authorization",
        {"out_authorization_no": someone.number()},
    )
    assert someone.leave()["status"] == "in_effect"
    path = someone.withdraw(work)
    shown = someone.call("get", path).json
    assert shown["status"] == "waiting_confirmation"
    someone.sandbox.confirm(someone.phone, shown["confirmation"]["package"])
    work()
    assert someone.call("get", path).json["status"] == "paid"
    someone.sandbox.lift_faults()


def test_who_does_not_answer_in_a_day_has_given_nothing(someone, work):
    someone.call("post", LEAVE)
    work()
    assert someone.leave()["status"] == "waiting"
    someone.sandbox.pass_time(24 * 3600 + 1)
    work()
    shown = someone.leave()
    assert (shown["status"], shown["close_reason"]) == ("closed", "USER_OVERDUE_UNCONFIRMED")
    assert someone.call("post", LEAVE).json["id"] != shown["id"]


def test_a_lost_answer_to_the_asking_is_found_again(someone, work):
    someone.sandbox.fault("reset_after", CREATE)
    someone.call("post", LEAVE)
    work()
    someone.sandbox.pass_time(61)
    work()
    assert someone.leave()["confirmation"]["package"]


def test_many_taps_at_once_are_one_leave(app, someone):
    def tap(_):
        with app.app_context():
            return in_transaction(lambda: leaves.ask(someone.phone.member_id).id)

    assert len(set(at_once(tap, 8))) == 1


def test_nobody_without_a_leave_or_an_account_has_one(client):
    nobody = member()
    for method in (client.get, client.delete):
        assert method(LEAVE, headers=headers(nobody)).status_code == 404
    before = in_transaction(lambda: leaves.number_in_effect(nobody))
    in_transaction(lambda: leaves.note(LeaveStatus(new_id().hex, "TAKING_EFFECT", "A", None, None)))
    assert before is in_transaction(lambda: leaves.number_in_effect(nobody)) is None
