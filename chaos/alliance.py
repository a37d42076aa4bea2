"""Who takes part in a run: members who recommended each other, cashiers, and money to move."""

from __future__ import annotations

from typing import Any

from chaos.instance import Instance
from chaos.people import Door, Operation, Person, Sandbox, member, staff

MEMBERS = 6
RICH = 3
FIRST_PURCHASE_FEN, FIRST_TOP_UP_FEN = 9_000_000, 480_000
PURCHASES = 2


class Alliance:
    """The seeded shops, and members of our own: half of them with plenty of prepaid money."""

    def __init__(self, instance: Instance, door: Door, sandbox: Sandbox) -> None:
        self.instance, self.door, self.sandbox = instance, door, sandbox
        facts = instance.facts()
        self.merchants: dict[str, Any] = facts["merchants"]
        self.home_store: str = self.merchants["tea"]["stores"][0]["id"]
        self.operations: list[Operation] = []
        base = instance.endpoints()["web"]
        self.finance = staff(base, facts["staff"]["finance"])
        self.cashiers = {
            slug: staff(base, merchant["cashier"]) for slug, merchant in self.merchants.items()
        }
        self.members = self._join(base)

    def _join(self, base: str) -> list[Person]:
        """The first comes through a shop's code, each other one through the one before."""
        scene = self.merchants["tea"]["stores"][0]["scene"]
        people: list[Person] = []
        for number in range(MEMBERS):
            found = member(base, self.sandbox, f"Chaos {number}", scene, number < RICH)
            people.append(found)
            code = self.door.get(found, "/me/invite-code")
            if code is None:
                raise RuntimeError("no invite code")
            scene = code["scene"]
        return people

    def fund(self) -> None:
        """Give everybody rebate to withdraw, and the rich prepaid money. Before any fault."""
        for number, person in enumerate(self.members):
            for turn in range(PURCHASES):
                amount = FIRST_PURCHASE_FEN + number * PURCHASES + turn
                body = {"store_id": self.store("books"), "amount_fen": amount}
                body["purses"] = ["wechat"]
                self._buy(Operation(0, "combined", person, "/payments", body, amount))
            if person.is_rich:
                amount = FIRST_TOP_UP_FEN + number
                body = {"store_id": self.home_store, "amount_fen": amount}
                self._buy(Operation(0, "top_up", person, "/top-ups", body, amount))
        self._settle()

    def store(self, slug: str) -> str:
        """The first store of a merchant."""
        return str(self.merchants[slug]["stores"][0]["id"])

    def _buy(self, operation: Operation) -> None:
        operation.number = len(self.operations) + 1
        self.operations.append(operation)
        if self.door.attempt(operation) != "ok" or operation.answer is None:
            raise RuntimeError(f"setting up: {operation.answer}")
        parameters = operation.answer["wechat_pay_parameters"]
        self.sandbox.ask("POST", f"phones/{operation.person.phone}/pay", parameters)

    def _settle(self) -> None:
        """Wait for the rebates. Whether the product comes to rest is not judged here."""
        self.sandbox.ask("POST", "drain", {"timeout": 20})
        for _ in range(4):  # a share is released one round after it was distributed
            self.instance.flask("ops", "drain", "--timeout", "15")
            if all(self._withdrawable(one) for one in self.members):
                return
        raise RuntimeError("setting up: nobody got the rebate that is due")

    def _withdrawable(self, person: Person) -> bool:
        wallet = self.door.get(person, "/me/wallet")
        return wallet is not None and wallet["withdrawable_fen"] > 100_000
