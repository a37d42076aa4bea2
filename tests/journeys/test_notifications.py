"""Notifications of payments come many times, out of order, some forged; each order counts once.

A product of its own; the short form of chaos/notifications (docs/chaos.md).
"""

import json
import subprocess

import pytest

from tests.conftest import ROOT
from tests.journeys.conftest import given

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_each_paid_order_is_credited_once_and_no_other():
    run = subprocess.run(
        [ROOT / "chaos" / "notifications", "--orders", "30", "--seed", "5"],
        env=given(),
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["verdict"] == "pass"
    assert found["orders"] > found["paid"] > 20
    assert found["deliveries"] > 200
    assert found["forged"] > found["deliveries"] / 10
