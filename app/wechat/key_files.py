"""Key files of this installation, each read once per path."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


@lru_cache(maxsize=8)
def public_key(path: Path) -> RSAPublicKey:
    """An RSA public key from a PEM file. Raises OSError, ValueError."""
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path} is not an RSA public key")
    return key


@lru_cache(maxsize=8)
def private_key(path: Path) -> RSAPrivateKey:
    """An RSA private key from a PEM file. Raises OSError, ValueError."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{path} is not an RSA private key")
    return key
