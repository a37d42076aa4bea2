"""What operators ask: is WeChat well set up, how much of its quotas is used."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.config import settings
from app.wechat import limits, platform_certificates
from app.wechat.errors import QuotaUsedUp
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox

pytestmark = pytest.mark.usefixtures("context")
QUOTA, CLEAR = "/cgi-bin/openapi/quota/get", "/cgi-bin/clear_quota"
SEND = "/cgi-bin/message/template/send"


@pytest.fixture
def run(app) -> Any:
    return lambda *words: app.test_cli_runner().invoke(args=["wechat", *words])


def _line(output: str, words: str) -> str:
    return next(line for line in output.splitlines() if words in line)


def test_a_good_installation_is_said_in_both_languages(run, sandbox: Sandbox) -> None:
    answer = run("check")
    assert answer.exit_code == 0, answer.output
    assert "FAIL" not in answer.output
    for words in ("公众号令牌", "小程序令牌", "双方签名均正确", "回调地址", "发货信息管理"):
        assert words in answer.output
    for secret in (settings().wechat_oa_secret, settings().wechat_pay_api_v3_key):
        assert secret.get_secret_value() not in answer.output


def test_what_is_wrong_is_named_with_what_to_do(run, sandbox: Sandbox) -> None:
    sandbox.fault("errcode", match="stable_token", errcode=40164, count=2)
    answer = run("check")
    assert answer.exit_code == 1
    assert _line(answer.output, "token of the official").startswith("FAIL")
    assert "IP 不在白名单" in answer.output
    assert "40164" in answer.output


def test_a_wrong_key_file_and_a_dead_address_are_findings_and_no_faults(
    run, sandbox: Sandbox, monkeypatch, tmp_path
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no key")
    monkeypatch.setattr(settings(), "wechat_pay_private_key_file", broken)
    monkeypatch.setattr(settings(), "base_url", "http://127.0.0.1:9")
    answer = run("check")
    assert answer.exit_code == 1
    assert _line(answer.output, "merchant's key").startswith("FAIL")
    assert _line(answer.output, "callback address").startswith("FAIL")


def test_a_mode_that_is_not_wechats_is_found(run, sandbox: Sandbox, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_pay_key_mode", "certificate")
    platform_certificates.shared().forget()
    platform_certificates._last.clear()
    answer = run("check")
    assert answer.exit_code == 1
    assert _line(answer.output, "WeChat Pay's key").startswith("FAIL")
    assert "RESOURCE_NOT_EXISTS" in answer.output
    platform_certificates.shared().forget()


def test_wechats_count_of_a_path_is_shown(run, api: ApiDesk) -> None:
    api.answers[QUOTA] = {"errcode": 0, "quota": {"daily_limit": 100, "used": 7, "remain": 93}}
    assert run("quota", SEND).output == "7 of 100 used, 93 left\n"
    assert api.of(QUOTA)[0].body == {"cgi_path": SEND}
    assert f"{settings().wechat_oa_app_id} {QUOTA}" in run("quota").output
    api.answers[QUOTA] = refusal(76021, "cgi_path not found")
    assert run("quota", "/none").exit_code == 1


def test_clearing_the_counts_opens_what_was_closed(run, api: ApiDesk) -> None:
    app_id = settings().wechat_oa_app_id
    limits.redis().delete(_month(app_id))
    limits.close(app_id, SEND, QuotaUsedUp)
    answer = run("clear-quota", "--yes")
    assert answer.output == "cleared; 9 times left in this month\n"
    assert api.of(CLEAR)[0].body == {"appid": app_id}
    limits.admit(app_id, SEND)


def test_counts_are_cleared_ten_times_a_month_and_no_more(run, api: ApiDesk) -> None:
    limits.redis().delete(_month(settings().wechat_oa_app_id))
    for _ in range(limits.CLEARINGS_A_MONTH):
        assert run("clear-quota", "--yes").exit_code == 0
    assert run("clear-quota", "--yes").exit_code == 1
    assert len(api.of(CLEAR)) == limits.CLEARINGS_A_MONTH
    api.answers[CLEAR] = refusal(48006, "forbid to clear quota")
    assert run("clear-quota", "--yes", "--account", "mini").exit_code == 1


def test_nothing_is_cleared_without_being_asked_twice(run, api: ApiDesk) -> None:
    assert run("clear-quota").exit_code == 1
    assert api.of(CLEAR) == []


def _month(app_id: str) -> str:
    return limits.CLEARED.format(app_id=app_id, month=f"{limits.beijing_day(limits.now()):%Y-%m}")
