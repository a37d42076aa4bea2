"""Staff at a console: they sign in by the page itself, and send forms as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pyotp
from werkzeug.test import TestResponse

from app.core import staff
from app.core.db import in_transaction
from app.core.world import new_id, now

HTML = {"Accept": "text/html,application/xhtml+xml"}
ORIGIN = "http://localhost"
PASSWORD = "correct horse battery"


class Visitor:
    """A browser of one person of the staff."""

    def __init__(
        self,
        app: Any,
        *roles: str,
        merchant_id: UUID | None = None,
        store_ids: frozenset[UUID] = frozenset(),
    ) -> None:
        name = f"v-{new_id().hex}"
        new = staff.NewStaff(name, PASSWORD, frozenset(roles), merchant_id, store_ids)
        self.id = in_transaction(lambda: staff.create(new))
        self.username, self._secret = new.username, new.totp_secret
        self._steps_used = 0
        self._address = f"198.18.{self.id.bytes[-1]}.{self.id.bytes[-2]}"
        self.browse(app)

    def browse(self, app: Any) -> None:
        """Takes another browser; sign-ins are limited by address, hence one of their own."""
        self.browser = app.test_client()
        self.browser.environ_base["REMOTE_ADDR"] = self._address

    def code(self) -> str:
        """A code that was not used before: of this step, then of the next one; no more than two."""
        moment = int(now().timestamp()) + self._steps_used * staff.TOTP_SECONDS
        self._steps_used += 1
        return pyotp.TOTP(self._secret).at(moment)

    def sign_in(self, next_: str = "") -> Visitor:
        """Signs in by the form."""
        self.get("/console/sign-in")
        wish = {"username": self.username, "password": PASSWORD, "totp": self.code()}
        answer = self.post("/console/sign-in", **wish, next=next_)
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **query: Any) -> TestResponse:
        """A page, as a browser asks for it; its hidden fields are remembered for `post`."""
        answer = self.browser.get(path, query_string=query or None, headers=HTML)
        self.page = answer.text if answer.mimetype == "text/html" else ""
        return answer

    def see(self, path: str, *shown: str, **query: Any) -> str:
        """A page that must be there and show these texts."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-2000:])
        for each in shown:
            assert each in answer.text, (path, each)
        return answer.text

    def post(self, path: str, *, origin: str | None = ORIGIN, **fields: Any) -> TestResponse:
        """A form of the page last seen, with its guard; `csrf` and `key` may be given."""
        wish = {"csrf": hidden(self.page, "csrf"), **fields}
        headers = HTML | ({"Origin": origin} if origin else {})
        answer = self.browser.post(path, data=wish, headers=headers)
        if answer.mimetype == "text/html" and answer.status_code // 100 != 3:
            self.page = answer.text
        return answer

    def do(self, path: str, **fields: Any) -> TestResponse:
        """A form that must succeed; proves who they are where that is asked for."""
        answer = self.post(path, key=new_id().hex, **fields)
        if answer.status_code == 403 and "confirm_to" in answer.text:
            kept = dict(hiddens(answer.text)) | {"password": PASSWORD, "totp": self.code()}
            onwards = self.post("/console/confirm", **kept)
            assert onwards.status_code == 307, onwards.text
            answer = self.post(onwards.location, **kept)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[-3000:])
        return answer


def hidden(page: str, name: str) -> str:
    """The first hidden field of that name."""
    return next((value for found, value in hiddens(page) if found == name), "")


def hiddens(page: str) -> list[tuple[str, str]]:
    """All hidden fields of a page."""
    pattern = r'<input type="hidden" name="([^"]*)" value="([^"]*)">'
    return [(name, unescape(value)) for name, value in re.findall(pattern, page)]
