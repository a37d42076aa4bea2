"""A running sandbox on a free port, and a small stand-in for the product behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from sandbox.__main__ import Handler
from sandbox.accounts import read_accounts
from sandbox.app import create_app
from sandbox.world import World, open_world
from tests.sandbox.merchant import Merchant

OA_TOKEN = "tokenOfTheTests"
ACCOUNTS = {
    "WECHAT_OA_APP_ID": "wxtest0oa000000001",
    "WECHAT_OA_SECRET": "secret of the official account",
    "WECHAT_OA_TOKEN": OA_TOKEN,
    "WECHAT_OA_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_OA_ORIGINAL_ID": "gh_test00000001",
    "WECHAT_MINI_APP_ID": "wxtest0mini0000001",
    "WECHAT_MINI_SECRET": "secret of the mini-program",
    "WECHAT_PAY_MCH_ID": "1900000109",
    "WECHAT_PAY_API_V3_KEY": "0123456789abcdef0123456789ABCDEF",
    "WECHAT_PAY_MERCHANT_SERIAL": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "WECHAT_PAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119000001092026112200000000000001",
}


@dataclass
class Letter:
    """A request the stand-in received."""

    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Product:
    """Receives pushes and notifications; `answer` says what to reply."""

    url: str = ""
    server: Any = None
    letters: list[Letter] = field(default_factory=list)
    answer: Callable[[Letter], tuple[int, bytes]] = lambda letter: (200, b"success")

    def of(self, path: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.path == path]


@dataclass
class Sandbox:
    """A running sandbox and short cuts to its control API."""

    url: str
    world: World

    def control(self, path: str, wish: dict[str, Any] | None = None, method: str = "POST") -> Any:
        answer = requests.request(method, f"{self.url}/__ctl{path}", json=wish or {}, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def phone(self) -> dict[str, Any]:
        return dict(self.control("/phones"))

    def chat(self, phone: dict[str, Any]) -> list[dict[str, Any]]:
        url = f"{self.url}/__ctl/messages"
        return list(requests.get(url, {"phone": phone["id"]}, timeout=9).json()["messages"])

    def books(self) -> dict[str, Any]:
        return dict(self.control("/books", method="GET"))

    def drain(self) -> None:
        assert self.control("/drain")["drained"]

    def pass_time(self, seconds: float) -> None:
        self.control("/clock/advance", {"seconds": seconds})
        self.drain()

    def token(self, kind: str = "OA") -> str:
        app_id, secret = ACCOUNTS[f"WECHAT_{kind}_APP_ID"], ACCOUNTS[f"WECHAT_{kind}_SECRET"]
        wish = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        answer = requests.post(f"{self.url}/cgi-bin/stable_token", json=wish, timeout=9)
        return str(answer.json()["access_token"])

    def call(self, path: str, wish: dict[str, Any], kind: str = "OA") -> requests.Response:
        params = {"access_token": self.token(kind)}
        return requests.post(f"{self.url}{path}", json=wish, params=params, timeout=9)


@pytest.fixture
def product() -> Iterator[Product]:
    """The product's stand-in."""
    stand_in = Product()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            letter = Letter(path, query, {k.lower(): v for k, v in self.headers.items()}, body)
            stand_in.letters.append(letter)
            status, answer = stand_in.answer(letter)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    stand_in.server = server
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield stand_in
    server.shutdown()


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of this run."""
    return tmp_path_factory.mktemp("sandbox-keys")


@pytest.fixture
def settings(product: Product, key_folder: Path) -> dict[str, str]:
    """The variables of the sandbox under test."""
    return ACCOUNTS | {
        "SANDBOX_KEY_DIR": str(key_folder),
        "SANDBOX_CALLBACK_URL": f"{product.url}/wechat/callback",
    }


@pytest.fixture
def start(tmp_path: Path, settings: dict[str, str]) -> Iterator[Callable[..., Sandbox]]:
    """Starts a sandbox; further settings as keywords. Started again it takes up its data."""
    running: list[tuple[Any, World]] = []

    def stop() -> None:
        while running:
            server, world = running.pop()
            server.shutdown()
            world.schedule.stop()
            world.state.close()

    def begin(**more: str) -> Sandbox:
        stop()
        world = open_world(read_accounts(tmp_path, settings | more), tmp_path, seed=7)
        server = make_server(
            "127.0.0.1", 0, create_app(world), threaded=True, request_handler=Handler
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        world.schedule.start()
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        running.append((server, world))
        return Sandbox(f"http://127.0.0.1:{server.port}", world)

    yield begin
    stop()


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    """A running, empty sandbox that pushes in safe mode."""
    return start()


@pytest.fixture
def merchant(sandbox: Sandbox, key_folder: Path, product: Product) -> Merchant:
    """The merchant, with the independent client `wechatpayv3`."""
    return Merchant(sandbox.url, key_folder, ACCOUNTS, f"{product.url}/wechat/pay/notify")
