"""A program outside can drive everything with what ./run writes down."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.journey


def test_commands_run_with_the_written_environment(product):
    """`. DATA/environment` is all that a `flask` command needs, in a shell that has nothing."""
    command = ".venv/bin/flask --app wsgi audit verify --json"
    done = subprocess.run(
        ["/bin/sh", "-c", f". {product.endpoints['environment']} && exec {command}"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True


def test_what_holds_secrets_is_its_owners_alone(product):
    for name in ("environment", "demo.json", "endpoints.json"):
        assert (Path(product.endpoints["data"]) / name).stat().st_mode & 0o077 == 0


def test_the_demo_has_phones_and_money_to_pay_out(product):
    demo = json.loads((Path(product.endpoints["data"]) / "demo.json").read_text())
    assert len(product.sandbox.get("phones")["phones"]) >= 2
    assert product.sandbox.get("books")["operation_fen"] >= demo["operating_fen"] - 1_000_000
