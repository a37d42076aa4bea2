"""Passwords and payment PINs are kept as argon2id hashes only (RFC 9106's second recommendation,
argon2-cffi's default: 64 MiB, three passes, four lanes)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()


def hashed(secret: str) -> str:
    """The hash of a password or PIN, with its own salt; takes about a quarter of a second."""
    return HASHER.hash(secret)


def matches(kept: str, secret: str) -> bool:
    """Whether a hash was made of a secret; False also for what is no hash. Compares in constant
    time."""
    try:
        return HASHER.verify(kept, secret)
    except (VerificationError, InvalidHashError):
        return False
