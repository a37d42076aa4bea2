"""The stage of the WeChat run: a product of its own, its shops, people with money, and a clock."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from chaos.instance import Instance
from chaos.people import Sandbox
from chaos.wechat_people import Answers, Member, Staff

CLOCK_SECONDS = 0.3  # the product asks for the time four times a second
PURCHASE_FEN, PURCHASES, OPERATING_FEN = 9_000_000, 4, 100_000_000
FORGOTTEN_SECONDS = 49 * 3600  # every window of the chat has closed
KEYS = {"mode": "switching", "percent": 50}  # every second notification by certificate
NOISE = ("outbox_due", "sales_undistributed", "notices_unprocessed")


class Stage:
    """Shops and people; amounts are unlike each other, so that each can be told apart."""

    def __init__(self, instance: Instance, answers: Answers) -> None:
        self.instance, self.answers = instance, answers
        ends, facts = instance.endpoints(), instance.facts()
        self.web, self.sandbox = ends["web"], Sandbox(ends["sandbox"])
        self.merchants: dict[str, Any] = facts["merchants"]
        self.finance = Staff(self.web, answers, self.sandbox, facts["staff"]["finance"])
        second = facts["staff"]["second_finance"]  # for what takes two people
        self.second_finance = Staff(self.web, answers, self.sandbox, second)
        self.cashier = Staff(self.web, answers, self.sandbox, self.merchants["books"]["cashier"])
        self._amount = 1_000
        self.sandbox.ask("PUT", "pay/keys", KEYS)
        self.sandbox.ask(
            "POST", "books/top-up", {"account": "OPERATION", "amount_fen": OPERATING_FEN}
        )
        self.operating_before = self._shown("wechat_operating")
        self.operating_at_wechat = self._operation()
        self.recommender = self.newcomer("tea", follows=True)
        self.earner = self.newcomer("tea")
        self.chatter = self.newcomer("tea", follows=True)
        invite = self.recommender.get("/me/invite-code")["scene"]
        self.buyer = Member(self.web, answers, self.sandbox, invite)
        self.buyer.get("/me")
        self._earn()
        self.advance(FORGOTTEN_SECONDS)

    def amount(self) -> int:
        """An amount in fen that was not used before."""
        self._amount += 1
        return self._amount

    def store(self, slug: str) -> dict[str, Any]:
        """The first store of a shop."""
        found: dict[str, Any] = self.merchants[slug]["stores"][0]
        return found

    def newcomer(self, slug: str, *, follows: bool = False) -> Member:
        """A new member who came through a shop's code."""
        scene = self.store(slug)["scene"]
        made = Member(self.web, self.answers, self.sandbox, scene)
        if follows:
            made.do("follow", scene=scene)
        made.get("/me")
        return made

    def advance(self, seconds: float) -> None:
        """Let time pass, and let the product notice it."""
        self.sandbox.ask("POST", "clock/advance", {"seconds": seconds})
        time.sleep(CLOCK_SECONDS)

    def members(self) -> int:
        """How many members there are, also those that no address shows."""
        with psycopg.connect(self.instance.endpoints()["database_url"]) as connection:
            row = connection.execute("SELECT count(*) FROM members_member").fetchone()
        assert row is not None
        return int(row[0])

    def moment(self) -> float:
        """Virtual time in seconds since 1970."""
        return time.time() + float(self.sandbox.ask("GET", "clock")["offset_seconds"])

    def ready(self) -> dict[str, Any]:
        """What /healthz/ready says."""
        return self.instance.ready() or {}

    def settle(self, seconds: float = 60.0) -> bool:
        """Wait until nothing is left to do behind the scenes; whether that came true."""
        until, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            self.sandbox.ask("POST", "drain", {"timeout": 10})
            quiet = quiet + 1 if not any(self.ready().get(name, 1) for name in NOISE) else 0
            if quiet >= 3:
                return True
            time.sleep(0.2)
        return False

    def duties(self) -> None:
        """Do what the timetable has; it keeps real time, and some of it is done rarely."""
        self.instance.flask("ops", "drain", "--timeout", "15")

    def books(self) -> list[str]:
        """Where the books and WeChat's differ, and what the audit finds."""
        found = []
        takings, theirs = -self._shown("wechat_takings"), self.sandbox.ask("GET", "books")
        # An abnormal refund has left WeChat's account; here it waits in clearing for people.
        stranded = sum(
            one["refund_fen"] - one["fee_returned_fen"]
            for one in theirs["refunds"]
            if one["status"] == "ABNORMAL"
        )
        if takings != theirs["basic_fen"] + stranded:
            basic = theirs["basic_fen"]
            found.append(f"takings: {takings} fen here, {basic} + {stranded} stranded at WeChat")
        spent = self._shown("wechat_operating") - self.operating_before
        spent_there = self.operating_at_wechat - self._operation() - theirs["locked_fen"]
        if spent != spent_there:
            found.append(f"operating: {spent} fen spent here, {spent_there} at WeChat")
        if theirs["sum_fen"]:
            found.append(f"WeChat's own books come to {theirs['sum_fen']}")
        return found + self.instance.audit_findings()

    def _shown(self, account: str) -> int:
        accounts = self.finance.get("/funds")["accounts"]
        return int(accounts[account]["balance_fen"])

    def _operation(self) -> int:
        return int(self.sandbox.ask("GET", "books")["operation_fen"])

    def _earn(self) -> None:
        """Purchases of somebody who buys no more later: rebate to withdraw."""
        wish = {"store_id": self.store("books")["id"], "purses": ["wechat"]}
        for _ in range(PURCHASES):
            body = wish | {"amount_fen": PURCHASE_FEN + self.amount()}
            made = self.earner.ask("POST", "/payments", body).json()
            self.earner.do("pay", **made["wechat_pay_parameters"])
        self.sandbox.ask("POST", "drain", {"timeout": 20})
        for _ in range(4):
            self.instance.flask("ops", "drain", "--timeout", "15")
            if self.earner.purse("rebate") > PURCHASE_FEN * PURCHASES // 100:
                return
        raise RuntimeError("setting up: nobody got the rebate that is due")
