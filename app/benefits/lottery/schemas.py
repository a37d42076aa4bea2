"""Settings of a lottery and the shapes of its requests and answers. Amounts in fen.

The highest prize of a lottery is at most 50,000 yuan (Anti-Unfair Competition Law, article 10 in
the version of 2019; Interim Provisions on Regulating Promotional Activities, 2020, article 17,
where the chances of one purchase count together). Of goods, the tax that the campaign bears counts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.alliance import service as alliance
from app.benefits.lottery.rules import WHOLE, Odds
from app.core.schemas import Body, Fen, Moment, ShortText, View
from app.wallet import service as wallet

HIGHEST_PRIZE_FEN = 5_000_000

PrizeFen = Annotated[
    int,
    Field(strict=True, ge=1, le=HIGHEST_PRIZE_FEN, description="Amount in fen, before tax 税前"),
]
Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$", description="Any hexadecimal digits")]


class Prize(Body):
    """A prize (奖品), so many of it. `money` goes to the winner's rebate less 20 % tax,
    free after REBATE_FREEZE_DAYS; `experience` is experience gold, given by the platform's
    campaigns only; `goods` is one piece of an offer at its price, of which the campaign bears the
    tax."""

    name: Annotated[ShortText, Field(description="奖品名称 name in Chinese")]
    name_en: Annotated[ShortText, Field(description="奖品英文名称 name in English")]
    kind: Annotated[
        Literal["money", "experience", "goods"], Field(description="奖品种类 what it is")
    ]
    value_fen: Annotated[PrizeFen, Field(description="税前价值，实物为商品标价 value before tax")]
    stock: Annotated[
        int, Field(strict=True, ge=1, le=1_000_000, description="数量 how many there are")
    ]
    offer_id: Annotated[
        UUID | None, Field(description="实物奖品对应的商品 the offer, for goods only")
    ] = None

    @model_validator(mode="after")
    def _of_an_offer(self) -> Prize:
        if (self.kind == "goods") != (self.offer_id is not None):
            raise ValueError("an offer is named for goods, and only for them")
        return self

    @property
    def cost_fen(self) -> int:
        """What one costs the campaign: the price of goods and the tax of whoever wins them."""
        is_goods = self.kind == "goods"
        return wallet.accidental_gross_fen(self.value_fen) if is_goods else self.value_fen


class DrawnPrize(Prize):
    """A prize with its odds, in millionths."""

    odds_ppm: Annotated[
        int, Field(strict=True, ge=1, le=WHOLE, description="中奖概率的百万分数 odds in millionths")
    ]


class LotterySettings(Body):
    """What a lottery says (抽奖规则).

    A chance for each `threshold_fen` of lasting concession, of all purchases together
    (`cumulative`) or of each by itself (`single`). Whatever the odds leave of a million is no
    prize. `consolation` is given instead of a prize that is gone. Draws are possible until
    `draw_days` after the end. `organiser` says who holds it and how they are reached. Goods are
    claimed within `claim_days`; then their value is the campaign's again.
    """

    organiser: Annotated[ShortText, Field(description="主办方与联系方式 organiser, how reached")]
    threshold_fen: Annotated[Fen, Field(description="每满多少让利得一次机会 concession per chance")]
    counting: Annotated[
        Literal["cumulative", "single"], Field(description="累计或单笔 all purchases, or each")
    ] = "cumulative"
    most_per_purchase: Annotated[
        int, Field(strict=True, ge=1, le=100, description="每笔最多机会 chances of one purchase")
    ] = 1
    most_per_member: Annotated[
        int, Field(strict=True, ge=1, le=1_000, description="每人最多机会 chances of one person")
    ] = 20
    draw_days: Annotated[
        int,
        Field(strict=True, ge=1, le=60, description="结束后可抽天数 days to draw after the end"),
    ] = 7
    claim_days: Annotated[
        int, Field(strict=True, ge=7, le=90, description="实物领取天数 days to claim goods")
    ] = 30
    prizes: Annotated[
        list[DrawnPrize], Field(min_length=1, max_length=20, description="奖品 prizes")
    ]
    consolation: Annotated[
        Prize | None, Field(description="安慰奖，可不设 consolation, may be left out")
    ] = None

    @model_validator(mode="after")
    def _sound(self) -> LotterySettings:
        if sum(each.odds_ppm for each in self.prizes) > WHOLE:
            raise ValueError("the odds come to more than a million")
        highest = max(each.cost_fen for each in self.all_prizes)
        if highest * self.most_per_purchase > HIGHEST_PRIZE_FEN:
            raise ValueError("the chances of one purchase may win more than 50,000 yuan")
        return self

    @property
    def has_goods(self) -> bool:
        """Whether goods can be won."""
        return any(each.kind == "goods" for each in self.all_prizes)

    @property
    def all_prizes(self) -> list[Prize]:
        """Every prize in the order of its number, which counts from 1; the consolation last."""
        return [*self.prizes, *([self.consolation] if self.consolation else [])]

    @property
    def cost_fen(self) -> int:
        """What all prizes together cost."""
        return sum(each.cost_fen * each.stock for each in self.all_prizes)

    @property
    def odds(self) -> list[Odds]:
        """The prizes that a draw may fall on."""
        return [Odds(n, each.odds_ppm, each.stock) for n, each in enumerate(self.prizes, 1)]

    @property
    def consoling(self) -> Odds | None:
        """The consolation, on which no draw falls by itself."""
        if self.consolation is None:
            return None
        return Odds(len(self.prizes) + 1, 0, self.consolation.stock)


class DrawRequest(Body):
    """A draw in a campaign. `nonce` goes into the draws after this one; without one the server
    makes it."""

    campaign_id: UUID
    nonce: Nonce | None = None


class ClaimRequest(Body):
    """How goods that were won come to their winner. `money`: their value instead, where they are
    not to be had now."""

    delivery: Literal["pickup", "shipment", "money"]
    receiver: alliance.ReceiverRequest | None = None

    @model_validator(mode="after")
    def _addressed(self) -> ClaimRequest:
        if (self.delivery == "shipment") != (self.receiver is not None):
            raise ValueError("a receiver is named for what is shipped, and only then")
        return self


class DrawView(View):
    """A draw as its member sees it. `prize` is its number in the rules, 0: nothing. `picked` is
    the one on which it fell. `tax_fen` of `value_fen` was withheld. `head` is the chain after it.
    `voided_at`: its purchase was refunded, so that its prize is taken back. Goods are claimed until
    `claim_until`; `claim` says whether they are `open`, `claimed`, `lapsed` or `void`. Then
    `order_id` is the order that the campaign has paid, or the purse has their value."""

    id: UUID
    campaign_id: UUID
    number: int
    nonce: str
    head: str
    picked: int
    prize: int
    prize_name: str | None
    prize_name_en: str | None
    kind: str | None
    value_fen: int
    tax_fen: int
    journal_id: UUID | None
    created_at: Moment
    voided_at: Moment | None
    taken_back_at: Moment | None
    claim: Literal["open", "claimed", "lapsed", "void"] | None
    claim_until: Moment | None
    offer_id: UUID | None
    order_id: UUID | None
    request_id: str | None = None


class MadeDraw(DrawView):
    """A draw that was just made, and how many chances are left."""

    chances_left: int


class DrawQuery(Body):
    """Which of one's own draws: the newest first, before an id."""

    campaign_id: UUID | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class DrawPage(View):
    """A page of one's own draws; `next` is the id to go on from."""

    draws: list[DrawView]
    next: UUID | None


