"""Web login of the official account: consent, snapshot visitors, refreshing, refusing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.conftest import ACCOUNTS

APP_ID, SECRET = ACCOUNTS["WECHAT_OA_APP_ID"], ACCOUNTS["WECHAT_OA_SECRET"]


def consent(sandbox, product, phone, scope="snsapi_userinfo", **more) -> dict[str, list[str]]:
    """What the product's page is called with after the person answered."""
    query = {
        "appid": APP_ID,
        "redirect_uri": f"{product.url}/h5?a=1",
        "response_type": "code",
        "scope": scope,
        "state": "s1",
    }
    url = f"{sandbox.url}/connect/oauth2/authorize"
    wish = query | {"phone": phone["id"]} | more
    answer = requests.get(url, wish, timeout=9, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(sandbox, code: str) -> dict:
    wish = {"appid": APP_ID, "secret": SECRET, "code": code, "grant_type": "authorization_code"}
    return requests.get(f"{sandbox.url}/sns/oauth2/access_token", wish, timeout=9).json()


def ask(sandbox, path: str, **query) -> dict:
    return requests.get(f"{sandbox.url}{path}", query, timeout=9).json()


@pytest.mark.parametrize("scope", ["snsapi_base", "snsapi_userinfo"])
def test_web_login_tells_who_consented_once(sandbox, product, scope):
    phone = sandbox.phone()
    found = consent(sandbox, product, phone, scope)
    assert (found["a"], found["state"]) == (["1"], ["s1"])
    session = exchange(sandbox, found["code"][0])
    assert session["openid"] == phone["openid"]
    assert ("unionid" in session) is (scope == "snsapi_userinfo")
    assert "is_snapshotuser" not in session
    assert exchange(sandbox, found["code"][0])["errcode"] == 40163


def test_the_consent_page_shows_every_phone_and_every_answer(sandbox, product):
    phone = sandbox.phone()
    query = {"appid": APP_ID, "redirect_uri": product.url, "response_type": "code"}
    page = requests.get(
        f"{sandbox.url}/connect/oauth2/authorize", query | {"scope": "snsapi_userinfo"}, timeout=9
    ).text
    assert phone["name"] in page
    for answer in ('value="told"', 'value="untold"', 'name="decline"'):
        assert answer in page


@pytest.mark.parametrize(("snapshot", "told"), [("told", 1), ("untold", None)])
def test_a_snapshot_visitor_is_somebody_made_up(sandbox, product, snapshot, told):
    phone = sandbox.phone()
    visits = [consent(sandbox, product, phone, snapshot=snapshot)["code"][0] for _ in range(2)]
    sessions = [exchange(sandbox, code) for code in visits]
    assert [session.get("is_snapshotuser") for session in sessions] == [told, told]
    openids = {session["openid"] for session in sessions} | {phone["openid"]}
    unionids = {session["unionid"] for session in sessions} | {phone["unionid"]}
    assert (len(openids), len(unionids)) == (3, 3)


def test_who_declines_comes_back_without_a_code(sandbox, product):
    found = consent(sandbox, product, sandbox.phone(), decline="1")
    assert (found["state"], "code" in found) == (["s1"], False)


def test_a_web_token_is_renewed_and_ends(sandbox, product):
    phone = sandbox.phone()
    session = exchange(sandbox, consent(sandbox, product, phone)["code"][0])
    first = {"access_token": session["access_token"], "openid": phone["openid"]}
    assert ask(sandbox, "/sns/auth", **first)["errcode"] == 0
    assert ask(sandbox, "/sns/auth", **(first | {"openid": "other"}))["errcode"] == 40003
    told = ask(sandbox, "/sns/userinfo", **first)
    assert (told["openid"], told["unionid"]) == (phone["openid"], phone["unionid"])
    sandbox.pass_time(7201)
    assert ask(sandbox, "/sns/auth", **first)["errcode"] == 42001
    wish = {"appid": APP_ID, "grant_type": "refresh_token"}
    renewed = ask(
        sandbox, "/sns/oauth2/refresh_token", **wish, refresh_token=session["refresh_token"]
    )
    assert renewed["access_token"] != session["access_token"]
    token = renewed["access_token"]
    assert ask(sandbox, "/sns/auth", access_token=token, openid=phone["openid"])["errcode"] == 0
    sandbox.pass_time(30 * 86400)
    over = ask(sandbox, "/sns/oauth2/refresh_token", **wish, refresh_token=session["refresh_token"])
    assert over["errcode"] == 42002
    assert ask(sandbox, "/sns/oauth2/refresh_token", **wish, refresh_token="x")["errcode"] == 40030


def test_a_silent_login_tells_no_more_than_the_openid(sandbox, product):
    phone = sandbox.phone()
    session = exchange(sandbox, consent(sandbox, product, phone, "snsapi_base")["code"][0])
    query = {"access_token": session["access_token"], "openid": phone["openid"]}
    assert ask(sandbox, "/sns/userinfo", **query)["errcode"] == 48001


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://evil.example/"},
        {"scope": "snsapi_login"},
        {"appid": "wxother"},
        {"response_type": "token"},
        {"snapshot": "perhaps"},
    ],
)
def test_a_wrong_request_for_consent_is_refused(sandbox, product, change):
    query = {
        "appid": APP_ID,
        "redirect_uri": product.url,
        "response_type": "code",
        "scope": "snsapi_base",
        "phone": sandbox.phone()["id"],
    } | change
    answer = requests.get(
        f"{sandbox.url}/connect/oauth2/authorize", query, timeout=9, allow_redirects=False
    )
    assert answer.status_code == 400
