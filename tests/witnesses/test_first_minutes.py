"""What the sandbox's README tells a developer to try first."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from wechatpy.exceptions import WeChatClientException

from tests.conftest import ROOT
from tests.witnesses.test_official_account import client_of


def test_the_example_of_the_readme_runs(pair):
    text = (ROOT / "sandbox" / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    environment = os.environ | {"WECHAT_API_BASE": pair.sandbox, "BASE_URL": pair.pushes.url}
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    follows, answer = done.stdout.splitlines()[:2]
    assert follows == "1"
    assert answer.startswith('(200, \'{"prepay_id":"wx')


def test_a_call_that_is_not_imitated_is_refused_by_name(pair):
    with pytest.raises(WeChatClientException) as refused:
        client_of(pair, "OA").misc.get_wechat_ips()
    assert refused.value.errcode == 40066
    assert "does not imitate GET /cgi-bin/getcallbackip" in refused.value.errmsg
