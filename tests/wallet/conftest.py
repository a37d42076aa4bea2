"""A real sandbox process and the product's own web server in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import delete
from werkzeug.serving import WSGIRequestHandler, make_server

from app.core.db import db, in_transaction
from app.core.models import OutboxRow
from app.core.world import now
from tests.conftest import ROOT
from tests.wallet.gate import Gate, open_gate
from tests.wallet.people import member, stocked

DRAIN_SECONDS = 60  # a product beside many others may take long to read what it is sent
ROOMS = ("core", "ledger", "wechat", "members", "wallet")


@dataclass(frozen=True)
class Phone:
    """A simulated phone and the member whose hand it is in."""

    id: str
    openid: str
    member_id: UUID


@dataclass
class Sandbox:
    """The pretend WeChat, in its own process."""

    url: str

    def control(self, path: str, wish: dict[str, Any] | None = None) -> Any:
        answer = requests.post(f"{self.url}/__ctl{path}", json=wish or {}, timeout=90)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def phone(self) -> Phone:
        made = self.control("/phones")
        return Phone(made["id"], made["mini_openid"], member(made["mini_openid"]))

    def pay(self, phone: Phone, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
        return dict(self.control(f"/phones/{phone.id}/pay", parameters | more))

    def confirm(self, phone: Phone, package: str) -> None:
        self.control(f"/phones/{phone.id}/confirm-transfer", {"package_info": package})
        self.pass_time(2)

    def fault(self, kind: str, match: str = "", count: int = 1, **more: Any) -> None:
        self.control("/faults", {"kind": kind, "match": match, "count": count} | more)

    def lift_faults(self) -> None:
        requests.delete(f"{self.url}/__ctl/faults", timeout=9)

    def drain(self) -> None:
        assert self.control("/drain", {"timeout": DRAIN_SECONDS})["drained"]

    def pass_time(self, seconds: float) -> None:
        """Moves the clock that the product follows too."""
        self.control("/clock/advance", {"seconds": seconds})
        self.drain()
        now(is_exact=True)  # the product asks for the clock four times a second at most

    def books(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.url}/__ctl/books", timeout=9).json())

    def order(self, number: str) -> dict[str, Any]:
        return next(row for row in self.books()["orders"] if row["out_trade_no"] == number)

    def transfers(self, number: str) -> list[dict[str, Any]]:
        return [row for row in self.books()["transfers"] if row["out_bill_no"] == number]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sandbox_process(environment: None, tmp_path_factory) -> Iterator[str]:
    """The address of a sandbox process of this test run."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    command += ["--data", str(tmp_path_factory.mktemp("sandbox"))]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert process.stdout is not None
    assert "listening" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=15)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture(scope="session")
def web(app) -> Iterator[str]:
    """The address of the product's web server, for WeChat's notifications."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture
def sandbox(sandbox_process: str, web: str, context, monkeypatch) -> Iterator[Sandbox]:
    """The sandbox, with the product's settings pointing to it and to its clock."""
    from config.settings import settings

    for name in ("WECHAT_API_BASE", "WECHAT_MP_BASE", "WECHAT_PAY_BASE"):
        monkeypatch.setenv(name, sandbox_process)
    monkeypatch.setenv("CLOCK_URL", f"{sandbox_process}/__ctl/clock")
    monkeypatch.setenv("BASE_URL", web)
    settings.cache_clear()
    running = Sandbox(sandbox_process)
    yield running
    requests.delete(f"{sandbox_process}/__ctl/faults", timeout=9)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def treasury(app) -> None:
    """Enough in the operating account for all withdrawals of this test process."""
    with app.app_context():
        stocked(10**13)


@pytest.fixture
def gate(sandbox: Sandbox) -> Iterator[Gate]:
    """A running gate in front of the sandbox; the product passes it where a test says so."""
    with open_gate(sandbox.url) as running:
        yield running


@pytest.fixture
def work(sandbox: Sandbox):
    """Does the duties of these rooms and every due outbox row, as relay and workers would. The
    rooms above have many more duties, and nothing to do with the money of these tests."""
    from app.core import outbox, timetable

    def finish() -> None:
        for _ in range(60):
            sandbox.drain()
            if not timetable.run_all(ROOMS) + outbox.work_off():
                return
        raise AssertionError("there is always more to do")

    yield finish
    in_transaction(_forget_vain_letters)


def _forget_vain_letters() -> None:
    """The stores of these tests are made up. That money came in at one of them cannot be told to
    anybody, and would be tried again and again in all tests that follow."""
    vain = (OutboxRow.reader == "notices.topped_up", OutboxRow.failures > 0)
    db.session.execute(delete(OutboxRow).where(*vain))
