"""access_token in both families: rotation, refusal, expiry."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.conftest import ACCOUNTS


def test_stable_token_stays_the_same_and_classic_rotates(sandbox):
    params = {
        "grant_type": "client_credential",
        "appid": ACCOUNTS["WECHAT_OA_APP_ID"],
        "secret": ACCOUNTS["WECHAT_OA_SECRET"],
    }

    def stable(**more):
        answer = requests.post(f"{sandbox.url}/cgi-bin/stable_token", json=params | more, timeout=9)
        return answer.json()

    first = stable()
    sandbox.pass_time(6000)
    second = stable()
    assert second["access_token"] == first["access_token"]
    assert second["expires_in"] <= 1201
    sandbox.pass_time(1000)
    third = stable()
    assert third["access_token"] != first["access_token"]
    assert third["expires_in"] >= 300
    assert stable(force_refresh=True)["access_token"] != third["access_token"]

    classic = [
        requests.get(f"{sandbox.url}/cgi-bin/token", params, timeout=9).json() for _ in range(2)
    ]
    assert classic[0]["access_token"] != classic[1]["access_token"]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": "wxunknown"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"appid": ""}, 41002),
    ],
)
def test_wrong_credentials_get_no_token(sandbox, change, errcode):
    wish = {
        "grant_type": "client_credential",
        "appid": ACCOUNTS["WECHAT_OA_APP_ID"],
        "secret": ACCOUNTS["WECHAT_OA_SECRET"],
    } | change
    answer = requests.post(f"{sandbox.url}/cgi-bin/stable_token", json=wish, timeout=9)
    assert (answer.status_code, answer.json()["errcode"]) == (200, errcode)


def test_old_and_foreign_tokens_are_refused(sandbox):
    phone = sandbox.phone()

    def info(token: str) -> int:
        params = {"access_token": token, "openid": phone["openid"]}
        answer = requests.get(f"{sandbox.url}/cgi-bin/user/info", params, timeout=9)
        return int(answer.json().get("errcode", 0))

    token = sandbox.token()
    assert info(token) == 0
    assert info("") == 41001
    assert info("nonsense") == 40001
    assert info(sandbox.token("MINI")) == 48001
    sandbox.pass_time(7201)
    assert info(token) == 42001
