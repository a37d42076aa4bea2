"""A worker killed -9 between its call to WeChat and its commit never pays twice."""

from uuid import UUID

import pytest

import worker
from app.ledger.service import Account
from app.wallet.withdrawals import batches as withdrawal_batches
from tests.processes import product_process
from tests.wallet.gate import Gate
from tests.wallet.people import earned, headers
from tests.wallet.withdrawals.test_payouts import Case, finish


@pytest.fixture
def case(sandbox, client) -> Case:
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000})
    phone = sandbox.phone()
    earned(phone.member_id, 15_000)
    answer = client.post(
        "/api/v1/withdrawals", json={"amount_fen": 10_000}, headers=headers(phone.member_id)
    )
    withdrawal_batches.send_due()
    return Case(phone, UUID(answer.json["id"]), client)


def started_worker(gate: Gate):
    return product_process(worker.drain, WECHAT_PAY_BASE=gate.url)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_worker_killed_at_the_call_pays_once_in_the_end(sandbox, work, gate, case, side):
    gate.number, gate.side = case.number, side
    with started_worker(gate) as running:
        assert gate.stopped.wait(60)
        running.kill()
    sent = len(sandbox.transfers(case.number))
    assert sent == (1 if side == "after" else 0)
    assert case.row().state == "sending"
    assert case.purse(Account.WITHDRAWING) == 10_000
    sandbox.pass_time(61)
    finish(sandbox, work, case)


def test_a_stopped_worker_that_comes_back_late_does_no_harm(sandbox, work, gate, case):
    gate.number, gate.side = case.number, "before"
    with started_worker(gate) as late:
        assert gate.stopped.wait(60)
        sandbox.pass_time(61)  # its lease is over; another one does the work
        finish(sandbox, work, case)
        gate.open.set()
        late.join(60)
        assert late.exitcode == 0
    work()
    assert case.shown()["status"] == "paid"
    assert [bill["state"] for bill in sandbox.transfers(case.number)] == ["SUCCESS"]
    assert case.row().contradictions == 0
