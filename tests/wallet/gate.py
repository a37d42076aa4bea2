"""A gate between the product and WeChat, to stop one call on either side of WeChat."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


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


@contextmanager
def open_gate(target: str) -> Iterator[Gate]:
    """A running gate in front of `target`; whoever still waits in it at the end goes through."""
    found = Gate(target)

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
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield found
    found.open.set()
    server.shutdown()
