"""The tax of a prize in goods, which whoever gives it bears."""

from __future__ import annotations

from app.wallet.withdrawals.charges import accidental_gross_fen, accidental_tax_fen


def test_what_is_divided_by_what_the_rate_leaves_leaves_the_price_exactly():
    for price_fen in (*range(1, 3_000), 3_999_999, 4_000_000):
        gross_fen = accidental_gross_fen(price_fen)
        assert gross_fen - accidental_tax_fen(gross_fen) == price_fen
        below_fen = gross_fen - 1
        assert below_fen - accidental_tax_fen(below_fen) < price_fen
