"""A wire between two processes that hands everything on unchanged and remembers it."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests.structures import CaseInsensitiveDict

HOP = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}


@dataclass(frozen=True)
class Letter:
    """A request as it went over the wire, and what was answered."""

    method: str
    target: str
    headers: CaseInsensitiveDict[str]
    body: bytes
    status: int
    answer_headers: CaseInsensitiveDict[str]
    answer: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


class Wiretap:
    """Listens on a free port and passes on to `address`, which may be named later."""

    def __init__(self) -> None:
        self.address = ""
        self.letters: list[Letter] = []
        tap = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                letter = tap.hand_on(self.command, self.path, dict(self.headers), body)
                self.send_response_only(letter.status)
                for name, value in letter.answer_headers.items():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                if letter.status != http.client.NO_CONTENT:
                    self.send_header("Content-Length", str(len(letter.answer)))
                self.end_headers()
                self.wfile.write(letter.answer)

            do_GET = do_POST = handle_any  # noqa: N815  # the names the server looks for

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()

    def hand_on(self, method: str, target: str, headers: dict[str, Any], body: bytes) -> Letter:
        """Pass one request on, byte by byte, and remember it with its answer."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        letter = Letter(
            method,
            target,
            CaseInsensitiveDict(headers),
            body,
            answer.status,
            CaseInsensitiveDict(answer.getheaders()),
            content,
        )
        self.letters.append(letter)
        return letter

    def of(self, path: str) -> list[Letter]:
        """The letters to a path so far, oldest first."""
        return [letter for letter in self.letters if letter.path == path]

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
