"""The sandbox as a process of its own, with the product listening to its pushes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
DRAIN_SECONDS = 60  # a product beside many others may take long to read what it is sent


@dataclass
class Sandbox:
    """Short cuts to the control API of a running sandbox."""

    url: str
    product_url: str

    def control(self, path: str, wish: dict[str, Any] | None = None, method: str = "POST") -> Any:
        answer = requests.request(method, f"{self.url}/__ctl{path}", json=wish or {}, timeout=90)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def phone(self) -> dict[str, Any]:
        return dict(self.control("/phones"))

    def act(self, phone: dict[str, Any], what: str, **wish: Any) -> Any:
        return self.control(f"/phones/{phone['id']}/{what}", wish)

    def chat(self, phone: dict[str, Any]) -> list[str]:
        url = f"{self.url}/__ctl/messages"
        lines = requests.get(url, {"phone": phone["id"]}, timeout=9).json()["messages"]
        return [str(line) for line in lines]

    def fault(self, kind: str, **wish: Any) -> None:
        self.control("/faults", {"kind": kind, **wish})

    def drain(self) -> None:
        assert self.control("/drain", {"timeout": DRAIN_SECONDS})["drained"]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def running(app: Any, data: Path) -> Iterator[Sandbox]:
    """Serves `app` and starts a sandbox that pushes to it."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    product_url = f"http://127.0.0.1:{server.port}"
    environment = os.environ | {"SANDBOX_CALLBACK_URL": f"{product_url}/wechat/callback"}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Sandbox(_address(process), product_url)
    finally:
        process.terminate()
        process.wait(10)
        server.shutdown()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[\d.]+:\d+", line)
    assert found, f"the sandbox said {line!r}"
    return found[0]


def eventually(check: Callable[[], Any], seconds: float = 10) -> Any:
    """The first true result of `check` within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
