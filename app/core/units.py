"""Amounts and parts as people read them. Inside they are whole numbers: fen and basis points."""

from __future__ import annotations


def money(amount_fen: int, thousands: str = ",") -> str:
    """An amount of fen with its sign: ¥1,234.50, -¥0.05."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}¥{decimal_yuan(abs(amount_fen), thousands)}"


def yuan(amount_fen: int) -> str:
    """An amount of fen in yuan where the unit is said beside it: 1,234.50."""
    return decimal_yuan(amount_fen, ",")


def decimal_yuan(amount_fen: int, thousands: str = "") -> str:
    """An amount of fen as machines and form fields take it: 1234.50."""
    sign, size = ("-" if amount_fen < 0 else ""), abs(amount_fen)
    return f"{sign}{size // 100:{thousands}}.{size % 100:02}"


def percent(basis_points: int) -> str:
    """Basis points in per cent, without the word: 12.5."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")
