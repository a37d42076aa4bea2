"""What a merchant does with WeChat Pay: charging a shown code, and having a payment split."""

from __future__ import annotations

import itertools
from typing import Any

from chaos.wechat_deeds import Sale
from chaos.wechat_people import Staff
from chaos.wechat_stage import Stage

PARTNERS = itertools.count(1_900_010_001)  # merchant numbers of receivers
A_MINUTE = 61.0
SHARED = {"channel": "profit_sharing"}
MOST_LOOKS = 60
A_FIFTH = 5  # of what was paid; at most three tenths of it were split
SIX_HOURS, ASKED_AGAIN = 6 * 3600.0 + 61, 10
UNDER_WAY = ("waiting", "sending")


class AtTheTill(Sale):
    """A purchase whose payer shows WeChat's own payment code to the cashier."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.member.ask("PUT", "/me/payment-settings", {"purses": ["wechat"]})
        stage.advance(A_MINUTE)  # a member's own code is another one each minute

    def start(self) -> None:
        wish = {
            "code": self.member.get("/me/payment-code")["code"],
            "amount_fen": self.amount,
            "store_id": self.stage.store("books")["id"],
            "trade_type": "CODE",
        }
        opened = self.stage.cashier.ask("POST", "/payments/by-code", wish)
        if opened.status_code != 201:
            raise RuntimeError(f"by code: {opened.status_code} {opened.text}")
        self.id = opened.json()["id"]
        shown = {"auth_code": self.member.do("payment-code")["auth_code"]}
        self.stage.cashier.ask("POST", f"/payments/{self.id}/wechat-code", shown)

    def look(self) -> str | None:
        seen = self.member.get(f"/payments/{self.id}")
        if seen["status"] == "awaiting":
            return None
        return str(seen["status"]) if seen["distributed_at"] or seen["status"] != "paid" else None


class Receiver:
    """The merchant's own account at WeChat is named as the one that gets its part."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.merchant_id = stage.merchants["noodles"]["id"]
        self.path = f"/merchants/{self.merchant_id}/sharing-receiver"

    def start(self) -> None:
        wish = {"account": str(next(PARTNERS)), "name": "联惠面馆有限公司"}
        answer = self.stage.finance.ask("PUT", self.path, wish)
        if answer.status_code != 200:
            raise RuntimeError(f"receiver: {answer.status_code} {answer.text}")
        path = f"/sharing-receiver-proposals/{answer.json()['id']}/decision"
        decided = self.stage.second_finance.ask("POST", path, {"is_confirmed": True})
        if decided.status_code != 200:
            raise RuntimeError(f"receiver: {decided.status_code} {decided.text}")

    def look(self) -> str | None:
        state = self.stage.finance.get(self.path)["state"]
        return state if state in ("registered", "refused") else None


class Share(Sale):
    """A purchase whose merchant is paid by WeChat out of the payment itself, once it is settled."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.amount += 1_000
        _split_at(stage)
        self.order_id = ""
        self._buy()

    def _buy(self) -> None:
        """The purchase, received by the buyer: before that WeChat splits nothing."""
        wish = {"store_id": self.stage.store("noodles")["id"], "amount_fen": self.amount}
        made = self.member.ask("POST", "/payments", wish | {"purses": ["wechat"]}).json()
        self.id, self.order_id = made["id"], made["order_id"]
        number = str(self.member.do("pay", **made["wechat_pay_parameters"])["out_trade_no"])
        for _ in range(MOST_LOOKS):
            if self.member.get(f"/payments/{self.id}")["distributed_at"] and self._received(number):
                self.stage.advance(A_MINUTE)  # WeChat splits nothing earlier (fact D10)
                return
            self.stage.advance(31)
        raise RuntimeError("the purchase was not received")

    def _received(self, number: str) -> bool:
        """The buyer confirms; true once WeChat has been told that it was handed over."""
        return "order_state" in self.member.do("confirm-receipt", out_trade_no=number)

    def start(self) -> None:
        self.stage.finance.ask("POST", "/settlements/run", {})

    def look(self) -> str | None:
        mine = [one for one in self._splits() if one["order_id"] == self.order_id]
        is_over = any(one["kind"] == "release" or one["state"] == "troubled" for one in mine)
        if not is_over or any(one["state"] in UNDER_WAY for one in mine):
            return None
        return ", ".join(f"{one['kind']} {one['state']}" for one in mine)

    def _splits(self) -> list[dict[str, Any]]:
        states = (*UNDER_WAY, "done", "failed", "troubled")
        found = []
        for state in states:
            found += self.stage.finance.get(f"/splits?state={state}&limit=200")["splits"]
        return sorted(found, key=lambda one: str(one["id"]))


class TakenBack(Share):
    """A part of such a purchase is refunded when its merchant has spent what it got elsewhere: what
    its own account at WeChat got is taken back from there, then the refund goes on."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        merchant = stage.merchants["noodles"]
        self.owner = Staff(stage.web, stage.answers, stage.sandbox, merchant["owner"])
        self.balances, self.funds = (
            f"/merchants/{merchant['id']}/{x}" for x in ("balances", "funds")
        )
        super().start()
        for _ in range(MOST_LOOKS):
            if super().look() is not None:
                break
            stage.advance(31)
        self._spend()
        self.refund_id = ""

    def _spend(self) -> None:
        """All that is settled goes into the merchant's budget for bonuses."""
        held = int(self.owner.get(self.balances)["available_fen"])
        wish = {"target": "offer_budget", "amount_fen": held}
        answer = self.owner.ask("POST", self.funds, wish)
        if answer.status_code != 201:
            raise RuntimeError(f"funds: {answer.status_code} {answer.text}")

    def start(self) -> None:
        wish = {"amount_fen": self.amount // A_FIFTH, "reason": "菜品有误"}
        made = self.owner.ask("POST", f"/payments/{self.id}/refunds", wish)
        if made.status_code != 201 or made.json()["status"] != "waiting_funds":
            raise RuntimeError(f"refund: {made.status_code} {made.text}")
        self.refund_id = made.json()["id"]

    def look(self) -> str | None:
        done = self.stage.finance.get("/refunds?status=done&limit=50")["refunds"]
        return "refunded" if any(one["id"] == self.refund_id for one in done) else None


class TakenBackLater(TakenBack):
    """The same where the merchant's account has too little: it is asked again hours later."""

    looks = 0

    def look(self) -> str | None:
        self.looks += 1
        if self.looks % ASKED_AGAIN == 0:
            self.stage.advance(SIX_HOURS)
        return super().look()


def _split_at(stage: Stage) -> None:
    """From the first time on, payments at the noodle shop are split."""
    named = Receiver(stage)
    if stage.finance.ask("GET", named.path).status_code != 200:
        named.start()
        while named.look() is None:
            stage.advance(5)
    merchant = f"/merchants/{named.merchant_id}"
    chosen = stage.finance.get(f"{merchant}/payout-channels")["channels"]
    if not chosen or chosen[0]["channel"] != "profit_sharing":
        answer = stage.finance.ask("PUT", f"{merchant}/payout-channel", SHARED)
        if answer.status_code != 200:
            raise RuntimeError(f"channel: {answer.status_code} {answer.text}")
