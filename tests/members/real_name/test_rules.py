"""What is taken for a name, an ID number, a mobile number and a bank card."""

from datetime import date

import pytest

from app.members.real_name import rules
from tests.members.real_name import numbers


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("王伟", "王伟"),
        (" 欧阳 娜娜 ", "欧阳娜娜"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("古丽‧艾山‧玉素甫", "古丽·艾山·玉素甫"),
        ("㛃𠮷", "㛃𠮷"),
        ("买" * 50, "买" * 50),
    ],
)
def test_names_are_taken_and_written_as_on_the_card(given, kept):
    assert rules.normal_name(given) == kept


@pytest.mark.parametrize(
    "given",
    ["王", "", "·", "王·", "·王伟", "王··伟", "Wang Wei", "王2伟", "王,伟", "买" * 51, "王\n"],
)
def test_what_is_no_name_is_refused(given):
    with pytest.raises(ValueError, match="Chinese name"):
        rules.normal_name(given)


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",  # the example of GB 11643-1999
        "440524188001010014",
        "810000199408230021",  # the Ministry's sample of a residence permit (Hong Kong)
        "830000199201300022",  # the same, Taiwan
    ],
)
def test_the_check_digit_is_that_of_published_examples(number):
    if number[6:10] < "1900":
        with pytest.raises(ValueError, match="1900"):
            rules.normal_id_number(number)
    else:
        assert rules.normal_id_number(number) == number


def test_a_small_x_and_blanks_are_put_right():
    assert rules.normal_id_number(" 110105 19491231 002x ") == "11010519491231002X"


@pytest.mark.parametrize("position", range(18))
def test_any_single_wrong_digit_is_noticed(position):
    right = numbers.id_number(order=57)
    for digit in "0123456789":
        wrong = right[:position] + digit + right[position + 1 :]
        if wrong != right:
            with pytest.raises(ValueError):
                rules.normal_id_number(wrong)


@pytest.mark.parametrize(
    "number",
    [
        "110105491231002",  # fifteen digits, void since 2013
        numbers.id_number("160101", order=1),  # no such province
        numbers.id_number("910101", order=1),
        numbers.id_number(born="19900230", order=1),
        numbers.id_number(born="19901301", order=1),
        "１１０１０５１９４９１２３１００２X",
        "11010519491231002Y",
        "H1234567800",
    ],
)
def test_what_is_no_id_number_is_refused(number):
    with pytest.raises(ValueError):
        rules.normal_id_number(number)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("20081123", date(2026, 11, 22), 17),
        ("20081122", date(2026, 11, 22), 18),
        ("20080229", date(2026, 2, 28), 17),
        ("20080229", date(2026, 3, 1), 18),
    ],
)
def test_age_is_in_completed_years(born, day, years):
    assert rules.age(numbers.id_number(born=born), day) == years


@pytest.mark.parametrize("given", ["13812345678", "+86 138 1234 5678", "0086-13812345678"])
def test_mobile_numbers_are_taken_in_eleven_digits(given):
    assert rules.normal_mobile(given) == "13812345678"


@pytest.mark.parametrize(
    "given", ["12812345678", "1381234567", "138123456789", "+85212345678", "x"]
)
def test_what_is_no_mobile_number_is_refused(given):
    with pytest.raises(ValueError):
        rules.normal_mobile(given)


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("621700", 19), ("622848", 19), ("9558", 19), ("6228", 16), ("4367", 19), ("5187", 16)],
)
def test_bank_cards_are_taken_with_blanks_or_without(prefix, length):
    number = numbers.card(prefix, length)
    spaced = " ".join(number[at : at + 4] for at in range(0, length, 4))
    assert rules.normal_card(spaced) == number


@pytest.mark.parametrize(
    ("prefix", "length"), [("9558", 16), ("5187", 19), ("2221", 19), ("3528", 16), ("62", 15)]
)
def test_an_issuer_gives_out_no_cards_of_another_length(prefix, length):
    with pytest.raises(ValueError, match="mainland"):
        rules.normal_card(numbers.card(prefix, length))


@pytest.mark.parametrize("position", range(19))
def test_any_single_wrong_digit_of_a_card_is_noticed(position):
    right = numbers.card()
    digit = str((int(right[position]) + 1) % 10)
    with pytest.raises(ValueError):
        rules.normal_card(right[:position] + digit + right[position + 1 :])


def test_a_row_of_one_digit_is_no_card():
    with pytest.raises(ValueError):
        rules.normal_card("0" * 16)


def test_enough_is_hidden():
    assert [rules.masked_name(name) for name in ("王伟", "欧阳娜娜")] == ["*伟", "**娜"]
    assert rules.masked_id_number("11010519491231002X") == "110***********002X"
    assert rules.masked_card("6217001234567891234") == "**** **** **** 1234"
