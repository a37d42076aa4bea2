"""Thousands of payment notifications, each many times, shuffled, late, a tenth of them forged.

The product's own questions to WeChat are held up meanwhile, so that notifications alone credit.
Afterwards each paid order was credited exactly once, no other was, and all books agree.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psutil
import requests

from chaos.command import run_once, say_verdict, seed_of
from chaos.instance import Instance
from chaos.notification_letters import KINDS, NOT_TAKEN, REFUSED, Letter, Writer, deliveries, forged
from chaos.people import Sandbox
from chaos.wechat_people import Answers, Member

WAVE, CLIENTS, MOST_TIMES, ORDERS_EACH = 100, 16, 20, 25
UNPAID_PART, FORGED_PART, LATE_PART = 0.1, 0.1, 0.2
LEAST_FEN = 1_000
SETTINGS = {"TOP_UP_MINIMUM_FEN": "100"}
Sent = Counter[tuple[str, int]]


@dataclass
class Order:
    """A top-up that somebody asked for; its amount is unlike any other's."""

    member: Member
    id: str
    amount_fen: int
    parameters: dict[str, Any]
    is_paid: bool
    number: str = ""


class Run:
    """Orders in waves: opened, paid, told of; what is late goes out with a later wave."""

    def __init__(self, instance: Instance, seed: int) -> None:
        ends, facts = instance.endpoints(), instance.facts()
        self.instance, self.dice, self.answers = instance, random.Random(seed), Answers()
        self.sandbox, self.web = Sandbox(ends["sandbox"]), ends["web"]
        self.store = facts["merchants"]["tea"]["stores"][0]
        self.writer = Writer.beside(instance)
        self.orders: list[Order] = []
        self.late: list[Letter] = []
        self.sent: Sent = Counter()
        self.letters = 0
        self._local = threading.local()

    def go(self, count: int) -> None:
        """Opens, pays and tells of `count` orders."""
        self.sandbox.ask("POST", "faults", {"kind": "drop", "match": "notify:", "count": 0})
        members = self._in_parallel(self._newcomer, range(-(-count // ORDERS_EACH)))
        for first in range(0, count, WAVE):
            numbers = range(first, min(first + WAVE, count))
            wave = self._in_parallel(lambda n: self._open(members[n % len(members)], n), numbers)
            self._pay(wave)
            self.orders += wave
            self._tell(self._letters(wave))
        self._tell(self.late)

    def _newcomer(self, number: int) -> Member:
        member = Member(self.web, self.answers, self.sandbox, self.store["scene"])
        member.get("/me")
        return member

    def _open(self, member: Member, number: int) -> Order:
        amount = LEAST_FEN + number
        wish = {"store_id": self.store["id"], "amount_fen": amount}
        made = member.ask("POST", "/top-ups", wish)
        if made.status_code != 201:
            raise RuntimeError(f"setting up: {made.status_code} {made.text}")
        found = made.json()
        # Of each kind at least one is paid, and one is not.
        is_paid = number % 10 != 9 if number < 20 else random.Random(number).random() > UNPAID_PART
        return Order(member, found["id"], amount, found["wechat_pay_parameters"], is_paid)

    def _pay(self, wave: list[Order]) -> None:
        paid = [order for order in wave if order.is_paid]

        def pay(order: Order) -> None:
            order.number = order.member.do("pay", **order.parameters)["out_trade_no"]

        self._in_parallel(pay, paid)

    def _letters(self, wave: list[Order]) -> list[Letter]:
        told = {
            notice["resource"]["out_trade_no"]: notice
            for notice in self.sandbox.ask("GET", "pushes")["notices"]
            if notice["event_type"] == "TRANSACTION.SUCCESS"
        }
        genuine = [
            Letter(told[order.number]["id"], told[order.number]["resource"])
            for order in wave
            if order.is_paid
        ]
        count = max(len(KINDS), round(len(wave) * FORGED_PART))
        kinds = [KINDS[number % len(KINDS)] for number in range(count)]
        false = [forged(self.dice.choice(genuine).content, kind) for kind in kinds]
        unpaid = [order for order in wave if not order.is_paid]
        false += [self._of_unpaid(genuine[0].content, order) for order in unpaid]
        return deliveries(self.dice, [*genuine, *false], MOST_TIMES)

    def _of_unpaid(self, content: dict[str, Any], order: Order) -> Letter:
        """Somebody without WeChat's key says that an order was paid."""
        told = json.loads(json.dumps(content))
        told["out_trade_no"] = order.id.replace("-", "")
        told["amount"] |= {"total": order.amount_fen, "payer_total": order.amount_fen}
        told["payer"] = {"openid": order.member.phone["mini_openid"]}
        return forged(told, self.dice.choice(REFUSED))

    def _tell(self, letters: list[Letter]) -> None:
        kept = [one for one in letters if self.dice.random() < LATE_PART]
        now, self.late = [*self.late, *letters], kept
        self.dice.shuffle(now)
        offset = self.sandbox.ask("GET", "clock")["offset_seconds"]
        for letter, status in self._in_parallel(lambda one: self._post(one, offset), now):
            self.sent[letter.forgery, status] += 1
        self.letters += len(now)

    def _post(self, letter: Letter, offset: float) -> tuple[Letter, int]:
        """The last status; a 503 is tried again, as WeChat would."""
        session = getattr(self._local, "session", None) or requests.Session()
        self._local.session = session
        for _ in range(20):
            body, headers = self.writer.post(letter, time.time() + offset)
            answer = session.post(
                f"{self.web}/wechat/pay/notify", data=body, headers=headers, timeout=30
            )
            if answer.status_code != 503:
                break
            time.sleep(0.2)
        return letter, answer.status_code

    def _in_parallel(self, work: Any, items: Any) -> list[Any]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(work, items))

    def wrong_answers(self) -> list[str]:
        """Genuine letters not taken, forged ones that were, and any 5xx."""
        found = []
        for (forgery, status), count in sorted(self.sent.items()):
            # What WeChat signed is taken, whatever it says; what does not fit credits nothing.
            is_good = 400 <= status < 500 if forgery in NOT_TAKEN else status == 200
            if not is_good:
                found.append(f"{forgery or 'genuine'} was answered {status}, {count} times")
        return found

    def wrong_credits(self) -> list[str]:
        """Orders not credited though paid, credited though not, and purses with other sums."""
        found = []

        def look(order: Order) -> str:
            shown = order.member.get(f"/top-ups/{order.id}")
            wanted = "credited" if order.is_paid else "waiting"
            return "" if shown["status"] == wanted else f"{order.id} is {shown['status']}"

        found += [text for text in self._in_parallel(look, self.orders) if text]
        due: Counter[str] = Counter()
        for order in self.orders:
            due[order.member.phone["id"]] += order.amount_fen if order.is_paid else 0
        members = {order.member.phone["id"]: order.member for order in self.orders}
        for phone, member in members.items():
            has = member.purse("prepaid_principal")
            if has != due[phone]:
                found.append(f"{phone} has {has} fen, not {due[phone]}")
        return found


def books(run: Run) -> list[str]:
    """Whether the product's books and WeChat's say the same, and the audit is green."""
    found = []
    theirs = run.sandbox.ask("GET", "books")
    paid = sum(order.amount_fen for order in run.orders if order.is_paid)
    if theirs["sum_fen"]:
        found.append(f"WeChat's own books come to {theirs['sum_fen']}")
    taken = sum(order["total_fen"] for order in theirs["orders"] if order["state"] == "SUCCESS")
    if "orders" in theirs and taken != paid:
        found.append(f"WeChat took {taken} fen, {paid} were paid")
    return found + run.instance.audit_findings()


def hold_up(instance: Instance) -> list[psutil.Process]:
    """Stops the workers, which would ask WeChat themselves."""
    parent = instance.process("worker")
    held = [parent, *parent.children(recursive=True)]
    for process in held:
        process.suspend()
    return held


def perform(wanted: argparse.Namespace, instance: Instance) -> bool:
    """The whole run; whether everything was as it should be."""
    seed = seed_of(wanted.seed)
    began = time.monotonic()
    instance.start()
    instance.require_own_database()
    run = Run(instance, seed)
    held = hold_up(instance)
    try:
        run.go(wanted.orders)
        problems = run.wrong_answers() + run.wrong_credits()
    finally:
        for process in held:
            process.resume()
    instance.flask("ops", "drain", "--timeout", "120")
    problems += run.wrong_credits() + books(run) + run.answers.impolite()
    seen = sorted(run.sent.items())
    facts = {
        "seed": seed,
        "orders": len(run.orders),
        "paid": sum(order.is_paid for order in run.orders),
        "deliveries": run.letters,
        "answers": {f"{forgery or 'genuine'} {status}": n for (forgery, status), n in seen},
        "forged": sum(count for (forgery, _), count in run.sent.items() if forgery),
        "problems": problems[:50],
        "seconds": round(time.monotonic() - began),
    }
    say_verdict(not problems, facts)
    return not problems


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="chaos/notifications", description="Notifications many times, shuffled, some forged."
    )
    parser.add_argument("--orders", type=int, default=5_000, help="how many orders are opened")
    parser.add_argument("--seed", type=int, default=None, help="for order and contents")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run once; the exit code: 0 passed, 1 not."""
    wanted = options(arguments)
    return run_once("notifications", SETTINGS, lambda instance: perform(wanted, instance))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
