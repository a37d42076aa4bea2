"""What people do with WeChat, each as a deed with an end that can be looked up.

`start` does what a person does, while the fault strikes; `look` says how it ended, or nothing
while it is under way. An end that is not what it should be says so in words: an amount that came
twice is an end of its own.
"""

from __future__ import annotations

from typing import Any, Protocol

from chaos.wechat_people import Member
from chaos.wechat_stage import Stage


class Deed(Protocol):
    """One operation."""

    def start(self) -> None: ...

    def look(self) -> str | None: ...


class Follow:
    """Somebody scans a shop's poster, follows, and opens the mini-program."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, Member(stage.web, stage.answers, stage.sandbox)
        self.store = stage.store("tea")
        self.push: dict[str, Any] = {}

    def start(self) -> None:
        self.push = self.member.do("follow", scene=self.store["scene"])["push"]

    def look(self) -> str | None:
        if _is_under_way(self.stage, self.push["id"]):
            return None
        welcomes = len(self.member.lines())
        if welcomes > 1:
            return f"welcomed {welcomes} times"
        home = self.member.get("/me/binding")["home_store_id"]
        return "joined" if home == self.store["id"] else "joined without a shop"


class Scan:
    """A member who follows scans another shop's code: nothing changes, they are told."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, stage.newcomer("tea", follows=True)
        self.before = len(self.member.lines())
        self.push: dict[str, Any] = {}

    def start(self) -> None:
        self.push = self.member.scan(self.stage.store("noodles")["scene"])["push"]

    def look(self) -> str | None:
        if _is_under_way(self.stage, self.push["id"]):
            return None
        if self.member.get("/me/binding")["home_store_id"] != self.stage.store("tea")["id"]:
            return "bound anew"
        return told(len(self.member.lines()) - self.before)


class Write:
    """A member asks for the balance in the chat."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, stage.newcomer("tea", follows=True)
        self.before = len(self.member.lines())
        self.push: dict[str, Any] = {}

    def start(self) -> None:
        self.push = self.member.do("text", content="余额")["push"]

    def look(self) -> str | None:
        if _is_under_way(self.stage, self.push["id"]):
            return None
        return told(len(self.member.lines()) - self.before)


class Agree:
    """Somebody agrees to a subscription message in the mini-program; its push is JSON."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, Member(stage.web, stage.answers, stage.sandbox)

    def start(self) -> None:
        self.member.do("subscribe", choices={"SUB1": "accept"})

    def look(self) -> str | None:
        sender = self.member.phone["mini_openid"]
        pushes = self.stage.sandbox.ask("GET", "pushes")["pushes"]
        states = [one["state"] for one in pushes if one["fields"]["FromUserName"] == sender]
        return states[0] if states and states[0] != "pending" else None


class FollowThenScan:
    """The second scan reaches the product before the follow that came first."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member = stage, Member(stage.web, stage.answers, stage.sandbox)
        self.push: dict[str, Any] = {}

    def start(self) -> None:
        scene = self.stage.store("tea")["scene"]
        self.push = self.member.do("follow", scene=scene)["push"]
        self.member.scan(scene)

    def look(self) -> str | None:
        if _is_under_way(self.stage, self.push["id"]):
            return None
        home = self.member.get("/me/binding")["home_store_id"]
        return "joined" if home == self.stage.store("tea")["id"] else "joined without a shop"


class LogIn:
    """Somebody opens the mini-program with a shop's scene."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.member = Member(stage.web, stage.answers, stage.sandbox, stage.store("tea")["scene"])

    def start(self) -> None:
        self.member.sign_in_again()

    def look(self) -> str | None:
        home = self.member.get("/me/binding")["home_store_id"]
        if home != self.stage.store("tea")["id"]:
            return "joined without a shop"
        return "refused, then in" if self.member.refused == "login_blocked" else "in"


class TopUp:
    """Money into the own purse, through WeChat Pay."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member, self.amount = stage, stage.buyer, stage.amount()
        self.before, self.id = self.member.purse("prepaid_principal"), ""

    def start(self) -> None:
        wish = {"store_id": self.stage.store("tea")["id"], "amount_fen": self.amount}
        answer = self.member.ask("POST", "/top-ups", wish)
        if answer.status_code == 201:
            self.id = answer.json()["id"]
            self.member.do("pay", **answer.json()["wechat_pay_parameters"])

    def look(self) -> str | None:
        status = self.member.get(f"/top-ups/{self.id}")["status"] if self.id else "refused"
        gained = self.member.purse("prepaid_principal") - self.before
        if status == "refused":
            return status if gained == 0 else f"refused, yet {gained} came"
        if status != "credited":
            return None
        return "credited" if gained == self.amount else f"{gained} of {self.amount} came"


class Sale:
    """A purchase paid by WeChat."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member, self.amount = stage, stage.buyer, stage.amount()
        self.id = ""

    def start(self) -> None:
        self.order()
        if self.id:
            self.member.do("pay", **self.parameters)

    def order(self) -> None:
        """The part before the phone."""
        wish = {"store_id": self.stage.store("books")["id"], "amount_fen": self.amount}
        answer = self.member.ask("POST", "/payments", wish | {"purses": ["wechat"]})
        if answer.status_code == 201:
            self.id = answer.json()["id"]
            self.parameters = answer.json()["wechat_pay_parameters"]

    def look(self) -> str | None:
        if not self.id:
            return "refused"
        seen = self.member.get(f"/payments/{self.id}")
        return str(seen["status"]) if seen["distributed_at"] else None


