"""The alliance's money on a page: no ledger, no database, one fen at a time where that is plainer.

Written from the design, not from the code it is compared with. Amounts in fen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import chinese_calendar

CONCESSION_BP, FREEZE_DAYS, WORKING_DAYS = 5_000, 7, 7
PREPAID = ("prepaid_principal", "prepaid_bonus")
POLICY = {  # in the order in which ties are decided
    "consumer": 1_000,
    "recommender": 2_500,
    "merchant_recommender": 500,
    "home_store": 1_500,
    "salesperson": 1_000,
    "operations": 1_500,
    "campaign_fund": 1_000,
    "charity": 500,
    "queue_pool": 500,
}
FUNDS = ("operations", "campaign_fund", "charity", "queue_pool")


@dataclass
class Share:
    """What one party got of a sale; a fund's is never frozen."""

    party: str
    owner: str
    fen: int
    collected: int = 0
    back: int = 0
    frozen_until: date | None = None

    @property
    def free(self) -> int:
        return max(0, self.fen - self.collected - self.back)


@dataclass
class Sale:
    payer: str
    merchant: str
    paid: dict[str, int]
    concession: int
    day: date
    back: int = 0
    asked_back: int = 0
    shares: list[Share] | None = None
    released: set[str] = field(default_factory=set)
    is_settled: bool = False

    @property
    def total(self) -> int:
        return sum(self.paid.values())


@dataclass
class Refund:
    sale: Sale
    fen: int
    from_pending: int = 0
    is_done: bool = False
    is_settled: bool = False


def by_turns(total: int, claims: list[int]) -> list[int]:
    """`total` fen, each to whoever has the strongest claim on the next: claim / (2 · has + 1)."""
    given = [0] * len(claims)
    for _ in range(total):
        strength = [Fraction(claim, 2 * has + 1) for claim, has in zip(claims, given, strict=True)]
        given[strength.index(max(strength))] += 1
    return given


def by_remainder(total: int, claims: list[int]) -> list[int]:
    exact = [Fraction(total * claim, sum(claims)) for claim in claims]
    given = [int(part) for part in exact]
    while sum(given) < total:
        lacks = [part - has for part, has in zip(exact, given, strict=True)]
        given[lacks.index(max(lacks))] += 1
    return given


def works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


class Plain:
    """Balances by (who, account). `earners` says who the parties are for a payer."""

    def __init__(self, earners: dict[str, dict[str, str]], day: date) -> None:
        self.earners, self.day = earners, day
        self.held: Counter[tuple[str, str]] = Counter()
        self.sales: list[Sale] = []
        self.refunds: list[Refund] = []
        self.carried: dict[str, int] = {}

    def pay(self, payer: str, merchant: str, fen: int, purses: tuple[str, ...]) -> bool:
        paid, left = {}, fen
        for purse in purses:
            paid[purse] = min(left, self.held[payer, purse])
            left -= paid[purse]
        if left:
            return False
        real = sum(part for purse, part in paid.items() if purse != "prepaid_bonus")
        concession = (real * CONCESSION_BP + 5_000) // 10_000
        self.sales.append(Sale(payer, merchant, paid, concession, self.day))
        for purse, part in paid.items():
            self.held[payer, purse] -= part
        self.held[merchant, "pending"] += fen - concession
        return True

    def distribute(self) -> None:
        for sale in self.sales:
            if sale.shares is None:
                self.share_out(sale)

    def share_out(self, sale: Sale) -> None:
        sale.shares = []
        for party, fen in zip(
            POLICY, by_remainder(sale.concession, list(POLICY.values())), strict=True
        ):
            owner = self.earners[sale.payer].get(party, "operations")
            owner = party if party in FUNDS else owner
            if fen and owner in FUNDS:
                self.held["platform", owner] += fen
                sale.shares.append(Share(party, owner, fen))
            elif fen:
                collected = min(fen, -self.held[owner, "clawback_due"])
                self.held[owner, "clawback_due"] += collected
                self.held[owner, "rebate_pending"] += fen - collected
                until = self.day + timedelta(days=FREEZE_DAYS)
                sale.shares.append(Share(party, owner, fen, collected, frozen_until=until))

    def release(self) -> None:
        for sale in self.sales:
            for share in sale.shares or []:
                is_due = share.frozen_until and share.frozen_until <= self.day
                if is_due and share.party not in sale.released and share.back < share.fen:
                    sale.released.add(share.party)
                    self.held[share.owner, "rebate_pending"] -= share.free
                    self.held[share.owner, "rebate"] += share.free

    def refund(self, sale: Sale, fen: int) -> Refund:
        if sale.shares is None:
            self.share_out(sale)
        sale.asked_back += fen
        made = Refund(sale, fen)
        self.refunds.append(made)
        self.try_refund(made)
        return made

    def try_refund(self, refund: Refund) -> None:
        sale, before = refund.sale, refund.sale.back
        shares = sorted(sale.shares or [], key=lambda share: share.party)
        net = sale.total - sale.concession
        claims = [net, *(share.fen for share in shares)]
        gives = self._next(claims, before, refund.fen)
        has = [max(0, self.held[sale.merchant, name]) for name in ("pending", "available")]
        if sum(has) < gives[0]:
            return
        refund.from_pending = min(gives[0], has[0])
        self.held[sale.merchant, "pending"] -= refund.from_pending
        self.held[sale.merchant, "available"] -= gives[0] - refund.from_pending
        for share, part in zip(shares, gives[1:], strict=True):
            self._take(sale, share, part)
        purses = list(sale.paid)
        for purse, part in zip(
            purses, self._next(list(sale.paid.values()), before, refund.fen), strict=True
        ):
            self.held[sale.payer, purse] += part
        sale.back += refund.fen
        refund.is_done = True

    def _next(self, claims: list[int], before: int, fen: int) -> list[int]:
        late, early = by_turns(before + fen, claims), by_turns(before, claims)
        return [after - earlier for after, earlier in zip(late, early, strict=True)]

    def _take(self, sale: Sale, share: Share, fen: int) -> None:
        if share.owner in FUNDS:
            self.held["platform", share.owner] -= fen
        else:
            is_free = share.party in sale.released
            purse = "rebate" if is_free else "rebate_pending"
            there = min(share.free, self.held[share.owner, "rebate"]) if is_free else share.free
            taken = min(fen, there)
            self.held[share.owner, purse] -= taken
            self.held[share.owner, "clawback_due"] -= fen - taken
        share.back += fen

    def pay_out(self, merchant: str) -> int:
        fen, self.held[merchant, "available"] = self.held[merchant, "available"], 0
        return fen

    def settle(self) -> None:
        for merchant in {sale.merchant for sale in self.sales}:
            due = [one for one in self.sales if one.merchant == merchant and self._is_due(one)]
            back = [
                one
                for one in self.refunds
                if one.is_done
                and not one.is_settled
                and one.sale.merchant == merchant
                and (one.sale.is_settled or one.sale in due)
            ]
            fen = sum(sale.total - sale.concession for sale in due)
            fen -= sum(one.from_pending for one in back)
            if due:
                fen += self.carried.pop(merchant, 0)
                if fen < 0:
                    self.carried[merchant] = fen
                else:
                    self.held[merchant, "pending"] -= fen
                    self.held[merchant, "available"] += fen
                for one in (*due, *back):
                    one.is_settled = True

    def _is_due(self, sale: Sale) -> bool:
        days = (sale.day + timedelta(days=n + 1) for n in range((self.day - sale.day).days))
        return not sale.is_settled and sum(map(works, days)) >= WORKING_DAYS
