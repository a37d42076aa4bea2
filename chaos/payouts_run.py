"""Thousands of withdrawals while WeChat's transfers fail in every way: each is paid at most once.

Calls fail before and after they did something, answers do not come, notifications are lost. Some
receivers confirm, some never do, some take their withdrawal back. At the end people and WeChat
agree to the fen, nothing is open, and late news that contradicts an end has changed nothing.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from chaos.command import run_once, say_verdict, seed_of
from chaos.instance import Instance
from chaos.notification_letters import Letter, Writer
from chaos.people import Sandbox
from chaos.wechat_people import Answers, Member, Staff

CLIENTS, EACH, PURCHASE_FEN, LEAST_FEN = 8, 100, 5_000_000, 100
PATH = "fund-app/mch-transfer/transfer-bills"
FAULTS = {
    "system_error": 0.05,
    "system_error_after": 0.05,
    "reset_before": 0.03,
    "reset_after": 0.03,
    "frequency_limited": 0.02,
}
HANGING = ("timeout_before", "timeout_after")  # each holds a worker for ten real seconds
ENDS = ("paid", "returned", "cancelled", "rejected")
WISHES = ("confirm",) * 7 + ("ignore", "take_back", "take_back_late")
SETTINGS = {"WITHDRAWAL_MINIMUM_FEN": str(LEAST_FEN)}
ROUNDS, DAYS, DAY_SECONDS, LOST_PART = 200, 4, 24 * 3600.0 + 120, 0.3


@dataclass
class Withdrawal:
    """One withdrawal and what its receiver means to do."""

    member: Member
    id: str
    amount_fen: int
    wish: str
    status: str = "approved"

    @property
    def number(self) -> str:
        """Its bill's number at WeChat."""
        return self.id.replace("-", "")


