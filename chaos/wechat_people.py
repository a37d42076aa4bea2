"""People of the WeChat run: they try again where they are told to, as a good client does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyotp
import requests

from chaos.people import Sandbox

PATIENCE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 0.5
REAL_SECONDS = 10
TIMEOUT_SECONDS = 45.0
AGAIN = (429, 503)


@dataclass
class Answers:
    """Every answer of the product that a run saw: (what, status, Retry-After)."""

    seen: list[tuple[str, int, str | None]] = field(default_factory=list)

    def impolite(self) -> list[str]:
        """5xx other than the documented 503 with Retry-After."""
        return [
            f"{what}: {status}"
            for what, status, retry_after in self.seen
            if status >= 500 and not (status == 503 and retry_after)
        ]


class Caller:
    """Somebody with a session, which is renewed when it has ended."""

    def __init__(
        self, web: str, answers: Answers, sandbox: Sandbox, sign_in: Callable[[], str]
    ) -> None:
        self.base, self.answers, self.sandbox = f"{web}/api/v1", answers, sandbox
        self._sign_in, self._token = sign_in, ""
        self.headers: dict[str, str] = {}

    def once(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request, without a session."""
        headers = more.pop("headers", {}) | self.headers
        wish: Any = more | {"headers": headers, "timeout": TIMEOUT_SECONDS}
        answer = requests.request(method, self.base + path, **wish)
        note = (f"{method} {path}", answer.status_code, answer.headers.get("Retry-After"))
        self.answers.seen.append(note)
        return answer

    def patiently(self, method: str, path: str, **more: Any) -> requests.Response:
        """The same request until there is a definite answer; who is told to come back much later
        lets the virtual clock go on."""
        until, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while True:
            answer = self.once(method, path, **more)
            if answer.status_code not in AGAIN or time.monotonic() > until:
                return answer
            self._wait(answer, pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _wait(self, answer: requests.Response, pause: float = LONGEST_PAUSE_SECONDS) -> None:
        seconds = answer.headers.get("Retry-After", "")
        if seconds.isdigit() and int(seconds) > REAL_SECONDS:
            self.sandbox.ask("POST", "clock/advance", {"seconds": int(seconds)})
        time.sleep(pause)

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        """The same, with a session and, for what changes something, one key for all tries."""
        headers = {} if method == "GET" else {"Idempotency-Key": uuid.uuid4().hex}
        for _ in range(2):
            if not self._token:
                self._token = self._sign_in()
            headers["Authorization"] = f"Bearer {self._token}"
            answer = self.patiently(method, path, json=body, headers=headers)
            if not _wants_session(answer):
                break
            self._token = ""
        return answer

    def get(self, path: str) -> dict[str, Any]:
        """What is there. Raises RuntimeError for anything but a good answer."""
        answer = self.ask("GET", path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found


def _wants_session(answer: requests.Response) -> bool:
    """Whether a new one helps: none is open, or what is dangerous asks for a fresh proof."""
    if answer.status_code == 403:
        return bool(answer.json().get("code") == "confirmation_needed")
    return answer.status_code == 401


class Member(Caller):
    """A phone and its owner."""

    def __init__(self, web: str, answers: Answers, sandbox: Sandbox, scene: str = "") -> None:
        super().__init__(web, answers, sandbox, self.log_in)
        self.scene = scene
        self.phone: dict[str, Any] = sandbox.ask("POST", "phones", {})
        self.refused = ""

    def do(self, action: str, **fields: Any) -> Any:
        """Something a person does on the phone."""
        return self.sandbox.ask("POST", f"phones/{self.phone['id']}/{action}", fields)

    def scan(self, scene: str) -> dict[str, Any]:
        """Hold the camera on the picture of a code, as it hangs in a shop."""
        picture = self.patiently("GET", f"/codes/{scene}.png").content
        address = f"{self.sandbox.base}/__ctl/phones/{self.phone['id']}/scan"
        files = {"image": ("code.png", picture)}
        found: dict[str, Any] = requests.post(address, files=files, timeout=30).json()
        return found

    def log_in(self) -> str:
        """A token; a code that was used up on the way is replaced by a fresh one."""
        for _ in range(5):
            wish = {"code": self.do("login")["code"]} | (
                {"scene": self.scene} if self.scene else {}
            )
            answer = self.patiently("POST", "/sessions", json=wish)
            if answer.status_code == 201:
                return str(answer.json()["token"])
            self.refused = str(answer.json().get("code"))
        raise RuntimeError(f"nobody gets in: {answer.status_code} {answer.text}")

    def sign_in_again(self) -> None:
        """Log in now, whatever there was."""
        self._token = self.log_in()

    def lines(self, side: str = "account", kind: str = "") -> list[str]:
        """What the phone shows of one side of the chat, oldest first."""
        found = self.sandbox.ask("GET", f"messages?phone={self.phone['id']}")["messages"]
        return [
            str(line["text"])
            for line in found
            if line["side"] == side and (not kind or line["kind"] == kind)
        ]

    def notices(self) -> dict[str, str]:
        """What became of the last notices, by their id."""
        return {one["id"]: one["state"] for one in self.get("/me/notices")["notices"]}

    def purse(self, name: str) -> int:
        """What is in a purse, in fen."""
        purses = self.get("/me/wallet")["purses"]
        return int(purses[name]["balance_fen"]) if name in purses else 0


class Web(Caller):
    """A browser inside WeChat: it keeps its cookie, and starts anew where it is told to."""

    def __init__(self, web: str, answers: Answers, sandbox: Sandbox) -> None:
        super().__init__(web, answers, sandbox, lambda: "")
        self.phone: dict[str, Any] = sandbox.ask("POST", "phones", {})
        self.cookies = requests.cookies.RequestsCookieJar()
        self.session: dict[str, Any] = {}

    def visit(self, **query: str) -> str:
        """`in`, or the code of what refused; each new try is a new visit with a new state."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            answer = self._come_back(self._consent(self._start(query)))
            if answer.status_code == 302:
                answer = self.once("POST", "/oauth/session", cookies=self.cookies)
            if answer.status_code == 201:
                self.session = answer.json()
                return "in"
            code = str(answer.json().get("code"))
            if answer.status_code not in AGAIN and code != "login_code_invalid":
                return code
            self._wait(answer)
        return "nobody gets in"

    def _start(self, query: dict[str, str]) -> str:
        options: Any = {"params": query, "cookies": self.cookies, "allow_redirects": False}
        answer = self.once("GET", "/oauth/start", **options)
        self.cookies.update(answer.cookies)
        return answer.headers["Location"].partition("#")[0]

    def _consent(self, page: str) -> str:
        """Says yes on WeChat's page; the address of ours that it sends back to."""
        choice = {"phone": self.phone["id"]}
        answer = requests.get(page, choice, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        return answer.headers["Location"]

    def _come_back(self, address: str) -> requests.Response:
        path = address.removeprefix(self.base)
        return self.once("GET", path, cookies=self.cookies, allow_redirects=False)


class Staff(Caller):
    """Somebody of the staff, with password and second factor."""

    def __init__(self, web: str, answers: Answers, sandbox: Sandbox, facts: dict[str, Any]) -> None:
        super().__init__(web, answers, sandbox, self.log_in)
        self.credentials = facts

    def log_in(self) -> str:
        """A token; the second factor follows the virtual clock."""
        wish = {name: self.credentials[name] for name in ("username", "password")}
        wish["totp"] = self.code()
        answer = self.patiently("POST", "/staff/sessions", json=wish)
        if answer.status_code != 201:
            raise RuntimeError(f"staff: {answer.status_code} {answer.text}")
        return str(answer.json()["token"])

    def code(self) -> str:
        """Six digits of the second factor at this virtual moment."""
        moment = time.time() + self.sandbox.ask("GET", "clock")["offset_seconds"]
        return pyotp.TOTP(self.credentials["totp_secret"]).at(int(moment))
