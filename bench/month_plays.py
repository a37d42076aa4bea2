"""What people do with each benefit in the month, over HTTP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.benefits.errands.rehearsal import errand, real_name
from bench.month_days import Days, Diary
from bench.month_town import Shop, Town, must
from chaos.wechat_people import Member, Staff

PROMOTED_SHOPS, PROMOTION_FEN, PROMOTERS, CUSTOMERS = 5, 50_000, 20, 0.005
RUNNERS, ERRANDS, REWARD_FEN, TOP_UP_FEN = 20, 0.003, 1_500, 50_000
PRIZES = (("一等奖", "First", 20_000, 5, 500), ("二等奖", "Second", 2_000, 100, 20_000))
SMALL = ("幸运奖", "Lucky", 200, 2_000, 300_000)

Draft = tuple[Staff, dict[str, Any]]


class Play(ABC):
    """One kind of benefit; `has_budget` where it was put aside when it was published."""

    benefit = ""
    has_budget = True

    def __init__(self, town: Town, diary: Diary) -> None:
        self.town, self.diary = town, diary
        self.campaigns: list[str] = []

    @abstractmethod
    def drafts(self) -> Iterator[Draft]:
        """What is to be published, and by whom it is written."""

    def prepare(self) -> None:
        """Whatever has to be there before the first day."""
        return

    @abstractmethod
    def live(self, days: Days) -> None:
        """A day."""

    def _draft(self, settings: dict[str, Any], funder: str, **more: Any) -> dict[str, Any]:
        names = {"name": f"{self.benefit} 活动", "name_en": f"The month's {self.benefit}"}
        return {"benefit": self.benefit, "funder": funder, "settings": settings} | names | more

    def _members(self, part: float) -> list[Member]:
        town = self.town
        return town.dice.sample(town.members, max(1, int(len(town.members) * part)))


class Lottery(Play):
    """Who bought today looks for a chance."""

    benefit = "lottery"

    def drafts(self) -> Iterator[Draft]:
        """One lottery of the platform: its stock is what its budget pays."""
        names = ("name", "name_en", "value_fen", "stock", "odds_ppm")
        prizes = [dict(zip(names, each, strict=True)) for each in (*PRIZES, SMALL)]
        settings = {
            "organiser": "联惠平台 400-000-0000",
            "threshold_fen": 1_000,
            "prizes": [each | {"kind": "money"} for each in prizes],
        }
        budget_fen = sum(each["value_fen"] * each["stock"] for each in prizes)
        yield self.town.operators[0], self._draft(settings, "campaign_fund", budget_fen=budget_fen)

    def live(self, days: Days) -> None:
        """Some of those who bought today draw, and some who have no chance try."""
        buyers = list({id(sale.member): sale.member for sale in days.bought}.values())
        self.town.in_parallel(self._draw, buyers)

    def _draw(self, member: Member) -> None:
        for campaign_id in self.campaigns:
            body = {"campaign_id": campaign_id}
            self.diary.note("draw", member.ask("POST", "/draws", body))


class Queue(Play):
    """Purchases take places by themselves; people look where they stand."""

    benefit = "queue_subsidy"
    has_budget = False

    def drafts(self) -> Iterator[Draft]:
        """One queue, paid from the pool."""
        settings = {"rate_bp": 5_000, "cap_fen": 2_000, "ripe_days": 1, "near_places": 0}
        yield self.town.operators[0], self._draft(settings, "queue_pool")

    def live(self, days: Days) -> None:
        """Some of those who bought look at their places, and somebody at the pool."""
        for sale in days.bought[:20]:
            self.diary.note("queue looked at", sale.member.ask("GET", "/me/queue"))
        self.diary.note("pool looked at", self.town.members[0].ask("GET", "/queue-pool"))


class Errands(Play):
    """Some members run errands for others."""

    benefit = "errands"
    has_budget = False

    def __init__(self, town: Town, diary: Diary) -> None:
        super().__init__(town, diary)
        self.runners: list[Member] = []
        self.posters: list[Member] = []

    def drafts(self) -> Iterator[Draft]:
        """One programme; each errand is paid by whoever posts it."""
        categories = [{"code": "parcel", "title": "取送件", "title_en": "Parcel"}]
        settings = {"categories": categories, "most_taken": 20}
        yield self.town.operators[0], self._draft(settings, "payer")

    def prepare(self) -> None:
        """Runners with a real name, and posters with money."""
        chosen = self.town.dice.sample(self.town.members, min(2 * RUNNERS, len(self.town.members)))
        self.runners, self.posters = chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]
        self.town.in_parallel(self._approve, self.runners)
        self.town.in_parallel(self._fill, self.posters)

    def live(self, days: Days) -> None:
        """Posted, taken, picked up, delivered, confirmed; every seventh is cancelled instead."""
        count = max(1, int(len(self.town.members) * ERRANDS))
        dice = self.town.dice
        pairs = [(n, dice.choice(self.posters), dice.choice(self.runners)) for n in range(count)]
        self.town.in_parallel(self._run, pairs)

    def _approve(self, member: Member) -> None:
        member_id = member.get("/me")["member_id"]
        must(member.ask("POST", "/real-name", real_name(UUID(member_id))), 200)
        must(member.ask("POST", "/me/errand-runner"), 201)
        decision = {"is_approved": True, "reason": "资料齐全"}
        path = f"/errand-runners/{member_id}/review"
        must(self.town.operators[0].ask("POST", path, decision), 200)

    def _fill(self, member: Member) -> None:
        home = member.get("/me/binding")["home_store_id"] or self.town.shops[0].id
        wish = {"amount_fen": TOP_UP_FEN, "store_id": home}
        made = must(member.ask("POST", "/top-ups", wish), 201)
        member.do("pay", **made["wechat_pay_parameters"])

    def _run(self, wish: tuple[int, Member, Member]) -> None:
        number, poster, runner = wish
        asked = errand(self.campaigns[0], REWARD_FEN, purses=["rebate", "prepaid"])
        made = self.diary.note("errand posted", poster.ask("POST", "/errands", asked))
        if made is None:
            return
        path = f"/errands/{made['id']}"
        if number % 7 == 6:
            why = {"reason": "不需要了"}
            self.diary.note("errand cancelled", poster.ask("POST", f"{path}/cancel", why))
            return
        if self.diary.note("errand taken", runner.ask("POST", f"{path}/take")) is None:
            return
        for step, code in (("pick-up", "pick_up_code"), ("deliver", "delivery_code")):
            proof = {"code": poster.get(path)[code]}
            must(runner.ask("POST", f"{path}/{step}", proof), 200)
        self.diary.note("errand done", poster.ask("POST", f"{path}/confirm"))


class Promotion(Play):
    """Some members promote shops; others come by their links and buy."""

    benefit = "promotion"

    def __init__(self, town: Town, diary: Diary) -> None:
        super().__init__(town, diary)
        self.shops: list[Shop] = []
        self.links: list[tuple[dict[str, Any], Shop]] = []

    def drafts(self) -> Iterator[Draft]:
        """Programmes of some merchants, paid from budgets that came from the bank."""
        self.shops = list({each.merchant_id: each for each in self.town.shops}.values())
        self.shops = self.shops[:PROMOTED_SHOPS]
        settings = {"commission_bp": 300, "cap_fen": 1_000, "window_days": 15}
        settings |= {"subjects": ["store"]}
        second = self.town.new_finance()
        for shop in self.shops:
            self._fund(shop, second)
            more = {"merchant_id": shop.merchant_id, "budget_fen": PROMOTION_FEN}
            yield shop.owner, self._draft(settings, "offer_budget", **more)

    def prepare(self) -> None:
        """Promoters make their links."""
        members = self.town.dice.sample(
            self.town.members, min(PROMOTERS, max(1, len(self.town.members) // 2))
        )
        for number, member in enumerate(members):
            place = number % len(self.shops)
            wish = {"campaign_id": self.campaigns[place], "store_id": self.shops[place].id}
            made = must(member.ask("POST", "/promotion-links", wish), 201)
            self.links.append((made, self.shops[place]))

    def live(self, days: Days) -> None:
        """Customers come by a link and buy."""
        chosen = [(one, *self.town.dice.choice(self.links)) for one in self._members(CUSTOMERS)]
        self.town.in_parallel(lambda wish: self._come(days, *wish), chosen)

    def _come(self, days: Days, member: Member, link: dict[str, Any], shop: Shop) -> None:
        token = {"token": link["token"]}
        self.diary.note("click", member.ask("POST", "/promotion-clicks", token))
        days.buy(member, shop, 8_800)

    def _fund(self, shop: Shop, second: Staff) -> None:
        wish = {"kind": "paid_in", "target": "offer_budget", "amount_fen": PROMOTION_FEN}
        wish |= {"reference": f"bank {shop.merchant_id[:8]}"}
        path = f"/merchants/{shop.merchant_id}/fund-movements"
        asked = must(self.town.finance.ask("POST", path, wish), 201)
        decision = {"is_approved": True}
        must(second.ask("POST", f"/fund-movements/{asked['id']}/decision", decision), 200)
