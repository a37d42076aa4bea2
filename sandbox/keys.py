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
    _write(certificate, _certificate(key, serial), mode=0o644)
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
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _write(
        path,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        mode=0o600,
    )
    return key


def _certificate(key: rsa.RSAPrivateKey, serial: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lianhui sandbox merchant")])
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(serial, 16))
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=365 * 30))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


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
