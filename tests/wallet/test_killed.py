"""A worker killed -9 between its call to WeChat and its commit never pays twice."""

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest

from app.ledger.service import Account
from app.wallet.withdrawals import batches as withdrawal_batches
from tests.conftest import ROOT
from tests.wallet.gate import Gate
from tests.wallet.people import earned, headers
from tests.wallet.withdrawals.test_payouts import Case, finish

WORKER = "import worker; worker.drain()"


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


def start_worker(gate: Gate) -> subprocess.Popen:
    environment = {**os.environ, "WECHAT_PAY_BASE": gate.url}
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_worker_killed_at_the_call_pays_once_in_the_end(sandbox, work, gate, case, side):
    gate.number, gate.side = case.number, side
    worker = start_worker(gate)
    try:
        assert gate.stopped.wait(30)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    sent = len(sandbox.transfers(case.number))
    assert sent == (1 if side == "after" else 0)
    assert case.row().state == "sending"
    assert case.purse(Account.WITHDRAWING) == 10_000
    sandbox.pass_time(61)
    finish(sandbox, work, case)


def test_a_stopped_worker_that_comes_back_late_does_no_harm(sandbox, work, gate, case):
    gate.number, gate.side = case.number, "before"
    worker = start_worker(gate)
    try:
        assert gate.stopped.wait(30)
        sandbox.pass_time(61)  # its lease is over; another one does the work
        finish(sandbox, work, case)
        gate.open.set()
        worker.wait(60)
    finally:
        worker.kill()
        worker.wait(10)
    work()
    assert case.shown()["status"] == "paid"
    assert [bill["state"] for bill in sandbox.transfers(case.number)] == ["SUCCESS"]
    assert case.row().contradictions == 0
