"""What a withdrawal costs its receiver: the fee and the tax withheld. Pure, amounts in fen.

Commission that a natural person earns is remuneration for labour (劳务报酬): whoever pays it
withholds tax on what they pay within a calendar month (Individual Income Tax Law, withholding
measures of 2018; WeChat fact E6). Experience gold taken out in money is accidental income. A
consumer's own rebate is a price reduction and is not taxed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WHOLE = 100
ALLOWANCE_FEN = 80_000
LARGE_FROM_FEN = 400_000
TAXED_PERCENT = 80
ACCIDENTAL_PERCENT = 20
BANDS = ((2_000_000, 20, 0), (5_000_000, 30, 200_000), (None, 40, 700_000))
"""Upper end of taxable income, rate in percent, quick deduction."""


class TaxKind(StrEnum):
    """Which income of the Individual Income Tax Law a payment is."""

    LABOUR = "labour_remuneration"
    ACCIDENTAL = "accidental_income"


@dataclass(frozen=True, slots=True)
class Charges:
    """What is kept of a withdrawal: `taxable_fen` is the part of it that is income, of a kind."""

    fee_fen: int
    taxable_fen: int
    tax_fen: int
    tax_kind: TaxKind = TaxKind.LABOUR


def fee_fen(amount_fen: int, rate_bp: int, minimum_fen: int) -> int:
    """The fee: a rate rounded half up, at least the minimum; nothing where both are zero."""
    return max((amount_fen * rate_bp + 5_000) // 10_000, minimum_fen)


def labour_tax_fen(income_fen: int) -> int:
    """Tax to be withheld on a calendar month's remuneration, rounded half up to the fen."""
    if income_fen <= ALLOWANCE_FEN:
        return 0
    if income_fen <= LARGE_FROM_FEN:
        return _share(income_fen - ALLOWANCE_FEN, 20)
    taxed_fen = _share(income_fen, TAXED_PERCENT)
    for end_fen, percent, deduction_fen in BANDS:
        if end_fen is None or taxed_fen <= end_fen:
            return _share(taxed_fen, percent) - deduction_fen
    raise AssertionError("the last band has no end")


def accidental_tax_fen(income_fen: int) -> int:
    """Tax on one payment of accidental income (偶然所得): 20 % of all of it, rounded half up.

    Individual Income Tax Law, articles 3 (3) and 6 (6); what a business gives to people outside
    it is such income by announcement 74 of 2019 of the Ministry of Finance and the State Taxation
    Administration, article 3 (WeChat fact E6).
    """
    return _share(income_fen, ACCIDENTAL_PERCENT)


def accidental_gross_fen(net_fen: int) -> int:
    """The least accidental income that leaves `net_fen` after its tax: what a prize in goods of
    that price costs whoever bears the tax of its winner.

    Tax that a payer bears counts as income: what reaches the taxpayer is divided by what the rate
    leaves of a whole (notice 国税发〔1994〕089号, article 14). Income in goods is what they were
    bought for (circular 财税〔2011〕50号, article 3, named by announcement 74 of 2019, article 3).
    """
    left_percent = 100 - ACCIDENTAL_PERCENT
    return (net_fen * 100 + left_percent // 2 - 1) // left_percent


def further_tax_fen(income_before_fen: int, withheld_before_fen: int, income_fen: int) -> int:
    """What is still to be withheld when this much more is paid in the same month, never below 0
    and never more than what is paid."""
    due_fen = labour_tax_fen(income_before_fen + income_fen) - withheld_before_fen
    return max(0, min(due_fen, income_fen))


def _share(amount_fen: int, percent: int) -> int:
    return (amount_fen * percent + WHOLE // 2) // WHOLE
