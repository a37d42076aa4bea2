"""Clients that want something, wait for the answer, and want the next thing.

Unknown outcomes are tried again with the same key; one client in ten dies instead, and its
operation stays unknown for good.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from chaos.alliance import Alliance
from chaos.amounts import Amounts
from chaos.people import Operation, Person

ABANDONED, REPEATED, MISUSED, GLANCED = 0.1, 0.05, 0.04, 0.2
LONGEST_PAUSE_SECONDS = 2.0
PHONE_LOOKS_SECONDS = 0.5
WISHES = ("pay", "combined", "top_up", "withdraw", "refund", "cancel")
FEWEST_READS = 20
FINAL = ("paid", "returned", "rejected")


class Load:
    """The clients of one run and the people's phones. Threads; `stop` ends them."""

    def __init__(self, alliance: Alliance, seed: int, clients: int, think: float) -> None:
        self.alliance, self.door, self.sandbox = alliance, alliance.door, alliance.sandbox
        self.operations = alliance.operations
        self.amounts = Amounts(random.Random(f"{seed}:amounts"))
        self.to_confirm: list[Operation] = []
        self.errors: list[BaseException] = []
        self._seed, self._think = seed, think
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._guarded, args=(self._client, number), daemon=True)
            for number in range(clients)
        ]
        self._threads.append(threading.Thread(target=self._guarded, args=(self._phones, 0)))

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Nobody begins anything new; returns when the last one is done."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def wait_for_variety(self, seconds: float) -> None:
        """Let it go on until each kind of wish has succeeded once (a slow machine needs longer)."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_varied():
            time.sleep(0.2)

    def _is_varied(self) -> bool:
        done = {one.kind for one in list(self.operations) if one.verdict == "ok"}
        kinds = Counter(record["op"] for record in list(self.door.journal.records))
        return done >= set(WISHES) and kinds["misuse"] > 0 and kinds["read_wallet"] > FEWEST_READS

    def _guarded(self, work: Callable[[int], None], number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            self.errors.append(error)

    def _client(self, number: int) -> None:
        dice = random.Random(f"{self._seed}:client:{number}")
        while not self._stopped.is_set():
            self._turn(dice)
            self._stopped.wait(dice.uniform(0.3, 1.7) * self._think)

    def _turn(self, dice: random.Random) -> None:
        person = dice.choice(self.alliance.members)
        if dice.random() < 0.2:
            self.door.get(person, "/me/wallet", "read_wallet")
            return
        operation = self._wish(dice, person)
        if operation is None:
            return
        with self._lock:
            operation.number = len(self.operations) + 1
            self.operations.append(operation)
        glance = threading.Thread(target=self.door.get, args=(person, "/me/wallet", "read_wallet"))
        if dice.random() < GLANCED or operation.kind == "withdraw":
            glance.start()  # at the wallet while its money moves
        self.carry_out(operation, dice)
        if glance.ident is not None:
            glance.join()
        if operation.verdict == "ok":
            self._follow_up(operation, dice)

    def _wish(self, dice: random.Random, person: Person) -> Operation | None:
        weights = {"pay": 40, "combined": 12, "top_up": 10, "withdraw": 14, "refund": 12}
        if not person.is_rich:
            weights |= {"pay": 12, "combined": 38}
        kind = dice.choices(list(weights), list(weights.values()))[0]
        if kind == "refund":
            return self._refund(dice, person)
        amount = self.amounts.take(kind)
        if kind == "withdraw":
            return Operation(0, kind, person, "/withdrawals", {"amount_fen": amount}, amount)
        body: dict[str, Any] = {"store_id": self.alliance.home_store, "amount_fen": amount}
        if kind == "top_up":
            return Operation(0, kind, person, "/top-ups", body, amount)
        body["store_id"] = self.alliance.store(dice.choice(sorted(self.alliance.merchants)))
        body["purses"] = ["experience", "prepaid"] + (["wechat"] if kind == "combined" else [])
        return Operation(0, kind, person, "/payments", body, amount)

    def _refund(self, dice: random.Random, person: Person) -> Operation | None:
        with self._lock:
            if not person.refundable:
                return None
            payment, amount = person.refundable.pop(dice.randrange(len(person.refundable)))
        seen = self.door.get(person, f"/payments/{payment}")
        if seen is None or seen["status"] != "paid":
            return None
        slug = self._slug_of(seen["store_id"])
        path = f"/payments/{payment}/refunds"
        cashier = self.alliance.cashiers[slug]
        return Operation(0, "refund", cashier, path, {"reason": "chaos"}, amount)

    def _slug_of(self, store_id: str) -> str:
        for slug, merchant in self.alliance.merchants.items():
            if any(store["id"] == store_id for store in merchant["stores"]):
                return slug
        raise LookupError(store_id)

    def carry_out(self, operation: Operation, dice: random.Random, attempts: int = 8) -> None:
        """Try until there is a definite answer, up to so many times; or die on the way."""
        pause = 0.2
        for _ in range(attempts):
            if self.door.attempt(operation) != "info":
                return
            if dice.random() < ABANDONED:
                operation.verdict = "abandoned"
                return
            time.sleep(dice.uniform(0.5, 1.0) * pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _follow_up(self, operation: Operation, dice: random.Random) -> None:
        assert operation.answer is not None
        if operation.kind == "withdraw":
            with self._lock:
                self.to_confirm.append(operation)
        elif operation.kind in ("pay", "combined"):
            self._after_payment(operation, dice)
        elif operation.kind == "top_up" and dice.random() < 0.9:
            self.pay_on_phone(operation)
        if dice.random() < REPEATED:
            self.door.repeat(operation, "repeat", operation.body, operation.amount_fen)
        if dice.random() < MISUSED and operation.kind != "refund":
            self._misuse(operation)

    def _misuse(self, operation: Operation) -> None:
        amount = self.amounts.take(operation.kind)
        self.door.repeat(operation, "misuse", operation.body | {"amount_fen": amount}, amount)

    def _after_payment(self, operation: Operation, dice: random.Random) -> None:
        answer = operation.answer or {}
        choice = dice.random()
        if answer.get("wechat_pay_parameters") and choice < 0.2:
            path = f"/payments/{answer['id']}/cancel"
            cancel = Operation(0, "cancel", operation.person, path, {}, operation.amount_fen)
            with self._lock:
                cancel.number = len(self.operations) + 1
                self.operations.append(cancel)
            self.carry_out(cancel, dice)
            return
        if answer.get("wechat_pay_parameters"):
            if choice > 0.95:
                return  # never paid: it expires
            self.pay_on_phone(operation)
        with self._lock:
            operation.person.refundable.append((answer["id"], operation.amount_fen))

    def pay_on_phone(self, operation: Operation) -> None:
        """The person pays on the phone; asked again, the phone says that it is paid."""
        parameters = (operation.answer or {}).get("wechat_pay_parameters")
        if parameters:
            self.sandbox.ask("POST", f"phones/{operation.person.phone}/pay", parameters)

    def _phones(self, _: int) -> None:
        while not self._stopped.is_set():
            self.confirm_withdrawals()
            self._stopped.wait(PHONE_LOOKS_SECONDS)

    def confirm_withdrawals(self) -> int:
        """People confirm what WeChat asks them to receive; how many are not finished."""
        with self._lock:
            waiting = list(self.to_confirm)
        for operation in waiting:
            path = f"/withdrawals/{(operation.answer or {})['id']}"
            seen = self.door.get(operation.person, path)
            if seen and seen["confirmation"]:
                package = {"package_info": seen["confirmation"]["package"]}
                phone = operation.person.phone
                self.sandbox.ask("POST", f"phones/{phone}/confirm-transfer", package)
            if seen and seen["status"] in FINAL:
                with self._lock:
                    self.to_confirm.remove(operation)
        return len(self.to_confirm)
