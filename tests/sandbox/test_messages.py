"""Template and customer-service messages: what fits, how often, and how it ended."""

from __future__ import annotations

import pytest
from wechatpy import parse_message

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_official_account import CALLBACK, opened


def test_template_messages_need_a_follower_and_report_their_end(sandbox, product):
    phone = sandbox.phone()
    wish = {
        "touser": phone["openid"],
        "template_id": "TM_paid",
        "client_msg_id": "one",
        "data": {"amount1": {"value": "¥12.00"}, "thing2": {"value": "茶小满"}},
    }
    assert sandbox.call("/cgi-bin/message/template/send", wish).json()["errcode"] == 43004
    sandbox.control(f"/phones/{phone['id']}/follow")
    first = sandbox.call("/cgi-bin/message/template/send", wish).json()
    again = sandbox.call("/cgi-bin/message/template/send", wish).json()
    assert first["errcode"] == 0
    assert again["msgid"] == first["msgid"]
    sandbox.pass_time(2)
    sandbox.control(f"/phones/{phone['id']}/block")
    sandbox.call("/cgi-bin/message/template/send", wish | {"client_msg_id": "two"})
    sandbox.pass_time(2)
    ends = [parse_message(opened(letter)) for letter in product.of(CALLBACK)[1:]]
    assert [end.status for end in ends] == ["success", "failed:user block"]
    assert [line["kind"] for line in sandbox.chat(phone)].count("template") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing1", "一" * 21),
        ("phrase1", "六个汉字太长"),
        ("amount1", "12 yuan"),
        ("character_string1", "编号1"),
        ("thing1", "两\n行"),
    ],
)
def test_a_template_value_that_does_not_fit_is_named(sandbox, name, value):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    wish = {"touser": phone["openid"], "template_id": "T", "data": {name: {"value": value}}}
    answer = sandbox.call("/cgi-bin/message/template/send", wish).json()
    assert answer["errcode"] == 47003
    assert f"data.{name}.value" in answer["errmsg"]


def test_a_template_the_account_does_not_have_is_refused(start):
    sandbox = start(WECHAT_OA_TEMPLATES='{"member.paid": "TM_paid"}')
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    wish = {"touser": phone["openid"], "data": {"thing1": {"value": "茶"}}}
    errcodes = [
        sandbox.call("/cgi-bin/message/template/send", wish | {"template_id": name}).json()
        for name in ("TM_paid", "TM_other")
    ]
    assert [answer["errcode"] for answer in errcodes] == [0, 40037]


def test_customer_service_messages_keep_to_their_windows(sandbox):
    phone = sandbox.phone()
    wish = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "在吗"}}

    def send() -> int:
        return int(sandbox.call("/cgi-bin/message/custom/send", wish).json()["errcode"])

    assert send() == 45015
    sandbox.control(f"/phones/{phone['id']}/follow")
    assert [send() for _ in range(4)] == [0, 0, 0, 45047]
    sandbox.pass_time(61)
    assert send() == 45015
    sandbox.control(f"/phones/{phone['id']}/text", {"content": "在"})
    assert [send() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    sandbox.pass_time(48 * 3600 + 1)
    assert send() == 45015


def test_the_mini_programs_customer_service_has_windows_of_its_own(sandbox):
    phone = sandbox.phone()
    wish = {"touser": phone["mini_openid"], "msgtype": "text", "text": {"content": "在吗"}}

    def send(**more) -> int:
        answer = sandbox.call("/cgi-bin/message/custom/send", wish | more, "MINI").json()
        return int(answer["errcode"])

    assert send() == 45015
    sandbox.control(f"/phones/{phone['id']}/enter-session")
    assert [send() for _ in range(3)] == [0, 0, 45047]
    sandbox.control(f"/phones/{phone['id']}/enter-session", {"text": "订单没到"})
    assert [send() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    assert send(touser=phone["openid"]) == 40003
    lines = [line["side"] for line in sandbox.chat(phone)]
    assert lines.count("service") == 7


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"msgtype": "fax"}, 40008),
        ({"text": {}}, 44004),
        ({"text": {"content": "长" * 700}}, 45002),
        ({"colour": "red"}, 47001),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}, "text": None}, 47001),
    ],
)
def test_a_wrong_customer_service_message_is_refused_and_uses_nothing_up(sandbox, change, errcode):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    wish = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "在吗"}}
    path = "/cgi-bin/message/custom/send"
    assert sandbox.call(path, wish | change).json()["errcode"] == errcode
    assert [sandbox.call(path, wish).json()["errcode"] for _ in range(3)] == [0, 0, 0]


def test_a_template_message_with_an_unknown_field_is_refused(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    wish = {"touser": phone["openid"], "template_id": "T", "data": {"thing1": {"value": "茶"}}}
    answer = sandbox.call("/cgi-bin/message/template/send", wish | {"topcolor": "#fff"}).json()
    assert (answer["errcode"], "topcolor" in answer["errmsg"]) == (47001, True)
    other = wish | {"miniprogram": {"appid": "wxother", "pagepath": "p"}}
    assert sandbox.call("/cgi-bin/message/template/send", other).json()["errcode"] == 40013
    own = {"appid": ACCOUNTS["WECHAT_MINI_APP_ID"], "pagepath": "p"}
    done = sandbox.call("/cgi-bin/message/template/send", wish | {"miniprogram": own}).json()
    assert done["errcode"] == 0
