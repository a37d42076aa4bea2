"""A product's web server and a sandbox, both as processes, with a tap on each way between them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from launcher.postgres import free_port
from launcher.product import answers
from tests.conftest import ROOT
from tests.witnesses.wiretap import Letter, Wiretap

START_SECONDS = 60
CALLBACK, NOTIFY = "/wechat/callback", "/wechat/pay/notify"
# Each pair keeps its access token to itself, in a database of the store that no other test uses.
STORES = {"safe": 14, "plain": 15}


@dataclass(frozen=True)
class Pair:
    """`pushes` leads from the sandbox to the product, `calls` from the product to the sandbox."""

    mode: str
    sandbox: str
    pushes: Wiretap
    calls: Wiretap

    def control(self, path: str, **wish: Any) -> Any:
        answer = requests.post(f"{self.sandbox}/__ctl/{path}", json=wish, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def pushing(self, mode: str) -> Pair:
        """The same pair with another mode chosen in the console (WeChat fact A2)."""
        address = f"{self.sandbox}/__ctl/console"
        answer = requests.put(address, json={"push_mode": mode}, timeout=20)
        assert answer.status_code == 200, answer.text
        return replace(self, mode=mode)

    def phone(self) -> dict[str, Any]:
        return dict(self.control("phones"))

    def act(self, phone: dict[str, Any], what: str, **wish: Any) -> Any:
        return self.control(f"phones/{phone['id']}/{what}", **wish)

    def chat(self, phone: dict[str, Any]) -> list[dict[str, Any]]:
        address = f"{self.sandbox}/__ctl/messages"
        return list(requests.get(address, {"phone": phone["id"]}, timeout=9).json()["messages"])

    def let_pass(self, seconds: float) -> None:
        """Move the sandbox's clock and wait until what became due has been sent."""
        self.control("clock/advance", seconds=seconds)
        self.control("drain")

    def pushed(self, act: Any) -> Letter:
        """The push that an act causes, as it went over the wire."""
        before = len(self.pushes.of(CALLBACK))
        act()
        return self.pushes.of(CALLBACK)[before]

    def notified(self, act: Any) -> Letter:
        """The payment notification that an act causes, as it went over the wire."""
        before = len(self.pushes.of(NOTIFY))
        act()
        self.control("drain")
        return self.pushes.of(NOTIFY)[before]


@contextmanager
def running(mode: str, folder: Path) -> Iterator[Pair]:
    """A sandbox that pushes in `mode` to a web server that asks for no less."""
    with ExitStack() as stack:
        pushes, calls = Wiretap(), Wiretap()
        stack.callback(pushes.end)
        stack.callback(calls.end)
        more = {"SANDBOX_CALLBACK_URL": pushes.url + CALLBACK, "SANDBOX_PUSH_MODE": mode}
        calls.address = stack.enter_context(sandbox_alone(folder, more))
        pushes.address = stack.enter_context(_web(_settings(mode, pushes, calls)))
        yield Pair(mode, calls.address, pushes, calls)


def _settings(mode: str, pushes: Wiretap, calls: Wiretap) -> dict[str, str]:
    store = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{STORES[mode]}").geturl()
    return {
        "BASE_URL": pushes.url,
        "REDIS_URL": store,
        "WECHAT_OA_MODE": mode,
        "WECHAT_API_BASE": calls.url,
        "WECHAT_MP_BASE": calls.url,
        "WECHAT_PAY_BASE": calls.url,
        "CLOCK_URL": f"{calls.address}/__ctl/clock",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def sandbox_alone(folder: Path, more: dict[str, str] | None = None) -> Iterator[str]:
    """The sandbox as a process; gives its address."""
    command = ["-m", "sandbox", "--port", "0", "--data", str(folder)]
    with _process(command, more or {}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        found = re.search(r"http://[\d.]+:\d+", line)
        assert found, f"the sandbox said {line!r}"
        yield found[0]


@contextmanager
def _web(more: dict[str, str]) -> Iterator[str]:
    port = str(free_port())
    command = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "wsgi:app"]
    address = f"http://127.0.0.1:{port}"
    with _process(command, more, stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + START_SECONDS
        while not answers(f"{address}/healthz/live"):
            assert process.poll() is None, "the web server ended"
            assert time.monotonic() < until, "the web server did not start"
            time.sleep(0.05)
        yield address


@contextmanager
def _process(
    command: list[str], more: dict[str, str], *, stdout: int
) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | more
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=stdout)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