class Cancel(Sale):
    """A purchase given up before it was paid."""

    def start(self) -> None:
        self.order()
        self.member.ask("POST", f"/payments/{self.id}/cancel", {})

    def look(self) -> str | None:
        status = self.member.get(f"/payments/{self.id}")["status"]
        return None if status == "awaiting" else str(status)


class Refund(Sale):
    """A purchase given back."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.troubled = stage.ready()["refunds_troubled"]
        self.prepare()

    def prepare(self) -> None:
        """The purchase, before anything goes wrong."""
        Sale.start(self)
        self.wait_until_paid()

    def wait_until_paid(self) -> None:
        """Where nobody told of the payment, or under a new certificate, it is found by asking."""
        for _ in range(60):
            if self.member.get(f"/payments/{self.id}")["status"] == "paid":
                break
            self.stage.advance(31)
        self.stage.settle()

    def start(self) -> None:
        path, wish = f"/payments/{self.id}/refunds", {"reason": "尺码不合"}
        answer = self.stage.cashier.ask("POST", path, wish)
        if answer.status_code != 201 or answer.json()["status"] != "done":
            raise RuntimeError(f"refund: {answer.status_code} {answer.text}")

    def look(self) -> str | None:
        if self.stage.ready()["refunds_troubled"] > self.troubled:
            return "troubled"
        status = self.member.get(f"/payments/{self.id}")["status"]
        return "refunded" if status == "refunded" and not self._is_open() else None

    def _is_open(self) -> bool:
        return bool(self.stage.ready()["refunds_open"])


class EarlyRefund(Refund):
    """A purchase that is told to be paid only after it was given back."""

    def prepare(self) -> None:
        """Nothing: the fault strikes the purchase."""

    def start(self) -> None:
        Sale.start(self)
        self.wait_until_paid()
        super().start()


class Withdraw:
    """Rebate into the change purse of WeChat."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.member, self.amount = stage, stage.earner, stage.amount()
        self.before, self.id = self.member.purse("rebate"), ""

    def start(self) -> None:
        answer = self.member.ask("POST", "/withdrawals", {"amount_fen": self.amount})
        self.id = answer.json()["id"]

    def look(self) -> str | None:
        seen = self.member.get(f"/withdrawals/{self.id}")
        if seen["confirmation"]:
            self.member.do("confirm-transfer", package_info=seen["confirmation"]["package"])
        if seen["status"] not in ("paid", "returned", "rejected"):
            return None
        lost = self.before - self.member.purse("rebate")
        is_right = lost == (self.amount if seen["status"] == "paid" else 0)
        return str(seen["status"]) if is_right else f"{seen['status']}, and {lost} fen are gone"


class Chat(TopUp):
    """Who topped up is told in the chat, whose window the payment opened."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.member = stage.chatter
        self.before = self.member.purse("prepaid_principal")
        self.words = f"{self.amount / 100:.2f}"
        self.known = self.member.notices()

    def look(self) -> str | None:
        if super().look() != "credited" or not is_decided(self.stage, self.member, self.known):
            return None
        return told(sum(self.words in line for line in self.member.lines()))


class Template(Sale):
    """Who brought the buyer is told of the rebate; no window of their chat is open."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.amount += 100_000  # rebates below a fen are told to nobody
        stage.settle()
        self.before = len(stage.recommender.lines(kind="template"))
        self.known = stage.recommender.notices()

    def look(self) -> str | None:
        if super().look() != "paid" or not is_decided(
            self.stage, self.stage.recommender, self.known
        ):
            return None
        return told(len(self.stage.recommender.lines(kind="template")) - self.before)


class Ship(Sale):
    """WeChat is told, once, that an order of the mini-program was handed over."""

    number = ""

    def start(self) -> None:
        self.order()
        if self.id:
            self.number = self.member.do("pay", **self.parameters)["out_trade_no"]

    def look(self) -> str | None:
        if super().look() != "paid":
            return None
        told = self.stage.sandbox.ask("GET", f"messages?phone={self.member.phone['id']}")
        lines = [line for line in told["messages"] if line["kind"] == "shipping"]
        times = sum(line["content"]["out_trade_no"] == self.number for line in lines)
        return {0: None, 1: "shipped"}.get(times, f"shipped {times} times")


class Picture:
    """Somebody looks at the code of a new member; its ticket has to be fetched."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scene = stage.newcomer("tea").get("/me/invite-code")["scene"]
        self.status = 0

    def start(self) -> None:
        self.status = self._ask()

    def look(self) -> str | None:
        return "picture" if self.status == 200 else f"status {self.status}"

    def _ask(self) -> int:
        return self.stage.buyer.patiently("GET", f"/codes/{self.scene}.png").status_code


def told(times: int) -> str:
    """How often somebody was told, in words."""
    return {0: "not told", 1: "told"}.get(times, f"told {times} times")


def is_decided(stage: Stage, member: Member, known: dict[str, str]) -> bool:
    """Whether somebody has a new notice, none is on its way to them, and none is still to come."""
    if stage.ready().get("outbox_due", 1):
        return False
    new = {name: state for name, state in member.notices().items() if name not in known}
    return bool(new) and not {"queued", "sending"} & set(new.values())


def _is_under_way(stage: Stage, push_id: str) -> bool:
    pushes = stage.sandbox.ask("GET", "pushes")["pushes"]
    return any(push["id"] == push_id and push["state"] == "pending" for push in pushes)
