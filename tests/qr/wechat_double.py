"""The two addresses of WeChat that codes need, as a small HTTP server of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Wechat:
    """What it was asked and whether it refuses; `address` is its base address."""

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    refusal: int | None = None
    refuses_permanent: bool = False
    is_away: bool = False

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to a POST, or None for trouble (502)."""
        if path.startswith("/cgi-bin/stable_token"):
            return {"access_token": "token", "expires_in": 7200}
        if self.is_away:
            return None
        self.asked.append(body)
        is_permanent = body["action_name"].startswith("QR_LIMIT")
        if self.refusal is not None or (is_permanent and self.refuses_permanent):
            return {"errcode": self.refusal or 45029, "errmsg": "refused"}
        number = len(self.asked)
        answer = {"ticket": f"ticket{number}", "url": f"http://weixin.qq.com/q/02{number:020}"}
        return answer if is_permanent else answer | {"expire_seconds": body["expire_seconds"]}


@contextmanager
def running() -> Iterator[Wechat]:
    """The server for the time of a test."""
    here = Wechat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = here.answer(self.path, body)
            self.send_response(200 if answer else 502)
            content = json.dumps(answer).encode() if answer else b"<html>Bad gateway</html>"
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
