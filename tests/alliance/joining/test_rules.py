"""Licences by their check digit, names as people compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliance.joining import rules

GENUINE = "91110000600037341L"


@pytest.mark.parametrize(
    "given", [GENUINE, " 9111 0000 6000 37341l", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_licence_is_taken_however_it_is_typed(given):
    assert rules.normal_licence(given) == GENUINE


@pytest.mark.parametrize(
    "given",
    ["91110000600037342L", "911100006000373410", "330106000012345", "", "9111000060003734IL"],
)
def test_what_is_no_licence_is_refused(given):
    with pytest.raises(ValueError):
        rules.normal_licence(given)


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_is_always_noticed(place, letter):
    if GENUINE[place] != letter:
        with pytest.raises(ValueError):
            rules.normal_licence(GENUINE[:place] + letter + GENUINE[place + 1 :])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州清风茶业有限公司", "杭州清风茶业有限责任公司"),
        ("老街面馆（个体工商户）", "老街面馆"),
        ("ＡＢＣ 书店", "abc书店"),
        ("甲·乙股份有限公司", "甲乙"),
    ],
)
def test_forms_width_and_points_make_no_other_name(one, other):
    assert rules.normal_name(one) == rules.normal_name(other)


def test_a_name_that_is_only_a_form_keeps_its_letters():
    assert rules.normal_name("公司") == "公司"
    assert rules.normal_name("集团有限公司") == "集团"


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("老街面馆", "老街面馆河坊街店", True),
        ("杭州清风茶业", "杭州清风茶叶", True),
        ("清风茶馆", "拾光书店", False),
        ("杭州第一餐饮管理", "杭州第二餐饮管理", True),
        ("杭州晨光餐饮", "杭州晚霞餐饮", False),
        ("面馆", "老街面馆", False),
        ("", "面馆", False),
    ],
)
def test_names_are_near_as_people_find_them_near(one, other, are_alike):
    assert rules.are_alike(one, other) is are_alike
    assert rules.are_alike(other, one) is are_alike


@given(st.text(min_size=1, max_size=40))
def test_a_name_is_like_itself_and_normal_once_for_all(text):
    normal = rules.normal_name(text)
    assert rules.normal_name(normal) == normal
    assert rules.are_alike(normal, normal) is bool(normal)


def test_an_account_is_digits_whatever_stands_between():
    assert rules.normal_account("3301 0401-6000 1234") == "3301040160001234"
    with pytest.raises(ValueError):
        rules.normal_account("3301A")
