"""Codes and links that lead to us, against the sandbox and a scripted WeChat."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from app.wechat import client
from app.wechat.client import WeChatRefused, WeChatUnavailable
from app.wechat.envelope import Message
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
LINK, SCHEME = "/wxa/generate_urllink", "/wxa/generatescheme"
CODE = "/wxa/getwxacodeunlimit"


def _refused(code: str) -> Any:
    return pytest.raises(WeChatRefused, match=f"^WeChat answered {code}$")


@pytest.mark.parametrize(("seconds", "is_permanent"), [(None, True), (3600, False)])
def test_a_scanned_code_brings_its_scene_back(
    sandbox: Sandbox, messages, seconds: int | None, is_permanent: bool
) -> None:
    scene = "S" + "0" * 30
    ticket = client.create_qrcode_ticket(scene, seconds)
    assert (ticket.expires_at is None) is is_permanent
    picture = Image.open(io.BytesIO(client.fetch_ticket_picture(ticket.ticket)))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ticket.url]
    seen: list[Message] = []

    def welcome(message: Message) -> str:
        seen.append(message)
        return "欢迎加入"

    phone = sandbox.phone()
    with messages.connected_to(welcome):
        sandbox.act(phone, "scan", content=ticket.url)
        sandbox.drain()
        sandbox.act(phone, "scan", content=ticket.url)
        sandbox.drain()
    assert [(message.event, message.scene) for message in seen] == [
        ("subscribe", scene),
        ("scan", scene),
    ]
    assert {message.openid for message in seen} == {phone["openid"]}
    assert "欢迎加入" in " ".join(sandbox.chat(phone))


def test_a_push_replayed_or_forged_is_not_handled_again(sandbox: Sandbox, messages) -> None:
    seen: list[str] = []

    def note(message: Message) -> None:
        seen.append(message.event)

    phone = sandbox.phone()
    with messages.connected_to(note):
        sandbox.act(phone, "follow", scene="S1")
        sandbox.drain()
        for _ in range(3):
            sandbox.control("/push/replay")
        sandbox.control("/push/forge", {"phone": phone["id"]})
        sandbox.drain()
    assert seen == ["subscribe"]


def test_a_dead_ticket_has_no_picture(sandbox: Sandbox) -> None:
    with _refused("404"):
        client.fetch_ticket_picture("no such ticket")


def test_a_mini_program_code_is_a_picture_with_its_scene(sandbox: Sandbox) -> None:
    scene = "M" + "0" * 30
    picture = Image.open(io.BytesIO(client.mini_program_code(scene, width=300)))
    [found] = zxingcpp.read_barcodes(picture)
    assert scene in found.text
    assert picture.size == (300, 300)


def test_a_mini_program_code_asks_as_wechat_documents(api: ApiDesk) -> None:
    api.answers[CODE] = b"\x89PNG"
    code = client.mini_program_code("a=1", "pages/a", version="trial", is_page_checked=False)
    assert code == b"\x89PNG"
    assert api.of(CODE)[0].body == {
        "scene": "a=1",
        "page": "pages/a",
        "check_path": False,
        "env_version": "trial",
        "width": 430,
        "is_hyaline": False,
    }


def test_a_refused_code_is_told_from_a_picture_by_its_content_type(api: ApiDesk) -> None:
    api.answers[CODE] = refusal(41030, "invalid page")
    with pytest.raises(client.DataInvalid) as caught:
        client.mini_program_code("a=1", "pages/none")
    assert caught.value.wechat_code == "41030"
    for broken in ("<html>", {}, b""):
        api.answers[CODE] = broken
        with pytest.raises(WeChatUnavailable):
            client.mini_program_code("a=1")


@pytest.mark.parametrize(
    "wish",
    [
        {"scene": ""},
        {"scene": "x" * 33},
        {"scene": "100%"},
        {"scene": "中"},
        {"scene": "a", "page": "/pages/a"},
        {"scene": "a", "page": "pages/a?b=1"},
        {"scene": "a", "width": 279},
        {"scene": "a", "width": 1281},
    ],
)
def test_a_code_wechat_would_not_draw_is_never_asked_for(api: ApiDesk, wish: Any) -> None:
    with pytest.raises(ValueError):
        client.mini_program_code(**wish)
    assert api.asked == []


def test_links_open_the_mini_program_for_some_days(api: ApiDesk) -> None:
    api.answers[LINK] = {"errcode": 0, "url_link": "https://wxaurl.cn/x"}
    api.answers[SCHEME] = {"errcode": 0, "openlink": "weixin://dl/business/?t=x"}
    assert client.url_link("pages/a", "scene=S1", days=7) == "https://wxaurl.cn/x"
    assert client.url_scheme("pages/a", "scene=S1", days=7) == "weixin://dl/business/?t=x"
    target = {"path": "pages/a", "query": "scene=S1", "env_version": "release"}
    end = {"expire_type": 1, "expire_interval": 7}
    assert api.of(LINK)[0].body == target | end
    assert api.of(SCHEME)[0].body == {"jump_wxa": target, "is_expire": True} | end


def test_a_link_beyond_wechats_limits_is_never_asked_for(api: ApiDesk) -> None:
    for wish in ({"days": 0}, {"days": 31}, {"query": "x" * 1025}, {"page": "/pages/a"}):
        with pytest.raises(ValueError):
            client.url_link(**wish)
    assert api.asked == []
