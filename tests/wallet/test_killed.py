"""A worker killed -9 between its call to WeChat and its commit never pays twice."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
import requests

from app.ledger.service import Account
from tests.conftest import ROOT
from tests.wallet.people import earned, headers
from tests.wallet.test_payouts import Case, finish

WORKER = "import worker; worker.drain()"


class Gate:
    """Stands between a worker and WeChat, and stops one call before or after WeChat has it."""

    def __init__(self, target: str) -> None:
        self.target, self.url = target, ""
        self.number = self.side = ""
        self.stopped, self.open = threading.Event(), threading.Event()

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes):
        concerns = method == "POST" and self.number.encode() in body
        if concerns and self.side == "before":
            self._wait()
        answer = requests.request(
            method, self.target + path, data=body or None, headers=headers, timeout=20
        )
        if concerns and self.side == "after":
            self._wait()
        return answer

    def _wait(self) -> None:
        self.stopped.set()
        self.open.wait(30)


@pytest.fixture
def gate(sandbox) -> Iterator[Gate]:
    """A running gate in front of the sandbox."""
    found = Gate(sandbox.url)

    class Door(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            answer = found.pass_on(self.command, self.path, given, body)
            try:
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower().startswith(("wechatpay", "content-type", "request-id")):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)
            except OSError:
                pass  # the worker is dead

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield found
    found.open.set()
    server.shutdown()


@pytest.fixture
def case(sandbox, client) -> Case:
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000})
    phone = sandbox.phone()
    earned(phone.member_id, 15_000)
    answer = client.post(
        "/api/v1/withdrawals", json={"amount_fen": 10_000}, headers=headers(phone.member_id)
    )
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
