"""Quotas per day and per minute, seen and cleared."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import ACCOUNTS

INFO = "/cgi-bin/user/info/batchget"
APP_ID = ACCOUNTS["WECHAT_OA_APP_ID"]


def ask(sandbox, openid: str) -> int:
    wish = {"user_list": [{"openid": openid}]}
    return int(sandbox.call(INFO, wish).json().get("errcode", 0))


def quota(sandbox, path: str = INFO) -> dict:
    return sandbox.call("/cgi-bin/openapi/quota/get", {"cgi_path": path}).json()


def test_a_day_has_so_many_calls_and_clearing_gives_them_back(sandbox):
    openid = sandbox.phone()["openid"]
    sandbox.control("/console", {"quotas": {INFO: {"daily": 2}}}, "PUT")
    assert [ask(sandbox, openid) for _ in range(3)] == [0, 0, 45009]
    assert quota(sandbox)["quota"] == {"daily_limit": 2, "used": 3, "remain": 0}
    assert sandbox.call("/cgi-bin/clear_quota", {"appid": APP_ID}).json()["errcode"] == 0
    assert ask(sandbox, openid) == 0
    sandbox.pass_time(86400)
    assert quota(sandbox)["quota"]["used"] == 0


def test_a_minute_has_so_many_calls(sandbox):
    openid = sandbox.phone()["openid"]
    sandbox.control("/console", {"quotas": {INFO: {"minute": 1}}}, "PUT")
    sandbox.pass_time(60 - sandbox.world.clock.now() % 60)
    assert [ask(sandbox, openid) for _ in range(2)] == [0, 45011]
    sandbox.pass_time(60)
    assert ask(sandbox, openid) == 0


def test_the_quota_is_cleared_ten_times_a_month(sandbox):
    def clear(app_id: str = APP_ID) -> int:
        return int(sandbox.call("/cgi-bin/clear_quota", {"appid": app_id}).json()["errcode"])

    assert clear(ACCOUNTS["WECHAT_MINI_APP_ID"]) == 40013
    assert [clear() for _ in range(11)] == [0] * 10 + [48006]
    sandbox.pass_time(32 * 86400)
    assert clear() == 0


@pytest.mark.parametrize(
    ("path", "errcode"),
    [("/cgi-bin/nothing", 76021), ("user/info", 76021), ("/sns/userinfo", 76022)],
)
def test_the_quota_of_what_does_not_exist_is_not_told(sandbox, path, errcode):
    assert quota(sandbox, path)["errcode"] == errcode
