"""`python -m sandbox.keys DIR`: the RSA keys of the merchant and of the pretend WeChat Pay."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

MERCHANT_PRIVATE_KEY = "merchant_private_key.pem"
MERCHANT_CERTIFICATE = "merchant_certificate.pem"
PLATFORM_PRIVATE_KEY = "platform_private_key.pem"
PLATFORM_PUBLIC_KEY = "platform_public_key.pem"
VALID_SECONDS = 30 * 365 * 86400.0


def make_missing(folder: Path, merchant_serial: str) -> list[str]:
    """Make the key files that are missing; returns their names.

    `merchant_serial` is hexadecimal, as WeChat Pay shows it (WeChat fact D1). Private keys are
    readable by their owner only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = _make_merchant(folder, merchant_serial)
    return made + _make_platform(folder)


def _make_merchant(folder: Path, serial: str) -> list[str]:
    private, certificate = folder / MERCHANT_PRIVATE_KEY, folder / MERCHANT_CERTIFICATE
    if certificate.exists():
        return []
    if private.exists():
        key = serialization.load_pem_private_key(private.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        made = [certificate.name]
    else:
        key = _new_key(private)
        made = [private.name, certificate.name]
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).timestamp()
    made_certificate = certificate_pem(key, serial, "Lianhui sandbox merchant", start)
    _write(certificate, made_certificate, mode=0o644)
    return made


def _make_platform(folder: Path) -> list[str]:
    private, public = folder / PLATFORM_PRIVATE_KEY, folder / PLATFORM_PUBLIC_KEY
    if private.exists() and public.exists():
        return []
    key = _new_key(private)
    _write(
        public,
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        mode=0o644,
    )
    return [private.name, public.name]


def _new_key(path: Path) -> rsa.RSAPrivateKey:
    key = new_key()
    _write(path, private_pem(key), mode=0o600)
    return key


def new_key() -> rsa.RSAPrivateKey:
    """A fresh RSA key of WeChat Pay's size."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The private half in PEM, unencrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def certificate_pem(
    key: rsa.RSAPrivateKey, serial: str, name: str, start: float, seconds: float = VALID_SECONDS
) -> bytes:
    """A certificate signed by its own key; `serial` in hexadecimal, `start` in seconds since
    1970."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.datetime.fromtimestamp(start, datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int(serial, 16))
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(seconds=seconds))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write in one step, so that a process starting beside us never reads half a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.keys", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--serial", default=os.environ.get("WECHAT_PAY_MERCHANT_SERIAL"))
    arguments = parser.parse_args()
    if not arguments.serial:
        parser.error("set WECHAT_PAY_MERCHANT_SERIAL or give --serial")
    for name in make_missing(arguments.folder, arguments.serial):
        print(arguments.folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
