"""Content security: texts at once, pictures later by a push."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler

import pytest

from tests.sandbox.test_official_account import CALLBACK
from tests.sandbox.test_subscriptions import mini_push


def check(sandbox, openid: str, content: str = "你好", **more) -> dict:
    wish = {"content": content, "version": 2, "scene": 2, "openid": openid} | more
    return sandbox.call("/wxa/msg_sec_check", wish, "MINI").json()


@pytest.mark.parametrize(
    ("content", "suggest", "label"),
    [("好喝", "pass", 100), ("专业代购", "review", 10001), ("网上赌博", "risky", 20006)],
)
def test_a_text_gets_a_verdict(sandbox, content, suggest, label):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/login")
    answer = check(sandbox, phone["mini_openid"], content)
    assert answer["result"] == {"suggest": suggest, "label": label}
    assert answer["trace_id"]


def test_only_who_was_here_within_two_hours_is_checked(sandbox):
    phone = sandbox.phone()
    assert check(sandbox, phone["mini_openid"])["errcode"] == 61010
    sandbox.control(f"/phones/{phone['id']}/login")
    assert check(sandbox, phone["mini_openid"])["errcode"] == 0
    sandbox.pass_time(7201)
    assert check(sandbox, phone["mini_openid"])["errcode"] == 61010
    assert check(sandbox, phone["openid"])["errcode"] == 40003


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"version": 1}, 40097), ({"content": "长" * 2501}, 40097), ({"text": "x"}, 47001)],
)
def test_a_wrong_request_is_refused(sandbox, change, errcode):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/login")
    assert check(sandbox, phone["mini_openid"], **change)["errcode"] == errcode


def test_the_verdict_on_a_picture_comes_later(sandbox, product):
    def do_get(self: BaseHTTPRequestHandler) -> None:
        self.send_response(404 if "gone" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    product.server.RequestHandlerClass.do_GET = do_get
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/login")
    wish = {"media_type": 2, "version": 2, "scene": 1, "openid": phone["mini_openid"]}
    traces = []
    for name in ("tea.png", "risky.png", "gone.png"):
        told = wish | {"media_url": f"{product.url}/{name}"}
        answer = sandbox.call("/wxa/media_check_async", told, "MINI").json()
        traces.append(answer["trace_id"])
        sandbox.pass_time(6)
    events = [json.loads(mini_push(letter)) for letter in product.of(CALLBACK)]
    assert [event["trace_id"] for event in events] == traces
    assert [event["errcode"] for event in events] == [0, 0, -1008]
    assert [event["result"]["suggest"] for event in events[:2]] == ["pass", "risky"]
    bad = sandbox.call("/wxa/media_check_async", wish | {"media_url": "ftp://x"}, "MINI").json()
    assert bad["errcode"] == 40097
