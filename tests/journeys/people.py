"""The people of a journey: they touch only what people and programs outside can touch."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Callable
from typing import Any

import pyotp
import requests

from chaos.commands import Commands


class Product:
    """The running product: its API, its commands, and the sandbox beside it."""

    def __init__(self, endpoints: dict[str, Any], commands: Commands) -> None:
        self.endpoints = endpoints
        self.web, self.sandbox = endpoints["web"], Sandbox(endpoints["sandbox"])
        self._commands = commands

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `flask --app wsgi …` beside the running product."""
        return self._commands.run(*arguments, seconds=120)

    def seed(self) -> dict[str, Any]:
        """A fresh alliance: what `seed --profile test --json` prints."""
        made = self.flask("seed", "--profile", "test", "--json")
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    def audit(self) -> dict[str, Any]:
        """What `audit verify --json` says; its exit code must agree."""
        found = self.flask("audit", "verify", "--json")
        assert found.returncode == 0, found.stdout + found.stderr
        return json.loads(found.stdout)


class Sandbox:
    """The control API of the pretend WeChat."""

    def __init__(self, base: str) -> None:
        self.base = base

    def post(self, path: str, **fields: Any) -> Any:
        answer = requests.post(f"{self.base}/__ctl/{path}", json=fields, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return requests.get(f"{self.base}/__ctl/{path}", timeout=30).json()

    def phone(self, name: str) -> Phone:
        return Phone(self, self.post("phones", name=name))

    def advance(self, **spans: float) -> None:
        """Lets time pass, e.g. `advance(days=7)`."""
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        seconds = sum(units[unit] * amount for unit, amount in spans.items())
        self.post("clock/advance", seconds=seconds)
        time.sleep(0.6)  # the product asks for the time four times a second

    def moment(self) -> float:
        return time.time() + self.get("clock")["offset_seconds"]


class Phone:
    """A simulated phone with its WeChat account."""

    def __init__(self, sandbox: Sandbox, made: dict[str, Any]) -> None:
        self.sandbox, self.id = sandbox, made["id"]
        self.openid, self.mini_openid = made["openid"], made["mini_openid"]

    def do(self, action: str, **fields: Any) -> Any:
        return self.sandbox.post(f"phones/{self.id}/{action}", **fields)

    def scan(self, picture: bytes) -> Any:
        """Holds the camera on a picture of a code."""
        address = f"{self.sandbox.base}/__ctl/phones/{self.id}/scan"
        answer = requests.post(address, files={"image": ("code.png", picture)}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def chat(self) -> list[str]:
        """The texts this phone has received and sent, oldest first."""
        lines = self.sandbox.get(f"messages?phone={self.id}")["messages"]
        return [json.dumps(line, ensure_ascii=False) for line in lines]

    def has_read(self, *words: str) -> bool:
        return any(all(word in line for word in words) for line in self.chat())


class Caller:
    """Somebody who signs in to API v1, and again when a session has ended."""

    def __init__(self, web: str, sign_in: Callable[[], dict[str, Any]], path: str) -> None:
        self.base = f"{web}/api/v1"
        self._sign_in, self._path = sign_in, path
        self.sign_in()

    def sign_in(self) -> None:
        answer = requests.post(self.base + self._path, json=self._sign_in(), timeout=30)
        assert answer.status_code == 201, answer.text
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def get(self, path: str, status: int = 200) -> Any:
        answer = requests.get(self.base + path, headers=self._headers, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(self, path: str, *, key: str | None = None, **fields: Any) -> requests.Response:
        headers = {**self._headers, "Idempotency-Key": key or uuid.uuid4().hex}
        return requests.post(self.base + path, json=fields, headers=headers, timeout=30)

    def post(self, path: str, *, status: int = 201, **fields: Any) -> Any:
        answer = self.send(path, **fields)
        assert answer.status_code == status, answer.text
        return answer.json()

    def put(self, path: str, *, status: int = 200, **fields: Any) -> Any:
        answer = requests.put(self.base + path, json=fields, headers=self._headers, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json()

    def upload(self, path: str, picture: bytes) -> Any:
        """Sends a picture as the body."""
        answer = requests.post(self.base + path, data=picture, headers=self._headers, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def picture(self, path: str) -> requests.Response:
        """The answer of an address that shows a picture."""
        return requests.get(self.base + path, headers=self._headers, timeout=30)

    def purses(self) -> dict[str, int]:
        """What is in each purse, in fen; empty ones left out."""
        found = self.get("/me/wallet")["purses"]
        return {name: purse["balance_fen"] for name, purse in found.items() if purse["balance_fen"]}


class Member(Caller):
    """The owner of a phone, signed in through the mini-program."""

    def __init__(self, product: Product, phone: Phone) -> None:
        self.phone = phone
        super().__init__(product.web, lambda: {"code": phone.do("login")["code"]}, "/sessions")


class Staff(Caller):
    """A member of staff, signed in with password and second factor."""

    def __init__(self, product: Product, credentials: dict[str, Any]) -> None:
        totp = pyotp.TOTP(credentials["totp_secret"])
        named = {name: credentials[name] for name in ("username", "password")}
        super().__init__(
            product.web,
            lambda: {**named, "totp": totp.at(int(product.sandbox.moment()))},
            "/staff/sessions",
        )


def eventually(check, seconds: float = 90, what: str = "") -> Any:
    """What `check` returns once it is true; fails after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := check():
            return found
        time.sleep(0.2)
    raise AssertionError(f"it did not happen within {seconds} s: {what or check}")
