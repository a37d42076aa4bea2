"""WeChat goes wrong in every way while people follow, pay, refund and withdraw; each ends right.

A product of its own; the short form of chaos/wechat (docs/chaos.md).
"""

import json
import subprocess

import pytest

from chaos.wechat_pairs import everything
from tests.conftest import ROOT
from tests.journeys.conftest import given

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_each_operation_ends_right_whatever_wechat_does():
    run = subprocess.run(
        [ROOT / "chaos" / "wechat", "--short", "--seed", "4"],
        env=given(),
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["verdict"] == "pass"
    assert found["pairs"] == sum(pair.is_short for pair in everything()) > 20
