"""What goes on behind the counter: bills, certificates, subscriptions, a withdrawal taken back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from chaos.wechat_deeds import Sale, Ship, TopUp, Withdraw, is_decided, told
from chaos.wechat_people import Member
from chaos.wechat_stage import Stage

DAY, NOON = 86_400, 12 * 3600
BEIJING_SECONDS = 8 * 3600
BILLS, AGAIN_SECONDS, MOST_TRIES = 4, 1201, 10
SPLITS = "sharing"  # comes only once money was split, and is waited for by nobody here
FRESH_KEYS_SECONDS = 7 * 3600.0
CHAT_CLOSES_SECONDS = 120.0
NOBODYS = "9999999999"  # a number that the sandbox made up begins so


class Bills:
    """A sale, and the bills of its day, fetched the day after and compared with the books."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self._explained = stage, ""
        self._leap(1, NOON)
        self._wait_for(self._day(-1))
        self.day = self._day(0)
        sale = Ship(stage)
        sale.start()
        for _ in range(60):
            if sale.look() == "shipped":
                break
            stage.advance(31)
        self.number = sale.number

    def start(self) -> None:
        self._leap(1, NOON)
        self.stage.duties()

    def look(self) -> str | None:
        if self._explained:
            return self._explained
        if not self._is_compared(self.day):
            self.stage.advance(AGAIN_SECONDS)
            return None
        found = self._mine()
        self._explained = ", ".join(f"{one['bill']} {one['result']}" for one in found)
        for one in found:
            self._explain(one["id"])
        return self._explained or "compared"

    def _mine(self) -> list[dict[str, Any]]:
        """Open lines of the sale, and of what never was; other deeds leave lines of their own."""
        lines = self.stage.finance.get(f"/reconciliation/lines?day={self.day}&limit=200")["lines"]
        return [
            line
            for line in lines
            if line["reference"] == self.number
            or line["reference"].startswith(NOBODYS)
            or line["wechat_number"].startswith(NOBODYS)
        ]

    def _explain(self, line_id: str) -> None:
        wish = {"action": "explained", "reason": "已与微信核对，账单有误"}
        answer = self.stage.finance.ask("POST", f"/reconciliation/lines/{line_id}/resolve", wish)
        if answer.status_code != 200 or answer.json()["is_open"]:
            raise RuntimeError(f"a line stays open: {answer.status_code} {answer.text}")

    def _is_compared(self, day: str) -> bool:
        runs = self.stage.finance.get("/reconciliation/runs?limit=40")["runs"]
        ours = [run for run in runs if run["day"] == day and run["bill"] != SPLITS]
        return len(ours) == BILLS

    def _wait_for(self, day: str) -> None:
        for _ in range(MOST_TRIES):
            self.stage.duties()
            if self._is_compared(day):
                return
            self.stage.advance(AGAIN_SECONDS)
        raise RuntimeError(f"the bills of {day} were not compared")

    def _leap(self, days: int, seconds: int) -> None:
        """To this second of a later day in Beijing."""
        passed = (self.stage.moment() + BEIJING_SECONDS) % DAY
        self.stage.advance(days * DAY + seconds - passed)

    def _day(self, later: int) -> str:
        moment = self.stage.moment() + BEIJING_SECONDS + later * DAY
        return datetime.fromtimestamp(moment, UTC).date().isoformat()


class NewCertificate(TopUp):
    """A top-up under a certificate that was just made, after the product fetched it."""

    def start(self) -> None:
        self.stage.advance(FRESH_KEYS_SECONDS)
        self.stage.duties()
        super().start()


class TakeBack(Withdraw):
    """A withdrawal taken back before it was confirmed on the phone."""

    def start(self) -> None:
        super().start()
        until = time.monotonic() + 20
        while not self.member.get(f"/withdrawals/{self.id}")["confirmation"]:
            if time.monotonic() > until:
                raise RuntimeError("WeChat does not ask for confirmation")
            time.sleep(0.1)
        answer = self.member.ask("POST", f"/withdrawals/{self.id}/cancel", {})
        if answer.status_code != 200:
            raise RuntimeError(f"taking back: {answer.status_code} {answer.text}")

    def look(self) -> str | None:
        status = str(self.member.get(f"/withdrawals/{self.id}")["status"])
        if status not in ("paid", "returned", "rejected", "cancelled"):
            return None
        lost = self.before - self.member.purse("rebate")
        return status if lost == 0 else f"{status}, and {lost} fen are gone"


class Consented(Sale):
    """Who brought the buyer agreed to be told of a rebate; no window of their chat is open."""

    kinds = ("subscription", "template")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.amount += 100_000  # rebates below a fen are told to nobody
        self.reader = stage.newcomer("tea", follows=True)
        self.reader.do("subscribe", choices={"ST_member_rebate": "accept"}, app="oa")
        invite = self.reader.get("/me/invite-code")["scene"]
        self.member = Member(stage.web, stage.answers, stage.sandbox, invite)
        self.member.get("/me")
        stage.settle()
        stage.advance(CHAT_CLOSES_SECONDS)
        self.before, self.known = self._count(), self.reader.notices()

    def look(self) -> str | None:
        if super().look() != "paid" or not is_decided(self.stage, self.reader, self.known):
            return None
        return told(self._count() - self.before)

    def _count(self) -> int:
        return sum(len(self.reader.lines(kind=kind)) for kind in self.kinds)


class MiniConsented(Sale):
    """A buyer, who does not follow, agreed in the mini-program to be told of payments."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.member = stage.newcomer("tea")
        self.member.do("subscribe", choices={"MT_member_paid": "accept"})
        stage.settle()
        self.known = self.member.notices()

    def look(self) -> str | None:
        if super().look() != "paid" or not is_decided(self.stage, self.member, self.known):
            return None
        return told(len(self.member.lines(side="service", kind="subscription")))
