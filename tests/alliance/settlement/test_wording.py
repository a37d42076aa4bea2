"""Amounts in words, as cheques write them."""

import pytest

from app.alliance.settlement.wording import in_words, purse_mix


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_000_000_000, "壹亿元整"),
        (10_000_050_001_00, "壹佰亿零伍万零壹元整"),
        (1_000_100_000, "壹仟万壹仟元整"),
        (-12_300, "负壹佰贰拾叁元整"),
    ],
)
def test_amounts_in_words_follow_the_rules_for_vouchers(fen, words):
    assert in_words(fen) == words


def test_a_mix_names_each_purse():
    assert purse_mix({"principal": 100, "wechat": 5}) == "本金1.00 微信0.05"
