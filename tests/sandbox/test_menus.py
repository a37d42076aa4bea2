"""The menu: kept as it was made, and refused by WeChat's own codes."""

from __future__ import annotations

import pytest
import requests

BUTTON = {"type": "click", "name": "钱包", "key": "WALLET"}


def create(sandbox, *buttons) -> int:
    answer = sandbox.call("/cgi-bin/menu/create", {"button": list(buttons)}).json()
    return int(answer["errcode"])


def kept(sandbox, action: str = "get") -> dict:
    params = {"access_token": sandbox.token()}
    return requests.get(f"{sandbox.url}/cgi-bin/menu/{action}", params, timeout=9).json()


def test_a_menu_is_kept_shown_and_deleted(sandbox):
    assert kept(sandbox)["errcode"] == 46003
    assert create(sandbox, BUTTON) == 0
    assert kept(sandbox)["menu"]["button"] == [BUTTON]
    sandbox.phone()
    assert "钱包" in requests.get(f"{sandbox.url}/", timeout=9).text
    assert kept(sandbox, "delete")["errcode"] == 0
    assert kept(sandbox)["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([BUTTON] * 4, 40016),
        ([BUTTON | {"name": "名字太长的菜单"}], 40018),
        ([BUTTON | {"type": "unknown"}], 40017),
        ([BUTTON | {"key": ""}], 40017),
        ([BUTTON | {"key": "k" * 129}], 40019),
        ([{"type": "view", "name": "a", "url": "shop.example"}], 40020),
        ([{"name": "a", "sub_button": [BUTTON] * 6}], 40023),
        ([{"name": "a", "sub_button": [BUTTON | {"type": "x"}]}], 40024),
        ([{"name": "a", "sub_button": [BUTTON | {"name": "字" * 21}]}], 40025),
        ([{"name": "a", "sub_button": [BUTTON | {"key": ""}]}], 40024),
        ([{"name": "a", "sub_button": [BUTTON | {"key": "k" * 129}]}], 40026),
        ([{"name": "a", "sub_button": [BUTTON | {"sub_button": [BUTTON]}]}], 40023),
        ([{"name": "a", "sub_button": [{"type": "view", "name": "b", "url": "x"}]}], 40027),
        ([BUTTON | {"colour": "red"}], 47001),
    ],
)
def test_an_impossible_menu_is_refused_and_the_old_one_stays(sandbox, buttons, errcode):
    assert create(sandbox, BUTTON) == 0
    assert create(sandbox, *buttons) == errcode
    assert kept(sandbox)["menu"]["button"] == [BUTTON]
