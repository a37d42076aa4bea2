"""ID numbers, cards and phones that nobody has, each new and with its check digit."""

from itertools import count

from stdnum import luhn

_serial = count(1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(region="110101", born="19900307", order=None):
    """A number of GB 11643; its check digit by the weights of the standard, not by a library."""
    serial = next(_serial) if order is None else order
    body = f"{int(region) + serial // 1000:06d}{born}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def card(prefix="621700", length=19):
    """A card's number with its check digit."""
    body = f"{prefix}{next(_serial):0{length - len(prefix) - 1}d}"
    return body + luhn.calc_check_digit(body)


def phone():
    """A mobile number."""
    return f"139{next(_serial):08d}"


def wish(**changed):
    """A request that is taken; every call is another person."""
    given = {
        "name": "王小明",
        "id_number": id_number(),
        "phone": phone(),
        "bank_card": {"number": card(), "bank_name": "中国建设银行"},
        "consent_version": "2026-11",
        "consent_door": "mini_program",
    }
    return given | changed
