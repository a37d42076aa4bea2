"""`python -m sandbox --port N --data DIR`: the pretend WeChat in the foreground."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.accounts import MissingSettings, read_accounts
from sandbox.app import create_app
from sandbox.world import open_world

DEFAULT_HOST = "127.0.0.1"


class Handler(WSGIRequestHandler):
    """Keeps connections open and writes no line per request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what it remembers")
    parser.add_argument("--host", default=DEFAULT_HOST)
    parser.add_argument("--seed", type=int, help="seed of the dice for faults")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        accounts = read_accounts(arguments.data)
    except MissingSettings as error:
        parser.exit(2, f"sandbox: {error}\n")
    here = open_world(accounts, arguments.data, arguments.seed)
    app = create_app(here)
    server = make_server(
        arguments.host, arguments.port, app, threaded=True, request_handler=Handler
    )
    server.daemon_threads = True  # type: ignore[attr-defined]
    here.schedule.start()

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"sandbox listening on http://{arguments.host}:{server.port}/", flush=True)
    server.serve_forever(poll_interval=0.2)
    here.schedule.stop()
    here.state.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
