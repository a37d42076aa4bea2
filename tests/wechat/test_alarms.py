"""What only the operator can mend: people are asked to come back, the operator is told."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from app.core.config import settings
from app.wechat import alarms, calls, client, tokens
from app.wechat.tokens import PATH as STABLE_TOKEN
from tests.wechat.api_desk import ApiDesk, refusal
from tests.wechat.pretend import Sandbox
from tests.wechat.test_limits import READ, SEND, anywhere

pytestmark = pytest.mark.usefixtures("context")
__all__ = ["anywhere"]


@pytest.fixture(autouse=True)
def silence() -> None:
    """Nothing is wrong when a test begins."""
    alarms.forget()


def _refused_for(code: int) -> None:
    with pytest.raises(client.Misconfigured, match=str(code)):
        calls.post("official", SEND, {"touser": "o1"})


@pytest.mark.parametrize("code", [40164, 89503, 48001, 40243])
def test_a_visitor_is_asked_to_come_back_and_the_operator_alarmed(
    api: ApiDesk, app, code: int
) -> None:
    api.answers[STABLE_TOKEN] = refusal(code, "invalid ip 1.2.3.4, not in whitelist")
    http = app.test_client()
    answer = http.get("/api/v1/js-sdk", query_string={"url": f"{settings().base_url}/shop"})
    assert (answer.status_code, answer.json["code"]) == (503, "wechat_misconfigured")
    assert int(answer.headers["Retry-After"]) >= 10
    assert "1.2.3.4" not in answer.text
    assert json.loads(http.get("/healthz/ready").data)["wechat_misconfigured"] == 1
    [alarm] = alarms.standing()
    assert (alarm.owner, alarm.path) == (settings().wechat_oa_app_id, STABLE_TOKEN)
    assert f'code="{code}"' in http.get("/metrics").text


@pytest.mark.usefixtures("anywhere")
def test_an_alarm_ends_with_the_first_call_of_its_path_that_succeeds(api: ApiDesk) -> None:
    api.answers[SEND] = refusal(48001)
    _refused_for(48001)
    calls.get("official", READ, {})
    assert [(alarm.path, alarm.code) for alarm in alarms.standing()] == [(SEND, "48001")]
    api.answers.clear()
    calls.post("official", SEND, {"touser": "o1"})
    assert alarms.count() == 0


def test_another_process_hears_of_it_and_may_end_it(api: ApiDesk) -> None:
    api.answers[SEND] = refusal(40164)
    _refused_for(40164)
    alarms._look.known, alarms._look.until = {}, 0.0  # what another process knows
    assert alarms.count() == 1
    alarms.calm(settings().wechat_oa_app_id, SEND)
    alarms._look.known, alarms._look.until = {}, 0.0
    assert alarms.count() == 0


def test_an_alarm_is_forgotten_after_a_day_without_a_call(api: ApiDesk, monkeypatch) -> None:
    api.answers[SEND] = refusal(40164)
    _refused_for(40164)
    later = alarms.now() + timedelta(seconds=alarms.KEEP_SECONDS + 1)
    monkeypatch.setattr(alarms, "now", lambda: later)
    assert alarms.count() == 0


def test_what_is_about_one_person_or_one_request_is_no_alarm(api: ApiDesk) -> None:
    for code in (40003, 43004, 47003, 45009, 99999):
        api.answers[SEND] = refusal(code)
        with pytest.raises((client.WeChatRefused, client.WeChatUnavailable)):
            calls.post("official", SEND, {"touser": "o1"})
    assert alarms.count() == 0


def test_the_check_up_says_what_to_do(api: ApiDesk, app) -> None:
    api.answers[SEND] = refusal(40164)
    _refused_for(40164)
    output = app.test_cli_runner().invoke(args=["wechat", "check"]).output
    [line] = [line for line in output.splitlines() if SEND in line and "FAIL" in line]
    assert "IP whitelist" in line
    assert f"{SEND} 于 " in output
    assert "请在开发接口管理中添加" in output


def test_a_merchant_without_the_right_is_alarmed_too_and_a_success_ends_it(
    sandbox: Sandbox,
) -> None:
    sandbox.fault("pay_error", match="POST /v3/pay", code="NO_AUTH")
    phone = sandbox.phone()
    order = {
        "out_trade_no": uuid4().hex,
        "description": "储值",
        "amount_fen": 100,
        "trade_type": "jsapi",
        "app_id": settings().wechat_mini_app_id,
        "openid": phone["mini_openid"],
    }
    with pytest.raises(client.Misconfigured):
        client.prepay(**order)
    [alarm] = alarms.standing()
    assert (alarm.owner, alarm.path, alarm.code) == (
        settings().wechat_pay_mch_id,
        "/v3/pay/transactions",
        "NO_AUTH",
    )
    client.prepay(**order)
    assert alarms.count() == 0


def test_no_secret_is_in_an_alarm(api: ApiDesk, caplog) -> None:
    api.answers[STABLE_TOKEN] = refusal(40125, settings().wechat_oa_secret.get_secret_value())
    with pytest.raises(client.Misconfigured):
        tokens.access_token()
    kept = repr(alarms.standing()) + caplog.text
    assert settings().wechat_oa_secret.get_secret_value() not in kept
