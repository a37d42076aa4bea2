"""What a lottery may say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.benefits.lottery.schemas import EXAMPLE, LotterySettings
from tests.benefits.lottery.games import consolation, prize, rules

OFFER = {"offer_id": "01890000-0000-7000-8000-000000000001"}


def test_the_example_fits():
    assert LotterySettings.model_validate(EXAMPLE).cost_fen == 88_800 + 80_000 + 50_000


@pytest.mark.parametrize(
    "wrong",
    [
        rules(prize(5_000_001)),
        rules(prize(), consolation=consolation(5_000_001)),
        rules(prize(2_500_001), most_per_purchase=2),
        rules(prize(odds_ppm=600_000), prize(odds_ppm=400_001)),
        rules(prize(stock=0)),
        rules(prize(odds_ppm=0)),
        rules(prize(kind="goods")),
        rules(prize() | OFFER),
        rules(prize(4_000_001, kind="goods") | OFFER),
        rules(prize(kind="goods") | OFFER, claim_days=6),
        rules(threshold_fen=0),
        rules(draw_days=0),
        rules(prizes=[]),
        rules(seed="11" * 32),
        rules(organiser=""),
    ],
)
def test_what_is_beyond_the_law_or_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        LotterySettings.model_validate(wrong)


def test_50_000_yuan_is_the_highest_prize():
    assert LotterySettings.model_validate(rules(prize(5_000_000))).prizes[0].value_fen == 5_000_000


def test_goods_cost_their_price_and_the_tax_of_who_wins_them():
    said = LotterySettings.model_validate(rules(prize(4_000_000, 3, kind="goods") | OFFER))
    assert said.cost_fen == 3 * 5_000_000
