"""What people do on a day of the month: buy, top up, bring things back, take money out."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.month_town import Shop, Town, must
from chaos.wechat_people import Member

TOPPERS, REFUNDS, WITHDRAWERS = 0.02, 0.02, 0.01  # of everybody, on a day; of what was bought
FREE_FEN = 50_000  # above it a member proves that it is them, which these phones do not
AMOUNTS = (1_880, 3_600, 5_200, 8_800, 12_600, 23_500, 48_000)
TOP_UP_FEN = 50_000
REFUSED = (403, 404, 409, 422)


@dataclass
class Diary:
    """What was done, by its name, and what was refused, by its code."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sold_fen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, answer: Any, fen: int = 0) -> dict[str, Any] | None:
        """Counts an answer; its content if it was good. Raises RuntimeError for what no client
        should see."""
        with self._lock:
            if answer.status_code < 300:
                self.done[what] += 1
                self.sold_fen += fen
                return dict(answer.json() or {}) if answer.content else {}
            if answer.status_code not in REFUSED:
                must(answer, 200)
            self.refused[f"{what}: {answer.json().get('code')}"] += 1
            return None


@dataclass(frozen=True)
class Bought:
    """A purchase of today (fen)."""

    id: str
    member: Member
    shop: Shop
    fen: int


class Days:
    """One day after the other."""

    def __init__(self, town: Town, diary: Diary, buyers: float) -> None:
        """`buyers`: the part of all members who buy something on a day."""
        self.town, self.diary, self.buyers = town, diary, buyers
        self.bought: list[Bought] = []

    def live(self) -> None:
        """A day: everybody's doings in parallel, then what comes back and what is taken out."""
        town = self.town
        town.in_parallel(self._top_up, self._some(TOPPERS))
        sales = town.in_parallel(lambda wish: self.buy(*wish), self._some(self.buyers))
        self.bought = [sale for sale in sales if sale is not None]
        wanted = max(1, int(len(self.bought) * REFUNDS)) if self.bought else 0
        town.in_parallel(self._refund, town.dice.sample(self.bought, wanted))
        town.in_parallel(self._withdraw, self._some(WITHDRAWERS))

    def _some(self, part: float) -> list[tuple[Member, Shop, int]]:
        dice, town = self.town.dice, self.town
        chosen = dice.sample(town.members, max(1, int(len(town.members) * part)))
        return [(one, dice.choice(town.shops), dice.choice(AMOUNTS)) for one in chosen]

    def _top_up(self, wish: tuple[Member, Shop, int]) -> None:
        member, shop, _ = wish
        body = {"amount_fen": TOP_UP_FEN, "store_id": shop.id}
        answer = member.ask("POST", "/top-ups", body)
        if answer.status_code == 409:  # at home elsewhere: where is said by the refusal
            return
        made = self.diary.note("top-up", answer)
        if made:
            member.do("pay", **made["wechat_pay_parameters"])

    def buy(self, member: Member, shop: Shop, fen: int) -> Bought | None:
        """A purchase from whatever purses have something, the rest by WeChat."""
        purses = ["experience", "prepaid", "rebate", "wechat"]
        body = {"store_id": shop.id, "amount_fen": fen, "purses": purses}
        made = self.diary.note("purchase", member.ask("POST", "/payments", body), fen)
        if made is None:
            return None
        if made.get("wechat_pay_parameters"):
            member.do("pay", **made["wechat_pay_parameters"])
        return Bought(made["id"], member, shop, fen)

    def _refund(self, sale: Bought) -> None:
        body = {"reason": "退货", "amount_fen": max(1, sale.fen // 2)}
        answer = sale.shop.owner.ask("POST", f"/payments/{sale.id}/refunds", body)
        self.diary.note("refund", answer)

    def _withdraw(self, wish: tuple[Member, Shop, int]) -> None:
        member, _, _ = wish
        fen = min(member.purse("rebate"), FREE_FEN)
        if fen >= 1_000:
            answer = member.ask("POST", "/withdrawals", {"amount_fen": fen})
            self.diary.note("withdrawal", answer)
