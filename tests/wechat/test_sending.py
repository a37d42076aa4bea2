"""Messages to people, against the sandbox and a scripted WeChat."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from app.core.config import settings
from app.wechat import client
from app.wechat.client import WeChatRefused
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
CHAT = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
MINI, ACCOUNT = "/cgi-bin/message/subscribe/send", "/cgi-bin/message/subscribe/bizsend"


def _number() -> str:
    return uuid4().hex


def _refused(code: str) -> Any:
    return pytest.raises(WeChatRefused, match=f"^WeChat answered {code}$")


def test_a_follower_gets_template_and_chat_messages(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.act(phone, "follow")
    template = next(iter(settings().wechat_oa_templates.values()))
    message_id = client.send_template(
        openid=phone["openid"],
        template_id=template,
        data={"thing1": "老码头火锅", "amount2": "100.00元"},
        client_message_id=_number(),
        url="https://example.com/",
    )
    client.send_customer_service_text(phone["openid"], "您好，欢迎")
    assert message_id
    chat = " ".join(sandbox.chat(phone))
    assert "老码头火锅" in chat
    assert "您好，欢迎" in chat


def test_wechats_refusals_carry_its_code(sandbox: Sandbox) -> None:
    stranger = sandbox.phone()
    with _refused("43004"):
        client.send_template(
            openid=stranger["openid"],
            template_id=next(iter(settings().wechat_oa_templates.values())),
            data={"thing1": "x"},
            client_message_id=_number(),
        )
    with _refused("45015"):
        client.send_customer_service_text(stranger["openid"], "x")


def test_a_template_is_delivered_once_under_its_number(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.act(phone, "follow")
    wish = {
        "openid": phone["openid"],
        "template_id": next(iter(settings().wechat_oa_templates.values())),
        "data": {"thing1": "只有一次"},
        "client_message_id": _number(),
    }
    assert client.send_template(**wish) == client.send_template(**wish)
    assert sum("只有一次" in line for line in sandbox.chat(phone)) == 1


def test_a_template_leads_to_a_page_of_the_mini_program(api: ApiDesk) -> None:
    api.answers[TEMPLATE] = {"errcode": 0, "errmsg": "ok", "msgid": 42}
    number = client.send_template(
        openid="o1",
        template_id="T1",
        data={"thing1": "面"},
        client_message_id="c1",
        mini_program_path="pages/a",
    )
    assert number == "42"
    assert api.of(TEMPLATE)[0].body == {
        "touser": "o1",
        "template_id": "T1",
        "client_msg_id": "c1",
        "data": {"thing1": {"value": "面"}},
        "miniprogram": {"appid": settings().wechat_mini_app_id, "pagepath": "pages/a"},
    }


def test_a_wrong_field_of_a_template_is_named(api: ApiDesk) -> None:
    words = "argument invalid! data.character_string21.value invalid rid: 6-7-8"
    api.answers[TEMPLATE] = refusal(47003, words)
    with pytest.raises(client.DataInvalid) as caught:
        client.send_template(openid="o1", template_id="T1", data={}, client_message_id="c1")
    assert caught.value.field == "data.character_string21.value"
    api.answers[TEMPLATE] = refusal(47001, "data format error")
    with pytest.raises(client.DataInvalid) as caught:
        client.send_template(openid="o1", template_id="T1", data={}, client_message_id="c1")
    assert caught.value.field is None


@pytest.mark.parametrize(
    ("message", "kind", "content"),
    [
        (client.ChatText("您好"), "text", {"content": "您好"}),
        (client.ChatImage("m1"), "image", {"media_id": "m1"}),
        (
            client.ChatCard("题", "说明", "https://a.example", "https://a.example/p.jpg"),
            "news",
            {
                "articles": [
                    {
                        "title": "题",
                        "description": "说明",
                        "url": "https://a.example",
                        "picurl": "https://a.example/p.jpg",
                    }
                ]
            },
        ),
        (
            client.ChatMenu("满意吗", {"1": "满意", "2": "不满意"}, "谢谢"),
            "msgmenu",
            {
                "head_content": "满意吗",
                "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
                "tail_content": "谢谢",
            },
        ),
    ],
)
def test_each_kind_of_chat_message_has_wechats_form(
    api: ApiDesk, message: Any, kind: str, content: Any
) -> None:
    client.send_customer_service("o1", message)
    assert api.of(CHAT)[0].body == {"touser": "o1", "msgtype": kind, kind: content}


def test_a_card_of_the_mini_program_names_its_app(api: ApiDesk) -> None:
    client.send_customer_service("o1", client.ChatMiniProgram("题", "pages/a", "m1"))
    [asked] = api.of(CHAT)
    assert asked.body["miniprogrampage"] == {
        "title": "题",
        "appid": settings().wechat_mini_app_id,
        "pagepath": "pages/a",
        "thumb_media_id": "m1",
    }


def test_cards_and_menus_reach_the_chat_of_the_sandbox(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.act(phone, "follow")
    client.send_customer_service(
        phone["openid"], client.ChatCard("对账单", "", "https://a.example")
    )
    client.send_customer_service(phone["openid"], client.ChatMenu("满意吗", {"1": "满意"}))
    assert "对账单" in " ".join(sandbox.chat(phone))


def test_subscription_messages_of_both_apps(api: ApiDesk) -> None:
    client.send_mini_program_subscription(
        openid="o1", template_id="T1", data={"thing1": "面"}, page="pages/a", state="trial"
    )
    client.send_subscription(openid="o1", template_id="T2", data={"thing1": "面"}, url="https://a")
    assert api.of(MINI)[0].body == {
        "touser": "o1",
        "template_id": "T1",
        "miniprogram_state": "trial",
        "lang": "zh_CN",
        "page": "pages/a",
        "data": {"thing1": {"value": "面"}},
    }
    assert api.of(ACCOUNT)[0].body == {
        "touser": "o1",
        "template_id": "T2",
        "page": "https://a",
        "data": {"thing1": {"value": "面"}},
    }


def test_a_subscription_message_whose_answer_got_lost_is_not_sent_again(api: ApiDesk) -> None:
    api.answers[MINI] = "hang up"
    with pytest.raises(client.WeChatUnavailable) as caught:
        client.send_mini_program_subscription(openid="o1", template_id="T1", data={})
    assert caught.value.may_have_arrived
    assert len(api.of(MINI)) == 1
