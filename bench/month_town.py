"""The town of the month: shops under contract, members who brought each other, staff."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from chaos.instance import Instance
from chaos.people import Sandbox
from chaos.wechat_people import Answers, Caller, Member, Staff

CLIENTS = 8
GOLD_FEN = 2_000  # that the product gives to each member by default
FOLLOWERS = 10  # every tenth member also follows the official account
BROUGHT_BY_FRIENDS = 0.6
CENTRE, SPREAD = (30.2741, 120.1551), 0.08
CATEGORIES = ("food.tea", "food.hotpot", "culture.books")
CONTRACT = {"concession_bp": 1_000, "experience_cap_bp": 1_000, "member_discount_bp": 200}
Item, Found = TypeVar("Item"), TypeVar("Found")
Somebody = TypeVar("Somebody", bound=Caller)


@dataclass
class Shop:
    """A store, its merchant, the scene token of its code, and whoever owns it."""

    id: str
    merchant_id: str
    scene: str
    owner: Staff


@dataclass
class Town:
    """Everybody who takes part. `work` is one thing at a time for each of CLIENTS."""

    instance: Instance
    dice: random.Random
    web: str
    sandbox: Sandbox
    facts: dict[str, Any]
    finance: Staff = field(init=False)
    answers: Answers = field(default_factory=Answers)
    shops: list[Shop] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    operators: list[Staff] = field(default_factory=list)
    _addresses: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def beside(cls, instance: Instance, seed: int) -> Town:
        """The town of a product that was started."""
        ends = instance.endpoints()
        found = cls(
            instance, random.Random(seed), ends["web"], Sandbox(ends["sandbox"]), instance.facts()
        )
        found.finance = found.staff(found.facts["staff"]["finance"])
        found.operators.append(found.staff(found.facts["staff"]["operator"]))
        found.operators.append(found.new_staff("month-operator", ["operator"]))
        return found

    def staff(self, credentials: dict[str, Any]) -> Staff:
        """Somebody of the staff."""
        return self._at_home(Staff(self.web, self.answers, self.sandbox, credentials))

    def new_staff(self, username: str, roles: list[str], **narrow: Any) -> Staff:
        """A new account of the staff."""
        wish = {"username": username, "password": secrets.token_urlsafe(12), "roles": roles}
        opener = self.finance if "finance" in roles else self.operators[0]
        made = must(opener.ask("POST", "/staff", wish | narrow), 201)
        if made["is_waiting"]:
            other = self.finance if opener is not self.finance else self.operators[0]
            path, why = f"/staff/{made['staff_id']}/enable", {"reason": "one of the town's few"}
            must(other.ask("POST", path, why), 200)
        facts = wish | {"totp_secret": made["totp_secret"]}
        found, own = self.staff(facts), secrets.token_urlsafe(12)
        change = {"current": wish["password"], "new": own}
        answer = found.ask("PUT", "/staff/me/password", change)
        if answer.status_code != 204:
            must(answer, 204)
        facts["password"] = own
        begun = must(found.ask("POST", "/staff/me/second-factor"), 201)
        facts["totp_secret"] = begun["totp_secret"]
        path = "/staff/me/second-factor/confirmation"
        answer = found.ask("POST", path, {"totp": found.code()})
        if answer.status_code != 204:
            must(answer, 204)
        return found

    def new_finance(self) -> Staff:
        """A second person of the finance department."""
        return self.new_staff("month-finance", ["finance"])

    def build(self, stores: int, members: int) -> None:
        """Opens shops, two stores to a merchant, and lets members join; gold is there for each."""
        gold = {"account": "campaign_fund", "amount_fen": members * GOLD_FEN}
        must(self.finance.ask("POST", "/funds", gold), 201)
        merchants = self.in_parallel(self._merchant, range(-(-stores // 2)))
        self.shops = [shop for found in merchants for shop in found][:stores]
        scenes = [shop.scene for shop in self.shops]
        first = max(1, members // 5)
        self.members = self.in_parallel(lambda n: self._member(n, scenes), range(first))
        invitations = self.in_parallel(_invitation, self.members)
        rest = self.in_parallel(
            lambda n: self._member(n, self._scenes(n, scenes, invitations)), range(first, members)
        )
        self.members += rest

    def in_parallel(self, work: Callable[[Item], Found], items: Iterable[Item]) -> list[Found]:
        """The results in order."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(work, items))

    def pass_days(self, days: float) -> None:
        """Lets time pass, and the product do what is due."""
        self.sandbox.ask("POST", "clock/advance", {"seconds": days * 86_400})
        self.settle()

    def settle(self) -> None:
        """Waits until nothing that is due is left behind the scenes."""
        self.sandbox.ask("POST", "drain", {"timeout": 60})
        self.instance.flask("ops", "drain", "--timeout", "3000", seconds=3_100)

    def _merchant(self, number: int) -> list[Shop]:
        operator = self.operators[0]
        made = must(operator.ask("POST", "/merchants", {"name": f"联盟商家 {number + 1}"}), 201)
        merchant_id = made["id"]
        policy_id = self.facts["policy_id"]
        terms = {"merchant_id": merchant_id, "policy_id": policy_id, "starts_on": "2020-01-01"}
        must(operator.ask("POST", "/contracts", CONTRACT | terms), 201)
        owner = self.new_staff(f"month-owner-{number}", ["merchant_owner"], merchant_id=merchant_id)
        return [self._store(merchant_id, owner, number * 2 + place) for place in range(2)]

    def _store(self, merchant_id: str, owner: Staff, number: int) -> Shop:
        wish = {
            "merchant_id": merchant_id,
            "name": f"{number + 1} 号店",
            "address": f"延安路 {number + 1} 号",
            "category": CATEGORIES[number % len(CATEGORIES)],
        }
        made = must(self.operators[0].ask("POST", "/stores", wish), 201)
        place = {
            "latitude": CENTRE[0] + SPREAD * (number % 17 - 8) / 8,
            "longitude": CENTRE[1] + SPREAD * (number % 23 - 11) / 11,
        }
        must(self.operators[0].ask("PUT", f"/stores/{made['id']}/place", place), 200)
        return Shop(made["id"], merchant_id, made["scene"], owner)

    def _member(self, number: int, scenes: list[str]) -> Member:
        scene = scenes[number % len(scenes)]
        found = self._at_home(Member(self.web, self.answers, self.sandbox, scene))
        if number % FOLLOWERS == 0:
            found.do("follow", scene=scene)
        found.get("/me")
        return found

    def _at_home(self, who: Somebody) -> Somebody:
        """Everybody calls from an address of their own, as behind the proxy of a real town."""
        number = next(self._addresses)
        place = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        who.headers["X-Forwarded-For"] = place
        return who

    def _scenes(self, number: int, shops: list[str], friends: list[str]) -> list[str]:
        return friends if number % 10 < BROUGHT_BY_FRIENDS * 10 else shops


def _invitation(member: Member) -> str:
    return str(member.get("/me/invite-code")["scene"])


def must(answer: Any, status: int) -> dict[str, Any]:
    """The answer's content. Raises RuntimeError for another status."""
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    found: dict[str, Any] = answer.json()
    return found
