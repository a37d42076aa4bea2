"""What a Chinese name, an ID number, a mobile number and a bank card look like. Pure.

ID numbers are those of GB 11643: residents of the mainland, and residence permits of Hong Kong
(81), Macau (82) and Taiwan (83), which are numbered alike. Travel permits (回乡证, 台胞证),
passports and the foreigners' permanent residence card are not taken.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

SEPARATOR = "·"  # U+00B7, as the rule for collecting names wants it (民委发〔2016〕33号)
LOOK_ALIKES = str.maketrans(dict.fromkeys("•‧・･⋅∙．●", SEPARATOR))
LONGEST_NAME = 50
HAN = r"[㐀-䶿一-鿿豈-﫿〇𠀀-𲎯]"
NAME = re.compile(rf"^{HAN}+(?:{SEPARATOR}{HAN}+)*$")
SHORTEST_NAME = 2

# The provinces of GB/T 2260. Counties change and old numbers keep theirs: they are not looked up.
PROVINCES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
)
REGIONS = frozenset(f"{PROVINCES} 71 81 82 83".split())
EARLIEST_BIRTH = date(1900, 1, 1)
ID_NUMBER = re.compile(r"^[0-9]{17}[0-9X]$")
MOBILE = re.compile(r"^1[3-9][0-9]{9}$")

# First digits of an issuer or scheme, and how long its numbers are; the longest prefix decides.
# Debit cards of older numbering have sixteen to nineteen digits.
CARD_LENGTHS: dict[str, tuple[int, ...]] = {
    "1": (16, 17, 18, 19),
    "2": (16,),
    "4": (16, 17, 18, 19),
    "5": (16, 17, 18, 19),
    "51": (16,),
    "52": (16,),
    "53": (16,),
    "54": (16,),
    "55": (16,),
    "6": (16, 17, 18, 19),
    "8": (16, 17, 18, 19),
    "9": (16, 17, 18, 19),
    "9558": (19,),
}
CARD = re.compile(r"^[0-9]{12,19}$")


def normal_name(given: str) -> str:
    """A name as it is on the card: no spaces, the separator of minorities' names as U+00B7.

    Raises ValueError for what is no Chinese name of two to fifty characters.
    """
    name = "".join(given.split()).translate(LOOK_ALIKES)
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME or not NAME.match(name):
        raise ValueError("a Chinese name of 2–50 characters, parts separated by ·")
    return name


def normal_id_number(given: str) -> str:
    """An ID number of eighteen characters with a large X, without blanks. Raises ValueError
    where region, birth date or check digit (ISO 7064 MOD 11-2) are impossible."""
    number = "".join(given.split()).upper()
    if not ID_NUMBER.match(number) or number[:2] not in REGIONS:
        raise ValueError("an ID number of 18 characters that begins with a region")
    if born_on(number) < EARLIEST_BIRTH:
        raise ValueError("an ID number with a date of birth since 1900")
    if ric.calc_check_digit(number) != number[-1]:
        raise ValueError("the check digit of the ID number is wrong")
    return number


def born_on(id_number: str) -> date:
    """The date of birth within an ID number. Raises ValueError for a day that never was."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def age(id_number: str, day: date) -> int:
    """Completed years of age on a day; a child of 29 February grows on 1 March. Negative for
    who is not born yet."""
    born = born_on(id_number)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def normal_mobile(given: str) -> str:
    """A mobile number of the mainland in eleven digits; +86 and blanks are left out. Raises
    ValueError."""
    number = re.sub(r"[\s-]", "", given)
    number = re.sub(r"^(\+|00)86", "", number)
    if not MOBILE.match(number):
        raise ValueError("a mobile number of the mainland, 11 digits")
    return number


def normal_card(given: str) -> str:
    """A bank card's number in digits. Raises ValueError where its issuer gives out no numbers of
    that length, or the check digit (Luhn) is wrong."""
    number = re.sub(r"[\s-]", "", given)
    if not CARD.match(number) or len(number) not in _lengths(number):
        raise ValueError("a bank card of the mainland, 16–19 digits")
    if len(set(number)) == 1 or not luhn.is_valid(number):
        raise ValueError("the check digit of the bank card is wrong")
    return number


def masked_name(name: str) -> str:
    """A name of which only the last character shows: *明, **明, **娜."""
    return "*" * min(len(name) - 1, 2) + name[-1]


def masked_id_number(number: str) -> str:
    """An ID number of which three characters show before and four behind: 110***********002X."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def masked_card(number: str) -> str:
    """A bank card of which the last four digits show: **** **** **** 1234."""
    return f"**** **** **** {number[-4:]}"


def _lengths(number: str) -> tuple[int, ...]:
    for size in range(4, 0, -1):
        if number[:size] in CARD_LENGTHS:
            return CARD_LENGTHS[number[:size]]
    return ()
