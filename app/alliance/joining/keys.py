"""Keyed hashes by which licences, accounts and phones are compared without being readable.

Under IDENTITY_KEY, which is never rotated: a blacklist holds nothing of which they could be made
anew.
"""

from __future__ import annotations

from app.core.crypto import blind_index


def licence_key(number: str) -> bytes:
    """Of a licence number in normal form."""
    return blind_index(number, "alliance.licence")


def account_key(number: str) -> bytes:
    """Of a bank account's or a card's number, in digits."""
    return blind_index(number, "alliance.bank_account")


def phone_key(number: str) -> bytes:
    """Of a mobile number in normal form."""
    return blind_index(number, "alliance.contact_phone")
