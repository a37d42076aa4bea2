"""Login of pages inside WeChat, and the JS-SDK there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from app.core.config import settings
from app.wechat import client
from app.wechat.web_login import signature_of
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
EXCHANGE, PROFILE = "/sns/oauth2/access_token", "/sns/userinfo"
TICKET = "/cgi-bin/ticket/getticket"
WEB = {"access_token": "w1", "expires_in": 7200, "openid": "o1", "scope": "snsapi_base"}


def test_the_consent_address_is_built_as_wechat_reads_it(monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_open_base", "https://open.weixin.qq.com")
    address = client.consent_address("https://a.example/h5?b=1&c=2", "state1")
    parts = urlsplit(address)
    assert address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=")
    assert parts.fragment == "wechat_redirect"
    assert parse_qsl(parts.query) == [
        ("appid", settings().wechat_oa_app_id),
        ("redirect_uri", "https://a.example/h5?b=1&c=2"),
        ("response_type", "code"),
        ("scope", "snsapi_base"),
        ("state", "state1"),
    ]
    for wrong in ("", "x" * 129, "a b", "中"):
        with pytest.raises(ValueError):
            client.consent_address("https://a.example/", wrong)


def _consented(sandbox: Sandbox, phone: dict[str, Any], scope: Any) -> str:
    """The code with which a phone comes back after consenting."""
    address = client.consent_address(f"{sandbox.product_url}/h5", "state1", scope)
    asked = address.replace("#wechat_redirect", f"&phone={phone['id']}")
    answer = requests.get(asked, allow_redirects=False, timeout=9)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert back["state"] == "state1"
    return back["code"]


def test_a_page_learns_who_came_back_once(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    code = _consented(sandbox, phone, "snsapi_userinfo")
    login = client.web_login(code)
    assert (login.openid, login.unionid) == (phone["openid"], phone["unionid"])
    assert not login.is_snapshot
    assert login.access_token.get_secret_value() not in repr(login)
    profile = client.web_profile(login)
    assert (profile.openid, profile.unionid) == (phone["openid"], phone["unionid"])
    with pytest.raises(client.LoginCodeInvalid):
        client.web_login(code)


@pytest.mark.parametrize(
    ("flag", "is_snapshot"),
    [({}, False), ({"is_snapshotuser": 1}, True), ({"is_snapshotuser": 0}, False)],
)
def test_a_snapshot_visitor_is_told_from_a_person(api: ApiDesk, flag, is_snapshot) -> None:
    api.answers[EXCHANGE] = WEB | flag
    assert client.web_login("code").is_snapshot is is_snapshot


def test_refused_web_logins(api: ApiDesk) -> None:
    for code, error in ((40163, client.LoginCodeInvalid), (40226, client.LoginBlocked)):
        api.answers[EXCHANGE] = refusal(code)
        with pytest.raises(error):
            client.web_login("code")
    for wrong in ("", "x" * 129):
        with pytest.raises(client.LoginCodeInvalid):
            client.web_login(wrong)
    assert len(api.of(EXCHANGE)) == 2


def test_the_signature_of_a_page_is_wechats_own() -> None:
    """The sample of WeChat's documentation of the JS-SDK."""
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl"
    ticket += "-HhTdfl2fzFy1AOcHKP7qg"
    page = "http://mp.weixin.qq.com?params=value"
    signature = signature_of(ticket, "Wm3WZYTPz0wzccnW", "1414587457", page + "#wechat")
    assert signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_one_ticket_signs_all_pages(app, api: ApiDesk) -> None:
    api.answers[TICKET] = {"errcode": 0, "ticket": "t1", "expires_in": 7200}

    def sign(number: int) -> dict[str, str]:
        with app.app_context():
            return client.page_signature(f"https://a.example/{number}")

    with ThreadPoolExecutor(16) as pool:
        signed = list(pool.map(sign, range(16)))
    assert len(api.of(TICKET)) == 1
    one = signed[3]
    expected = signature_of("t1", one["nonceStr"], one["timestamp"], "https://a.example/3")
    assert one["signature"] == expected
    assert len({found["nonceStr"] for found in signed}) == 16
