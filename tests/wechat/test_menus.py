"""The official account's menu."""

from __future__ import annotations

import pytest

from app.wechat import client
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
BELOW = {"type": "view", "name": "联惠", "url": "https://a.example/"}
BUTTONS = [
    {"type": "click", "name": "余额", "key": "BALANCE"},
    {"name": "更多", "sub_button": [BELOW]},
]


def test_a_menu_is_published_read_and_removed(sandbox: Sandbox) -> None:
    client.publish_menu(BUTTONS)
    assert client.current_menu() == BUTTONS
    client.delete_menu()
    assert client.current_menu() is None


def test_no_menu_is_told_from_a_refusal(api: ApiDesk) -> None:
    api.answers["/cgi-bin/menu/get"] = refusal(46003, "menu no exist")
    assert client.current_menu() is None
    api.answers["/cgi-bin/menu/get"] = refusal(48001, "api unauthorized")
    with pytest.raises(client.Misconfigured):
        client.current_menu()
