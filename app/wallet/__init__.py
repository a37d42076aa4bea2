"""Purses, top-ups and withdrawals (钱包) of one owner. Knows no store, contract or policy."""
