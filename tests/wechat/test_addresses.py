"""One place knows where WeChat is."""

from __future__ import annotations

import re

from tests.test_house import APP, sources

SETTING = re.compile(r"wechat_(api|mp|open|pay)_base|weixin\.qq\.com")
URL = re.compile(r"https?://(?![a-z.]*example\b)")
OWNER = APP / "wechat" / "addresses.py"


def test_only_one_file_of_the_product_knows_wechats_addresses() -> None:
    found = [
        f"{path.relative_to(APP)}:{number} {line.strip()}"
        for path in sources("app")
        if path != OWNER
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SETTING.search(line)
    ]
    assert found == []
    assert SETTING.search(OWNER.read_text())


def test_the_room_builds_no_other_address() -> None:
    found = [
        f"{path.relative_to(APP)}:{number} {line.strip()}"
        for path in sources("app/wechat")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if URL.search(line)
    ]
    assert found == []
