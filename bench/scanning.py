"""How fast a scanned code is answered: decrypt, verify, store durably, handle, reply encrypted.

Every push is one of its own, in safe mode, signed and encrypted as WeChat does, and committed with
synchronous_commit before it is answered. `scan` comes from people who are members already, `follow`
registers a new member each time. The yardstick is a bare Flask route on the same server. What each
costs is also given in microseconds of processor time an answer, by part: the client, the web server
and PostgreSQL share the machine, and a machine that does something else besides changes it little.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from dotenv import dotenv_values
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from bench import load
from bench.harness.costs import Costs
from bench.harness.server import create_database, durable_server, vacuum
from bench.harness.turns import in_turns, report
from bench.harness.web import BARE_PATH, ROOT, web_server

CONNECTIONS = 32
FOLLOWERS = 400
READY_PER_SECOND = 2_000  # at first; then as many as were answered, and half as many again
WANTED = b"HTTP/1.1 200"
CALLBACK = "/wechat/callback"


def environment(url: str, keys: Path) -> dict[str, str]:
    """The product's settings; nothing of WeChat can be reached and Redis is away."""
    from sandbox.keys import make_missing

    development = dotenv_values(ROOT / "config" / "development.env", interpolate=False)
    found = {name: value for name, value in development.items() if value is not None}
    make_missing(keys, found["WECHAT_PAY_MERCHANT_SERIAL"])
    return found | {
        "LIANHUI_ENV": "test",
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:9",
        "BASE_URL": "http://127.0.0.1",
        "WECHAT_API_BASE": "http://127.0.0.1:9",
        "WECHAT_PAY_PRIVATE_KEY_FILE": str(keys / "merchant_private_key.pem"),
        "WECHAT_PAY_PUBLIC_KEY_FILE": str(keys / "platform_public_key.pem"),
    }


def prepare() -> str:
    """Makes the tables; the scene token of the platform's own code."""
    from flask_migrate import upgrade

    from app import create_app
    from app.core.db import in_transaction
    from app.core.world import PLATFORM_ID
    from app.qr import service

    with create_app().app_context():
        upgrade(directory=str(ROOT / "migrations"))
        return in_transaction(lambda: service.issue("O", PLATFORM_ID))


class Pushes:
    """Writes pushes as WeChat does, ahead of time."""

    def __init__(self, settings: dict[str, str], scene: str) -> None:
        self._settings, self._scene = settings, scene
        self._crypto = WeChatCrypto(
            settings["WECHAT_OA_TOKEN"],
            settings["WECHAT_OA_AES_KEY"],
            settings["WECHAT_OA_APP_ID"],
        )
        self._second = itertools.count(1_790_000_000)

    def follow(self, openid: str) -> bytes:
        """The first scan of a person, who follows by it."""
        return self._push(openid, "subscribe", f"qrscene_{self._scene}")

    def scan(self, openid: str) -> bytes:
        """Another scan of a person who follows."""
        return self._push(openid, "SCAN", self._scene)

    def _push(self, openid: str, event: str, key: str) -> bytes:
        original_id = self._settings["WECHAT_OA_ORIGINAL_ID"]
        text = (
            f"<xml><ToUserName><![CDATA[{original_id}]]></ToUserName>"
            f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{next(self._second)}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            f"<Event><![CDATA[{event}]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
            f"<Ticket><![CDATA[gQbench]]></Ticket></xml>"
        )
        return self._sealed(original_id, text)

    def _sealed(self, original_id: str, text: str) -> bytes:
        timestamp, nonce = str(int(time.time())), uuid4().hex[:10]
        envelope = self._crypto.encrypt_message(text, nonce, timestamp)
        sealed = envelope.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        query = {
            "signature": self._signed(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": self._signed(timestamp, nonce, sealed),
        }
        body = (
            f"<xml><ToUserName><![CDATA[{original_id}]]></ToUserName>"
            f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )
        head = (
            f"POST {CALLBACK}?{urlencode(query)} HTTP/1.1\r\nHost: bench\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()

    def _signed(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._settings["WECHAT_OA_TOKEN"], *parts)
        return str(signer.signature)


class Bench:
    """The loads on one server. Pushes are written before the time runs."""

    def __init__(self, port: int, pushes: Pushes, seconds: float) -> None:
        self._port, self._pushes, self._seconds = port, pushes, seconds
        self._openids = [f"o{uuid4().hex[:27]}" for _ in range(FOLLOWERS)]
        self._scans = map(pushes.scan, itertools.cycle(self._openids))
        self._follows = (pushes.follow(f"o{uuid4().hex[:27]}") for _ in itertools.count())
        self._per_second: dict[str, float] = {}
        self.costs = Costs()

    def begin(self) -> None:
        """Makes the followers, so that their later scans are scans of members."""
        follows = [self._pushes.follow(openid) for openid in self._openids]
        load.run_paced(self._port, 8, 1, len(follows), iter(follows).__next__, WANTED)

    def bare(self) -> float:
        """Answers a second of the bare route."""
        request = f"GET {BARE_PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        return self._as_fast_as_answered("bare", itertools.repeat(request))

    def scan(self) -> float:
        """Scans of members answered a second."""
        return self._as_fast_as_answered("scan", self._written("scan", self._scans))

    def follow(self) -> float:
        """New members a second."""
        return self._as_fast_as_answered("follow", self._written("follow", self._follows))

    def at_pace(self, per_second: float) -> load.Result:
        """Scans of members at a fixed pace."""
        ready = itertools.islice(self._scans, int(per_second * self._seconds) + 1)
        request = iter(list(ready)).__next__
        return load.run_paced(self._port, CONNECTIONS, self._seconds, per_second, request, WANTED)

    def _written(self, kind: str, pushes: Iterator[bytes]) -> Iterator[bytes]:
        """Enough pushes written ahead; should they run out, the client writes on."""
        expected = 1.5 * self._per_second.get(kind, READY_PER_SECOND) * self._seconds
        return itertools.chain(list(itertools.islice(pushes, int(expected))), pushes)

    def _as_fast_as_answered(self, kind: str, requests: Iterator[bytes]) -> float:
        found = self.costs.during(
            kind,
            lambda: load.run(self._port, CONNECTIONS, self._seconds, requests.__next__, WANTED),
        )
        self._per_second[kind] = found.per_second
        return found.per_second


def measure(bench: Bench, rounds: int, seconds: float) -> None:
    """All rounds, the latency at 80 % of the best scans, and the last line."""
    bench.begin()
    bench.scan()
    found = in_turns(rounds, bench.bare, {"scan": bench.scan, "follow": bench.follow})
    at_80 = bench.at_pace(0.8 * statistics.median(found["scan"]))
    report(
        "scan",
        "scan",
        found,
        p50_ms_at_80_percent=round(at_80.percentile(0.5) * 1000, 1),
        p99_ms_at_80_percent=round(at_80.percentile(0.99) * 1000, 1),
        microseconds=bench.costs.microseconds(),
        seconds=seconds,
        connections=CONNECTIONS,
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench/scan", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    with durable_server() as server, tempfile.TemporaryDirectory() as folder:
        url = create_database(server, "scans")
        settings = environment(url, Path(folder))
        os.environ.update(settings)
        scene = prepare()
        vacuum(url)
        with web_server(settings) as port:
            bench = Bench(port, Pushes(settings, scene), options.seconds)
            measure(bench, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
