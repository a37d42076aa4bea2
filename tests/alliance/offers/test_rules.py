"""What offers are found by, and which prices stand together."""

from app.alliance.offers import rules


def test_chinese_words_are_found_by_their_pairs_and_latin_ones_whatever_their_case():
    text = rules.terms("现磨 Coffee 咖啡豆", "食品")
    for words in ("咖啡", "啡豆", "COFFEE", "ｃｏｆｆｅｅ", "豆", "现磨 咖啡", "食品"):
        assert set(rules.wanted_terms(words)) <= set(text), words
    for words in ("茶", "咖啡机", "豆咖"):
        assert not set(rules.wanted_terms(words)) <= set(text), words


def test_words_of_signs_alone_look_for_nothing():
    assert rules.wanted_terms(" !%_ ") == []


def test_a_member_price_is_never_above_the_price():
    assert rules.price_fault(100, 101)
    assert rules.price_fault(100, 100) is None
    assert rules.price_fault(100, None) is None
