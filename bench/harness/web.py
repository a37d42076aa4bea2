"""The product's web server as ./run starts it, with a bare Flask route beside the product.

The bare route is an application of its own in the same process: it shares server, workers and
threads with the product, and none of its code.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.postgres import free_port
from launcher.product import WEB_THREADS, WEB_WORKERS

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120  # a loaded machine imports slowly
BARE_PATH = "/bare/"


def application():
    """The WSGI application that the server loads (`bench.harness.served:app`)."""
    from flask import Flask
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    from wsgi import app as product

    bare = Flask("bare")

    @bare.get("/")
    def answer() -> str:
        return "success"

    return DispatcherMiddleware(product, {BARE_PATH.rstrip("/"): bare})


@contextmanager
def web_server(environment: dict[str, str]) -> Iterator[int]:
    """A running web server; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", str(WEB_WORKERS), "--no-ws"),
            *("--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers"),
            *("--workers-kill-timeout", "5"),
            "bench.harness.served:app",
        ],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", BARE_PATH)
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    sys.exit("bench: the web server did not start.")
