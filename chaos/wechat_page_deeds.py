"""What people do on pages and with links, each as a deed with an end that can be looked up."""

from __future__ import annotations

from typing import Any

import requests
from redis import Redis

from chaos.wechat_people import Member, Web
from chaos.wechat_stage import Stage

TICKETS = "lianhui:wechat:page_ticket:*"
LATER_SECONDS = 60.0
BLOCKED, PRETENDED = "login_blocked", "snapshot_visitor"


class WebLogIn:
    """Somebody opens a shop's link inside WeChat and logs in there, silently."""

    consent = "false"

    def __init__(self, stage: Stage) -> None:
        self.stage, self.web = stage, Web(stage.web, stage.answers, stage.sandbox)
        self.store = stage.store("tea")
        stage.settle()  # nobody else is asked for meanwhile
        self.before, self.told = stage.members(), ""

    def start(self) -> None:
        self.told = self.web.visit(scene=self.store["scene"], consent=self.consent)
        if self.told == PRETENDED and self.stage.members() != self.before:
            raise RuntimeError("a pretend person became a member")

    def look(self) -> str | None:
        first, self.told = self.told, ""
        if first in (BLOCKED, PRETENDED):
            again = self.web.visit(scene=self.store["scene"], consent=self.consent)
            return f"{first}, then {self._seen(again)}"
        return self._seen(first)

    def _seen(self, told: str) -> str:
        made = self.stage.members() - self.before
        if told != "in" or made != 1:
            return f"{told or 'nothing'}, {made} members"
        is_theirs = self.web.session["home_store_id"] == self.store["id"]
        return "in" if is_theirs else "in without a shop"


class WebConsent(WebLogIn):
    """The same, where WeChat asks for consent, and tells who somebody is everywhere."""

    consent = "true"


class Known:
    """Somebody follows, and opens the mini-program after WeChat was asked who they are."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, Member(stage.web, stage.answers, stage.sandbox)
        self.store = stage.store("tea")
        stage.settle()
        self.before = stage.members()

    def start(self) -> None:
        self.member.do("follow", scene=self.store["scene"])

    def look(self) -> str | None:
        home = self.member.get("/me/binding")["home_store_id"]
        return "one person" if home == self.store["id"] else None


class KnownLater(Known):
    """The same, where WeChat does not tell who follows; it is asked anew when they come back."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.returned = False

    def look(self) -> str | None:
        end = super().look()
        if end and self.returned:
            return f"{end} after coming back"
        if not self.returned:
            self.returned = True
            self.stage.settle()
            self.member.do("unfollow")
            self.stage.advance(LATER_SECONDS)
            self.member.do("follow")
            self.stage.newcomer("tea", follows=True)  # with whom those before are asked for
        return None


class Links:
    """Somebody asks for the links of a new member's code; without WeChat there is the page's."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scene = stage.newcomer("tea").get("/me/invite-code")["scene"]

    def start(self) -> None:
        self._ask()

    def look(self) -> str | None:
        answer = self._ask()
        if answer.status_code != 200 or not answer.json()["page"]:
            return f"status {answer.status_code}"
        return "links" if answer.json()["url_link"] and answer.json()["url_scheme"] else None

    def _ask(self) -> requests.Response:
        return self.stage.buyer.patiently("GET", f"/codes/{self.scene}/links")


class MiniCode:
    """Somebody looks at the mini-program code of a new member."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.status = stage, 0
        self.scene = stage.newcomer("tea").get("/me/invite-code")["scene"]

    def start(self) -> None:
        self.status = self._ask()

    def look(self) -> str | None:
        first = self.status
        if first not in (200, 409):
            return f"status {first}"
        if self._ask() != 200:
            return None
        return "picture" if first == 200 else "refused, then a picture"

    def _ask(self) -> int:
        return self.stage.buyer.patiently("GET", f"/codes/{self.scene}/mini-program").status_code


class Signature:
    """A page has its address signed, for which a ticket has to be fetched."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        store = Redis.from_url(stage.instance.endpoints()["redis_url"])
        for name in store.scan_iter(TICKETS):  # a ticket lives two real hours
            store.delete(name)

    def start(self) -> None:
        self.status = self._ask()

    def look(self) -> str | None:
        return "signed" if self._ask() == 200 else None

    def _ask(self) -> int:
        wish = {"url": f"{self.stage.web}/shop"}
        return self.stage.buyer.patiently("GET", "/js-sdk", params=wish).status_code


class GivePhone:
    """A member gives the phone number, tapping again where the first tap was lost."""

    def __init__(self, stage: Stage) -> None:
        self.member = stage.newcomer("tea")
        self.member.do("privacy")
        self.answer: dict[str, Any] = {}

    def start(self) -> None:
        self._give()

    def look(self) -> str | None:
        seen = self.member.ask("GET", "/me/phone")
        if seen.status_code == 200:
            return "given"
        self._give()
        return None

    def _give(self) -> None:
        wish = {"code": self.member.do("phone-number")["code"], "consent": True}
        answer = self.member.ask("POST", "/me/phone", wish)
        if answer.status_code != 201 and answer.json()["code"] != "phone_code_invalid":
            raise RuntimeError(f"the phone number: {answer.status_code} {answer.text}")
