"""A desk at api.weixin.qq.com that answers what a test wrote down, over HTTP, and keeps count."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = dict[str, Any] | list[Any] | bytes | str
STABLE_TOKEN = "/cgi-bin/stable_token"


@dataclass
class Asked:
    """One request: where, with what in its query, with what in its body."""

    path: str
    query: dict[str, str]
    body: Any


@dataclass
class ApiDesk:
    """Answers each path by `answers[path]`: an answer, a list of answers (the last one stays),
    or a function of the request. Tokens are issued as stable_token does."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    version: int = 1
    slowness_seconds: float = 0.0

    def of(self, path: str) -> list[Asked]:
        """The requests to a path."""
        return [asked for asked in self.asked if asked.path == path]

    def answer(self, asked: Asked) -> Answer:
        time.sleep(self.slowness_seconds)
        self.asked.append(asked)
        scripted = self.answers.get(asked.path)
        if isinstance(scripted, list) and scripted:
            return scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if callable(scripted):
            return scripted(asked)  # type: ignore[no-any-return]
        if scripted is not None:
            return scripted  # type: ignore[no-any-return]
        if asked.path == STABLE_TOKEN:
            self.version += bool(asked.body.get("force_refresh"))
            return {"access_token": f"token-{self.version}", "expires_in": 7200}
        return {"errcode": 0, "errmsg": "ok"}


def refusal(code: int, message: str = "refused rid: 0-0-0") -> dict[str, Any]:
    """An answer with an errcode."""
    return {"errcode": code, "errmsg": message}


@contextmanager
def open_desk() -> Iterator[tuple[ApiDesk, str]]:
    """The desk and its address."""
    desk = ApiDesk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(desk.answer))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    try:
        yield desk, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(answer: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve(None)

        def do_POST(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _serve(self, body: Any) -> None:
            parts = urlsplit(self.path)
            said = answer(Asked(parts.path, dict(parse_qsl(parts.query)), body))
            if said == "hang up":
                self.close_connection = True
                self.connection.shutdown(2)
                return
            kind = "image/png" if isinstance(said, bytes) else "application/json"
            if isinstance(said, str):
                kind, said = "text/html", said.encode()
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