class Run:
    """People with rebate who take it out."""

    def __init__(self, instance: Instance, seed: int) -> None:
        ends, facts = instance.endpoints(), instance.facts()
        self.instance, self.dice, self.answers = instance, random.Random(seed), Answers()
        self.seed, self.sandbox, self.web = seed, Sandbox(ends["sandbox"]), ends["web"]
        self.store = facts["merchants"]["tea"]["stores"][0]
        self.finance = Staff(self.web, self.answers, self.sandbox, facts["staff"]["finance"])
        self.merchant_id = instance.environment()["WECHAT_PAY_MCH_ID"]
        self.writer = Writer.beside(instance)
        self.all: list[Withdrawal] = []
        self.before: dict[str, int] = {}
        self.told = 0

    def prepare(self, count: int) -> list[Member]:
        """People who have earned enough, and the money to pay them."""
        wish = {"account": "OPERATION", "amount_fen": 100_000_000}
        self.sandbox.ask("POST", "books/top-up", wish)
        members = self._in_parallel(self._earner, range(-(-count // EACH)))
        self.sandbox.ask("POST", "drain", {"timeout": 20})
        for _ in range(10):
            self.instance.flask("ops", "drain", "--timeout", "30")
            found = {one.phone["id"]: one.purse("rebate") for one in members}
            if min(found.values()) >= PURCHASE_FEN // 200:
                self.before = found
                return members
        raise RuntimeError(f"setting up: not everybody got the rebate that is due: {found}")

    def _earner(self, _: int) -> Member:
        member = Member(self.web, self.answers, self.sandbox, self.store["scene"])
        wish = {"store_id": self.store["id"], "purses": ["wechat"], "amount_fen": PURCHASE_FEN}
        made = member.ask("POST", "/payments", wish).json()
        member.do("pay", **made["wechat_pay_parameters"])
        return member

    def go(self, count: int, members: list[Member]) -> None:
        """Asks for all withdrawals while WeChat fails, and lets people do what they mean to."""
        for kind, probability in FAULTS.items():
            self._fault(kind, PATH, 10**6, probability)
        self._fault("drop", "notify:MCHTRANSFER", 10**6, LOST_PART)
        for kind in HANGING:
            self._fault(kind, PATH, max(1, count // 1000), 0.01)
        wanted = [(members[n % len(members)], n) for n in range(count)]
        self.all = self._in_parallel(lambda one: self._ask(*one), wanted)
        for round_ in range(ROUNDS):
            self._in_parallel(self._look_of, members)
            self._in_parallel(self._act, [one for one in self.all if one.status not in ENDS])
            willing = any(one.wish != "ignore" and one.status not in ENDS for one in self.all)
            if not willing:
                return
            self.sandbox.ask("POST", "clock/advance", {"seconds": 61})
            time.sleep(min(10.0, 0.5 + count / 2_000) if round_ else 1.0)

    def end(self) -> None:
        """WeChat behaves again, a day passes, and everything comes to its end."""
        requests.delete(f"{self.sandbox.base}/__ctl/faults", timeout=15)
        for _ in range(DAYS):  # what was sent only now has a day of its own
            for seconds in (DAY_SECONDS, *(241.0,) * 4):
                self.sandbox.ask("POST", "clock/advance", {"seconds": seconds})
                time.sleep(1.0)
                self.instance.flask("ops", "drain", "--timeout", "120")
            if not (self.instance.ready() or {}).get("withdrawals_open", 1):
                break
        self._in_parallel(
            self._look_of, list({id(one.member): one.member for one in self.all}.values())
        )

    def contradict(self) -> None:
        """WeChat says the opposite of every twentieth end, rightly signed."""
        chosen = [one for one in self.all if one.status in ("paid", "returned")]
        chosen = self.dice.sample(chosen, max(1, len(chosen) // 20))
        offset = self.sandbox.ask("GET", "clock")["offset_seconds"]
        for one in chosen:
            content = {
                "mch_id": self.merchant_id,
                "out_bill_no": one.number,
                "state": "FAIL" if one.status == "paid" else "SUCCESS",
                "transfer_amount": one.amount_fen,
                "fail_reason": "OVERDUE_CLOSE",
                "update_time": "2026-11-22T12:00:00+08:00",
            }
            name, about = secrets.token_hex(16), "mch_payment"
            letter = Letter(name, content, "", "MCHTRANSFER.BILL.FINISHED", about)
            body, headers = self.writer.post(letter, time.time() + offset)
            address = f"{self.web}/wechat/pay/notify"
            answer = requests.post(address, data=body, headers=headers, timeout=30)
            if answer.status_code not in (200, 204):
                raise RuntimeError(f"a rightly signed notification: {answer.status_code}")
            self.told += 1
        self.instance.flask("ops", "drain", "--timeout", "60")

    def _fault(self, kind: str, match: str, count: int, probability: float) -> None:
        wish = {"kind": kind, "match": match, "count": count}
        made = self.sandbox.ask(
            "POST", "faults", wish | {"probability": probability, "seed": self.seed}
        )
        if "code" in made or "error" in made:
            raise RuntimeError(f"the sandbox refuses the fault: {made}")

    def _ask(self, member: Member, number: int) -> Withdrawal:
        amount = LEAST_FEN + number % 97
        made = member.ask("POST", "/withdrawals", {"amount_fen": amount})
        if made.status_code != 201:
            raise RuntimeError(f"withdrawing: {made.status_code} {made.text}")
        wish = WISHES[(number * 7 + self.seed) % len(WISHES)]
        return Withdrawal(member, made.json()["id"], amount, wish)

    def _look_of(self, member: Member) -> None:
        listed = member.get(f"/me/withdrawals?limit={EACH}")["withdrawals"]
        found = {row["id"]: row["status"] for row in listed}
        for one in self.all:
            if one.id in found:
                one.status = found[one.id]

    def _act(self, one: Withdrawal) -> None:
        if one.wish == "take_back" or (
            one.wish == "take_back_late" and one.status == "waiting_confirmation"
        ):
            one.member.ask("POST", f"/withdrawals/{one.id}/cancel")
        elif one.wish == "confirm" and one.status == "waiting_confirmation":
            shown = one.member.get(f"/withdrawals/{one.id}")["confirmation"]
            if shown:
                one.member.do("confirm-transfer", package_info=shown["package"])

    def _in_parallel(self, work: Any, items: Any) -> list[Any]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(work, items))


def differences(run: Run) -> list[str]:
    """Whatever is not as it should be: bills, purses, open ones, accounts, the audit."""
    found = []
    theirs = run.sandbox.ask("GET", "books")
    bills: dict[str, list[dict[str, Any]]] = {}
    for bill in theirs["transfers"]:
        bills.setdefault(bill["out_bill_no"], []).append(bill)
    spent: Counter[str] = Counter()
    for one in run.all:
        paid = [bill for bill in bills.get(one.number, []) if bill["state"] == "SUCCESS"]
        fen = sum(bill["amount_fen"] for bill in paid)
        due = one.amount_fen if one.status == "paid" else 0
        if one.status not in ENDS or len(paid) > 1 or fen != due:
            found.append(f"{one.number} is {one.status}; WeChat paid {fen} fen, {due} were due")
        spent[one.member.phone["id"]] += due
    members = {one.member.phone["id"]: one.member for one in run.all}
    for phone, member in members.items():
        left, due = member.purse("rebate"), run.before[phone] - spent[phone]
        if (left, member.purse("withdrawing")) != (due, 0):
            found.append(f"{phone} has {left} fen, not {due}, or something is still held")
    ready = run.instance.ready() or {}
    expected = {
        "withdrawals_open": 0,
        "withdrawals_manual": 0,
        "withdrawals_contradicted": run.told,
    }
    shown = {name: ready.get(name) for name in expected}
    if shown != expected:
        found.append(f"the gauges say {shown}, not {expected}")
    return found + run.instance.audit_findings() + run.answers.impolite()


def perform(wanted: argparse.Namespace, instance: Instance) -> bool:
    """The whole run; whether everything was as it should be."""
    seed = seed_of(wanted.seed)
    began = time.monotonic()
    instance.start()
    instance.require_own_database()
    run = Run(instance, seed)
    members = run.prepare(wanted.withdrawals)
    operating = _operating(run)
    run.go(wanted.withdrawals, members)
    run.end()
    run.contradict()
    problems = differences(run)
    paid_fen = sum(one.amount_fen for one in run.all if one.status == "paid")
    booked_fen = _operating(run) - operating
    if booked_fen != paid_fen:
        problems.append(f"{booked_fen} fen were booked, {paid_fen} were paid")
    facts = {
        "seed": seed,
        "withdrawals": len(run.all),
        "ends": dict(Counter(one.status for one in run.all)),
        "paid_fen": paid_fen,
        "booked_fen": booked_fen,
        "contradictions": run.told,
        "problems": problems[:50],
        "seconds": round(time.monotonic() - began),
    }
    say_verdict(not problems, facts)
    return not problems


def _operating(run: Run) -> int:
    return int(run.finance.get("/funds")["accounts"]["wechat_operating"]["balance_fen"])


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="chaos/payouts", description="Withdrawals while WeChat fails, compared to the fen."
    )
    parser.add_argument("--withdrawals", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="for faults and wishes")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 passed, 1 not."""
    wanted = options(arguments)
    return run_once("payouts", SETTINGS, lambda instance: perform(wanted, instance))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
