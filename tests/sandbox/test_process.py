"""The sandbox as a process of its own: keys, start, end, and what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_pay import NOTIFY, paid

ROOT = Path(__file__).resolve().parents[2]
SERIAL = ACCOUNTS["WECHAT_PAY_MERCHANT_SERIAL"]


def run_keys(folder: Path) -> str:
    command = [sys.executable, "-m", "sandbox.keys", str(folder)]
    environment = os.environ | {"WECHAT_PAY_MERCHANT_SERIAL": SERIAL}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def process(data: Path, settings: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A sandbox process and its address."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data)]
    child = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        yield child, child.stdout.readline().split()[-1].rstrip("/")
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_missing_keys_are_made_and_existing_ones_kept(tmp_path):
    assert len(run_keys(tmp_path).splitlines()) == 4
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    certificate = x509.load_pem_x509_certificate(before["merchant_certificate.pem"])
    assert certificate.serial_number == int(SERIAL, 16)
    private = serialization.load_pem_private_key(before["merchant_private_key.pem"], None)
    assert private.public_key() == certificate.public_key()
    assert (tmp_path / "platform_private_key.pem").stat().st_mode & 0o077 == 0
    assert run_keys(tmp_path) == ""
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_killed_process_comes_back_with_what_it_answered(tmp_path, settings):
    with process(tmp_path, settings) as (child, url):
        answers = [requests.post(f"{url}/__ctl/phones", json={}, timeout=9) for _ in range(5)]
        child.send_signal(signal.SIGKILL)
    with process(tmp_path, settings) as (_, url):
        kept = requests.get(f"{url}/__ctl/phones", timeout=9).json()["phones"]
    assert kept == [answer.json() for answer in answers]


def test_a_request_to_end_is_followed_at_once(tmp_path, settings):
    with process(tmp_path, settings) as (child, url):
        assert requests.get(f"{url}/__ctl/clock", timeout=9).status_code == 200
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
        assert time.monotonic() - began < 10


def test_a_missing_setting_is_named(tmp_path, settings):
    del settings["WECHAT_PAY_MCH_ID"]
    environment = {name: value for name, value in os.environ.items() if name not in ACCOUNTS}
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert "WECHAT_PAY_MCH_ID" in done.stderr


def test_an_unanswered_notification_is_repeated_after_a_restart(start, sandbox, merchant, product):
    product.answer = lambda letter: (503, b"")
    paid(sandbox, merchant, sandbox.phone())
    assert len(product.of(NOTIFY)) == 1
    product.answer = lambda letter: (200, b"")
    restarted = start()
    restarted.pass_time(16)
    assert len(product.of(NOTIFY)) == 2
    restarted.pass_time(3600)
    assert len(product.of(NOTIFY)) == 2
