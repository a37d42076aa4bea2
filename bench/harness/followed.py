"""A clock that the product follows (CLOCK_URL), for rows that shall be older than they are."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType

from app.core.world import CLOCK_FRESH_SECONDS


class FollowedClock:
    """Answers with how far it is ahead; 0 at first. A context manager."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        clock = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                told = {"offset_seconds": clock._offset_seconds}
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: object) -> None:
                """Nothing: nobody reads it."""

        self._server = HTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> FollowedClock:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._server.shutdown()

    def set_back(self, seconds: float) -> None:
        """It is so many seconds ago now, for all that follow it when this returns."""
        self._offset_seconds = -seconds
        time.sleep(2 * CLOCK_FRESH_SECONDS)