class PublicLottery(View):
    """All that is public of a lottery but its draws. `rules` are hashed into `rules_hash`, the
    seed into `commitment`; `seed` is told ten minutes after `closes_at`."""

    campaign_id: UUID
    rules: dict[str, Any]
    rules_hash: str
    commitment: str
    draws: int
    head: str
    closes_at: Moment
    seed: str | None


class PublicDraw(View):
    """A draw without who made it."""

    number: int
    nonce: str
    prize: int
    head: str


class CheckedDraw(PublicDraw):
    """A draw with what it follows from: `roll` is told with the seed."""

    head_before: str
    picked: int
    roll: int | None


class PublicDrawQuery(Body):
    """Which draws: in their order, after a number."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=1_000)] = 500


class PublicDrawPage(View):
    """A page of all draws; `next` is the number to go on from."""

    draws: list[PublicDraw]
    next: int | None


EXAMPLE: dict[str, Any] = {
    "organiser": "联惠平台 400-000-0000",
    "threshold_fen": 1_000,
    "counting": "cumulative",
    "most_per_purchase": 3,
    "most_per_member": 20,
    "draw_days": 7,
    "prizes": [
        {
            "name": "一等奖 888 元",
            "name_en": "First prize, 888 yuan",
            "kind": "money",
            "value_fen": 88_800,
            "stock": 1,
            "odds_ppm": 1_000,
        },
        {
            "name": "二等奖 8 元",
            "name_en": "Second prize, 8 yuan",
            "kind": "money",
            "value_fen": 800,
            "stock": 100,
            "odds_ppm": 100_000,
        },
    ],
    "consolation": {
        "name": "体验金 1 元",
        "name_en": "Experience gold, 1 yuan",
        "kind": "experience",
        "value_fen": 100,
        "stock": 500,
    },
}
