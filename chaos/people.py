"""Members, staff and phones, as the outside world meets them: HTTP and nothing else."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pyotp
import requests

from chaos.journal import Journal, class_of

TIMEOUT_SECONDS = 4.0
PATIENCE_SECONDS = 40.0


class Sandbox:
    """The control desk of the pretend WeChat. It is killed too: what fails is tried again."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        """The answer as JSON, whatever its status. Raises TimeoutError while it stays away."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                answer = requests.request(
                    method, f"{self.base}/__ctl/{path}", json=fields or {}, timeout=15
                )
                if answer.status_code < 500:
                    return answer.json()
            except (requests.RequestException, ValueError):
                pass
            time.sleep(0.3)
        raise TimeoutError(f"the sandbox does not answer {path}")


@dataclass
class Person:
    """Somebody with a bearer token; members also have a phone."""

    id: str
    token: str
    phone: str = ""
    openid: str = ""
    is_rich: bool = False
    refundable: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Operation:
    """One wish, carried by one key through all its attempts. `amount_fen` is unlike any other
    of its kind, so that it names the operation in the books even if no answer ever came."""

    number: int
    kind: str
    person: Person
    path: str
    body: dict[str, Any]
    amount_fen: int
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    attempts: int = 0
    verdict: str = "open"
    answer: dict[str, Any] | None = None


class Door:
    """The product's API; every request through it is journaled."""

    def __init__(self, base: str, journal: Journal) -> None:
        self.base = f"{base}/api/v1"
        self.journal = journal

    def get(self, person: Person, path: str, kind: str = "look") -> dict[str, Any] | None:
        """What is there; None if there was no good answer."""
        record = self._attempt(kind, person, "GET", path, None, None, 1, 0)
        return record["answer"] if record["class"] == "ok" else None

    def attempt(self, operation: Operation) -> str:
        """Try once; returns the class, and keeps the answer with the operation."""
        operation.attempts += 1
        record = self._attempt(
            operation.kind,
            operation.person,
            "POST",
            operation.path,
            operation.body,
            operation.key,
            operation.attempts,
            operation.number,
            operation.amount_fen,
        )
        if record["class"] != "info":
            operation.verdict, operation.answer = record["class"], record["answer"]
        return str(record["class"])

    def repeat(self, operation: Operation, kind: str, body: dict[str, Any], amount: int) -> str:
        """Send a finished operation's key again, with the same or another body."""
        who = operation.person
        record = self._attempt(
            kind, who, "POST", operation.path, body, operation.key, 1, operation.number, amount
        )
        return str(record["class"])

    def _attempt(
        self,
        kind: str,
        person: Person,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        key: str | None,
        attempt: int,
        number: int,
        amount: int = 0,
    ) -> dict[str, Any]:
        record: dict[str, Any] = {"op": kind, "number": number, "key": key, "attempt": attempt}
        record |= {"principal": person.id, "path": path, "body": body, "amount_fen": amount}
        headers = {"Authorization": f"Bearer {person.token}"}
        headers |= {"Idempotency-Key": key} if key else {}
        self.journal.begin()
        record["t_invoke"] = time.monotonic()
        try:
            record |= send(method, self.base + path, headers, body)
        finally:
            record["t_return"] = time.monotonic()
            record["class"] = class_of(record.get("status"), record.get("answer"))
            self.journal.end(record)
        return record


def send(
    method: str, url: str, headers: dict[str, str], body: dict[str, Any] | None
) -> dict[str, Any]:
    """One request on a connection of its own; what came back, for the journal."""
    try:
        answer = requests.request(method, url, headers=headers, json=body, timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        return {"status": None, "error": type(error).__name__, "answer": None}
    try:
        content = answer.json()
    except ValueError:
        content = None
    return {
        "status": answer.status_code,
        "answer": content,
        "answer_sha": sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        "replayed": answer.headers.get("Idempotency-Replayed") == "true",
        "retry_after": answer.headers.get("Retry-After"),
    }


def sign_in(base: str, path: str, wish: dict[str, Any]) -> dict[str, Any]:
    """A new session. Raises RuntimeError if it is refused."""
    answer = requests.post(f"{base}/api/v1{path}", json=wish, timeout=30)
    if answer.status_code != 201:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
    found: dict[str, Any] = answer.json()
    return found


def member(base: str, sandbox: Sandbox, name: str, scene: str, is_rich: bool) -> Person:
    """A new phone whose owner joins through a code."""
    phone = sandbox.ask("POST", "phones", {"name": name})
    code = sandbox.ask("POST", f"phones/{phone['id']}/login", {})["code"]
    made = sign_in(base, "/sessions", {"code": code, "scene": scene})
    return Person(made["member_id"], made["token"], phone["id"], phone["mini_openid"], is_rich)


def staff(base: str, credentials: dict[str, Any]) -> Person:
    """Somebody of the staff, signed in with password and second factor."""
    wish = {name: credentials[name] for name in ("username", "password")}
    wish["totp"] = pyotp.TOTP(credentials["totp_secret"]).now()
    return Person(credentials["id"], sign_in(base, "/staff/sessions", wish)["token"])
