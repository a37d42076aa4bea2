"""WeChat's checks of what people write and upload."""

from __future__ import annotations

import pytest

from app.wechat import client
from app.wechat.client import WeChatUnavailable
from tests.wechat.api_desk import ApiDesk, refusal

pytestmark = pytest.mark.usefixtures("context")
TEXT, MEDIA = "/wxa/msg_sec_check", "/wxa/media_check_async"


def test_a_text_is_checked_for_who_wrote_it_and_where(api: ApiDesk) -> None:
    result = {"suggest": "review", "label": 20003}
    api.answers[TEXT] = {"errcode": 0, "result": result, "trace_id": "t1", "detail": []}
    assert client.check_text("你好", "o1", "comment") == client.TextCheck("review", 20003, "t1")
    wish = {"content": "你好", "version": 2, "scene": 2, "openid": "o1"}
    assert api.of(TEXT)[0].body == wish
    api.answers[TEXT] = {"errcode": 0, "result": result | {"suggest": "unheard of"}}
    with pytest.raises(WeChatUnavailable):
        client.check_text("你好", "o1", "comment")


def test_who_was_not_here_lately_cannot_be_checked(api: ApiDesk) -> None:
    api.answers[TEXT] = refusal(61010, "code is expired")
    with pytest.raises(client.PersonInactive):
        client.check_text("你好", "o1", "profile")
    for wrong in ("", "x" * 2501):
        with pytest.raises(ValueError):
            client.check_text(wrong, "o1", "profile")


def test_a_picture_is_checked_later_under_a_number(api: ApiDesk) -> None:
    api.answers[MEDIA] = {"errcode": 0, "errmsg": "ok", "trace_id": "t1"}
    assert client.check_media("https://a.example/p.jpg", "o1", "profile") == "t1"
    assert api.of(MEDIA)[0].body == {
        "media_url": "https://a.example/p.jpg",
        "media_type": 2,
        "version": 2,
        "scene": 1,
        "openid": "o1",
    }
